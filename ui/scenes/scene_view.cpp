#include "ui/scenes/scene_view.h"

#include "app/views/map_picture.h"
#include "ui/canvas/canvas.h"

namespace ui {

using app::document::Document;

SceneView::SceneView(Document& document, QWidget* parent) : QWidget(parent), m_document(document)
{
    connect(&document, &Document::opened, this, [this] {
        if (current())
            showInput();
    });
    connect(&document, &Document::answered, this, [this] {
        if (current())
            showAnswer();
    });
    const auto map = [this] {
        if (current())
            showMap();
    };
    connect(&document, &Document::mapChanged, this, map);
    connect(&document.selection(), &app::document::Selection::viewChanged, this, map);
}

bool SceneView::current() const
{
    return m_document.isOpen() && app::document::sceneOf(m_document.question()) == scene();
}

QImage SceneView::shot()
{
    return grab().toImage();
}

std::vector<QPolygonF> contourLines(const engine::HostTensor& weights, float largest, const QTransform& onto)
{
    std::vector<QPolygonF> lines;
    for (const float level : {0.25f, 0.5f, 0.75f})
        for (const QPolygonF& line : app::views::contours(weights, level * largest))
            lines.push_back(onto.map(line));
    return lines;
}

ScaleBar scaleBarOf(const app::document::ShownMap& map)
{
    using namespace app::views;
    const MapScale scale = scaleFor(map.colours, map.scale);
    const Range range = rangeOf(map.weights.values, scale, map.top);
    QImage strip(256, 1, QImage::Format_RGB32);
    for (int x = 0; x < 256; ++x)
        strip.setPixel(x, 0, lookup(map.colours)[size_t(x)]);
    const float low = weightAt(0, range, scale);
    return {strip, app::document::weightText(double(low)), app::document::weightText(double(range.high)), map.unit};
}

} // namespace ui
