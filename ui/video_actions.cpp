// What can be done with a video in the window.
#include "ui/main_window.h"

#include "ui/scenes/clip_bar.h"
#include "ui/scenes/clip_player.h"
#include "ui/scenes/clip_scene.h"
#include "ui/scenes/frames_scene.h"
#include "ui/scenes/timeline.h"

#include <QAction>
#include <QActionGroup>

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
    m_steps = new QActionGroup(this);
    for (const int step : {1, 2, 3, 5, 10}) {
        QAction* action = add(qPrintable(QString("step %1").arg(step)), video,
            step == 1 ? tr("From each frame to the next") : tr("From each frame to the one %1 later").arg(step), {},
            step == 1 ? tr("The motion of a pair of frames that follow each other")
                      : tr("The motion over %1 frames, where that from one to the next is too small to see").arg(step),
            [this, step] { chooseStep(step); });
        action->setCheckable(true);
        action->setData(step);
        m_steps->addAction(action);
    }
}

void MainWindow::chooseStep(int64_t step)
{
    m_frames->timeline()->setPlaying(false);
    m_document.setStep(step);
    showStates();
}

} // namespace ui
