#include "ui/panels/model_figure.h"

#include "ui/theme.h"

#include <QPainter>
#include <cmath>

namespace ui {

namespace {

QColor mixed(const QColor& a, const QColor& b, double share)
{
    const auto channel = [share](int x, int y) { return int(std::lround(x + (y - x) * share)); };
    return {channel(a.red(), b.red()), channel(a.green(), b.green()), channel(a.blue(), b.blue())};
}

struct FigureColours {
    explicit FigureColours(const QPalette& palette)
        : ground(palette.color(QPalette::Window))
        , surface(palette.color(QPalette::Base))
        , line(palette.color(QPalette::Mid))
        , text(palette.color(QPalette::Text))
        , quiet(palette.color(QPalette::PlaceholderText))
        , accent(palette.color(QPalette::Highlight))
    {
    }
    QColor ground, surface, line, text, quiet, accent;
};

void paintArray(QPainter& painter, const FigureBox& box, const FigureLayout& layout, const FigureColours& colours, bool lit)
{
    const bool latent = box.part == FigurePart::Latents, queries = box.part == FigurePart::Queries;
    const QColor ink = latent || queries ? colours.accent : colours.text;
    const QColor fill = mixed(colours.ground, ink, latent ? 0.26 : queries ? 0.10 : 0.13);
    QPen edge(lit ? colours.accent : mixed(colours.ground, ink, 0.55), lit ? 2 : 1);
    if (queries && !lit)
        edge.setDashPattern({4, 3});
    painter.setPen(edge);
    painter.setBrush(fill);
    painter.drawRoundedRect(box.rect, 2, 2);

    painter.save();
    painter.setClipRect(box.rect.adjusted(1, 1, -1, -1));
    painter.setPen(QPen(mixed(fill, ink, 0.22), 1));
    for (double i = 1; i < box.rowCells; ++i) {
        const double y = box.rect.top() + i * box.rect.height() / box.rowCells;
        painter.drawLine(QPointF(box.rect.left(), y), QPointF(box.rect.right(), y));
    }
    for (double i = 1; i < box.columnCells; ++i) {
        const double x = box.rect.left() + i * box.rect.width() / box.columnCells;
        painter.drawLine(QPointF(x, box.rect.top()), QPointF(x, box.rect.bottom()));
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    for (const FigureLabel& label : layout.labels) // so that no line runs through the words
        if (label.inside && label.part == box.part)
            painter.drawRoundedRect(label.rect.adjusted(-2, -1, 2, 1), 3, 3);
    painter.restore();
}

void paintAttention(QPainter& painter, const FigureBox& box, const FigureColours& colours, bool lit)
{
    for (int card = box.cards - 1; card >= 0; --card) {
        const bool front = card == 0;
        painter.setPen(
            QPen(lit && front ? colours.accent : mixed(colours.line, colours.quiet, 0.4), lit && front ? 2 : 1));
        painter.setBrush(front ? colours.surface : mixed(colours.surface, colours.line, 0.35));
        painter.drawRoundedRect(box.rect.translated(card * 4, -card * 4), 6, 6);
    }
}

void paintArrow(QPainter& painter, const FigureArrow& arrow, const FigureColours& colours)
{
    const QColor ink = arrow.query ? colours.accent : colours.quiet;
    const QPointF along = (arrow.line.p2() - arrow.line.p1()) / arrow.line.length(), across(-along.y(), along.x());
    const QPointF tip = arrow.line.p2(), neck = tip - along * 7;
    painter.setPen(QPen(ink, 1.5, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(arrow.line.p1(), neck);
    painter.setPen(Qt::NoPen);
    painter.setBrush(ink);
    painter.drawPolygon(QPolygonF({tip, neck + across * 3.5, neck - across * 3.5}));
}

} // namespace

void paintFigure(QPainter& painter, const FigureLayout& layout, const QPalette& palette, std::optional<FigurePart> lit)
{
    const FigureColours colours(palette);
    painter.save();
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    for (const FigureBox& box : layout.boxes) {
        if (isArray(box.part))
            paintArray(painter, box, layout, colours, lit == box.part);
        else
            paintAttention(painter, box, colours, lit == box.part);
    }
    for (const FigureArrow& arrow : layout.arrows)
        paintArrow(painter, arrow, colours);
    for (const FigureLabel& label : layout.labels) {
        painter.setFont(label.font);
        painter.setPen(label.tone == FigureLabel::Strong ? colours.text
                : label.tone == FigureLabel::Quiet       ? colours.quiet
                                                         : colours.accent);
        painter.drawText(label.rect,
            (label.centred ? Qt::AlignHCenter : Qt::AlignLeft) | Qt::AlignTop | Qt::TextDontClip, label.text);
    }
    painter.restore();
}

} // namespace ui
