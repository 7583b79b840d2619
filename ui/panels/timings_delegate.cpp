#include "ui/panels/timings_delegate.h"

#include "ui/panels/number_texts.h"
#include "ui/panels/timings_model.h"
#include "ui/theme.h"

#include <QPainter>
#include <algorithm>

namespace ui {

namespace {

constexpr int kBar = 6;

QString text(const QModelIndex& index, int column)
{
    return index.siblingAtColumn(column).data().toString();
}

QFont strong(QFont font)
{
    font.setWeight(QFont::DemiBold);
    return font;
}

// Of the second line, so that a panel 300 wide holds it.
QFont small(QFont font)
{
    if (font.pointSizeF() > 0)
        font.setPointSizeF(font.pointSizeF() * 0.9);
    return font;
}

QColor mixed(const QColor& a, const QColor& b, double share)
{
    const auto channel = [share](int x, int y) { return int(x + (y - x) * share); };
    return {channel(a.red(), b.red()), channel(a.green(), b.green()), channel(a.blue(), b.blue())};
}

} // namespace

QSize TimingsDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const
{
    const int line = QFontMetrics(option.font).height();
    return {200, kSpace + line + kSpace / 2 + kBar + kSpace / 2 + line + kSpace};
}

void TimingsDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QPalette& palette = option.palette;
    const QColor accent = palette.color(QPalette::Highlight), quiet = palette.color(QPalette::PlaceholderText);
    const bool rest = index.data(TimingsModel::RestRole).toBool();
    const bool selected = option.state.testFlag(QStyle::State_Selected),
               hovered = option.state.testFlag(QStyle::State_MouseOver);
    const QRectF card = QRectF(option.rect).adjusted(1, 1, -1, -1);
    if (selected || hovered) {
        painter->setPen(selected ? QPen(accent, 1) : QPen(Qt::NoPen));
        painter->setBrush(mixed(palette.color(QPalette::Base), accent, selected ? 0.14 : 0.07));
        painter->drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    }

    const QFontMetrics metrics(option.font);
    const QRect inside = option.rect.adjusted(kSpace, kSpace, -kSpace, -kSpace);
    QRect line(inside.left(), inside.top(), inside.width(), metrics.height());
    // Words at the right end of a line and others before them, shortened where they would meet.
    const auto drawLine = [&](const QString& words, const QFont& font, const QColor& colour, const QString& number,
                              const QFont& numberFont, const QColor& numberColour) {
        painter->setFont(numberFont);
        painter->setPen(numberColour);
        painter->drawText(line, Qt::AlignRight | Qt::AlignVCenter, number);
        const QRect before = line.adjusted(0, 0, -QFontMetrics(numberFont).horizontalAdvance(number) - kSpace, 0);
        painter->setFont(font);
        painter->setPen(colour);
        painter->drawText(before, Qt::AlignLeft | Qt::AlignVCenter,
            QFontMetrics(font).elidedText(words, Qt::ElideRight, before.width()));
    };
    const QColor ink = palette.color(QPalette::Text);
    drawLine(text(index, TimingsModel::Name), option.font, rest ? quiet : ink,
        tr("%1 ms").arg(text(index, TimingsModel::Milliseconds)), strong(option.font), ink);

    const QRectF track(inside.left(), line.bottom() + kSpace / 2, inside.width(), kBar);
    painter->setPen(Qt::NoPen);
    painter->setBrush(palette.color(QPalette::Mid));
    painter->drawRoundedRect(track, kBar / 2., kBar / 2.);
    const double share = index.siblingAtColumn(TimingsModel::Share).data(TimingsModel::ValueRole).toDouble();
    QRectF bar = track;
    bar.setWidth(std::clamp(share, 0., 1.) * track.width());
    painter->setBrush(rest ? quiet : accent);
    if (share > 0)
        painter->drawRoundedRect(bar, std::min(kBar / 2., bar.width() / 2), kBar / 2.);

    QStringList parts;
    for (const int column : {int(TimingsModel::Gflop), int(TimingsModel::GflopPerSecond)})
        if (const double flop = index.siblingAtColumn(column).data(TimingsModel::ValueRole).toDouble() * 1e9; flop > 0)
            parts << flopText(flop) + (column == TimingsModel::Gflop ? "" : "/s");
    const QString uses = text(index, TimingsModel::Uses);
    parts << (rest ? tr("loading, transfers, waiting") : uses == "1" ? tr("1 use") : tr("%1 uses").arg(uses));
    line.moveTop(int(track.bottom()) + kSpace / 2);
    drawLine(parts.join(" · "), small(option.font), quiet, text(index, TimingsModel::Share), small(option.font), quiet);
    painter->restore();
}

} // namespace ui
