#include "ui/panels/timings_delegate.h"

#include "ui/panels/timings_model.h"
#include "ui/theme.h"

#include <QPainter>

namespace ui {

namespace {

constexpr int kBar = 6;
constexpr int kNumber = 9; // digits and a unit that a number's column has room for

QString text(const QModelIndex& index, int column)
{
    return index.siblingAtColumn(column).data().toString();
}

QFont strong(QFont font)
{
    font.setWeight(QFont::DemiBold);
    return font;
}

QColor mixed(const QColor& a, const QColor& b, double share)
{
    const auto channel = [share](int x, int y) { return int(x + (y - x) * share); };
    return {channel(a.red(), b.red()), channel(a.green(), b.green()), channel(a.blue(), b.blue())};
}

} // namespace

QSize TimingsDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const int line = QFontMetrics(option.font).height();
    const bool rest = index.data(TimingsModel::RestRole).toBool();
    return {200, kSpace + line + kSpace / 2 + kBar + (rest ? 0 : kSpace / 2 + line) + kSpace};
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
        painter->setPen(selected && option.state.testFlag(QStyle::State_Active) ? QPen(accent, 1) : QPen(Qt::NoPen));
        painter->setBrush(mixed(palette.color(QPalette::Base), accent, selected ? 0.14 : 0.07));
        painter->drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    }

    const QFontMetrics metrics(option.font), strongMetrics(strong(option.font));
    const QRect inside = option.rect.adjusted(kSpace, kSpace, -kSpace, -kSpace);
    QRect line(inside.left(), inside.top(), inside.width(), metrics.height());
    const auto drawRight = [&](const QString& words, int columns, const QColor& colour, const QFont& font) {
        const int width = std::max(metrics.averageCharWidth() * columns, QFontMetrics(font).horizontalAdvance(words));
        painter->setFont(font);
        painter->setPen(colour);
        painter->drawText(line, Qt::AlignRight | Qt::AlignVCenter, words);
        line.setRight(line.right() - width);
    };
    drawRight(text(index, TimingsModel::Share), kNumber, quiet, option.font);
    drawRight(tr("%1 ms").arg(text(index, TimingsModel::Milliseconds)), kNumber, palette.color(QPalette::Text),
        strong(option.font));
    line.setRight(line.right() - kSpace);
    painter->setFont(option.font);
    painter->setPen(rest ? quiet : palette.color(QPalette::Text));
    painter->drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
        metrics.elidedText(text(index, TimingsModel::Name), Qt::ElideRight, line.width()));

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

    if (!rest) {
        QStringList parts;
        if (text(index, TimingsModel::GflopPerSecond) != "–")
            parts << tr("%1 GFLOP").arg(text(index, TimingsModel::Gflop))
                  << tr("%1 GFLOP/s").arg(text(index, TimingsModel::GflopPerSecond));
        const QString uses = text(index, TimingsModel::Uses);
        parts << (uses == "1" ? tr("1 use") : tr("%1 uses").arg(uses));
        const QRect below(inside.left(), int(track.bottom()) + kSpace / 2, inside.width(), metrics.height());
        painter->setPen(quiet);
        painter->drawText(below, Qt::AlignLeft | Qt::AlignVCenter,
            metrics.elidedText(parts.join("  ·  "), Qt::ElideRight, below.width()));
    }
    painter->restore();
}

} // namespace ui
