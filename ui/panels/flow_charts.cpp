#include "ui/panels/flow_charts.h"

#include "app/formats/flow_colour.h"
#include "app/views/flow_figures.h"
#include "ui/theme.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>
#include <numbers>

namespace ui {

namespace {

constexpr int kPlotHeight = 9 * kSpace, kRoseSide = 14 * kSpace;

} // namespace

Chart::Chart(const QString& name)
{
    setAccessibleName(name);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
}

void Chart::setBars(std::vector<double> values, QStringList words)
{
    m_values = std::move(values);
    m_words = std::move(words);
    m_marked = -1;
    setAccessibleDescription({});
    emit markedChanged({});
    update();
}

double Chart::largest() const
{
    return m_values.empty() ? 1 : std::max(*std::max_element(m_values.begin(), m_values.end()), 1e-12);
}

QColor Chart::barColour(int bar) const
{
    return palette().color(bar == m_marked ? QPalette::Text : QPalette::Highlight);
}

void Chart::paintFocus(QPainter& painter) const
{
    if (!hasFocus())
        return;
    painter.setPen(palette().color(QPalette::Highlight));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), kSpace / 2, kSpace / 2);
}

void Chart::mark(int bar)
{
    if (bar == m_marked)
        return;
    m_marked = bar;
    const QString words = m_words.value(bar);
    setAccessibleDescription(words);
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
    emit markedChanged(words);
    update();
}

bool Chart::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const int bar = barAt(help->pos());
    if (bar >= 0)
        QToolTip::showText(help->globalPos(), m_words.value(bar), this);
    else
        QToolTip::hideText();
    return true;
}

void Chart::mouseMoveEvent(QMouseEvent* event)
{
    mark(barAt(event->position()));
}

void Chart::leaveEvent(QEvent*)
{
    mark(-1);
}

void Chart::focusOutEvent(QFocusEvent* event)
{
    mark(-1);
    QWidget::focusOutEvent(event);
}

void Chart::keyPressEvent(QKeyEvent* event)
{
    const int count = int(m_values.size());
    const int key = event->key();
    if (count == 0)
        return QWidget::keyPressEvent(event);
    if (key == Qt::Key_Home)
        mark(0);
    else if (key == Qt::Key_End)
        mark(count - 1);
    else if (key == Qt::Key_Right || key == Qt::Key_Left) {
        const int step = key == Qt::Key_Right ? 1 : -1;
        mark(m_marked < 0 ? (step > 0 ? 0 : count - 1) : std::clamp(m_marked + step, 0, count - 1));
    } else
        QWidget::keyPressEvent(event);
}

LengthChart::LengthChart() : Chart(tr("Histogram of the lengths of motion"))
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void LengthChart::setAxis(const QString& first, const QString& unit, const QString& last)
{
    m_first = first;
    m_unit = unit;
    m_last = last;
    update();
}

QSize LengthChart::sizeHint() const
{
    return {26 * kSpace, kPlotHeight + kSpace + fontMetrics().height()};
}

QRectF LengthChart::plot() const
{
    const double inset = kSpace / 2;
    return {inset, inset, width() - 2 * inset, height() - 2 * inset - fontMetrics().height()};
}

int LengthChart::barAt(QPointF where) const
{
    const QRectF area = plot();
    const int count = int(values().size());
    if (count == 0 || where.x() < area.left() || where.x() >= area.right())
        return -1;
    return std::min(int((where.x() - area.left()) / area.width() * count), count - 1);
}

void LengthChart::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF area = plot();
    const double step = area.width() / double(std::max<size_t>(values().size(), 1));
    for (size_t i = 0; i < values().size(); ++i) {
        // What is there is seen, however little it is.
        const double height = values()[i] > 0 ? std::max(values()[i] / largest() * (area.height() - 1), 1.0) : 0;
        const QRectF bar(area.left() + double(i) * step + 0.5, area.bottom() - height, step - 1, height);
        painter.fillRect(bar, barColour(int(i)));
    }
    painter.setPen(palette().color(QPalette::Mid));
    painter.drawLine(QPointF(area.left(), area.bottom() + 0.5), QPointF(area.right(), area.bottom() + 0.5));
    painter.setPen(palette().color(QPalette::PlaceholderText));
    const QRectF axis(area.left(), area.bottom() + 2, area.width(), fontMetrics().height());
    painter.drawText(axis, Qt::AlignLeft | Qt::AlignTop, m_first);
    painter.drawText(axis, Qt::AlignHCenter | Qt::AlignTop, m_unit);
    painter.drawText(axis, Qt::AlignRight | Qt::AlignTop, m_last);
    paintFocus(painter);
}

DirectionRose::DirectionRose() : Chart(tr("Rose of the directions of motion"))
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

QSize DirectionRose::sizeHint() const
{
    return {kRoseSide, kRoseSide};
}

double DirectionRose::radius() const
{
    return std::min(width(), height()) / 2.0 - kSpace / 2;
}

int DirectionRose::barAt(QPointF where) const
{
    const QPointF from = where - QRectF(rect()).center();
    const int count = int(values().size());
    if (count == 0 || std::hypot(from.x(), from.y()) > radius())
        return -1;
    return int(std::lround(app::views::directionOf(float(from.x()), float(from.y())) / 360 * count)) % count;
}

void DirectionRose::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QPointF middle = QRectF(rect()).center();
    painter.setPen(palette().color(QPalette::Mid));
    for (const double part : {0.5, 1.0})
        painter.drawEllipse(middle, radius() * part, radius() * part);
    painter.drawLine(middle - QPointF(radius(), 0), middle + QPointF(radius(), 0));
    painter.drawLine(middle - QPointF(0, radius()), middle + QPointF(0, radius()));
    const double step = 360 / double(std::max<size_t>(values().size(), 1));
    for (size_t i = 0; i < values().size(); ++i) {
        const double reach = radius() * std::sqrt(values()[i] / largest());
        if (reach < 0.5)
            continue;
        const double angle = double(i) * step * std::numbers::pi / 180;
        const auto c = app::formats::vectorColour(float(std::cos(angle)) * 0.95f, float(-std::sin(angle)) * 0.95f);
        // A thin line, so that yellow is seen on white and blue on black.
        QColor line = palette().color(QPalette::Text);
        line.setAlphaF(int(i) == marked() ? 1 : 0.35f);
        painter.setPen(QPen(line, int(i) == marked() ? 1.5 : 0.5));
        painter.setBrush(QColor(c[0], c[1], c[2]));
        painter.drawPie(QRectF(middle.x() - reach, middle.y() - reach, 2 * reach, 2 * reach),
            int(std::lround((double(i) - 0.5) * step * 16)), int(std::lround(step * 16)));
    }
    paintFocus(painter);
}

} // namespace ui
