#include "ui/panels/scatter_plot.h"

#include "ui/panels/latents_model.h"
#include "ui/theme.h"

#include <QMouseEvent>
#include <QPainter>
#include <cmath>

namespace ui {

ScatterPlot::ScatterPlot(QAbstractItemModel& model, QWidget* parent) : QWidget(parent), m_model(model)
{
    setMouseTracking(true);
    setAccessibleName(tr("Scatter plot of the latents"));
    setAccessibleDescription(tr("The table has the same latents in numbers."));
    connect(&model, &QAbstractItemModel::dataChanged, this, qOverload<>(&QWidget::update));
    connect(&model, &QAbstractItemModel::modelReset, this, qOverload<>(&QWidget::update));
}

QPointF ScatterPlot::placeOf(int row) const
{
    constexpr double kEdge = 2.5 * kSpace;
    const QPointF at = m_model.index(row, 0).data(LatentsModel::ComponentsRole).toPointF();
    return {kEdge + at.x() * (width() - 2 * kEdge), height() - kEdge - at.y() * (height() - 2 * kEdge)};
}

int ScatterPlot::nearest(QPointF place) const
{
    constexpr double kReach = 12;
    int best = -1;
    double least = kReach * kReach;
    for (int row = 0; row < m_model.rowCount(); ++row) {
        const QPointF d = placeOf(row) - place;
        if (const double square = QPointF::dotProduct(d, d); square < least) {
            least = square;
            best = row;
        }
    }
    return best;
}

void ScatterPlot::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int rows = m_model.rowCount();
    double most = 0;
    for (int row = 0; row < rows; ++row)
        most = std::max(most, m_model.index(row, LatentsModel::Weight).data(LatentsModel::SortRole).toDouble());
    for (int row = 0; row < rows; ++row) {
        const double weight = m_model.index(row, LatentsModel::Weight).data(LatentsModel::SortRole).toDouble();
        const double radius = 3.5 + (most > 0 ? 7 * std::sqrt(weight / most) : 0);
        painter.setPen(QPen(palette().color(QPalette::Window), 1));
        painter.setBrush(m_model.index(row, 0).data(LatentsModel::ColourRole).value<QColor>());
        painter.drawEllipse(placeOf(row), radius, radius);
    }
    painter.setPen(palette().color(QPalette::PlaceholderText));
    painter.drawText(rect().adjusted(kSpace, 0, -kSpace, -2), Qt::AlignBottom | Qt::AlignRight, tr("1st component →"));
    painter.drawText(rect().adjusted(kSpace, 2, -kSpace, 0), Qt::AlignTop | Qt::AlignLeft, tr("↑ 2nd component"));
    if (m_hovered >= 0 && m_hovered < rows) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(palette().color(QPalette::Text), 1.6));
        painter.drawEllipse(placeOf(m_hovered), 9, 9);
        painter.drawText(placeOf(m_hovered) + QPointF(12, 4), QString::number(m_hovered));
    }
}

void ScatterPlot::mouseMoveEvent(QMouseEvent* event)
{
    const int row = nearest(event->position());
    if (row == m_hovered)
        return;
    m_hovered = row;
    emit pointed(row);
    update();
}

void ScatterPlot::mousePressEvent(QMouseEvent* event)
{
    if (const int row = nearest(event->position()); row >= 0)
        emit clicked(row);
}

void ScatterPlot::leaveEvent(QEvent*)
{
    m_hovered = -1;
    emit pointed(-1);
    update();
}

} // namespace ui
