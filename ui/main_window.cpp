#include "ui/main_window.h"

#include "ui/picture_view.h"
#include "ui/pictures.h"
#include "ui/start_page.h"
#include "ui/theme.h"

#include <QAction>
#include <QDragEnterEvent>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QStackedWidget>
#include <QStatusBar>
#include <QToolBar>

namespace ui {

namespace {

constexpr qint64 kMostTextBytes = 1 << 20;

bool isText(const QString& file)
{
    return QFileInfo(file).suffix().compare("txt", Qt::CaseInsensitive) == 0;
}

QStringList filesOf(const QMimeData* data)
{
    QStringList files;
    for (const QUrl& url : data->urls())
        if (url.isLocalFile())
            files << url.toLocalFile();
    return files;
}

// A file's name as a shell takes it.
QString quoted(QString file)
{
    return "'" + file.replace("'", "'\\''") + "'";
}

} // namespace

MainWindow::MainWindow()
    : m_pages(new QStackedWidget)
    , m_start(new StartPage)
    , m_pictures(new PictureView)
    , m_text(new QPlainTextEdit)
    , m_status(new QLabel)
{
    setWindowTitle("PerceiverScope");
    setAcceptDrops(true);
    resize(1060, 720);
    m_text->setReadOnly(true);
    m_text->setAcceptDrops(false); // the window takes drops everywhere
    m_text->setFrameShape(QFrame::NoFrame);
    for (QWidget* page : std::initializer_list<QWidget*>{m_start, m_pictures, m_text})
        m_pages->addWidget(page);
    setCentralWidget(m_pages);
    connect(m_start, &StartPage::sampleChosen, this, &MainWindow::open);

    auto* bar = addToolBar(tr("Main"));
    bar->setMovable(false);
    bar->setContextMenuPolicy(Qt::PreventContextMenu);
    auto* title = new QLabel("PerceiverScope");
    title->setObjectName("title");
    title->setContentsMargins(0, 0, kSpace, 0);
    bar->addWidget(title);
    QAction* openFiles = bar->addAction(tr("Open…"));
    openFiles->setShortcut(QKeySequence::Open);
    connect(openFiles, &QAction::triggered, this, &MainWindow::chooseFiles);
    QAction* start = bar->addAction(tr("Start page"));
    start->setShortcut(Qt::Key_Escape);
    connect(start, &QAction::triggered, this, &MainWindow::showStart);

    m_status->setObjectName("status");
    m_status->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_status->setMargin(kSpace / 2);
    // However long a command in it is, the window may be small.
    m_status->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    statusBar()->addWidget(m_status, 1);
    statusBar()->setSizeGripEnabled(false);
    showStart();
}

void MainWindow::showStart()
{
    m_pages->setCurrentWidget(m_start);
    say(tr("This window shows what it was given; the answers come from the command line for now: pscope --help"));
}

void MainWindow::say(const QString& sentence)
{
    m_status->setText(sentence);
    m_status->setToolTip(sentence); // the whole of it, where the line is too short
}

void MainWindow::chooseFiles()
{
    const QStringList files = QFileDialog::getOpenFileNames(this, tr("Open"), {},
        tr("Pictures and texts (*.png *.jpg *.jpeg *.ppm *.pgm *.bmp *.tga *.txt);;All files (*)"));
    if (!files.isEmpty())
        open(files);
}

void MainWindow::open(const QStringList& files)
{
    if (files.size() == 1 && isText(files.first()))
        openText(files.first());
    else if (files.size() == 1 || files.size() == 2)
        openPictures(files);
    else
        say(tr("One picture, two frames or one text at a time, please: these are %1 files").arg(files.size()));
}

void MainWindow::openText(const QString& name)
{
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly)) {
        say(tr("%1 cannot be read: %2").arg(name, file.errorString()));
        return;
    }
    m_text->setPlainText(QString::fromUtf8(file.read(kMostTextBytes)));
    m_pages->setCurrentWidget(m_text);
    say(tr("A text of %1 bytes. What stands at its [MASK]s:  pscope fill -i %2 --model FOLDER")
            .arg(file.size())
            .arg(quoted(name)));
}

void MainWindow::openPictures(const QStringList& files)
{
    QList<QImage> images;
    for (const QString& file : files) {
        const auto image = readPicture(file);
        if (!image.ok()) {
            say(QString::fromStdString(image.error().message));
            return;
        }
        images << image.value();
    }
    const QSize size = images.first().size();
    if (images.last().size() != size) {
        say(tr("The first picture is %1 × %2, the second %3 × %4: frames have one size")
                .arg(size.width())
                .arg(size.height())
                .arg(images.last().width())
                .arg(images.last().height()));
        return;
    }
    m_pictures->setImages(images);
    m_pages->setCurrentWidget(m_pictures);
    const QString pixels = tr("%1 × %2 pixels").arg(size.width()).arg(size.height());
    say(images.size() == 2
            ? tr("Two frames of %1. Their optical flow:  pscope flow %2 %3 --color flow.png")
                  .arg(pixels, quoted(files[0]), quoted(files[1]))
            : tr("A picture of %1. What is in it:  pscope classify %2 --model FOLDER").arg(pixels, quoted(files[0])));
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    const QStringList files = filesOf(event->mimeData());
    if (files.isEmpty())
        return;
    event->acceptProposedAction();
    m_start->lightTarget(files.size() > 2 ? tr("Too many: one picture, two frames or one text")
            : files.size() == 2           ? tr("Two frames: the motion from the first to the second")
            : isText(files.first())       ? tr("A text")
                                          : tr("A picture"));
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

} // namespace ui
