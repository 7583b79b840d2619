#include "ui/panels/model_figure_blocks.h"

#include "ui/panels/number_texts.h"

#include <QCoreApplication>
#include <QFontInfo>
#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr double kSmallestSide = 10; // of an array's box

QString say(const char* text)
{
    return QCoreApplication::translate("ModelFigure", text);
}

QString brokenAt(double width, const QString& text, const QFont& font)
{
    QString lines, line;
    for (const QString& word : text.split(' ')) {
        const QString longer = line.isEmpty() ? word : line + ' ' + word;
        if (line.isEmpty() || textWidth(longer, font) <= width) {
            line = longer;
            continue;
        }
        lines += line + '\n';
        line = word;
    }
    return lines + line;
}

} // namespace

double figureCells(int64_t size)
{
    return 1 + std::log2(double(std::max<int64_t>(size, 1)));
}

QFont scaledFont(QFont font, double factor)
{
    font.setPointSizeF(font.pointSizeF() * factor);
    return font;
}

double textWidth(const QString& text, const QFont& font)
{
    return std::ceil(QFontMetricsF(font).horizontalAdvance(text)) + 1;
}

double longestWord(const QString& text, const QFont& font)
{
    double longest = 0;
    for (const QString& word : text.split(' '))
        longest = std::max(longest, textWidth(word, font));
    return longest;
}

void FigureBlocks::setFont(QFont font)
{
    if (font.pointSizeF() <= 0) // it was asked for in pixels
        font.setPointSizeF(QFontInfo(font).pointSizeF());
    m_font = m_strong = font;
    m_strong.setWeight(QFont::DemiBold);
    m_quiet = scaledFont(font, 0.92);
    m_tag = scaledFont(font, 0.76);
    m_tag.setLetterSpacing(QFont::AbsoluteSpacing, 0.8);
    m_tag.setWeight(QFont::DemiBold);
}

FigureLabel FigureBlocks::label(
    FigurePart part, const QString& text, const QFont& font, FigureLabel::Tone tone, double width) const
{
    FigureLabel made{.part = part, .text = brokenAt(width, text, font), .font = font, .tone = tone};
    const QStringList lines = made.text.split('\n');
    double widest = 0;
    for (const QString& line : lines)
        widest = std::max(widest, textWidth(line, font));
    made.rect = QRectF(0, 0, widest, std::ceil(QFontMetricsF(font).lineSpacing()) * double(lines.size()));
    return made;
}

FigureBlock FigureBlocks::array(FigurePart part, double cell, double wordsWidth, bool wordsAtRight) const
{
    const auto [rows, columns] = arraySize(m_facts, part);
    FigureBlock block;
    block.box = {.part = part, .rowCells = figureCells(rows), .columnCells = columns > 0 ? figureCells(columns) : 0};
    block.box.rect = QRectF(0, 0, std::max(kSmallestSide, cell * (columns > 0 ? figureCells(columns) : kUnknownCells)),
        std::max(kSmallestSide, cell * figureCells(rows)));
    const QRectF room = block.box.rect.adjusted(5, 3, -5, -3);
    FigureLabel size = label(part, partDetail(m_facts, part), m_quiet, FigureLabel::Strong, room.width());
    size.inside = size.rect.width() <= room.width() && size.rect.height() <= room.height();
    std::vector<FigureLabel> words = {label(part, partName(m_facts, part), m_strong, FigureLabel::Strong, wordsWidth)};
    if (size.inside) {
        size.rect.moveCenter(block.box.rect.center());
        block.labels.push_back(size);
    } else {
        words.push_back(label(part, partDetail(m_facts, part), m_quiet, FigureLabel::Quiet, wordsWidth));
    }
    double height = 0;
    for (const FigureLabel& word : words)
        height += word.rect.height();
    double y = wordsAtRight ? block.box.rect.center().y() - height / 2 : block.box.rect.top() - kSpace / 2 - height;
    for (FigureLabel& word : words) {
        word.centred = !wordsAtRight;
        word.rect.moveTop(y);
        if (wordsAtRight)
            word.rect.moveLeft(block.box.rect.right() + kSpace);
        else
            word.rect.moveLeft(block.box.rect.center().x() - word.rect.width() / 2);
        y += word.rect.height();
        block.labels.push_back(word);
    }
    return block;
}

FigureBlock FigureBlocks::attention(FigurePart part, double width) const
{
    FigureBlock block;
    const double inside = width - 2 * kFigurePad;
    const char* tag = part == FigurePart::Encoder ? QT_TRANSLATE_NOOP("ModelFigure", "ENCODE")
        : part == FigurePart::Layers              ? QT_TRANSLATE_NOOP("ModelFigure", "PROCESS")
                                                  : QT_TRANSLATE_NOOP("ModelFigure", "DECODE");
    block.labels.push_back(label(part, say(tag), m_tag, FigureLabel::Tag, inside));
    block.labels.push_back(label(part, partName(m_facts, part), m_strong, FigureLabel::Strong, inside));
    if (const QString detail = partDetail(m_facts, part); !detail.isEmpty())
        block.labels.push_back(label(part, detail, m_quiet, FigureLabel::Quiet, inside));
    double y = kFigurePad;
    for (FigureLabel& each : block.labels) {
        each.rect.moveTo((width - each.rect.width()) / 2, y);
        y += each.rect.height() + 2;
    }
    block.box = {.part = part, .rect = QRectF(0, 0, width, y + kFigurePad - 2)};
    if (part == FigurePart::Layers)
        block.box.cards = int(std::clamp<int64_t>(m_facts.layers, 1, 4));
    return block;
}

double FigureBlocks::smallestAttention() const
{
    double widest = 0;
    for (const FigurePart part : figureParts(m_facts))
        if (!isArray(part))
            widest = std::max({widest, longestWord(partName(m_facts, part), m_strong),
                longestWord(partDetail(m_facts, part), m_quiet)});
    return std::max(widest, textWidth(say("PROCESS"), m_tag)) + 2 * kFigurePad;
}

} // namespace ui
