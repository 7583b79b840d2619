#include "ui/main_window.h"

#include "app/document/shown_map.h"
#include "ui/canvas/canvas.h"
#include "ui/elided_label.h"
#include "ui/live_page.h"
#include "ui/panels/map_panel.h"
#include "ui/scenes/clip_player.h"
#include "ui/scenes/clip_scene.h"
#include "ui/scenes/frames_scene.h"
#include "ui/scenes/picture_scene.h"
#include "ui/scenes/text_scene.h"
#include "ui/scenes/timeline.h"
#include "ui/start_page.h"
#include "ui/theme.h"

#include <QAction>
#include <QActionGroup>
#include <QComboBox>
#include <QDir>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QMimeData>
#include <QProgressBar>
#include <QStackedWidget>
#include <QStatusBar>
#include <cmath>

namespace ui {

using namespace app::document;

namespace {

QStringList filesOf(const QMimeData* data)
{
    QStringList files;
    for (const QUrl& url : data->urls())
        if (url.isLocalFile())
            files << url.toLocalFile();
    return files;
}

// A file's name as a shell takes it, here.
QString quoted(QString file)
{
    if (const QString near = QDir::current().relativeFilePath(file); !near.startsWith(".."))
        file = near;
    return "'" + file.replace("'", "'\\''") + "'";
}

QString clipName(const Document& document)
{
    const ClipQuestion& clip = *document.question().clip;
    return MainWindow::tr("%1   %2 s from %3")
        .arg(QFileInfo(document.files().first()).fileName())
        .arg(clip.size.seconds(), 0, 'f', 2)
        .arg(clockText(clip.seconds));
}

} // namespace

MainWindow::MainWindow(const QString& settingsFile)
    : m_settings(settingsFile.isEmpty() ? std::make_unique<Settings>() : std::make_unique<Settings>(settingsFile))
    , m_queue(m_document)
    , m_exporter(m_document)
    , m_models(new QComboBox)
    , m_pages(new QStackedWidget)
    , m_start(new StartPage)
    , m_picture(new PictureScene(m_document))
    , m_frames(new FramesScene(m_document))
    , m_text(new TextScene(m_document))
    , m_clip(new ClipScene(m_document))
    , m_source(new QLabel)
    , m_status(new ElidedLabel)
    , m_locked(new QLabel)
    , m_readout(new QLabel)
    , m_facts(new QLabel)
    , m_progress(new QProgressBar)
    , m_directions(new QActionGroup(this))
{
    setWindowTitle("PerceiverScope");
    setAcceptDrops(true);
    setDockOptions(QMainWindow::AllowTabbedDocks | QMainWindow::AllowNestedDocks | QMainWindow::AnimatedDocks);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    resize(1240, 760);
    for (QWidget* page : std::initializer_list<QWidget*>{m_start, m_picture, m_frames, m_text, m_clip})
        m_pages->addWidget(page);
    makeCamera();
    // The start page is as large as its samples, and the panels never stand beside it: the window need not be both.
    m_start->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Ignored);
    m_pages->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    setMinimumSize(m_start->minimumSizeHint().width(), 620);
    setCentralWidget(m_pages);

    makeDocks();
    makeActions();
    makeMenus();
    makeBars();
    makeLayouts();

    connect(m_start, &StartPage::sampleChosen, this, &MainWindow::open);
    connect(&m_document, &Document::opened, this, &MainWindow::showOpened);
    connect(&m_queue, &SourceQueue::refused, this, &MainWindow::say);
    connect(&m_queue, &SourceQueue::sessionDropped, this, &MainWindow::openSession);
    connect(&m_queue, &SourceQueue::truthDropped, m_frames, &FramesScene::compareWith);
    connect(m_frames, &FramesScene::compared, this, [this](const QString& file, const QString& wrong) {
        say(wrong.isEmpty() ? tr("Compared with %1").arg(file) : wrong);
    });
    connect(&m_queue.list(), &QAbstractItemModel::rowsInserted, this, [this] {
        if (m_queue.list().rowCount() > 1 && currentScene())
            m_docks["sources"]->show();
    });
    connect(m_clip, &ClipScene::said, this, &MainWindow::say);
    connect(&m_document, &Document::pairChanged, this, [this] {
        if (m_document.question().clip)
            showName(clipName(m_document));
    });
    connect(&m_document, &Document::mapFailed, this, &MainWindow::say);
    connect(&m_document, &Document::started, this, [this] {
        m_progress->setRange(0, 0);
        showStates();
    });
    connect(&m_document, &Document::progressed, this, [this](double share, double) {
        m_progress->setRange(0, 1000);
        m_progress->setValue(int(std::lround(share * 1000)));
    });
    for (const auto& signal : {&Document::answered, &Document::stopped})
        connect(&m_document, signal, this, &MainWindow::showStates);
    connect(&m_document, &Document::failed, this, &MainWindow::showStates);
    connect(&m_document, &Document::failed, this, [this](const QString& sentence) {
        if (m_document.video()
            || m_document.question().clip) // the panels say it of what was opened; a frame of many is said here
            say(sentence);
    });
    connect(&m_document, &Document::mapChanged, this, &MainWindow::showStates);
    connect(&m_document.selection(), &Selection::viewChanged, this, &MainWindow::showStates);
    connect(&m_document.selection(), &Selection::askedChanged, this, &MainWindow::showStates);
    for (SceneView* scene : std::initializer_list<SceneView*>{m_picture, m_frames, m_text, m_clip})
        connect(scene, &SceneView::readout, m_readout, &QLabel::setText);

    m_status->setObjectName("status");
    m_status->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    // However long a command in it is, the window may be small.
    m_status->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_locked->setObjectName("accent");
    m_readout->setObjectName("value");
    m_facts->setObjectName("quiet");
    // The sentence stands at the left in every scene; what comes and goes stands at its right and does not move it.
    auto* line = new QWidget;
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins(kPanelEdge, kSpace / 2, kPanelEdge, kSpace / 2);
    row->setSpacing(2 * kSpace);
    row->addWidget(m_status, 1);
    for (QLabel* label : {m_locked, m_readout, m_facts})
        row->addWidget(label);
    statusBar()->addWidget(line, 1);
    statusBar()->setContentsMargins(0, 0, 0, 0);
    statusBar()->setSizeGripEnabled(false);
    recall();
    showStart();
}

MainWindow::~MainWindow() = default;

void MainWindow::say(const QString& sentence)
{
    m_status->setText(sentence);
    m_status->setToolTip(sentence); // the whole of it, where the line is too short
}

SceneView* MainWindow::currentScene() const
{
    return qobject_cast<SceneView*>(m_pages->currentWidget());
}

void MainWindow::showStart()
{
    keepLayout();
    m_live->stop();
    m_queue.stop();
    m_document.close();
    m_pages->setCurrentWidget(m_start);
    useLayout("start");
    m_source->clear();
    m_readout->clear();
    say(tr("The built-in starter models answer at once. Your own checkpoints: File, Add a model's folder…"));
    setWindowTitle("PerceiverScope");
    showStates();
}

void MainWindow::open(const QStringList& files)
{
    m_queue.add(files);
}

// What was read is shown in its scene; its answer follows.
void MainWindow::showOpened()
{
    const Question& question = m_document.question();
    const QStringList& files = m_document.files();
    keepLayout();
    m_live->stop();
    QString name = files.isEmpty() ? tr("A text") : QFileInfo(files.first()).fileName();
    switch (sceneOf(question)) {
    case Scene::Text:
        m_pages->setCurrentWidget(m_text);
        say(tr("A text of %1 bytes. [MASK] stands for a byte to guess; Ctrl+Return asks again")
                .arg(question.text.size()));
        break;
    case Scene::Clip: {
        const ClipQuestion& clip = *question.clip;
        m_pages->setCurrentWidget(m_clip);
        name = clipName(m_document);
        say(tr("A clip with sound: %1 pictures at 25 a second. L plays it; comma and full stop go from picture to "
               "picture. Without a window:  pscope autoencode %2 -o rebuilt.mp4")
                .arg(clip.size.frames)
                .arg(quoted(files.first())));
        break;
    }
    case Scene::Picture:
    case Scene::Frames: {
        const engine::Image& first = *question.pictures.front();
        const QString pixels = tr("%1 × %2 pixels").arg(first.width).arg(first.height);
        const bool two = question.pictures.size() == 2;
        m_pages->setCurrentWidget(two ? static_cast<QWidget*>(m_frames) : m_picture);
        if (two && !m_document.video())
            name += tr(" → %1").arg(QFileInfo(files.last()).fileName());
        name += tr("   %1 × %2").arg(first.width).arg(first.height);
        if (const Video* video = m_document.video())
            say(tr("A video of %1 frames of %2, %3. L plays it; comma and full stop go from frame to frame. Without "
                   "a window:  pscope flow %4 -o motion.mp4")
                    .arg(video->frames())
                    .arg(pixels,
                        clockText(
                            video->info().seconds > 0 ? video->info().seconds : video->secondsOf(video->frames() - 1)),
                        quoted(files.first())));
        else
            say(two ? tr("Two frames of %1. Without a window:  pscope flow %2 %3 --color flow.png")
                          .arg(pixels, quoted(files.first()), quoted(files.last()))
                    : tr("A picture of %1. Without a window:  pscope classify %2").arg(pixels, quoted(files.first())));
        break;
    }
    }
    showName(name);
    m_readout->clear();
    useLayout(layoutName());
    if (!files.isEmpty())
        m_settings->addRecent(files);
    showRecent();
    showModels();
    if (m_queue.list().rowCount() > 1)
        m_docks["sources"]->show();
    showStates();
}

void MainWindow::showName(const QString& name)
{
    m_source->setText(name);
    m_source->setToolTip(m_document.files().join('\n'));
    setWindowTitle(tr("%1 – PerceiverScope").arg(name));
}

void MainWindow::run()
{
    if (currentScene() == m_text)
        m_text->ask();
    else
        m_document.run();
}

// Esc: what runs or is read, then what is locked, then the scene.
void MainWindow::stop()
{
    if (m_frames->timeline()->playing() || m_clip->player().plays()) {
        m_frames->timeline()->setPlaying(false);
        m_clip->player().setPlaying(false);
        say(tr("Stopped."));
    } else if (m_queue.looks() || m_document.runs() || m_document.reads()) {
        m_queue.stop();
        say(tr("Stopped."));
    } else if (!m_document.selection().release()) {
        showStart();
    }
}

void MainWindow::knockOut()
{
    static_cast<MapPanel*>(panel("map"))->knockOut();
}

void MainWindow::changeLook(const QString& name, const std::function<void(Look&)>& how)
{
    Look look = m_document.selection().view().look;
    how(look);
    m_document.selection().setLook(look, name);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    const QStringList files = filesOf(event->mimeData());
    if (files.isEmpty())
        return;
    event->acceptProposedAction();
    std::vector<std::filesystem::path> paths;
    for (const QString& file : files)
        paths.emplace_back(file.toStdString());
    const QString promise = QString::fromStdString(dropSentence(paths, currentScene() == m_frames));
    m_start->lightTarget(promise);
    if (currentScene())
        say(promise);
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*)
{
    m_start->restTarget();
}

void MainWindow::dropEvent(QDropEvent* event)
{
    m_start->restTarget();
    open(filesOf(event->mimeData()));
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    remember();
    m_live->stop();
    m_document.close();
    QMainWindow::closeEvent(event);
}

} // namespace ui
