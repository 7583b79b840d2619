#include "ui/panels/spectrum_map.h"

#include "ui/theme.h"

#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr double kTick = 4;

// For words on the picture, whose colours may be any: with a dark rim.
void drawRimmed(QPainter& painter, QPointF baseline, const QString& text, const QColor& colour)
{
    QPainterPath path;
    path.addText(baseline, painter.font(), text);
    painter.strokePath(path, QPen(QColor(0, 0, 0, 190), 3, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.fillPath(path, colour);
}

} // namespace

double tickStep(double span, double most)
{
    const double least = std::max(span / most, 1.0);
    const double power = std::pow(10.0, std::floor(std::log10(least)));
    for (const double step : {power, 2 * power, 5 * power})
        if (step >= least * (1 - 1e-9))
            return step;
    return 10 * power;
}

std::vector<size_t> ringsOf(size_t bands)
{
    std::vector<size_t> rings;
    const size_t count = std::min<size_t>(bands, 4);
    for (size_t i = 1; i <= count; ++i)
        rings.push_back(bands * i / count - 1);
    return rings;
}

SpectrumMap::SpectrumMap(QWidget* parent) : QWidget(parent)
{
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.85);
    setFont(small);
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setAccessibleName(tr("Power spectrum"));
    setToolTip(tr("Each point is a wave: its distance from the middle is how often it repeats over the picture, its "
                  "direction the way across its crests. Bright is strong. Rings are frequencies of the model's position "
                  "features, which each repeat so often."));
}

void SpectrumMap::setSpectrum(std::shared_ptr<const ShownSpectrum> spectrum, int outstandingBand)
{
    const bool otherSize = !m_spectrum || !spectrum || m_spectrum->picture.size() != spectrum->picture.size();
    m_spectrum = std::move(spectrum);
    m_outstanding = outstandingBand;
    if (otherSize) {
        m_zoom = 1;
        m_pointed.reset();
        updateGeometry();
    }
    update();
    emit pointed();
}

int SpectrumMap::heightForWidth(int width) const
{
    const QFontMetrics metrics(font());
    const double margins = metrics.horizontalAdvance("-000") + kTick + kSpace;
    const double shape = m_spectrum ? double(m_spectrum->picture.height()) / m_spectrum->picture.width() : 1;
    const double height = std::min((width - margins) * std::clamp(shape, 0.3, 1.2), 420.0);
    return int(height) + 2 * metrics.height() + int(kTick) + kSpace;
}

QRectF SpectrumMap::frame() const
{
    constexpr double kLeast = 24; // a map of one row is still seen
    const QFontMetricsF metrics(font());
    const double left = metrics.horizontalAdvance("-000") + kTick + 2, below = 2 * metrics.height() + kTick + 2;
    const QRectF room = QRectF(rect()).adjusted(left, kSpace / 2.0, -kSpace / 2.0, -below);
    if (!m_spectrum || room.width() < 1 || room.height() < 1)
        return room;
    const QSizeF size = QSizeF(m_spectrum->picture.size()).scaled(room.size(), Qt::KeepAspectRatio);
    const double width = std::floor(std::max(size.width(), std::min(room.width(), kLeast)));
    const double height = std::floor(std::max(size.height(), std::min(room.height(), kLeast)));
    return {std::floor(room.left() + (room.width() - width) / 2), std::floor(room.top()), width, height};
}

double SpectrumMap::pixelsOfCycle() const
{
    const QRectF at = frame();
    return m_zoom * std::max(at.width(), at.height()) / std::max(m_spectrum->picture.width(), m_spectrum->picture.height());
}

void SpectrumMap::setZoom(double zoom)
{
    constexpr double kFewest = 8; // cycles that are seen at once
    const double most = m_spectrum
        ? std::max(1.0, std::max(m_spectrum->picture.width(), m_spectrum->picture.height()) / kFewest)
        : 1.0;
    m_zoom = std::clamp(zoom, 1.0, most);
    update();
}

void SpectrumMap::pointAt(std::optional<QPoint> cell)
{
    if (cell && (!m_spectrum || !m_spectrum->picture.rect().contains(*cell)))
        cell.reset();
    if (cell == m_pointed)
        return;
    m_pointed = cell;
    update();
    emit pointed();
}

// ------------------------------------------------------------------------------------------------------------- drawing

void SpectrumMap::drawRings(QPainter& painter, const QRectF& frame) const
{
    const double scale = pixelsOfCycle();
    const QColor quiet(255, 255, 255, 120), quietWords(255, 255, 255, 220), loud(0x7d, 0xd3, 0xff);
    const auto ring = [&](size_t band, const QColor& colour, double width) {
        painter.setBrush(Qt::NoBrush);
        for (const QPen& pen : {QPen(QColor(0, 0, 0, 90), width + 1.4), QPen(colour, width)}) {
            painter.setPen(pen);
            painter.drawEllipse(QPointF(0, 0), m_spectrum->bandsX[band] * scale, m_spectrum->bandsY[band] * scale);
        }
    };
    // Where the ring crosses the way to a lower corner: the left one for the ring that stands out.
    const auto number = [&](size_t band, double side, const QString& text, const QColor& colour) {
        const double turn = std::sqrt(0.5) * scale, width = painter.fontMetrics().horizontalAdvance(text);
        const QPointF at(side * m_spectrum->bandsX[band] * turn, m_spectrum->bandsY[band] * turn);
        if (std::abs(at.x()) + width + 4 < frame.width() / 2
            && at.y() + painter.fontMetrics().height() < frame.height() / 2)
            drawRimmed(
                painter, at + QPointF(side > 0 ? 3 : -3 - width, painter.fontMetrics().ascent()), text, colour);
    };
    // The ring that stands out takes the place of one that is close to it.
    std::vector<size_t> rings = ringsOf(m_spectrum->bandsX.size());
    std::erase_if(rings, [&](size_t band) {
        return m_outstanding >= 0
            && std::abs(m_spectrum->bandsX[band] - m_spectrum->bandsX[size_t(m_outstanding)]) * scale < kSpace;
    });
    for (const size_t band : rings)
        ring(band, quiet, 1);
    if (m_outstanding >= 0)
        ring(size_t(m_outstanding), loud, 1.6);
    for (const size_t band : rings)
        number(band, 1, QLocale().toString(int(band) + 1), quietWords);
    // The strongest wave is one pixel twice: too little to be found unmarked.
    const QPointF peak(double(m_spectrum->figures.peakAcross), double(m_spectrum->figures.peakDown));
    painter.setPen(QPen(quietWords, 1));
    for (const double sign : {-1.0, 1.0})
        painter.drawEllipse(peak * sign * scale, scale / 2 + 4, scale / 2 + 4);
    if (m_outstanding >= 0)
        number(size_t(m_outstanding), -1, tr("band %1").arg(m_outstanding + 1), loud);
}

void SpectrumMap::drawAxes(QPainter& painter, const QRectF& frame) const
{
    const double scale = pixelsOfCycle();
    const QFontMetricsF metrics(font());
    const QPointF middle = frame.center();
    const auto ticks = [](double length, double pixels, double room, const auto& draw) {
        const double step = tickStep(length / pixels, length / room);
        const double last = std::floor(length / 2 / pixels / step) * step;
        for (double f = -last; f <= last + step / 2; f += step)
            draw(f);
    };
    painter.setPen(QPen(palette().color(QPalette::PlaceholderText), 1));
    ticks(frame.width(), scale, metrics.horizontalAdvance("-000") * 1.6, [&](double f) {
        const double x = middle.x() + f * scale;
        painter.drawLine(QPointF(x, frame.bottom()), QPointF(x, frame.bottom() + kTick));
        painter.drawText(QRectF(x - 40, frame.bottom() + kTick, 80, metrics.height()), Qt::AlignHCenter,
            QLocale().toString(f, 'f', 0));
    });
    ticks(frame.height(), scale, metrics.height() * 2.4, [&](double f) {
        const double y = middle.y() + f * scale;
        painter.drawLine(QPointF(frame.left(), y), QPointF(frame.left() - kTick, y));
        painter.drawText(QRectF(0, y - metrics.height() / 2, frame.left() - kTick - 2, metrics.height()),
            Qt::AlignRight | Qt::AlignVCenter, QLocale().toString(f, 'f', 0));
    });
    painter.drawText(QRectF(0, frame.bottom() + kTick + metrics.height(), width(), metrics.height()), Qt::AlignHCenter,
        tr("cycles a picture"));

    // Every band, inside the frame's lower and left rim, as long as they can be told apart.
    constexpr double kLeastGap = 3;
    painter.setPen(QPen(QColor(255, 255, 255, 150), 1));
    double last = 0;
    for (size_t band = 0; band < m_spectrum->bandsX.size(); ++band) {
        const double x = m_spectrum->bandsX[band] * scale, y = m_spectrum->bandsY[band] * scale;
        if (x - last < kLeastGap)
            continue;
        last = x;
        for (const double sign : {-1.0, 1.0}) {
            if (x < frame.width() / 2)
                painter.drawLine(QPointF(middle.x() + sign * x, frame.bottom() - 1),
                    QPointF(middle.x() + sign * x, frame.bottom() - kTick));
            if (y < frame.height() / 2)
                painter.drawLine(QPointF(frame.left() + 1, middle.y() + sign * y),
                    QPointF(frame.left() + kTick, middle.y() + sign * y));
        }
    }
}

void SpectrumMap::drawPointed(QPainter& painter, const QRectF& frame) const
{
    if (!m_pointed)
        return;
    const double scale = pixelsOfCycle(), half = std::max(scale / 2, 3.0);
    const QPointF cycles(double(m_spectrum->acrossAt(m_pointed->x())), double(m_spectrum->downAt(m_pointed->y())));
    const QPointF at = frame.center() + cycles * scale, corner(half, half);
    painter.setClipRect(frame);
    painter.setBrush(Qt::NoBrush);
    for (const QPen& pen : {QPen(QColor(0, 0, 0, 200), 3), QPen(Qt::white, 1.4)}) {
        painter.setPen(pen);
        painter.drawRect(QRectF(at - corner, at + corner));
    }
    painter.setClipping(false);
}

void SpectrumMap::paintEvent(QPaintEvent*)
{
    if (!m_spectrum)
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF frame = this->frame();
    const double scale = pixelsOfCycle();
    const QImage& picture = m_spectrum->picture;
    painter.save();
    painter.setClipRect(frame);
    painter.fillRect(frame, app::views::colourAt(app::views::ColourMap::Magma, 0));
    painter.translate(frame.center()); // the middle of the zero frequency's pixel
    painter.setRenderHint(QPainter::SmoothPixmapTransform, scale < 3);
    painter.drawImage(QRectF((double(m_spectrum->acrossAt(0)) - 0.5) * scale,
                          (double(m_spectrum->downAt(0)) - 0.5) * scale, picture.width() * scale, picture.height() * scale),
        picture);
    drawRings(painter, frame);
    painter.restore();
    drawAxes(painter, frame);
    drawPointed(painter, frame);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(hasFocus() ? QPen(palette().color(QPalette::Highlight), 2) : QPen(palette().color(QPalette::Mid), 1));
    painter.drawRect(frame);
}

// ------------------------------------------------------------------------------------------------------- mouse and keys

void SpectrumMap::mouseMoveEvent(QMouseEvent* event)
{
    const QRectF frame = this->frame();
    if (!m_spectrum || !frame.contains(event->position())) {
        pointAt(std::nullopt);
        return;
    }
    const QPointF cycles = (event->position() - frame.center()) / pixelsOfCycle();
    pointAt(QPoint(int(std::lround(cycles.x())) + m_spectrum->picture.width() / 2,
        int(std::lround(cycles.y())) + m_spectrum->picture.height() / 2));
}

void SpectrumMap::leaveEvent(QEvent*)
{
    pointAt(std::nullopt);
}

void SpectrumMap::wheelEvent(QWheelEvent* event)
{
    setZoom(m_zoom * std::pow(2.0, event->angleDelta().y() / 240.0));
    event->accept();
}

void SpectrumMap::keyPressEvent(QKeyEvent* event)
{
    if (!m_spectrum)
        return QWidget::keyPressEvent(event);
    const QRect all = m_spectrum->picture.rect();
    const int step = event->modifiers() & Qt::ShiftModifier ? 10 : 1;
    const auto move = [&](int x, int y) {
        const QPoint from = m_pointed.value_or(QPoint(all.width() / 2, all.height() / 2));
        pointAt(QPoint(std::clamp(from.x() + x, 0, all.right()), std::clamp(from.y() + y, 0, all.bottom())));
    };
    switch (event->key()) {
    case Qt::Key_Left:
        return move(-step, 0);
    case Qt::Key_Right:
        return move(step, 0);
    case Qt::Key_Up:
        return move(0, -step);
    case Qt::Key_Down:
        return move(0, step);
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        return setZoom(m_zoom * 2);
    case Qt::Key_Minus:
        return setZoom(m_zoom / 2);
    case Qt::Key_Escape:
        if (m_pointed)
            return pointAt(std::nullopt);
        break;
    default:
        break;
    }
    QWidget::keyPressEvent(event);
}

} // namespace ui
