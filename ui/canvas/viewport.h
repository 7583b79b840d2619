// Which part of a picture is seen, shared by the panes that show the same place: a magnification against the whole
// picture fitted into a pane, and the picture's point in a pane's middle, as shares of its size. Interface thread.
#pragma once

#include <QObject>
#include <QPointF>

namespace ui {

class Viewport : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    double magnification() const { return m_magnification; } // 1: all of it fits
    QPointF middle() const { return m_middle; }
    bool fits() const { return m_magnification == 1; }
    void set(double magnification, QPointF middle);
    void fit() { set(1, {0.5, 0.5}); }

signals:
    void changed();

private:
    double m_magnification = 1;
    QPointF m_middle{0.5, 0.5};
};

} // namespace ui
