// A picture with its halves, quarters and so on, so that a large one is drawn small without reading all of it again.
// Halves are made when they are first needed. Interface thread.
#pragma once

#include <QImage>
#include <QPainter>
#include <vector>

namespace ui {

class Pyramid {
public:
    Pyramid() = default;
    explicit Pyramid(const QImage& full);

    const QImage& full() const { return m_full; }
    bool isNull() const { return m_full.isNull(); }
    // The part of the picture (its pixels) onto this place, at `zoom` device pixels a pixel.
    void draw(QPainter& painter, const QRectF& place, const QRectF& part, double zoom);

private:
    const QImage& level(size_t halvings);

    QImage m_full; // as it was given
    std::vector<QImage> m_levels; // premultiplied or RGB32: what the painter is fastest with
};

} // namespace ui
