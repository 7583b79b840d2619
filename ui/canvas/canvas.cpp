#include "ui/canvas/canvas.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>
#include <cmath>

namespace ui {

namespace {

constexpr double kStep = 1.25; // of a zoom by key
constexpr double kClickSlack = 4; // pixels a click may move

} // namespace

Canvas::Canvas(Viewport& viewport, QWidget* parent) : QWidget(parent), m_viewport(viewport)
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_OpaquePaintEvent);
    connect(&m_viewport, &Viewport::changed, this, qOverload<>(&QWidget::update));
}

void Canvas::setPicture(const QImage& picture)
{
    const bool otherSize = picture.size() != m_pyramid.full().size();
    m_pyramid = Pyramid(picture);
    if (otherSize) {
        m_cellPart = picture.rect();
        m_cells = picture.size();
        m_cursor.reset();
        m_rubber.reset();
    }
    update();
}

void Canvas::setOverlay(const QImage& overlay, const QRectF& part, bool smooth)
{
    m_overlay = overlay;
    m_overlayPart = part;
    m_smooth = smooth;
    update();
}

void Canvas::setShade(const QRectF& kept)
{
    m_shade = kept;
    update();
}

void Canvas::setContours(std::vector<QPolygonF> lines)
{
    m_contours = std::move(lines);
    update();
}

void Canvas::setMarks(std::vector<QRectF> marks)
{
    m_marks = std::move(marks);
    update();
}

void Canvas::setScaleBar(std::optional<ScaleBar> bar)
{
    m_scaleBar = std::move(bar);
    update();
}

void Canvas::setLegend(const QImage& legend, const QString& text)
{
    m_legend = legend;
    m_legendText = text;
    update();
}

void Canvas::setTitle(const QString& title, const QString& more)
{
    m_title = title;
    m_more = more;
    update();
}

void Canvas::setReadout(const QString& text)
{
    m_readout = text;
    update();
}

void Canvas::setBeside(const QImage& picture)
{
    m_beside = Pyramid(picture);
    update();
}

void Canvas::setPaint(std::function<void(QPainter&, double)> paint)
{
    m_paint = std::move(paint);
    update();
}

void Canvas::setMarginals(std::vector<float> columns, std::vector<float> rows)
{
    m_columns = std::move(columns);
    m_rows = std::move(rows);
    update();
}

void Canvas::setCell(const QRectF& part, QSize cells)
{
    m_cellPart = part;
    m_cells = cells;
    update();
}

double Canvas::fitZoom() const
{
    const QSize size = m_pyramid.full().size();
    if (size.isEmpty())
        return 1;
    constexpr double kMargin = 16;
    return std::max(
        1e-3, std::min((width() - kMargin) / double(size.width()), (height() - kMargin) / double(size.height())));
}

double Canvas::zoom() const
{
    return fitZoom() * m_viewport.magnification();
}

QPointF Canvas::origin() const
{
    const QSizeF size = QSizeF(m_pyramid.full().size()) * zoom();
    // On whole pixels, so that a grid and a picture pixel for pixel are sharp.
    return {std::round(width() / 2.0 - m_viewport.middle().x() * size.width()),
        std::round(height() / 2.0 - m_viewport.middle().y() * size.height())};
}

QPointF Canvas::toPicture(QPointF point) const
{
    return (point - origin()) / zoom();
}

QPointF Canvas::toWidget(QPointF point) const
{
    return origin() + point * zoom();
}

std::optional<QPoint> Canvas::pixelAt(QPointF point) const
{
    const QPointF inside = toPicture(point);
    const QPoint pixel(int(std::floor(inside.x())), int(std::floor(inside.y())));
    if (!m_pyramid.full().rect().contains(pixel))
        return {};
    return pixel;
}

void Canvas::zoomTo(double zoom, QPointF about)
{
    const QSizeF size = m_pyramid.full().size();
    if (size.isEmpty())
        return;
    const QPointF fixed = toPicture(about);
    const QPointF middle = fixed + (QPointF(width() / 2.0, height() / 2.0) - about) / zoom;
    m_viewport.set(zoom / fitZoom(), {middle.x() / size.width(), middle.y() / size.height()});
}

void Canvas::pixelForPixel()
{
    zoomTo(1 / devicePixelRatioF(), QPointF(width() / 2.0, height() / 2.0));
}

void Canvas::zoomIn()
{
    zoomTo(zoom() * kStep, QPointF(width() / 2.0, height() / 2.0));
}

void Canvas::zoomOut()
{
    zoomTo(zoom() / kStep, QPointF(width() / 2.0, height() / 2.0));
}

QImage Canvas::shot()
{
    return grab().toImage();
}

double Canvas::sliderX() const
{
    return toWidget({m_slider * m_pyramid.full().width(), 0}).x();
}

void Canvas::resizeEvent(QResizeEvent*)
{
    update();
}

void Canvas::mousePressEvent(QMouseEvent* event)
{
    m_pressed = m_last = event->position();
    if (event->button() == Qt::MiddleButton || event->button() == Qt::RightButton
        || (event->button() == Qt::LeftButton && m_space))
        m_drag = Drag::Pan;
    else if (event->button() == Qt::LeftButton)
        m_drag = !m_beside.isNull() && std::abs(event->position().x() - sliderX()) < 8 ? Drag::Slider : Drag::Select;
    if (m_drag == Drag::Pan)
        setCursor(Qt::ClosedHandCursor);
}

void Canvas::mouseMoveEvent(QMouseEvent* event)
{
    const QPointF place = event->position();
    const QSizeF size = QSizeF(m_pyramid.full().size()) * zoom();
    switch (m_drag) {
    case Drag::Pan:
        if (!size.isEmpty())
            m_viewport.set(m_viewport.magnification(),
                m_viewport.middle()
                    - QPointF((place.x() - m_last.x()) / size.width(), (place.y() - m_last.y()) / size.height()));
        m_last = place;
        return;
    case Drag::Slider:
        m_slider = std::clamp(toPicture(place).x() / std::max(1, m_pyramid.full().width()), 0.0, 1.0);
        update();
        return;
    case Drag::Select:
        if ((place - m_pressed).manhattanLength() > kClickSlack) {
            const QPointF a = toPicture(m_pressed), b = toPicture(place);
            const QRect pixels(QPoint(int(std::floor(std::min(a.x(), b.x()))), int(std::floor(std::min(a.y(), b.y())))),
                QPoint(int(std::floor(std::max(a.x(), b.x()))), int(std::floor(std::max(a.y(), b.y())))));
            m_rubber = pixels.intersected(m_pyramid.full().rect());
            update();
        }
        return;
    case Drag::None:
        break;
    }
    if (!m_beside.isNull())
        setCursor(std::abs(place.x() - sliderX()) < 8 ? Qt::SplitHCursor : Qt::ArrowCursor);
    if (const auto pixel = pixelAt(place)) {
        m_cursor.reset();
        emit pointed(*pixel);
    } else {
        emit left();
    }
}

void Canvas::mouseReleaseEvent(QMouseEvent* event)
{
    const Drag drag = std::exchange(m_drag, Drag::None);
    if (drag == Drag::Pan) {
        setCursor(m_space ? Qt::OpenHandCursor : Qt::ArrowCursor);
        return;
    }
    if (drag != Drag::Select)
        return;
    const bool add = event->modifiers().testFlag(Qt::ShiftModifier);
    if (const auto rubber = std::exchange(m_rubber, std::nullopt)) {
        if (!rubber->isEmpty())
            emit dragged(*rubber, add);
    } else if (const auto pixel = pixelAt(event->position())) {
        emit clicked(*pixel, add);
    }
    update();
}

void Canvas::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && m_drag == Drag::None)
        emit doubleClicked();
}

void Canvas::wheelEvent(QWheelEvent* event)
{
    const double steps = event->angleDelta().y() / 120.0;
    if (steps != 0)
        zoomTo(zoom() * std::pow(kStep, steps), event->position());
    event->accept();
}

// The keyboard's cursor: by a cell, with Shift by ten.
void Canvas::moveCursor(QPoint by)
{
    if (m_pyramid.isNull() || m_cells.isEmpty())
        return;
    const QSizeF cell(m_cellPart.width() / m_cells.width(), m_cellPart.height() / m_cells.height());
    const QPointF from = m_cursor ? QPointF(*m_cursor) + QPointF(0.5, 0.5) : m_cellPart.center();
    const QPointF to(std::clamp(from.x() + by.x() * cell.width(), m_cellPart.left(), m_cellPart.right() - 0.5),
        std::clamp(from.y() + by.y() * cell.height(), m_cellPart.top(), m_cellPart.bottom() - 0.5));
    m_cursor = QPoint(int(std::floor(to.x())), int(std::floor(to.y())));
    emit pointed(*m_cursor);
    update();
}

void Canvas::keyPressEvent(QKeyEvent* event)
{
    const int by = event->modifiers().testFlag(Qt::ShiftModifier) ? 10 : 1;
    switch (event->key()) {
    case Qt::Key_Left:
        return moveCursor({-by, 0});
    case Qt::Key_Right:
        return moveCursor({by, 0});
    case Qt::Key_Up:
        return moveCursor({0, -by});
    case Qt::Key_Down:
        return moveCursor({0, by});
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_cursor && !event->modifiers().testFlag(Qt::ControlModifier)) {
            emit clicked(*m_cursor, event->modifiers().testFlag(Qt::ShiftModifier));
            return;
        }
        break;
    case Qt::Key_Space:
        if (!event->isAutoRepeat()) {
            m_space = true;
            setCursor(Qt::OpenHandCursor);
        }
        return;
    default:
        break;
    }
    QWidget::keyPressEvent(event);
}

void Canvas::keyReleaseEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Space && !event->isAutoRepeat()) {
        m_space = false;
        setCursor(Qt::ArrowCursor);
        return;
    }
    QWidget::keyReleaseEvent(event);
}

void Canvas::leaveEvent(QEvent*)
{
    emit left();
}

} // namespace ui
