// A text: edited in place, its bytes hidden by key, coloured by where an answer came from; pointing at a byte asks about
// it. Beneath, the same map byte for byte. Interface thread.
#pragma once

#include "ui/scenes/byte_bars.h"
#include "ui/scenes/scene_view.h"

class QLabel;

namespace ui {

class TextEdit;

class TextScene : public SceneView {
    Q_OBJECT

public:
    explicit TextScene(app::document::Document& document, QWidget* parent = nullptr);

    app::document::Scene scene() const override { return app::document::Scene::Text; }
    TextEdit* edit() const { return m_edit; }
    void ask(); // about the text as it stands
    void toggleMask();
    // A hidden byte becomes this one.
    void fill(const engine::tasks::MaskedByte& masked, int byte);

private:
    void showInput() override;
    void showAnswer() override;
    void showMap() override;
    void point(qint64 byte);
    ByteBars::Row weightsOf(const app::document::ShownMap& map) const; // a byte each
    void forgetMap();
    // The token of a byte, when the answer still belongs to the text.
    std::optional<uint32_t> tokenAt(int64_t byte) const;
    app::document::Part partAsked() const;

    TextEdit* m_edit;
    ByteBars* m_bars;
    QLabel* m_hint;
    bool m_stale = false; // edited since it was asked
};

} // namespace ui
