#include "ui/panels/model_figure_blocks.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

namespace ui {

using app::document::ModelFacts;

namespace {

constexpr double kMargin = 1.5 * kSpace;
constexpr double kHead = 7; // length of an arrow's head
constexpr double kSmallestCell = 4, kLargestCell = 8;
constexpr int kSmallestFont = 5; // points

QString say(const char* text)
{
    return QCoreApplication::translate("ModelFigure", text);
}

class Builder {
public:
    Builder(const ModelFacts& facts, double width, const QFont& font)
        : m_facts(facts), m_width(width), m_blocks(facts, font)
    {
        // Half the width has to hold the longest word of an array's, and half of that an arrow's.
        while (m_blocks.quiet().pointSizeF() > kSmallestFont && neededHalf() > half())
            m_blocks.setFont(scaledFont(m_blocks.font(), 0.94));
    }

    FigureLayout layOut()
    {
        for (double cell = kLargestCell; cell >= kSmallestCell; cell -= 0.5)
            if (const double needed = wideNeeds(cell); needed <= m_width) {
                layWide(cell, m_width - needed);
                return std::move(m_layout);
            }
        layNarrow();
        return std::move(m_layout);
    }

private:
    double half() const { return (m_width - 2 * kMargin - 2 * kSpace) / 2; }

    double neededHalf() const
    {
        double needed = 2 * (textWidth("Q, K, V", m_blocks.quiet()) + kSpace);
        for (const FigurePart part : figureParts(m_facts))
            needed = std::max({needed, longestWord(partName(m_facts, part), m_blocks.strong()),
                longestWord(partDetail(m_facts, part), m_blocks.quiet())});
        return needed;
    }

    void add(const FigureBlock& block)
    {
        m_layout.boxes.push_back(block.box);
        m_layout.labels.insert(m_layout.labels.end(), block.labels.begin(), block.labels.end());
    }

    // words: what the arrow carries, beside its middle; freeFrom: where an arrow to the right leaves what stands over
    // its beginning.
    void addArrow(FigurePart part, const QLineF& line, const QString& words, double freeFrom = 0)
    {
        const bool query = words.startsWith('Q');
        m_layout.arrows.push_back({line, query});
        if (words.isEmpty())
            return;
        FigureLabel made
            = m_blocks.label(part, words, m_blocks.quiet(), query ? FigureLabel::Query : FigureLabel::Quiet, 1e6);
        made.text = words;
        made.rect.setWidth(textWidth(words, m_blocks.quiet()));
        made.rect.setHeight(std::ceil(QFontMetricsF(m_blocks.quiet()).lineSpacing()));
        const bool down = line.x1() == line.x2();
        const QPointF middle = down ? line.center() - QPointF(0, kHead / 2)
                                    : QPointF((std::max(line.x1(), freeFrom) + line.x2() - kHead) / 2, line.y1());
        if (down)
            made.rect.moveTopLeft(middle + QPointF(kSpace / 2. + 1, -made.rect.height() / 2));
        else
            made.rect.moveTopLeft(middle - QPointF(made.rect.width() / 2, made.rect.height() + 2));
        m_layout.labels.push_back(made);
    }

    double arrowDrop() const { return std::ceil(QFontMetricsF(m_blocks.quiet()).lineSpacing()) + kSpace + kHead; }

    void addLegend(double y)
    {
        FigureLabel legend = m_blocks.label(FigurePart::Inputs,
            say("Sides grow with the logarithm of the size: each cell is a doubling."), m_blocks.quiet(),
            FigureLabel::Quiet, m_width - 2 * kMargin);
        legend.rect.moveTo((m_width - legend.rect.width()) / 2, y + kSpace * 1.5);
        m_layout.labels.push_back(legend);
        m_layout.size = QSizeF(m_width, legend.rect.bottom() + kMargin);
    }

    // --- side by side
    double gapFor(const char* words) const { return textWidth(words, m_blocks.quiet()) + 2 * kSpace + kHead; }

    double wideNeeds(double cell) const
    {
        using enum FigurePart;
        const double attention = m_blocks.smallestAttention();
        const auto column = [&](FigurePart part) { return m_blocks.array(part, cell, 1e6).bounds().width(); };
        double needed = 2 * kMargin + column(Inputs) + gapFor("K, V") + std::max(attention, column(Latents))
            + gapFor("Q, K, V") + m_blocks.attention(Layers, attention).bounds().width() + 4 * kSpace + column(Outputs);
        if (hasDecoder(m_facts))
            needed += gapFor("K, V") + std::max(attention, column(Queries));
        return needed;
    }

    void layWide(double cell, double spare)
    {
        using enum FigurePart;
        m_layout.wide = true;
        const bool decoder = hasDecoder(m_facts);
        // What is to spare widens the attentions as far as their words make use of it, then the gaps.
        const int attentions = decoder ? 3 : 2;
        const double least = m_blocks.smallestAttention();
        const double most = std::max(least,
            std::max(textWidth(partName(m_facts, Encoder), m_blocks.strong()),
                textWidth(partName(m_facts, Layers), m_blocks.strong()))
                + 2 * kFigurePad + 2);
        const double attention = least + std::min(spare / attentions, most - least);
        spare -= (attention - least) * attentions;
        const double extra = std::min(spare / (attentions + 1), 3. * kSpace);
        spare -= extra * (attentions + 1);

        FigureBlock inputs = m_blocks.array(Inputs, cell, 1e6), latents = m_blocks.array(Latents, cell, 1e6),
                    queries = m_blocks.array(Queries, cell, 1e6), outputs = m_blocks.array(Outputs, cell, 1e6);
        FigureBlock encoder = m_blocks.attention(Encoder, attention), layers = m_blocks.attention(Layers, attention),
                    decode = m_blocks.attention(Decoder, attention);
        const double height
            = std::max({encoder.box.rect.height(), layers.box.rect.height(), decoder ? decode.box.rect.height() : 0});
        double above = latents.bounds().height();
        if (decoder)
            above = std::max(above, queries.bounds().height());
        above += arrowDrop() + height / 2;
        for (const FigureBlock* block : {&inputs, &outputs})
            above = std::max(above, block->box.rect.center().y() - block->bounds().top());
        const double y = kMargin + above;

        double x = kMargin + spare / 2;
        const auto put = [&](FigureBlock& block, double width) {
            const QRectF bounds = block.bounds();
            const double middle = block.box.rect.center().x() - bounds.left() + (width - bounds.width()) / 2;
            block.centreBoxAt(x + middle, y);
            x += width;
        };
        const auto putAbove = [&](FigureBlock& block, const FigureBlock& below) {
            block.centreBoxAt(below.box.rect.center().x(), 0);
            block.move(0, below.box.rect.top() - arrowDrop() - block.box.rect.bottom());
            add(block);
            addArrow(below.box.part,
                {QPointF(below.box.rect.center().x(), block.box.rect.bottom() + 2),
                    QPointF(below.box.rect.center().x(), below.box.rect.top() - 2)},
                "Q");
        };
        const auto join = [&](const FigureBlock& from, const FigureBlock& to, const char* words) {
            const double step = (from.box.cards - 1) * kCardStep;
            addArrow(isArray(to.box.part) ? from.box.part : to.box.part,
                {QPointF(from.box.rect.right() + step + 2, y), QPointF(to.box.rect.left() - 2, y)}, words,
                from.bounds().right());
        };
        put(inputs, inputs.bounds().width());
        x += gapFor("K, V") + extra;
        put(encoder, std::max(attention, latents.bounds().width()));
        x += gapFor("Q, K, V") + extra;
        put(layers, layers.bounds().width());
        if (decoder) {
            x += gapFor("K, V") + extra;
            put(decode, std::max(attention, queries.bounds().width()));
        }
        x += 4 * kSpace + extra;
        put(outputs, outputs.bounds().width());
        add(inputs);
        putAbove(latents, encoder);
        add(encoder);
        add(layers);
        join(inputs, encoder, "K, V");
        join(encoder, layers, "Q, K, V");
        if (decoder) {
            putAbove(queries, decode);
            add(decode);
            join(layers, decode, "K, V");
        }
        add(outputs);
        join(decoder ? decode : layers, outputs, "");
        double bottom = y + height / 2;
        for (const FigureBlock* block : {&inputs, &outputs})
            bottom = std::max(bottom, block->bounds().bottom());
        addLegend(bottom);
    }

    // --- from top to bottom: what is asked from comes down at the left and right, the latents at the right
    void layNarrow()
    {
        using enum FigurePart;
        const bool decoder = hasDecoder(m_facts);
        double columns = kUnknownCells;
        for (const FigurePart part : {Inputs, Latents, Queries, Outputs})
            columns = std::max(columns, figureCells(arraySize(m_facts, part).second));
        const double cell = std::min(std::clamp(m_width / 64, kSmallestCell, kLargestCell), half() / columns);
        const double left = kMargin + half() / 2, right = m_width - kMargin - half() / 2;
        double y = kMargin;
        const auto attention = [&](FigurePart part) {
            const double cards = part == Layers ? kCardStep * double(std::clamp<int64_t>(m_facts.layers, 1, 4) - 1) : 0;
            FigureBlock block = m_blocks.attention(part, m_width - 2 * kMargin - cards);
            block.move(kMargin, y + cards);
            y = block.box.rect.bottom();
            add(block);
            return cards;
        };
        const auto arrow = [&](FigurePart part, double x, double from, double to, const char* words) {
            addArrow(part, {QPointF(x, from + 2), QPointF(x, to - 2)}, words);
        };

        FigureBlock inputs = m_blocks.array(Inputs, cell, half()), latents = m_blocks.array(Latents, cell, half());
        const double bottom = y + std::max(inputs.bounds().height(), latents.bounds().height());
        for (auto [block, x] : {std::pair(&inputs, left), std::pair(&latents, right)}) {
            block->centreBoxAt(x, 0);
            block->move(0, bottom - block->box.rect.bottom());
            add(*block);
        }
        y = bottom + arrowDrop();
        arrow(Encoder, left, bottom, y, "K, V");
        arrow(Encoder, right, bottom, y, "Q");
        attention(Encoder);
        double from = y;
        y += arrowDrop();
        const double top = y;
        const double cards = attention(Layers);
        arrow(Layers, right, from, top + cards - (right > m_width - kMargin - cards ? 0 : cards), "Q, K, V");
        from = y;
        if (decoder) {
            FigureBlock queries = m_blocks.array(Queries, cell, half());
            queries.centreBoxAt(left, 0);
            queries.move(0, y + 2. * kSpace - queries.bounds().top());
            add(queries);
            const double under = queries.box.rect.bottom();
            y = under + arrowDrop();
            arrow(Decoder, left, under, y, "Q");
            arrow(Decoder, right, from, y, "K, V");
            attention(Decoder);
            from = y;
        }
        y += 3 * kSpace;
        FigureBlock outputs = m_blocks.array(Outputs, cell, half(), true);
        outputs.centreBoxAt(decoder ? left : right, 0);
        if (!decoder) // words at the right need the room
            outputs.centreBoxAt(left, 0);
        outputs.move(0, y - outputs.bounds().top());
        add(outputs);
        arrow(decoder ? Decoder : Layers, outputs.box.rect.center().x(), from, outputs.box.rect.top(), "");
        addLegend(outputs.bounds().bottom());
    }

    const ModelFacts& m_facts;
    double m_width;
    FigureBlocks m_blocks;
    FigureLayout m_layout;
};

} // namespace

FigureLayout layOutFigure(const ModelFacts& facts, double width, const QFont& font)
{
    return Builder(facts, width, font).layOut();
}

std::optional<FigurePart> partAt(const FigureLayout& layout, const QPointF& place)
{
    for (const FigureBox& box : layout.boxes)
        if (box.rect.adjusted(-3, -3, 3, 3).contains(place))
            return box.part;
    for (const FigureLabel& label : layout.labels)
        if (label.rect.contains(place) && &label != &layout.labels.back()) // the last one explains the figure
            return label.part;
    return {};
}

} // namespace ui
