// Latents as points: the first two principal components across and up, coloured by all three, larger with their weight.
// Interface thread.
#pragma once

#include <QAbstractItemModel>
#include <QWidget>

namespace ui {

class ScatterPlot : public QWidget {
    Q_OBJECT

public:
    explicit ScatterPlot(QAbstractItemModel& model, QWidget* parent = nullptr);
    QSize minimumSizeHint() const override { return {160, 160}; }

signals:
    void pointed(int row); // of the model; -1: none
    void clicked(int row);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    QPointF placeOf(int row) const;
    int nearest(QPointF place) const;

    QAbstractItemModel& m_model;
    int m_hovered = -1;
};

} // namespace ui
