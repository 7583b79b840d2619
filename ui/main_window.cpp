#include "ui/main_window.h"

#include "app/media/image_reader.h"
#include "ui/start_page.h"

#include <QAction>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QLabel>
#include <QMimeData>
#include <QPainter>
#include <QStackedWidget>
#include <QStatusBar>
#include <QToolBar>

namespace ui {

MainWindow::MainWindow() : m_pages(new QStackedWidget(this)), m_picture(new QLabel(this))
{
    setWindowTitle("PerceiverScope");
    setAcceptDrops(true);
    resize(1100, 760);
    auto* start = new StartPage(this);
    m_picture->setAlignment(Qt::AlignCenter);
    m_picture->setMinimumSize(64, 64);
    m_pages->addWidget(start);
    m_pages->addWidget(m_picture);
    setCentralWidget(m_pages);
    connect(start, &StartPage::sampleChosen, this, &MainWindow::open);

    auto* bar = addToolBar(tr("Main"));
    bar->setMovable(false);
    QAction* home = bar->addAction(tr("Start page"));
    home->setShortcut(Qt::Key_Escape);
    connect(home, &QAction::triggered, this, [this] {
        m_pages->setCurrentIndex(0);
        statusBar()->showMessage(tr("Ready"));
    });
    statusBar()->showMessage(tr("Answers are given by the command line for now: pscope --help"));
}

void MainWindow::open(const QStringList& files)
{
    if (files.isEmpty() || files.size() > 2) {
        statusBar()->showMessage(tr("Drop one picture, or two frames of one size"));
        return;
    }
    QList<QImage> images;
    for (const QString& file : files) {
        const auto image = app::media::readImage(file.toStdString());
        if (!image.ok()) {
            statusBar()->showMessage(QString::fromStdString(image.error().message));
            return;
        }
        const engine::Image& value = image.value();
        images.append(QImage(value.rgb.data(), value.width, value.height, qsizetype(value.width) * 3,
            QImage::Format_RGB888)
                          .copy());
    }
    if (images.size() == 2 && images[0].size() != images[1].size()) {
        statusBar()->showMessage(tr("The frames have different sizes: give two frames of one video"));
        return;
    }
    m_images = images;
    m_pages->setCurrentIndex(1);
    showPictures();
    statusBar()->showMessage(images.size() == 2
            ? tr("Two frames. Their flow: pscope flow %1 %2 --color flow.png")
                  .arg(QFileInfo(files[0]).fileName(), QFileInfo(files[1]).fileName())
            : tr("A picture of %1 x %2 pixels. Its classes: pscope classify %3 --model FOLDER")
                  .arg(images[0].width())
                  .arg(images[0].height())
                  .arg(QFileInfo(files[0]).fileName()));
}

void MainWindow::showPictures()
{
    if (m_images.isEmpty())
        return;
    constexpr int kGap = 16;
    const int count = int(m_images.size());
    const QSize room((m_picture->width() - kGap * (count + 1)) / count, m_picture->height() - 2 * kGap);
    const QSize size = m_images[0].size().scaled(room, Qt::KeepAspectRatio);
    QPixmap canvas(size.width() * count + kGap * (count - 1), size.height());
    canvas.fill(Qt::transparent);
    QPainter painter(&canvas);
    for (int i = 0; i < count; ++i)
        painter.drawImage(QPoint(i * (size.width() + kGap), 0),
            m_images[i].scaled(size, Qt::IgnoreAspectRatio, Qt::SmoothTransformation));
    painter.end();
    m_picture->setPixmap(canvas);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event)
{
    QStringList files;
    for (const QUrl& url : event->mimeData()->urls())
        files.append(url.toLocalFile());
    open(files);
}

void MainWindow::resizeEvent(QResizeEvent* event)
{
    QMainWindow::resizeEvent(event);
    if (m_pages->currentIndex() == 1)
        showPictures();
}

} // namespace ui
