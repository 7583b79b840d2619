// Draws a row of TimingsModel: name, time and share, a bar of that share of the whole, arithmetic and uses beneath.
// Interface thread.
#pragma once

#include <QStyledItemDelegate>

namespace ui {

class TimingsDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace ui
