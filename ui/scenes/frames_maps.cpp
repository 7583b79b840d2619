// What the two lower panes of two frames show: the map of attention over either frame, about what is asked about.
#include "ui/scenes/frames_scene.h"

#include "app/views/map_picture.h"
#include "ui/canvas/canvas.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

namespace ui {

using namespace app::document;

namespace {

// Attention within a tile is thin: it is seen on an even veil, not where only the largest weights are drawn.
QImage veil(const QImage& map, float opacity)
{
    constexpr float kDensest = 0.8f;
    QImage out(map.size(), QImage::Format_ARGB32_Premultiplied);
    out.fill(Qt::transparent);
    QPainter painter(&out);
    painter.setOpacity(double(kDensest * opacity));
    painter.drawImage(0, 0, map);
    return out;
}

} // namespace

// The lower panes show the tile that was looked at large enough, about the pixel that is asked about; the mouse in them
// moves nothing.
void FramesScene::follow(const QRect& part)
{
    for (const Canvas* canvas : {m_first, m_second, m_compared[0], m_compared[1]})
        if (canvas->underMouse())
            return;
    const QSize size = m_frames[0].size();
    constexpr double kTiles = 1.8; // of the tile's size to be seen
    const double zoom
        = std::max(1.0, std::min(size.width() / (kTiles * part.width()), size.height() / (kTiles * part.height())));
    QPointF middle = QRectF(part).center();
    if (const auto asked = m_document.selection().asked();
        asked && asked->elements.size() == 1 && fromOf(asked->direction) != Part::Latents)
        middle = QPointF(
            asked->elements.front() % uint32_t(size.width()), asked->elements.front() / uint32_t(size.width()));
    m_follows = true;
    m_detail.set(m_detailZoom > 0 ? m_detailZoom : zoom, {middle.x() / size.width(), middle.y() / size.height()});
    m_follows = false;
}

// A weight lies on the pixel of frame 1; what it means in frame 2 was found at the place that the last pass began with.
engine::HostTensor FramesScene::onSecond(const engine::HostTensor& weights, const QRect& part, QRect& reached) const
{
    reached = part;
    const auto& before = m_document.analysis()->beforeLast;
    if (before.uv.empty())
        return weights;
    engine::HostTensor moved(weights.shape);
    const int height = int(weights.shape[0]), width = int(weights.shape[1]);
    reached = {};
    for (int y = part.top(); y <= part.bottom(); ++y)
        for (int x = part.left(); x <= part.right(); ++x) {
            const float* v = before.vector(x, y);
            const int tx = std::clamp(int(std::lround(float(x) + v[0])), 0, width - 1),
                      ty = std::clamp(int(std::lround(float(y) + v[1])), 0, height - 1);
            moved.values[size_t(ty) * size_t(width) + size_t(tx)]
                += weights.values[size_t(y) * size_t(width) + size_t(x)];
            reached |= QRect(tx, ty, 1, 1);
        }
    return moved;
}

QRect FramesScene::partOf(const ShownMap& map) const
{
    return map.part ? QRect(map.part->left, map.part->top, map.part->width, map.part->height) : m_frames[0].rect();
}

// Of the map, the weights that lie in a part of the frame.
void FramesScene::putMap(Canvas* canvas, const ShownMap& map, const engine::HostTensor& weights, const QRect& part)
{
    const Look& look = m_document.selection().view().look;
    const engine::HostTensor values = weightsIn(weights, {part.left(), part.top(), part.width(), part.height()});
    canvas->setOverlay(veil(app::views::mapImage(values, map.colours, map.scale, map.top), look.opacity), part, false);
    canvas->setContours(look.contours
            ? contourLines(values, map.largest(), QTransform::fromTranslate(part.left(), part.top()))
            : std::vector<QPolygonF>());
}

void FramesScene::showMap()
{
    showPane();
    const Look& look = m_document.selection().view().look;
    const bool compares
        = look.overlay && m_document.analysis() && comparable(m_document) && shownMap(m_document).over != Part::Latents;
    // Side by side, B stays on its canvas, whichever the Map panel shows alone.
    const ShownMap map = compares ? shownMap(m_document, Compare::B) : shownMap(m_document);
    const bool shown = look.overlay && !map.empty() && map.over != Part::Latents && m_document.analysis();
    std::vector<QRectF> marks;
    if (m_document.analysis())
        if (const auto asked = m_document.selection().asked(); asked && fromOf(asked->direction) != Part::Latents) {
            const uint32_t width = uint32_t(m_document.analysis()->inputGrid[1]);
            const auto place = [&](uint32_t p) { return QRectF(p % width, p / width, 1, 1); };
            QRectF all;
            for (const uint32_t p : asked->elements)
                all |= place(p);
            const bool block = all.width() * all.height() == double(asked->elements.size());
            if (block)
                marks.push_back(all);
            else
                for (const uint32_t p : asked->elements)
                    marks.push_back(place(p));
        }
    m_main->setMarks(marks);
    if (m_document.analysis() && m_document.analysis()->changed) {
        const auto& c = *m_document.analysis()->changed;
        marks.push_back(QRectF(c.left, c.top, c.width, c.height));
    }
    m_first->setMarks(marks);
    m_second->setMarks({});
    m_second->setVisible(!compares);
    for (Canvas* canvas : m_compared)
        canvas->setVisible(compares);
    m_first->setTitle(!shown ? frameName(0)
            : compares       ? map.title
                             : tr("%1 · %2").arg(frameName(0), map.title),
        shown                                                      ? map.more
            : m_document.analysis() && m_document.map() == nullptr ? tr("point at the motion")
                                                                   : QString());
    m_second->setTitle(frameName(1), shown ? tr("the same places, moved along the motion") : QString());
    m_first->setAccessibleDescription(map.sentence);
    m_first->setScaleBar({});
    if (!shown) {
        for (Canvas* canvas : {m_first, m_second}) {
            canvas->setOverlay({}, {});
            canvas->setContours({});
            canvas->setScaleBar({});
            canvas->setShade({});
        }
        return;
    }
    const QRect part = partOf(map);
    putMap(m_first, map, map.weights, part);
    m_first->setShade(part);
    follow(part);
    if (compares) {
        m_first->setScaleBar(scaleBarOf(map));
        const Compare others[] = {Compare::A, Compare::Difference};
        for (size_t i = 0; i < 2; ++i) {
            const ShownMap other = shownMap(m_document, others[i]);
            m_compared[i]->setTitle(other.title, other.more);
            m_compared[i]->setAccessibleDescription(other.sentence);
            m_compared[i]->setScaleBar(scaleBarOf(other));
            m_compared[i]->setShade(partOf(other));
            putMap(m_compared[i], other, other.weights, partOf(other));
        }
        return;
    }
    QRect reached;
    const engine::HostTensor moved = onSecond(map.weights, part, reached);
    putMap(m_second, map, moved, reached);
    m_second->setScaleBar(scaleBarOf(map));
}

} // namespace ui
