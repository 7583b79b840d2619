// The window's docks: a panel each, their places kept by scene, since two frames want more room than a picture.
#include "ui/main_window.h"

#include "ui/panels/source_panel.h"
#include "ui/scenes/clip_scene.h"
#include "ui/scenes/frames_scene.h"
#include "ui/scenes/text_scene.h"

#include <QCoreApplication>
#include <QDockWidget>
#include <QStackedWidget>
#include <algorithm>

namespace ui {

namespace {

constexpr int kRightWidth = 368, kBottomHeight = 248, kShortAnswer = 240; // pixels

// The panels that a scene begins with. Those of a group share a place as tabs, the first in front: a panel needs the
// whole height at the right more than it needs to be seen beside another. What is in no group waits behind the last one
// at the right until it is asked for.
struct Group {
    Qt::DockWidgetArea area;
    std::vector<const char*> panels;
};
struct Places {
    const char* scene;
    std::vector<Group> groups;
};

const std::vector<Places>& firstPlaces()
{
    constexpr auto right = Qt::RightDockWidgetArea, bottom = Qt::BottomDockWidgetArea;
    static const std::vector<Places> places{
        {"clip", {{right, {"answer", "map", "model"}}, {right, {"latents", "spectrum", "table", "timings"}}}},
        {"picture",
            {{bottom, {"latents", "table"}}, {right, {"answer", "map", "layers", "spectrum", "model", "timings"}}}},
        {"text", {{bottom, {"latents", "table"}}, {right, {"answer", "map", "layers", "model", "timings"}}}},
        // What is said of a motion is short; its figures are not, and the frames want the height beneath them.
        {"frames", {{right, {"answer"}}, {right, {"flow", "map", "latents", "model", "spectrum"}}}},
        {"start", {}},
    };
    return places;
}

} // namespace

void MainWindow::makeDocks()
{
    const PanelContext context{m_document, *m_frames, *m_text, m_shelf};
    for (const PanelInfo& info : panels()) {
        const QString title = QCoreApplication::translate("Panel", info.title);
        auto* dock = new QDockWidget(title, this);
        dock->setObjectName(info.id);
        dock->toggleViewAction()->setToolTip(QCoreApplication::translate("Panel", info.tip));
        Panel* panel = info.make(context);
        panel->setObjectName(QString("%1 panel").arg(info.id));
        panel->setAccessibleName(title);
        dock->setWidget(panel);
        m_docks[info.id] = dock;
        m_panels[info.id] = panel;
    }
    auto* sources = new QDockWidget(tr("Opened"));
    sources->setObjectName("sources");
    sources->toggleViewAction()->setToolTip(tr("What was opened in this window, with its state"));
    sources->setWidget(new SourcePanel(m_queue));
    addDockWidget(Qt::LeftDockWidgetArea, sources);
    sources->hide();
    m_docks["sources"] = sources;
}

// The places that each scene begins with; when the bars are there, too, for they are part of them.
void MainWindow::makeLayouts()
{
    for (const Places& places : firstPlaces()) {
        std::vector<const char*> closed;
        for (const PanelInfo& info : panels()) {
            removeDockWidget(m_docks[info.id]); // and hides it
            closed.push_back(info.id);
        }
        QDockWidget* last = nullptr; // at the right
        for (const Group& group : places.groups) {
            QDockWidget* first = m_docks[group.panels.front()];
            addDockWidget(group.area, first);
            for (const char* id : group.panels) {
                if (m_docks[id] != first)
                    tabifyDockWidget(first, m_docks[id]);
                m_docks[id]->show();
                std::erase_if(closed, [id](const char* other) { return QString(other) == id; });
            }
            first->raise();
            last = group.area == Qt::RightDockWidgetArea ? first : last;
        }
        for (const char* id : closed) {
            addDockWidget(Qt::RightDockWidgetArea, m_docks[id]);
            if (last)
                tabifyDockWidget(last, m_docks[id]);
            m_docks[id]->hide();
        }
        m_layouts[places.scene] = saveState();
    }
    m_firstLayouts = m_layouts;
}

// The sizes that a scene's docks begin with. Qt keeps them with the places only of a window that is shown.
void MainWindow::sizeDocks(const QString& scene)
{
    for (const Places& places : firstPlaces()) {
        if (scene != places.scene || places.groups.empty())
            continue;
        QDockWidget *first = m_docks[places.groups.front().panels.front()],
                    *second = m_docks[places.groups.back().panels.front()];
        resizeDocks({second}, {kRightWidth}, Qt::Horizontal);
        if (places.groups.front().area == Qt::BottomDockWidgetArea)
            resizeDocks({first}, {kBottomHeight}, Qt::Vertical);
        else
            resizeDocks({first, second}, {kShortAnswer, height() - kShortAnswer}, Qt::Vertical);
    }
}

void MainWindow::resetLayout()
{
    m_layouts = m_firstLayouts;
    m_settings->resetLayout();
    restoreState(m_layouts[m_layout]);
    sizeDocks(m_layout);
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
        : scene == static_cast<SceneView*>(m_clip)   ? "clip"
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
    if (m_layouts[scene] == m_firstLayouts[scene])
        sizeDocks(scene);
}

} // namespace ui
