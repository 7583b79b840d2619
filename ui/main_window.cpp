#include "ui/main_window.h"

#include "app/formats/flow_colour.h"
#include "app/media/image_reader.h"
#include "ui/answer_panel.h"
#include "ui/overlay.h"
#include "ui/picture_view.h"
#include "ui/pictures.h"
#include "ui/start_page.h"
#include "ui/theme.h"

#include <QAction>
#include <QDragEnterEvent>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTextDocument>
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
    , m_answer(new AnswerPanel)
    , m_status(new QLabel)
{
    setWindowTitle("PerceiverScope");
    setAcceptDrops(true);
    resize(1060, 720);
    m_text->setAccessibleName(tr("The text"));
    m_text->setAcceptDrops(false); // the window takes drops everywhere
    m_text->setFrameShape(QFrame::NoFrame);
    QFont large = m_text->font();
    large.setPointSizeF(large.pointSizeF() * 1.6);
    m_text->setFont(large);
    m_text->document()->setDocumentMargin(3 * kSpace);
    // Its colours belong to the text that was asked about. (Not textChanged: colouring would count as a change.)
    connect(m_text->document(), &QTextDocument::contentsChange, this, [this](int, int removed, int added) {
        if (removed != added || m_text->hasFocus())
            m_text->setExtraSelections({});
    });
    for (QWidget* page : std::initializer_list<QWidget*>{m_start, m_pictures, m_text})
        m_pages->addWidget(page);
    auto* middle = new QWidget;
    auto* row = new QHBoxLayout(middle);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_pages, 1);
    row->addWidget(m_answer);
    // The start page is as wide as its samples, and the answer never stands beside it: the window need not be both.
    m_start->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_pages->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    setMinimumWidth(m_start->minimumSizeHint().width());
    setCentralWidget(middle);
    connect(&m_engine, &app::document::EngineThread::answered, this, &MainWindow::showAnswer);
    connect(&m_engine, &app::document::EngineThread::progressed, m_answer, &AnswerPanel::showProgress);
    connect(&m_engine, &app::document::EngineThread::failed, this, [this](const QString& sentence) {
        m_runs = false;
        m_answer->showFailure(sentence);
    });
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
    connect(start, &QAction::triggered, this, &MainWindow::showStart);
    m_run = bar->addAction(tr("Run"));
    m_run->setShortcut(Qt::CTRL | Qt::Key_Return);
    m_run->setToolTip(tr("Ask again about the text as it stands (Ctrl+Return)"));
    connect(m_run, &QAction::triggered, this, &MainWindow::askText);
    m_attention = bar->addAction(tr("Attention"));
    m_attention->setShortcut(Qt::CTRL | Qt::Key_T);
    m_attention->setCheckable(true);
    m_attention->setChecked(true);
    m_attention->setToolTip(tr("What the model looked at for its answer: the decoder's attention, carried back through\n"
                               "the latent layers to the inputs (Ctrl+T)"));
    connect(m_attention, &QAction::toggled, this, &MainWindow::showAttention);
    auto* escape = new QAction(this);
    escape->setShortcut(Qt::Key_Escape);
    connect(escape, &QAction::triggered, this, &MainWindow::stop);
    addAction(escape);

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
    m_engine.cancel();
    m_runs = false;
    m_found.reset();
    m_pages->setCurrentWidget(m_start);
    m_answer->hide();
    m_run->setVisible(false);
    m_attention->setVisible(false);
    say(tr("The built-in starter models answer here; your own checkpoints and every other map: pscope --help"));
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
    say(tr("A text of %1 bytes. [MASK] stands for a byte to guess; Ctrl+Return asks again").arg(file.size()));
    askText();
}

void MainWindow::openPictures(const QStringList& files)
{
    app::document::Question question;
    for (const QString& file : files) {
        auto image = app::media::readImage(file.toStdString());
        if (!image.ok()) {
            say(QString::fromStdString(image.error().message));
            return;
        }
        question.pictures.push_back(std::move(image).value());
    }
    const auto& first = question.pictures.front();
    const auto& last = question.pictures.back();
    if (first.width != last.width || first.height != last.height) {
        say(tr("The first picture is %1 × %2, the second %3 × %4: frames have one size")
                .arg(first.width)
                .arg(first.height)
                .arg(last.width)
                .arg(last.height));
        return;
    }
    m_opened.clear();
    for (const auto& picture : question.pictures)
        m_opened << toQImage(picture);
    m_pictures->setImages(m_opened);
    m_pages->setCurrentWidget(m_pictures);
    const QString pixels = tr("%1 × %2 pixels").arg(first.width).arg(first.height);
    say(files.size() == 2 ? tr("Two frames of %1. Without a window:  pscope flow %2 %3 --color flow.png")
                                .arg(pixels, quoted(files[0]), quoted(files[1]))
                          : tr("A picture of %1. Without a window:  pscope classify %2").arg(pixels, quoted(files[0])));
    ask(std::move(question));
}

void MainWindow::ask(app::document::Question question)
{
    m_found.reset();
    m_runs = true;
    const bool text = question.pictures.empty();
    m_run->setVisible(text);
    m_attention->setVisible(question.pictures.size() < 2);
    m_answer->showWaiting(QString::fromStdString(app::document::taskOf(question).second));
    m_answer->show();
    m_engine.ask(std::move(question));
}

void MainWindow::askText()
{
    m_text->setExtraSelections({});
    const QByteArray bytes = m_text->toPlainText().toUtf8();
    ask({{}, bytes.toStdString()});
}

void MainWindow::stop()
{
    if (!m_runs)
        return showStart();
    m_engine.cancel();
    m_runs = false;
    m_answer->showFailure(tr("Stopped. Esc goes back to the start page."));
}

void MainWindow::showAnswer(const std::shared_ptr<const app::document::Analysis>& answer)
{
    m_found = answer;
    m_runs = false;
    m_answer->showAnswer(*answer);
    showAttention();
}

void MainWindow::showAttention()
{
    if (!m_found)
        return;
    const bool shown = m_attention->isChecked();
    if (m_pages->currentWidget() == m_text)
        m_text->setExtraSelections(
            shown ? attentionOver(m_text->document(), m_found->weights.values) : QList<QTextEdit::ExtraSelection>());
    else if (m_found->flow)
        m_pictures->setImages({m_opened.first(), toQImage(app::formats::flowPicture(*m_found->flow, m_found->flowScale))});
    else if (!m_opened.isEmpty())
        m_pictures->setImages({shown ? attentionOver(m_opened.first(), *m_found) : m_opened.first()});
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
