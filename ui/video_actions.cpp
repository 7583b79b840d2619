// What can be done with a video in the window.
#include "ui/main_window.h"

#include "ui/scenes/clip_bar.h"
#include "ui/scenes/clip_player.h"
#include "ui/scenes/clip_scene.h"
#include "ui/scenes/frames_scene.h"
#include "ui/scenes/timeline.h"

#include <QAction>

namespace ui {

void MainWindow::makeVideoActions()
{
    const QString video = tr("Video");
    Timeline* timeline = m_frames->timeline();
    QAction* back = add("frame before", video, tr("Frame before"), Qt::Key_Comma, tr("The motion one frame earlier"),
        [this, timeline] { currentScene() == m_clip ? m_clip->step(-1) : timeline->step(-1); });
    // Not Space: it moves the picture.
    QAction* play = add("play", video, tr("Play"), Qt::Key_L,
        tr("The motion from frame to frame, none left out, as fast as it is found"), [this, timeline] {
            if (currentScene() == m_clip)
                m_clip->player().setPlaying(!m_clip->player().plays());
            else
                timeline->setPlaying(!timeline->playing());
        });
    QAction* forward = add("frame after", video, tr("Frame after"), Qt::Key_Period, tr("The motion one frame later"),
        [this, timeline] { currentScene() == m_clip ? m_clip->step(1) : timeline->step(1); });
    timeline->setActions(back, play, forward);
    m_clip->bar()->setActions(back, play, forward);
    connect(&m_clip->player(), &ClipPlayer::playingChanged, timeline, &Timeline::playingChanged); // the button's sign
}

} // namespace ui
