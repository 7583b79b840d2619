#include "ui/panels/map_delegate.h"

#include "ui/panels/latents_model.h"
#include "ui/theme.h"

#include <QPainter>

namespace ui {

namespace {

constexpr int kSide = 64; // of a map's longer side
constexpr int kBand = 14; // of a text's

QSize pictureSize(const QModelIndex& index)
{
    const QSize cells = index.data(LatentsModel::PictureRole).value<QImage>().size();
    if (cells.height() <= 1)
        return {4 * kSide, kBand};
    return cells.isEmpty() ? QSize(kSide, kSide) : cells.scaled(kSide, kSide, Qt::KeepAspectRatio);
}

} // namespace

QSize MapDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const QSize size = pictureSize(index);
    const int text = QFontMetrics(option.font).height();
    if (size.height() == kBand) // the number beside it
        return {size.width() + 40, std::max(kBand, text) + 4};
    return {size.width() + 4, size.height() + text + 8};
}

void MapDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    painter->save();
    painter->setRenderHint(QPainter::SmoothPixmapTransform, false);
    const QSize size = pictureSize(index);
    const bool band = size.height() == kBand;
    const QRect place(option.rect.topLeft() + QPoint(band ? 36 : 2, 2), size);
    painter->drawImage(place, index.data(LatentsModel::PictureRole).value<QImage>());
    const bool hovered = option.state.testFlag(QStyle::State_MouseOver),
               selected = option.state.testFlag(QStyle::State_Selected);
    if (hovered || selected) {
        painter->setPen(QPen(option.palette.color(QPalette::Highlight), selected ? 2 : 1.5));
        painter->drawRect(place.adjusted(0, 0, -1, -1));
    }
    QRect text = band
        ? QRect(option.rect.left(), place.top(), 32, kBand)
        : QRect(place.left(), place.bottom() + 2, place.width(), option.rect.bottom() - place.bottom() - 2);
    painter->setPen(option.palette.color(hovered || selected ? QPalette::Text : QPalette::PlaceholderText));
    if (!band) { // latents of like colours hold like things
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(index.data(LatentsModel::ColourRole).value<QColor>());
        painter->drawEllipse(QPointF(text.right() - 4, text.center().y() + 0.5), 4, 4);
        painter->restore();
    }
    painter->drawText(text, (band ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter, index.data().toString());
    // Its weight in the shown map, against the largest.
    if (const QVariant share = index.data(LatentsModel::BarRole); share.isValid() && !band) {
        const QRect bar(text.left() + 26, text.center().y() - 2, text.width() - 38, 4);
        painter->fillRect(bar, option.palette.color(QPalette::Mid));
        painter->fillRect(QRect(bar.topLeft(), QSize(int(bar.width() * share.toDouble()), 4)),
            option.palette.color(QPalette::Highlight));
    }
    painter->restore();
}

} // namespace ui
