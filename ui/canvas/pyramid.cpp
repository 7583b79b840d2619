#include "ui/canvas/pyramid.h"

#include <cmath>

namespace ui {

Pyramid::Pyramid(const QImage& full) : m_full(full) { }

const QImage& Pyramid::level(size_t halvings)
{
    if (m_levels.empty())
        m_levels.push_back(m_full.convertToFormat(
            m_full.hasAlphaChannel() ? QImage::Format_ARGB32_Premultiplied : QImage::Format_RGB32));
    while (m_levels.size() <= halvings) {
        const QImage& larger = m_levels.back();
        m_levels.push_back(larger.scaled(std::max(1, larger.width() / 2), std::max(1, larger.height() / 2),
            Qt::IgnoreAspectRatio, Qt::SmoothTransformation));
    }
    return m_levels[halvings];
}

void Pyramid::draw(QPainter& painter, const QRectF& place, const QRectF& part, double zoom)
{
    if (m_full.isNull() || part.isEmpty())
        return;
    const double most = std::log2(double(std::min(m_full.width(), m_full.height())));
    const size_t halvings = zoom < 1 ? size_t(std::clamp(std::floor(-std::log2(zoom)), 0.0, std::max(0.0, most))) : 0;
    const QImage& picture = level(halvings);
    const double x = double(picture.width()) / m_full.width(), y = double(picture.height()) / m_full.height();
    // Pixels that are to be seen as such stay sharp.
    painter.setRenderHint(QPainter::SmoothPixmapTransform, zoom < 1 && zoom * double(1 << halvings) != 1);
    painter.drawImage(place, picture, QRectF(part.x() * x, part.y() * y, part.width() * x, part.height() * y));
}

} // namespace ui
