// The window with a camera: its page, and what becomes of a frozen pair.
#include "ui/main_window.h"

#include "ui/live_page.h"
#include "ui/start_page.h"

#include <QLabel>
#include <QStackedWidget>

namespace ui {

void MainWindow::makeCamera()
{
    m_live = new LivePage;
    m_pages->addWidget(m_live);
    connect(m_start, &StartPage::cameraChosen, this, [this] { openCamera(); });
    connect(m_live, &LivePage::closed, this, &MainWindow::showStart);
    connect(m_live, &LivePage::said, this, &MainWindow::say);
    connect(m_live, &LivePage::frozen, this, &MainWindow::open);
}

void MainWindow::openCamera(const QString& camera)
{
    keepLayout();
    m_queue.stop();
    m_document.close();
    m_pages->setCurrentWidget(m_live);
    useLayout("start");
    m_source->setText(tr("Camera"));
    m_readout->clear();
    setWindowTitle(tr("Camera – PerceiverScope"));
    m_live->start({.camera = camera.toStdString(),
        .device = m_settings->device().toStdString(),
        .precision = m_settings->fast() ? engine::ops::Precision::Fast : engine::ops::Precision::Exact});
    say(tr("The newest frames, live. Freeze keeps a pair, to ask where its motion came from. Without a window:  pscope "
           "flow camera"));
    showStates();
}

} // namespace ui
