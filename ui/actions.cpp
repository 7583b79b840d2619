// All that can be done in the window, once: menus, keys, the bar, the palette and the sheet under F1 come from here.
#include "ui/main_window.h"

#include "app/document/shown_map.h"
#include "ui/about.h"
#include "ui/canvas/canvas.h"
#include "ui/command_palette.h"
#include "ui/scenes/frames_scene.h"
#include "ui/scenes/picture_scene.h"
#include "ui/scenes/text_scene.h"
#include "ui/shortcut_sheet.h"
#include "ui/task_switch.h"
#include "ui/theme.h"

#include <QActionGroup>
#include <QApplication>
#include <QComboBox>
#include <QDockWidget>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenuBar>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedWidget>
#include <QToolBar>
#include <QToolButton>

namespace ui {

using namespace app::document;

QAction* MainWindow::add(const char* id, const QString& category, const QString& text, const QKeySequence& key,
    const QString& tip, std::function<void()> what)
{
    auto* action = new QAction(text, this);
    action->setObjectName(id);
    action->setProperty("category", category);
    action->setShortcut(key);
    if (key.count() == 1 && key[0].keyboardModifiers() == Qt::NoModifier && key[0].key() < Qt::Key_Escape)
        action->setShortcuts(
            {key, QKeySequence(Qt::ALT | key[0].key())}); // while a text has the focus, a letter is typed
    action->setToolTip(key.isEmpty() ? tip : QString("%1 (%2)").arg(tip, key.toString(QKeySequence::NativeText)));
    if (what)
        connect(action, &QAction::triggered, this, std::move(what));
    addAction(action);
    m_actions << action;
    return action;
}

QAction* MainWindow::action(const QString& id) const
{
    for (QAction* action : m_actions)
        if (action->objectName() == id)
            return action;
    return nullptr;
}

void MainWindow::makeActions()
{
    const QString file = tr("File"), view = tr("View"), ask = tr("Ask"), edit = tr("Edit");
    add("open", file, tr("Open…"), QKeySequence::Open, tr("A picture, two frames of one size, a video, or a text"),
        [this] { chooseFiles(); });
    add("camera", file, tr("Open the camera"), Qt::CTRL | Qt::SHIFT | Qt::Key_O, tr("Its motion, live"),
        [this] { openCamera(); });
    add("open session", file, tr("Open a session…"), {}, tr("What was open, asked and looked at, from a .pscope file"),
        [this] { chooseSession(); });
    add("save session", file, tr("Save the session…"), QKeySequence::Save,
        tr("What is open, asked and looked at, into a .pscope file"), [this] {
            const QString name = QFileDialog::getSaveFileName(this, tr("Save the session"),
                m_settings->exportFolder() + "/" + m_exporter.proposedName(".pscope"), tr("Sessions (*.pscope)"));
            if (!name.isEmpty())
                saveSession(name);
        });
    add("export", file, tr("Export what is shown…"), Qt::CTRL | Qt::Key_E,
        tr("As PNG, SVG or PDF; as CSV or NPY the numbers of it: of two frames those of the large pane"),
        [this] { chooseExport(false); });
    add("export map", file, tr("Export the map…"), Qt::CTRL | Qt::SHIFT | Qt::Key_E,
        tr("The attention, over its picture where it lies on one, as PNG, SVG, PDF, CSV or NPY"),
        [this] { chooseExport(true); });
    add("export motion", file, tr("Export the motion…"), {}, tr("As .flo, .pfm, .exr, .npy or KITTI's .png"),
        [this] { chooseMotionExport(); });
    add("export clip", file, tr("Export the reconstruction…"), {}, tr("The rebuilt clip with its sound, as a video"),
        [this] { chooseClipExport(); });
    add("drag", file, tr("Drag out"), {},
        tr("Press and drag this button to another program: it gets what is shown as a PNG"), {});
    add("add model", file, tr("Add a model's folder…"), {},
        tr("A checkpoint of Perceiver IO as transformers keeps it: config.json beside its weights"),
        [this] { addModelFolder(); });
    add("start", file, tr("Start page"), Qt::CTRL | Qt::Key_Home, tr("Back to the samples"), [this] { showStart(); });
    add("quit", file, tr("Quit"), QKeySequence::Quit, tr("Close the window"), [this] { close(); });

    QUndoStack& stack = m_document.selection().undo();
    QAction* undo = add("undo", edit, tr("Undo"), QKeySequence::Undo, tr("Takes back the last change of the view"),
        [&stack] { stack.undo(); });
    QAction* redo = add("redo", edit, tr("Redo"), QKeySequence::Redo, tr("Makes it again"), [&stack] { stack.redo(); });
    QList<QKeySequence> again = QKeySequence::keyBindings(QKeySequence::Redo);
    for (const QKeySequence& key : {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), QKeySequence(Qt::CTRL | Qt::Key_Y)})
        if (!again.contains(key)) // hands know one or the other, whatever the desktop
            again << key;
    redo->setShortcuts(again);
    connect(&stack, &QUndoStack::canUndoChanged, undo, &QAction::setEnabled);
    connect(&stack, &QUndoStack::canRedoChanged, redo, &QAction::setEnabled);
    connect(&stack, &QUndoStack::undoTextChanged, undo,
        [undo](const QString& what) { undo->setText(what.isEmpty() ? tr("Undo") : tr("Undo %1").arg(what)); });
    connect(&stack, &QUndoStack::redoTextChanged, redo,
        [redo](const QString& what) { redo->setText(what.isEmpty() ? tr("Redo") : tr("Redo %1").arg(what)); });
    undo->setEnabled(false);
    redo->setEnabled(false);
    add("copy", edit, tr("Copy the picture"), Qt::CTRL | Qt::SHIFT | Qt::Key_C,
        tr("What is shown, with its scale and caption, to the clipboard"), [this] {
            if (SceneView* scene = currentScene())
                say(m_exporter.copy(*scene) ? tr("Copied.") : tr("There is nothing to copy yet."));
        });
    add("mask", edit, tr("Hide or show bytes"), Qt::CTRL | Qt::Key_M,
        tr("The selected bytes are hidden from the model, which guesses them"), [this] { m_text->toggleMask(); });

    add("run", ask, tr("Run"), Qt::CTRL | Qt::Key_Return, tr("Asks the model again, about what stands there now"),
        [this] { run(); });
    action("run")->setShortcuts({Qt::CTRL | Qt::Key_Return, Qt::Key_F5});
    add("stop", ask, tr("Stop, unlock, back"), Qt::Key_Escape,
        tr("Stops what runs; else unlocks; else goes back to the start page"), [this] { stop(); });
    for (int i = 0; i < kDirections; ++i) {
        const auto direction = Direction(i);
        QAction* action = add(qPrintable(QString("direction%1").arg(i + 1)), ask, tr(titleOf(direction)),
            QKeySequence(Qt::Key(Qt::Key_1 + i)), tr(tipOf(direction)),
            [this, direction] { m_document.selection().setDirection(direction); });
        action->setCheckable(true);
        m_directions->addAction(action);
    }
    const auto step = [this](int layers, int heads) {
        View v = m_document.selection().view();
        const auto& analysis = m_document.analysis();
        if (!analysis || analysis->facts.layers == 0)
            return;
        MapQuestion& question = v.question;
        if (layers != 0) {
            question.layer = question.through == Through::OneLayer
                ? std::clamp<int64_t>(question.layer + layers, 0, analysis->facts.layers - 1)
                : (layers > 0 ? 0 : analysis->facts.layers - 1);
            question.through = Through::OneLayer;
        }
        if (heads != 0) {
            auto& head = question.through == Through::OneLayer ? question.layerHead : question.head;
            const int64_t count
                = question.through == Through::OneLayer ? analysis->facts.latentHeads : analysis->facts.encoderHeads;
            const int64_t next = head.value_or(heads > 0 ? -1 : count) + heads;
            head = next < 0 || next >= count ? std::nullopt : std::optional<int64_t>(next); // beyond the ends: all
        }
        m_document.selection().change(v, layers != 0 ? tr("layer") : tr("head"));
    };
    add("layer up", ask, tr("Next latent layer"), Qt::CTRL | Qt::Key_Up, tr("The map through one latent layer alone"),
        [step] { step(1, 0); });
    add("layer down", ask, tr("Previous latent layer"), Qt::CTRL | Qt::Key_Down,
        tr("The map through one latent layer alone"), [step] { step(-1, 0); });
    add("head down", ask, tr("Previous head"), Qt::Key_BracketLeft,
        tr("One head of the attention, before the first: all"), [step] { step(0, -1); });
    add("head up", ask, tr("Next head"), Qt::Key_BracketRight, tr("One head of the attention, behind the last: all"),
        [step] { step(0, 1); });
    add("all layers", ask, tr("All layers and heads"), Qt::Key_Backslash,
        tr("Rollout through all layers, the mean of all heads"), [this] {
            View v = m_document.selection().view();
            v.question.through = Through::Rollout;
            v.question.head.reset();
            v.question.fusion = engine::ops::HeadFusion::Mean;
            m_document.selection().change(v, tr("all layers and heads"));
        });
    add("knock out", ask, tr("Leave it out"), Qt::Key_K,
        tr("Runs again without what is locked, and shows what that changes"), [this] { knockOut(); });
    add("pin", ask, tr("Pin the map as A"), Qt::Key_P, tr("Keeps this map as A; the next one is B"),
        [this] { m_document.pin(); });
    add("occlusion", ask, tr("Find what is hidden"), {},
        tr("Runs the frames backwards, too: what is seen in one frame only"), [this] { m_document.findOcclusion(); });

    QAction* attention
        = add("attention", view, tr("Attention"), Qt::CTRL | Qt::Key_T, tr("The map over the picture or the text"), {});
    attention->setCheckable(true);
    connect(attention, &QAction::triggered, this,
        [this](bool on) { changeLook(tr("map over the picture"), [on](Look& look) { look.overlay = on; }); });
    add("contours", view, tr("Contours"), Qt::Key_C,
        tr("Lines at a quarter, half and three quarters of the largest weight"),
        [this] { changeLook(tr("contours"), [](Look& look) { look.contours = !look.contours; }); });
    add("marginals", view, tr("Sums along x and y"), Qt::Key_X, tr("How the weights spread along the axes"),
        [this] { changeLook(tr("sums"), [](Look& look) { look.marginals = !look.marginals; }); });
    const auto canvas = [this](void (Canvas::*what)()) {
        return [this, what] {
            if (SceneView* scene = currentScene(); scene && scene->canvas())
                (scene->canvas()->*what)();
        };
    };
    add("reset layout", view, tr("Panels as at first"), {}, tr("Every panel back to its first place"),
        [this] { resetLayout(); });
    add("fit", view, tr("Fit"), Qt::CTRL | Qt::Key_0, tr("All of the picture"), canvas(&Canvas::fit));
    add("pixels", view, tr("Pixel for pixel"), Qt::CTRL | Qt::Key_1,
        tr("One pixel of the picture is one of the screen"), canvas(&Canvas::pixelForPixel));
    add("zoom in", view, tr("Zoom in"), QKeySequence::ZoomIn, tr("Larger"), canvas(&Canvas::zoomIn));
    const std::pair<const char*, ui::Theme> themes[] = {{QT_TR_NOOP("As the desktop"), ui::Theme::System},
        {QT_TR_NOOP("Dark"), ui::Theme::Dark}, {QT_TR_NOOP("Light"), ui::Theme::Light}};
    auto* group = new QActionGroup(this);
    for (const auto& [text, theme] : themes) {
        QAction* action = add(text, view, tr(text), {}, tr("The colours of the window"), [this, theme] {
            applyTheme(theme);
            m_settings->setTheme(app::document::Theme(theme));
        });
        action->setCheckable(true);
        action->setChecked(theme == ui::theme());
        group->addAction(action);
    }
    makeVideoActions();
    makeDeviceActions();
    const QString help = tr("Help");
    add("keys", help, tr("Keys and gestures"), QKeySequence::HelpContents, tr("All of them on one sheet"),
        [this] { showKeys(); });
    add("palette", help, tr("Find a command…"), Qt::CTRL | Qt::SHIFT | Qt::Key_P,
        tr("Everything that can be done, by a few letters"), [this] { (new CommandPalette(m_actions, this))->open(); });
    add("about", help, tr("About PerceiverScope"), {}, tr("Version and licences"), [this] { showAbout(this); });
    add("zoom out", view, tr("Zoom out"), QKeySequence::ZoomOut, tr("Smaller"), canvas(&Canvas::zoomOut));
}

void MainWindow::showKeys()
{
    const QList<Gesture> gestures{{tr("hover"), tr("previews where an answer came from")},
        {tr("click"), tr("keeps what is pointed at")}, {tr("shift-click"), tr("adds to what is kept")},
        {tr("drag"), tr("selects a rectangle, or a span of text")}, {tr("wheel"), tr("zooms about the cursor")},
        {tr("middle drag"), tr("moves the picture; so does the right button, or Space")},
        {tr("double-click"), tr("fits the picture into its pane")},
        {tr("arrows"), tr("move the cursor by a pixel, with Shift by ten; Return keeps the place")}};
    (new ShortcutSheet(m_actions, gestures, this))->open();
}

void MainWindow::makeMenus()
{
    for (const QString& category : {tr("File"), tr("Edit"), tr("Ask"), tr("View"), tr("Video")}) {
        QMenu* menu = menuBar()->addMenu(category);
        menu->setToolTipsVisible(true);
        for (QAction* action : m_actions)
            if (action->property("category") == category && action->objectName() != "drag") {
                menu->addAction(action);
                if (action->objectName() == "open")
                    m_recent = menu->addMenu(tr("Open recent"));
                if (action->objectName() == "add model")
                    m_forgetModel = menu->addMenu(tr("Forget a model's folder"));
            }
    }
    showRecent();
    makeDeviceMenu();
    QMenu* menu = menuBar()->addMenu(tr("Panels"));
    menu->setToolTipsVisible(true);
    for (const PanelInfo& info : panels()) {
        QAction* toggle = m_docks[info.id]->toggleViewAction();
        toggle->setProperty("category", tr("Panels"));
        toggle->setObjectName(QString("panel %1").arg(info.id));
        menu->addAction(toggle);
        m_actions << toggle;
    }
    QAction* sources = m_docks["sources"]->toggleViewAction();
    sources->setProperty("category", tr("Panels"));
    menu->addAction(sources);
    m_actions << sources;
    QMenu* help = menuBar()->addMenu(tr("Help"));
    for (QAction* action : m_actions)
        if (action->property("category") == tr("Help"))
            help->addAction(action);
}

void MainWindow::makeBars()
{
    const auto newBar = [this](const QString& title, const char* name) {
        QToolBar* bar = addToolBar(title);
        bar->setObjectName(name);
        bar->setMovable(false);
        bar->setContextMenuPolicy(Qt::PreventContextMenu);
        return bar;
    };
    QToolBar* bar = newBar(tr("Main"), "main bar");
    bar->addAction(action("open"));
    m_source->setObjectName("title");
    m_source->setContentsMargins(kSpace, 0, kSpace, 0);
    bar->addWidget(m_source);
    auto* room = new QWidget;
    room->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar->addWidget(room);
    QList<QAction*> whenOpen{bar->addWidget(m_progress)}; // a bar shows and hides its widgets by their actions
    QAction* progress = whenOpen.takeFirst();
    m_progress->setTextVisible(false);
    m_progress->setFixedSize(120, kSpace / 2);
    m_progress->setAccessibleName(tr("Progress of the run"));
    progress->setVisible(false);
    connect(
        &m_document, &Document::started, progress, [this, progress] { progress->setVisible(!m_document.runsLive()); });
    for (const auto& signal : {&Document::answered, &Document::stopped, &Document::opened})
        connect(&m_document, signal, progress, [this, progress] { progress->setVisible(m_document.runs()); });
    connect(&m_document, &Document::failed, progress, [progress] { progress->setVisible(false); });
    auto* task = new TaskSwitch(m_document, m_queue, *m_text);
    connect(task, &TaskSwitch::hint, this, &MainWindow::say);
    whenOpen << bar->addWidget(task) << makeModels(bar);
    bar->addAction(action("run"));

    addToolBarBreak();
    m_askBar = newBar(tr("Ask"), "ask bar");
    auto* directions = new QWidget;
    auto* row = new QHBoxLayout(directions);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    for (QAction* action : m_directions->actions()) {
        auto* button = new QToolButton;
        button->setObjectName("segment");
        button->setDefaultAction(action);
        row->addWidget(button);
    }
    m_askBar->addWidget(directions);
    m_askBar->addSeparator();
    for (const char* id : {"attention", "contours", "pin", "knock out"})
        m_askBar->addAction(action(id));
    auto* drag = new QToolButton;
    drag->setDefaultAction(action("drag"));
    connect(drag, &QToolButton::pressed, this, [this] {
        if (SceneView* scene = currentScene())
            m_exporter.drag(*scene);
    });
    m_askBar->addWidget(drag);
    m_whenOpen = whenOpen;
}

void MainWindow::showStates()
{
    const bool open = m_document.isOpen(), answered = bool(m_document.analysis());
    const SceneView* scene = currentScene();
    const bool text = scene == static_cast<SceneView*>(m_text), frames = scene == static_cast<SceneView*>(m_frames);
    const Selection& selection = m_document.selection();
    action("run")->setEnabled(open);
    action("run")->setVisible(scene);
    m_askBar->setVisible(scene);
    for (QAction* each : m_whenOpen)
        each->setVisible(scene);
    action("mask")->setEnabled(open && text);
    for (QAction* each : m_directions->actions())
        each->setEnabled(open);
    m_directions->actions()[int(selection.view().question.direction)]->setChecked(true);
    for (const char* id :
        {"layer up", "layer down", "head up", "head down", "all layers", "contours", "marginals", "attention"})
        action(id)->setEnabled(open);
    action("attention")->setChecked(selection.view().look.overlay);
    action("knock out")
        ->setEnabled(answered && (selection.locked() || selection.view().question.through == Through::OneLayer));
    action("pin")->setEnabled(m_document.map() || m_document.pinned());
    for (const char* id : {"frame before", "play", "frame after"})
        action(id)->setEnabled(m_document.video() || m_document.question().clip);
    action("occlusion")->setEnabled(answered && frames);
    for (const char* id : {"export", "save session", "copy", "drag"})
        action(id)->setEnabled(answered);
    action("export map")->setEnabled(bool(m_document.map()));
    action("export motion")->setEnabled(answered && m_document.analysis()->flow);
    action("export clip")->setEnabled(answered && m_document.analysis()->clip);
    for (const char* id : {"fit", "pixels", "zoom in", "zoom out"})
        action(id)->setEnabled(open && scene && scene->canvas());
    m_locked->setVisible(open && answered);
    if (selection.locked() && answered) {
        QString what = titleOf(selection.view().question, m_document);
        if (const MapPtr& map = m_document.map(); map && map->question == selection.view().question)
            if (const QString tile = tileOf(*map); !tile.isEmpty())
                what += tr(", %1").arg(tile);
        m_locked->setText(tr("● locked: %1 · Esc unlocks, Shift-click adds").arg(what));
    } else if (selection.previews()) {
        m_locked->setText(tr("○ click keeps this"));
    } else {
        m_locked->clear();
    }
    m_facts->setVisible(answered);
    if (answered)
        m_facts->setText(tr("%1 · %2 · %3 s%4")
                             .arg(QString::fromStdString(m_document.analysis()->device).section('(', 0, 0).trimmed()
                                     + (m_document.analysis()->fast ? tr(", fast") : QString()),
                                 QString::fromStdString(m_document.analysis()->model).section('/', -1))
                             .arg(m_document.analysis()->seconds, 0, 'f', 2)
                             .arg(m_document.map() ? tr(" · map %1 ms").arg(m_document.map()->seconds * 1000, 0, 'f', 0)
                                                   : QString()));
}

} // namespace ui
