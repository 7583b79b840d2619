// A line of text that ends in an ellipsis where there is too little room; all of it is in text() and in the tool tip.
// Interface thread.
#pragma once

#include <QLabel>
#include <QPainter>

namespace ui {

class ElidedLabel : public QLabel {
    Q_OBJECT

public:
    using QLabel::QLabel;

protected:
    void paintEvent(QPaintEvent* event) override
    {
        const QRect room = contentsRect().adjusted(margin(), 0, -margin(), 0);
        if (fontMetrics().horizontalAdvance(text()) <= room.width())
            return QLabel::paintEvent(event); // which can be selected, too
        QPainter painter(this);
        painter.setPen(palette().color(foregroundRole()));
        painter.drawText(
            room, Qt::AlignVCenter | Qt::AlignLeft, fontMetrics().elidedText(text(), Qt::ElideRight, room.width()));
    }
};

} // namespace ui
