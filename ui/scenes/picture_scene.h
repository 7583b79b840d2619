// A picture: its crop outlined, attention over it in colours, contours and sums along its axes. Pointing asks what the
// model's cell under the cursor is read by or takes part in. Interface thread.
#pragma once

#include "ui/canvas/viewport.h"
#include "ui/scenes/scene_view.h"

namespace ui {

class PictureScene : public SceneView {
    Q_OBJECT

public:
    explicit PictureScene(app::document::Document& document, QWidget* parent = nullptr);

    app::document::Scene scene() const override { return app::document::Scene::Picture; }
    Canvas* canvas() const override { return m_canvas; }
    QImage shot() override;

private:
    void showInput() override;
    void showAnswer() override;
    void showMap() override;
    void putMap(Canvas* canvas, const app::document::ShownMap& map);
    void point(QPoint pixel);
    QRectF crop() const;
    std::optional<uint32_t> cellAt(QPoint pixel) const; // none outside the crop
    QRectF cellRect(uint32_t cell) const;

    Viewport m_viewport;
    Canvas* m_canvas;
    Canvas* m_compared[2]; // while a map is pinned, at either side: A, and A - B
};

} // namespace ui
