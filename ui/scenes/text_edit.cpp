#include "ui/scenes/text_edit.h"

#include "ui/theme.h"

#include <QMouseEvent>
#include <QPainter>
#include <QTextBlock>
#include <QTextLayout>
#include <algorithm>

namespace ui {

TextEdit::TextEdit(QWidget* parent) : QPlainTextEdit(parent)
{
    setAcceptDrops(false); // the window takes drops everywhere
    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    viewport()->setMouseTracking(true);
    QFont large = font();
    large.setPointSizeF(large.pointSizeF() * 1.6);
    setFont(large);
    document()->setDocumentMargin(3 * kSpace);
    // (Not textChanged: colouring would count as a change.)
    connect(document(), &QTextDocument::contentsChange, this, [this](int, int removed, int added) {
        if (removed == added && removed == 0)
            return;
        const size_t before = m_byteOf.size();
        countBytes();
        if (removed != added || before != m_byteOf.size() || hasFocus()) {
            m_weights.clear(); // they belong to the text that was asked about
            m_marks.clear();
            colour();
            emit edited();
        }
    });
    countBytes();
}

void TextEdit::countBytes()
{
    const QString text = toPlainText();
    m_byteOf.clear();
    m_byteOf.reserve(size_t(text.size()) + 1);
    int64_t byte = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        m_byteOf.push_back(byte);
        const char16_t unit = text[i].unicode();
        if (text[i].isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate()) {
            m_byteOf.push_back(byte); // both halves are one character of four bytes
            byte += 4;
            ++i;
        } else {
            byte += unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
        }
    }
    m_byteOf.push_back(byte);
}

int64_t TextEdit::byteOf(int position) const
{
    return m_byteOf[size_t(std::clamp<int>(position, 0, int(m_byteOf.size()) - 1))];
}

int TextEdit::positionOf(int64_t byte) const
{
    // The character that holds the byte.
    const auto after = std::upper_bound(m_byteOf.begin(), m_byteOf.end(), byte);
    int position = int(after - m_byteOf.begin()) - 1;
    while (position > 0 && m_byteOf[size_t(position) - 1] == m_byteOf[size_t(position)])
        --position;
    return std::max(position, 0);
}

std::string TextEdit::bytes() const
{
    return toPlainText().toUtf8().toStdString();
}

std::vector<TextEdit::Bytes> TextEdit::masks() const
{
    std::vector<Bytes> all;
    for (const QTextCursor& mask : m_masks)
        if (mask.hasSelection())
            all.emplace_back(byteOf(mask.selectionStart()), byteOf(mask.selectionEnd()));
    std::sort(all.begin(), all.end());
    return all;
}

void TextEdit::setMasks(const std::vector<Bytes>& masks)
{
    m_masks.clear();
    for (const auto& [first, end] : masks) {
        QTextCursor cursor(document());
        cursor.setPosition(positionOf(first));
        cursor.setPosition(positionOf(end), QTextCursor::KeepAnchor);
        m_masks.push_back(cursor);
    }
    viewport()->update();
    emit masksChanged();
}

void TextEdit::toggleMask()
{
    QTextCursor chosen = textCursor();
    if (!chosen.hasSelection())
        chosen.select(QTextCursor::WordUnderCursor);
    if (!chosen.hasSelection())
        return;
    const int from = chosen.selectionStart(), to = chosen.selectionEnd();
    std::vector<bool> hidden(size_t(document()->characterCount()) + 1, false);
    for (const QTextCursor& mask : m_masks)
        for (int p = mask.selectionStart(); p < mask.selectionEnd(); ++p)
            hidden[size_t(p)] = true;
    const bool all = std::all_of(hidden.begin() + from, hidden.begin() + to, [](bool h) { return h; });
    std::fill(hidden.begin() + from, hidden.begin() + to, !all);
    std::vector<Bytes> masks;
    for (int p = 0; p < int(hidden.size()); ++p)
        if (hidden[size_t(p)]) {
            const int first = p;
            while (p < int(hidden.size()) && hidden[size_t(p)])
                ++p;
            masks.emplace_back(byteOf(first), byteOf(p));
        }
    chosen.clearSelection();
    setTextCursor(chosen);
    setMasks(masks);
    m_weights.clear();
    m_marks.clear();
    colour();
    emit edited();
}

void TextEdit::setWeights(std::vector<float> shown, std::function<QColor(float)> colourOf)
{
    m_weights = std::move(shown);
    m_colour = std::move(colourOf);
    colour();
}

void TextEdit::setMarks(std::vector<Bytes> marks)
{
    m_marks = std::move(marks);
    viewport()->update();
}

void TextEdit::colour()
{
    QList<QTextEdit::ExtraSelection> selections;
    for (size_t p = 0; p + 1 < m_byteOf.size() && !m_weights.empty();) {
        size_t next = p + 1;
        while (next + 1 < m_byteOf.size() && m_byteOf[next] == m_byteOf[p])
            ++next; // the second half of a character
        float weight = 0;
        for (int64_t b = m_byteOf[p]; b < m_byteOf[next] && b < int64_t(m_weights.size()); ++b)
            weight = std::max(weight, m_weights[size_t(b)]);
        if (weight > 0.02f) {
            QTextEdit::ExtraSelection selection;
            selection.cursor = QTextCursor(document());
            selection.cursor.setPosition(int(p));
            selection.cursor.setPosition(int(next), QTextCursor::KeepAnchor);
            const QColor ground = m_colour(weight);
            selection.format.setBackground(ground);
            selection.format.setForeground(ground.lightnessF() > 0.55 ? QColor(16, 18, 22) : QColor(244, 246, 249));
            selections << selection;
        }
        p = next;
    }
    setExtraSelections(selections);
}

std::optional<int64_t> TextEdit::byteAt(QPoint place) const
{
    const QTextCursor cursor = cursorForPosition(place);
    // The cursor goes to the nearer gap; the letter is the one whose box holds the place.
    for (const int position : {cursor.position() - 1, cursor.position()}) {
        if (position < 0 || position + 1 >= int(m_byteOf.size()))
            continue;
        for (const QRectF& box : boxesOf(position, position + 1))
            if (box.contains(place))
                return byteOf(position);
    }
    return {};
}

QString TextEdit::glyphAt(int64_t byte) const
{
    const int position = positionOf(byte);
    const QString text = toPlainText();
    if (position >= text.size())
        return {};
    const qsizetype units = text[position].isHighSurrogate() ? 2 : 1;
    const QString glyph = text.mid(position, units);
    const QByteArray utf8 = glyph.toUtf8();
    const QString shown = glyph == " " ? "␣" : glyph == "\n" ? "↵" : glyph == "\t" ? "⇥" : glyph;
    return tr("“%1”  %2").arg(shown, QString::fromLatin1(utf8.toHex(' ').toUpper()));
}

QList<QRectF> TextEdit::boxesOf(int from, int to) const
{
    QList<QRectF> boxes;
    for (int p = from; p < to; ++p) {
        const QTextBlock block = document()->findBlock(p);
        if (!block.isValid() || !block.layout() || p - block.position() >= block.length() - 1)
            continue;
        const QRectF place = blockBoundingGeometry(block).translated(contentOffset());
        const int inside = p - block.position();
        const QTextLine line = block.layout()->lineForTextPosition(inside);
        if (!line.isValid())
            continue;
        const double left = line.cursorToX(inside);
        double right = line.cursorToX(inside + 1);
        if (inside + 1 >= line.textStart() + line.textLength())
            right = std::max(right, left + QFontMetricsF(font()).horizontalAdvance(block.text().mid(inside, 1)));
        boxes << QRectF(place.left() + left, place.top() + line.y(), right - left, line.height());
    }
    return boxes;
}

void TextEdit::paintEvent(QPaintEvent* event)
{
    QPlainTextEdit::paintEvent(event);
    QPainter painter(viewport());
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor accent = palette().color(QPalette::Highlight);
    for (const QTextCursor& mask : m_masks)
        for (const QRectF& box : boxesOf(mask.selectionStart(), mask.selectionEnd())) {
            painter.setPen(QPen(accent, 1.2));
            painter.setBrush(QColor(accent.red(), accent.green(), accent.blue(), 40));
            painter.drawRoundedRect(box.adjusted(0.5, 1, -0.5, -1), 3, 3);
        }
    painter.setBrush(Qt::NoBrush);
    for (const auto& [first, end] : m_marks) {
        QRectF all;
        for (const QRectF& box : boxesOf(positionOf(first), std::max(positionOf(end), positionOf(first) + 1)))
            if (all.isNull() || box.top() == all.top())
                all |= box;
            else {
                painter.setPen(QPen(accent, 2.4));
                painter.drawRoundedRect(all.adjusted(-1, 0, 1, 0), 3, 3);
                all = box;
            }
        painter.setPen(QPen(accent, 2.4));
        if (!all.isNull())
            painter.drawRoundedRect(all.adjusted(-1, 0, 1, 0), 3, 3);
    }
}

void TextEdit::mouseMoveEvent(QMouseEvent* event)
{
    QPlainTextEdit::mouseMoveEvent(event);
    if (event->buttons() != Qt::NoButton)
        return;
    if (const auto byte = byteAt(event->pos()))
        emit pointed(*byte);
    else
        emit left();
}

void TextEdit::mousePressEvent(QMouseEvent* event)
{
    m_pressed = event->pos();
    QPlainTextEdit::mousePressEvent(event);
}

void TextEdit::mouseReleaseEvent(QMouseEvent* event)
{
    QPlainTextEdit::mouseReleaseEvent(event);
    if (event->button() != Qt::LeftButton || (event->pos() - m_pressed).manhattanLength() > 4)
        return;
    if (const auto byte = byteAt(event->pos()))
        emit clicked(*byte, event->modifiers().testFlag(Qt::ShiftModifier));
}

void TextEdit::leaveEvent(QEvent* event)
{
    QPlainTextEdit::leaveEvent(event);
    emit left();
}

} // namespace ui
