// Two frames: the motion between them in the large pane (colours, arrows, lengths, warped, difference, hidden places,
// error; either frame, blinking, or with a slider), and beneath, both frames with what a pixel's motion came from; of a
// video its timeline, too.
// Interface thread.
#pragma once

#include "app/views/flow_views.h"
#include "ui/canvas/viewport.h"
#include "ui/scenes/scene_view.h"

#include <QTimer>

class QBoxLayout;
class QButtonGroup;
class QHBoxLayout;

namespace ui {

class Timeline;

class FramesScene : public SceneView {
    Q_OBJECT

public:
    explicit FramesScene(app::document::Document& document, QWidget* parent = nullptr);

    app::document::Scene scene() const override { return app::document::Scene::Frames; }
    Canvas* canvas() const override { return m_main; }
    QImage shot() override;

    using FlowShownPtr = std::shared_ptr<const app::views::FlowShown>;
    const FlowShownPtr& shown() const { return m_shown; }
    // Ground truth from a file, compared from now on, beside this thread; compared() follows.
    void compareWith(const QString& file);
    Timeline* timeline() const { return m_timeline; }

signals:
    void compared(const QString& file, const QString& wrong); // wrong: a sentence why it is not; empty where it is
    void shownChanged(); // another flow, truth or way back
    void drawn(); // the large pane shows what was found

private:
    void showInput() override;
    void showAnswer() override;
    void showMap() override;
    void resizeEvent(QResizeEvent* event) override;
    void putFrames();
    void showNextPair();
    QString frameName(int which) const; // 0, 1; of a video by their numbers
    // frames_pane.cpp
    void showPane();
    void clearPane();
    bool showMotion(const app::document::Look& look);
    void showFlow(app::document::Look look); // drawn beside this thread
    void showTruth(const FlowShownPtr& shown);
    void addPane(QHBoxLayout* bar, const QString& name, const QString& tip, app::document::FramesPane pane,
        std::optional<app::views::FlowView> view);
    void point(QPoint pixel);
    void follow(const QRect& part);
    void putMap(
        Canvas* canvas, const app::document::ShownMap& map, const engine::HostTensor& weights, const QRect& part);
    QRect partOf(const app::document::ShownMap& map) const;
    app::document::Part partClicked() const;
    std::optional<uint32_t> pixel(QPoint at) const;
    // The weights of a part of frame 1 moved along the motion, and the part of frame 2 that they reach.
    engine::HostTensor onSecond(const engine::HostTensor& weights, const QRect& part, QRect& reached) const;

    Viewport m_viewport, m_detail; // of the large pane; of the two beneath, which follow what is pointed at
    double m_detailZoom = 0; // chosen for them; 0: as the tile wants it
    bool m_follows = false;
    Canvas *m_main, *m_first, *m_second;
    Canvas* m_compared[2]; // frame 1 with A and with A - B, in place of frame 2 while a map is pinned
    QBoxLayout* m_bar;
    QButtonGroup* m_panes;
    Timeline* m_timeline; // beneath, for videos
    QTimer m_blink;
    bool m_blinksSecond = false;
    QImage m_frames[2];
    FlowShownPtr m_shown;
    std::shared_ptr<const engine::FlowField> m_coarse; // before the answer
    std::optional<app::document::Look> m_drawn; // what the large pane was drawn with
    std::shared_ptr<const void> m_drawnOf;
    uint64_t m_drawings = 0; // the newest counts
};

} // namespace ui
