// How the canvas draws: the picture, what lies over it, and the badges in its corners.
#include "ui/canvas/canvas.h"

#include "ui/theme.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr double kGridZoom = 10; // screen pixels a cell from which lines between cells are drawn
const QColor kBadge(14, 16, 20, 225), kBadgeText(232, 235, 240), kBadgeQuiet(160, 168, 180);

// A badge with a strong and a quiet text; its right edge where `right`.
QRectF paintBadge(QPainter& painter, QPointF corner, bool right, bool bottom, const QString& strong,
    const QString& quiet, double widest)
{
    QFont bold = painter.font();
    bold.setWeight(QFont::DemiBold);
    const QFontMetricsF strongMetrics(bold), metrics(painter.font());
    const double gap = strong.isEmpty() || quiet.isEmpty() ? 0 : kSpace;
    const double inner = std::min(
        widest - 2 * kSpace, strongMetrics.horizontalAdvance(strong) + gap + metrics.horizontalAdvance(quiet) + 1);
    const QSizeF size(inner + 2 * kSpace, metrics.height() + kSpace);
    const QRectF box(right ? corner.x() - size.width() : corner.x(), bottom ? corner.y() - size.height() : corner.y(),
        size.width(), size.height());
    painter.setPen(Qt::NoPen);
    painter.setBrush(kBadge);
    painter.drawRoundedRect(box, 5, 5);
    QRectF text = box.adjusted(kSpace, 0, -kSpace, 0);
    painter.save();
    painter.setFont(bold);
    painter.setPen(kBadgeText);
    const QString first = strongMetrics.elidedText(strong, Qt::ElideRight, text.width());
    painter.drawText(text, Qt::AlignVCenter | Qt::AlignLeft, first);
    painter.restore();
    text.setLeft(text.left() + strongMetrics.horizontalAdvance(first) + gap);
    painter.setPen(kBadgeQuiet);
    painter.drawText(text, Qt::AlignVCenter | Qt::AlignLeft, metrics.elidedText(quiet, Qt::ElideRight, text.width()));
    return box;
}

} // namespace

void Canvas::paintPicture(QPainter& painter, Pyramid& picture, const QRectF& visible)
{
    const QPointF corner = toWidget(visible.topLeft());
    const QRectF place(corner, visible.size() * zoom());
    picture.draw(painter, place, visible, zoom() * devicePixelRatioF());
}

void Canvas::paintOver(QPainter& painter)
{
    const double scale = zoom();
    const QRectF all(origin(), QSizeF(m_pyramid.full().size()) * scale);
    if (!m_shade.isNull()) {
        const QRectF kept(toWidget(m_shade.topLeft()), m_shade.size() * scale);
        QRegion outside(all.toAlignedRect());
        outside -= kept.toAlignedRect();
        painter.save();
        painter.setClipRegion(outside, Qt::IntersectClip);
        painter.fillRect(all, QColor(10, 12, 15, 150));
        painter.restore();
    }
    if (!m_overlay.isNull()) {
        painter.setRenderHint(QPainter::SmoothPixmapTransform, m_smooth);
        const QRectF place(toWidget(m_overlayPart.topLeft()), m_overlayPart.size() * scale);
        // Only what is seen: a large stretched picture costs what is outside, too.
        const QRectF seen = place.intersected(QRectF(rect()).adjusted(-2, -2, 2, 2));
        if (!seen.isEmpty()) {
            const double x = m_overlay.width() / place.width(), y = m_overlay.height() / place.height();
            painter.drawImage(seen, m_overlay,
                QRectF((seen.x() - place.x()) * x, (seen.y() - place.y()) * y, seen.width() * x, seen.height() * y));
        }
    }
    painter.save();
    painter.translate(origin());
    painter.scale(scale, scale);
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_paint)
        m_paint(painter, scale);
    painter.setBrush(Qt::NoBrush);
    for (const auto& pen : {QPen(QColor(0, 0, 0, 150), 3), QPen(QColor(255, 255, 255, 220), 1.2)}) {
        QPen cosmetic = pen;
        cosmetic.setCosmetic(true);
        painter.setPen(cosmetic);
        for (const QPolygonF& line : m_contours)
            painter.drawPolyline(line);
    }
    painter.restore();
    const double cell = m_cells.isEmpty() ? 0 : m_cellPart.width() / m_cells.width() * scale;
    if (cell >= kGridZoom && m_cells.width() > 1) {
        // Filled, not stroked: a line's stroke costs ten times as much here.
        painter.setRenderHint(QPainter::Antialiasing, false);
        const QColor ink(128, 128, 128, 90);
        const QRectF part(toWidget(m_cellPart.topLeft()), m_cellPart.size() * scale);
        const QRect seen = part.intersected(rect()).toAlignedRect();
        const double high = part.height() / m_cells.height();
        for (int x = std::max(0, int((seen.left() - part.left()) / cell)); x <= m_cells.width(); ++x) {
            const int at = int(std::round(part.left() + x * cell));
            if (at > seen.right() + 1)
                break;
            painter.fillRect(QRect(at, seen.top(), 1, seen.height()), ink);
        }
        for (int y = std::max(0, int((seen.top() - part.top()) / high)); y <= m_cells.height(); ++y) {
            const int at = int(std::round(part.top() + y * high));
            if (at > seen.bottom() + 1)
                break;
            painter.fillRect(QRect(seen.left(), at, seen.width(), 1), ink);
        }
    }
}

void Canvas::paintMarks(QPainter& painter)
{
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    const auto frame = [&](const QRectF& pixels, bool strong) {
        QRectF box(toWidget(pixels.topLeft()), pixels.size() * zoom());
        if (box.width() < 9) // a pixel of a small picture: a ring about it
            box = QRectF(box.center() - QPointF(5, 5), QSizeF(10, 10));
        painter.setPen(QPen(QColor(0, 0, 0, 190), 3.5));
        painter.drawRoundedRect(box, 2, 2);
        painter.setPen(QPen(strong ? palette().color(QPalette::Highlight).lighter(115) : QColor(255, 255, 255), 1.6));
        painter.drawRoundedRect(box, 2, 2);
    };
    constexpr size_t kMost = 400; // beyond, marks hide what they mark
    for (size_t i = 0; i < std::min(m_marks.size(), kMost); ++i)
        frame(m_marks[i], true);
    if (m_rubber)
        frame(*m_rubber, false);
    if (m_cursor && hasFocus())
        frame(QRectF(*m_cursor, QSizeF(1, 1)), false);
    if (!m_beside.isNull()) {
        const double x = sliderX();
        painter.setPen(QPen(QColor(0, 0, 0, 170), 4));
        painter.drawLine(QPointF(x, 0), QPointF(x, height()));
        painter.setPen(QPen(Qt::white, 1.6));
        painter.drawLine(QPointF(x, 0), QPointF(x, height()));
        painter.setBrush(kBadge);
        painter.drawRoundedRect(QRectF(x - 9, height() / 2.0 - 14, 18, 28), 5, 5);
        painter.drawLine(QPointF(x - 3, height() / 2.0 - 5), QPointF(x - 3, height() / 2.0 + 5));
        painter.drawLine(QPointF(x + 3, height() / 2.0 - 5), QPointF(x + 3, height() / 2.0 + 5));
    }
}

void Canvas::paintMarginals(QPainter& painter)
{
    if (m_columns.empty() || m_rows.empty())
        return;
    constexpr double kHeight = 36;
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF part(toWidget(m_overlayPart.topLeft()), m_overlayPart.size() * zoom());
    const QColor colour = palette().color(QPalette::Highlight);
    const auto draw = [&](const std::vector<float>& sums, bool across) {
        const float most = std::max(*std::max_element(sums.begin(), sums.end()), 1e-20f);
        QPolygonF line;
        for (size_t i = 0; i < sums.size(); ++i) {
            const double along = (double(i) + 0.5) / double(sums.size()), up = double(sums[i] / most) * kHeight;
            line << (across
                    ? QPointF(part.left() + along * part.width(), std::min(part.bottom(), double(height())) - up)
                    : QPointF(std::max(part.left(), 0.0) + up, part.top() + along * part.height()));
        }
        painter.setPen(QPen(QColor(0, 0, 0, 170), 3.5));
        painter.drawPolyline(line);
        painter.setPen(QPen(colour, 1.6));
        painter.drawPolyline(line);
    };
    draw(m_columns, true);
    draw(m_rows, false);
}

void Canvas::paintBadges(QPainter& painter)
{
    constexpr double kEdge = 1.5 * kSpace;
    painter.setRenderHint(QPainter::Antialiasing);
    double legendWidth = 0;
    if (!m_legend.isNull()) {
        const QSizeF size = QSizeF(m_legend.size()) / m_legend.devicePixelRatio();
        const QFontMetricsF metrics(painter.font());
        const double wide = std::max(size.width(), metrics.horizontalAdvance(m_legendText)) + 2 * kSpace;
        const QRectF box(width() - kEdge - wide, kEdge, wide, size.height() + metrics.height() + 2.5 * kSpace);
        painter.setPen(Qt::NoPen);
        painter.setBrush(kBadge);
        painter.drawRoundedRect(box, 5, 5);
        painter.drawImage(QPointF(box.center().x() - size.width() / 2, box.top() + kSpace), m_legend);
        painter.setPen(kBadgeText);
        painter.drawText(box.adjusted(0, 0, 0, -kSpace), Qt::AlignBottom | Qt::AlignHCenter, m_legendText);
        legendWidth = wide + kEdge;
    }
    if (!m_title.isEmpty() || !m_more.isEmpty())
        paintBadge(painter, {kEdge, kEdge}, false, false, m_title, m_more, width() - 2 * kEdge - legendWidth);
    double barWidth = 0;
    if (m_scaleBar) {
        const QFontMetricsF metrics(painter.font());
        const double wide = std::min(240.0, width() - 2 * kEdge);
        const QRectF box(width() - kEdge - wide, height() - kEdge - metrics.height() - 28, wide, metrics.height() + 28);
        painter.setPen(Qt::NoPen);
        painter.setBrush(kBadge);
        painter.drawRoundedRect(box, 5, 5);
        const QRectF text = box.adjusted(kSpace, 5, -kSpace, -18);
        painter.setPen(kBadgeText);
        painter.drawText(text, Qt::AlignLeft | Qt::AlignVCenter, m_scaleBar->low);
        painter.drawText(text, Qt::AlignRight | Qt::AlignVCenter, m_scaleBar->high);
        painter.setPen(kBadgeQuiet);
        painter.drawText(text, Qt::AlignCenter, m_scaleBar->unit);
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        painter.drawImage(QRectF(box.left() + kSpace, box.bottom() - 15, wide - 2 * kSpace, 7), m_scaleBar->strip);
        barWidth = wide + kEdge;
    }
    if (!m_readout.isEmpty())
        paintBadge(painter, {kEdge, height() - kEdge}, false, true, {}, m_readout, width() - 2 * kEdge - barWidth);
}

void Canvas::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(),
        palette().color(QPalette::Window).darker(palette().color(QPalette::Window).lightness() < 128 ? 125 : 104));
    if (m_pyramid.isNull())
        return;
    const QRectF whole = m_pyramid.full().rect();
    const QRectF seen = QRectF(toPicture({0, 0}), toPicture(QPointF(width(), height()))).intersected(whole);
    const QRectF visible
        = QRectF(seen.toAlignedRect()).intersected(whole); // whole pixels, or they would be cut at the rims
    if (!visible.isEmpty()) {
        paintPicture(painter, m_pyramid, visible);
        if (!m_beside.isNull()) {
            const QRectF right(
                QPointF(std::max(visible.left(), m_slider * whole.width()), visible.top()), visible.bottomRight());
            if (right.width() > 0) {
                painter.save();
                painter.setClipRect(QRectF(QPointF(sliderX(), 0), QPointF(width(), height())));
                paintPicture(painter, m_beside, visible);
                painter.restore();
            }
        }
        paintOver(painter);
        paintMarginals(painter);
        paintMarks(painter);
    }
    paintBadges(painter);
}

} // namespace ui
