// The window's docks: a panel each, their places kept by scene, since two frames want more room than a picture.
#include "ui/main_window.h"

#include "ui/panels/source_panel.h"
#include "ui/scenes/frames_scene.h"
#include "ui/scenes/text_scene.h"

#include <QCoreApplication>
#include <QDockWidget>
#include <QStackedWidget>

namespace ui {

void MainWindow::makeDocks()
{
    const PanelContext context{m_document, *m_frames, *m_text};
    std::map<int, QDockWidget*> groups;
    for (const PanelInfo& info : panels()) {
        const QString title = QCoreApplication::translate("Panel", info.title);
        auto* dock = new QDockWidget(title);
        dock->setObjectName(info.id);
        dock->toggleViewAction()->setToolTip(QCoreApplication::translate("Panel", info.tip));
        Panel* panel = info.make(context);
        panel->setObjectName(QString("%1 panel").arg(info.id));
        panel->setAccessibleName(title);
        dock->setWidget(panel);
        addDockWidget(info.area, dock);
        if (QDockWidget* first = groups[info.group])
            tabifyDockWidget(first, dock);
        else
            groups[info.group] = dock;
        m_docks[info.id] = dock;
        m_panels[info.id] = panel;
    }
    for (const auto& [group, dock] : groups)
        dock->raise();
    auto* sources = new QDockWidget(tr("Opened"));
    sources->setObjectName("sources");
    sources->toggleViewAction()->setToolTip(tr("What was opened in this window, with its state"));
    sources->setWidget(new SourcePanel(m_queue));
    addDockWidget(Qt::LeftDockWidgetArea, sources);
    sources->hide();
    m_docks["sources"] = sources;
    resizeDocks({m_docks["answer"], m_docks["latents"]}, {300, 400}, Qt::Vertical);
    resizeDocks({m_docks["answer"]}, {336}, Qt::Horizontal);
    resizeDocks({m_docks["layers"]}, {190}, Qt::Vertical);
}

// The places that each scene begins with; when the bars are there, too, for they are part of them.
void MainWindow::makeLayouts()
{
    for (const char* scene : {"picture", "text", "frames", "start"}) {
        for (const PanelInfo& info : panels())
            m_docks[info.id]->setVisible(info.open && QString(scene) != "start"
                && (QString(scene) != "frames" || info.area != Qt::BottomDockWidgetArea)
                && (QString(scene) == "frames" || QString(info.id) != "flow"));
        m_layouts[scene] = saveState();
    }
    m_firstLayouts = m_layouts;
}

void MainWindow::resetLayout()
{
    m_layouts = m_firstLayouts;
    m_settings->resetLayout();
    restoreState(m_layouts[m_layout]);
}

Panel* MainWindow::panel(const QString& id) const
{
    const auto found = m_panels.find(id);
    return found == m_panels.end() ? nullptr : found->second;
}

QString MainWindow::layoutName() const
{
    const SceneView* scene = currentScene();
    return !scene                                    ? "start"
        : scene == static_cast<SceneView*>(m_frames) ? "frames"
        : scene == static_cast<SceneView*>(m_text)   ? "text"
                                                     : "picture";
}

void MainWindow::keepLayout()
{
    if (!m_layout.isEmpty() && m_layout != "start")
        m_layouts[m_layout] = saveState();
}

void MainWindow::useLayout(const QString& scene)
{
    if (scene == m_layout)
        return;
    m_layout = scene;
    restoreState(m_layouts[scene]);
}

} // namespace ui
