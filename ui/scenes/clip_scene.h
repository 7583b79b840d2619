// A clip with sound: its pictures, the model's reconstruction and the error side by side, in step with the sound;
// beneath them both sounds as spectrograms with the attention over time. Pointing at a picture or the sound asks what
// reads it or what it takes part in, at what was rebuilt where it came from. Interface thread.
#pragma once

#include "ui/canvas/viewport.h"
#include "ui/scenes/scene_view.h"
#include "ui/scenes/sound_strip.h"

namespace ui {

class ClipBar;
class ClipPlayer;

class ClipScene : public SceneView {
    Q_OBJECT

public:
    explicit ClipScene(app::document::Document& document, QWidget* parent = nullptr);

    app::document::Scene scene() const override { return app::document::Scene::Clip; }
    Canvas* canvas() const override { return m_given; }
    Canvas* rebuilt() const { return m_rebuilt; }
    ClipBar* bar() const { return m_bar; }
    ClipPlayer& player() { return *m_player; }
    SoundStrip* sound() const { return m_sound; }
    int64_t frame() const { return m_frame; } // that is shown, from 0
    void step(int frames); // from there; playing ends

signals:
    void said(const QString& sentence); // for the status line

private:
    void showInput() override;
    void showAnswer() override;
    void showMap() override;
    void hideEvent(QHideEvent* event) override; // nothing plays unseen
    void makeErrors();
    void showFrame();
    bool rebuiltIsShown() const;
    void showOverlays();
    void showMarks();
    void chooseSound();
    void point(app::document::Part part, std::optional<uint32_t> element, const QString& place);
    void pointPicture(app::document::Part part, QPoint pixel);
    std::optional<uint32_t> elementAt(app::document::Part part, QPoint pixel) const;
    std::optional<uint32_t> elementAt(const SoundStrip::At& at) const;
    const app::document::Segments* segments(app::document::Part part) const; // null: not known

    Viewport m_viewport;
    Canvas *m_given, *m_rebuilt, *m_error;
    SoundStrip* m_sound;
    ClipPlayer* m_player;
    ClipBar* m_bar;
    int64_t m_frame = 0;
    std::vector<QImage> m_errors; // a picture each, on one scale
    app::document::ShownMap m_map; // that lies on the clip; else empty
    float m_top = 0; // its largest weight on the pictures
    bool m_playsOn = false; // the next clip follows by itself
};

} // namespace ui
