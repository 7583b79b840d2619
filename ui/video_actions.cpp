// What can be done with a video in the window.
#include "ui/main_window.h"

#include "ui/scenes/frames_scene.h"
#include "ui/scenes/timeline.h"

#include <QAction>

namespace ui {

void MainWindow::makeVideoActions()
{
    const QString video = tr("Video");
    Timeline* timeline = m_frames->timeline();
    QAction* back = add("frame before", video, tr("Frame before"), Qt::Key_Comma, tr("The motion one frame earlier"),
        [timeline] { timeline->step(-1); });
    // Not Space: it moves the picture.
    QAction* play = add("play", video, tr("Play"), Qt::Key_L,
        tr("The motion from frame to frame, none left out, as fast as it is found"),
        [timeline] { timeline->setPlaying(!timeline->playing()); });
    QAction* forward = add("frame after", video, tr("Frame after"), Qt::Key_Period, tr("The motion one frame later"),
        [timeline] { timeline->step(1); });
    timeline->setActions(back, play, forward);
}

} // namespace ui
