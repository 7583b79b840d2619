#include "ui/start_page.h"

#include "app/commands/model_folder.h"
#include "app/document/source_groups.h"
#include "ui/pictures.h"
#include "ui/style_glyphs.h"
#include "ui/theme.h"

#include <QCoreApplication>
#include <QEvent>
#include <QFile>
#include <QFileInfo>
#include <QFrame>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPainterPath>
#include <QPushButton>
#include <QStyle>

namespace ui {

namespace {

struct Sample {
    const char *question, *kind;
    std::vector<const char*> files;
};
const Sample kSamples[] = {
    {QT_TRANSLATE_NOOP("Sample", "How does it move?"), QT_TRANSLATE_NOOP("Sample", "Frames · optical flow"),
        {"rubberwhale1.png", "rubberwhale2.png"}},
    {QT_TRANSLATE_NOOP("Sample", "What looks at you?"), QT_TRANSLATE_NOOP("Sample", "Picture · cat"), {"chelsea.png"}},
    {QT_TRANSLATE_NOOP("Sample", "What is it taken for?"), QT_TRANSLATE_NOOP("Sample", "Picture · unknown to it"),
        {"astronaut.png"}},
    {QT_TRANSLATE_NOOP("Sample", "What is left of it?"), QT_TRANSLATE_NOOP("Sample", "Clip with sound"), {"clip"}},
    {QT_TRANSLATE_NOOP("Sample", "What is missing?"), QT_TRANSLATE_NOOP("Sample", "Text · hidden bytes"), {"gap.txt"}},
    {QT_TRANSLATE_NOOP("Sample", "Did they like it?"), QT_TRANSLATE_NOOP("Sample", "Text · mood"), {"review.txt"}},
};
constexpr QSize kThumbnail(160, 96);

// The first lines of a text, hidden bytes as boxes.
QPixmap textThumbnail(const QString& name, double scale)
{
    QPixmap result(kThumbnail * scale);
    result.setDevicePixelRatio(scale);
    result.fill(QGuiApplication::palette().color(QPalette::Base));
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly))
        return result;
    const QString text = QString::fromUtf8(file.read(400)).replace("[MASK]", "▢");
    QPainter painter(&result);
    QFont font = painter.font();
    font.setPointSizeF(font.pointSizeF() * 1.15);
    painter.setFont(font);
    painter.setPen(QGuiApplication::palette().color(QPalette::Text));
    painter.drawText(QRect(QPoint(0, 0), kThumbnail).adjusted(12, 12, -12, -8), Qt::AlignLeft | Qt::TextWordWrap, text);
    return result;
}

QString firstPictureOf(const QString& folder)
{
    std::error_code ignored; // then there is no thumbnail
    const auto files = app::document::filesIn(folder.toStdString(), ignored);
    return files.empty() ? QString() : QString::fromStdString(files.front().string());
}

// What fits of the picture, rather its upper part, where faces are; the upper corners as round as the card's.
QPixmap thumbnail(const QString& file, double scale)
{
    if (file.endsWith(".txt"))
        return textThumbnail(file, scale);
    const bool clip = QFileInfo(file).isDir();
    const auto image = readPicture(clip ? firstPictureOf(file) : file);
    QPixmap result(kThumbnail * scale);
    result.setDevicePixelRatio(scale);
    result.fill(Qt::transparent);
    if (!image.ok())
        return result;
    const QSizeF size = QSizeF(image.value().size()).scaled(kThumbnail, Qt::KeepAspectRatioByExpanding);
    QPainter painter(&result);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    QPainterPath round;
    round.addRoundedRect(QRect(QPoint(0, 0), kThumbnail + QSize(0, kSpace)), kSpace - 1, kSpace - 1);
    painter.setClipPath(round);
    const QPointF corner((kThumbnail.width() - size.width()) / 2, (kThumbnail.height() - size.height()) / 5);
    painter.drawImage(QRectF(corner, size), image.value());
    if (clip) {
        const QRectF disc(
            kThumbnail.width() / 2.0 - 2 * kSpace, kThumbnail.height() / 2.0 - 2 * kSpace, 4 * kSpace, 4 * kSpace);
        painter.setPen(Qt::NoPen);
        painter.setBrush(QColor(0, 0, 0, 150));
        painter.drawEllipse(disc);
        drawGlyph(&painter, Glyph::Play, disc, Qt::white);
    }
    return result;
}

QLabel* label(const QString& text, const char* name)
{
    auto* made = new QLabel(text);
    made->setObjectName(name);
    made->setAttribute(Qt::WA_TransparentForMouseEvents);
    return made;
}

QPushButton* card(const QString& question, const QString& kind, const QString& picture, double scale)
{
    auto* button = new QPushButton;
    button->setObjectName("card");
    button->setAccessibleName(question + ", " + kind);
    button->setCursor(Qt::PointingHandCursor);
    auto* layout = new QVBoxLayout(button);
    layout->setContentsMargins(1, 1, 1, kSpace);
    layout->setSpacing(kSpace / 2);
    auto* image = label({}, "thumbnail");
    image->setPixmap(thumbnail(picture, scale));
    image->setProperty("file", picture);
    layout->addWidget(image);
    for (QLabel* line : {label(question, "title"), label(kind, "quiet")}) {
        line->setIndent(kSpace + 4);
        layout->addWidget(line);
    }
    button->setFixedSize(kThumbnail.width() + 2, layout->sizeHint().height());
    return button;
}

} // namespace

StartPage::StartPage(QWidget* parent)
    : QWidget(parent)
    , m_target(new QFrame)
    , m_headline(label({}, "headline"))
    , m_recentHead(label(tr("RECENT"), "quiet"))
    , m_recent(new QHBoxLayout)
{
    m_target->setObjectName("target");
    m_target->setMinimumHeight(200);
    auto* inside = new QVBoxLayout(m_target);
    inside->setSpacing(kSpace);
    inside->addStretch();
    for (QLabel* line : {label("↓", "arrow"), m_headline, label(tr("or pick a sample"), "quiet")}) {
        line->setAlignment(Qt::AlignCenter);
        inside->addWidget(line);
    }
    auto* camera = new QPushButton(tr("Open the camera"));
    camera->setToolTip(tr("Motion live, of the camera's newest frames"));
    connect(camera, &QPushButton::clicked, this, &StartPage::cameraChosen);
    inside->addWidget(camera, 0, Qt::AlignCenter);
    inside->addStretch();
    restTarget();

    auto* row = new QHBoxLayout;
    row->setSpacing(2 * kSpace);
    const std::filesystem::path folder = app::commands::assets() / "samples";
    for (const Sample& sample : kSamples) {
        QStringList files;
        for (const char* name : sample.files)
            files << QString::fromStdString((folder / name).string());
        auto* button = card(QCoreApplication::translate("Sample", sample.question),
            QCoreApplication::translate("Sample", sample.kind), files.first(), devicePixelRatioF());
        connect(button, &QPushButton::clicked, this, [this, files] { emit sampleChosen(files); });
        row->addWidget(button);
    }
    row->addStretch();

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(6 * kSpace, 4 * kSpace, 6 * kSpace, 4 * kSpace);
    layout->setSpacing(2 * kSpace);
    layout->addWidget(m_target, 1);
    layout->addSpacing(kSpace);
    layout->addWidget(label(tr("SAMPLES"), "quiet"));
    layout->addLayout(row);
    m_recent->setSpacing(kSpace);
    layout->addWidget(m_recentHead);
    layout->addLayout(m_recent);
    layout->addStretch();
    setRecent({});
}

// Texts are painted in the theme's colours.
void StartPage::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() != QEvent::PaletteChange)
        return;
    for (QLabel* image : findChildren<QLabel*>("thumbnail"))
        if (const QString file = image->property("file").toString(); file.endsWith(".txt"))
            image->setPixmap(thumbnail(file, devicePixelRatioF()));
}

void StartPage::setRecent(const QList<app::document::RecentItem>& items)
{
    constexpr int kMost = 4;
    while (QLayoutItem* item = m_recent->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const auto& item : items) {
        if (m_recent->count() == kMost)
            break;
        if (!item.exists())
            continue;
        auto* button = new QPushButton(item.title());
        button->setObjectName("recent");
        button->setToolTip(item.files.join('\n'));
        button->setAccessibleName(tr("Open %1 again").arg(item.title()));
        connect(button, &QPushButton::clicked, this, [this, files = item.files] { emit sampleChosen(files); });
        m_recent->addWidget(button);
    }
    m_recentHead->setVisible(m_recent->count() > 0);
    m_recent->addStretch();
}

void StartPage::lightTarget(const QString& promise)
{
    m_headline->setText(promise);
    m_target->setProperty("lit", true);
    m_target->style()->polish(m_target);
}

void StartPage::restTarget()
{
    m_headline->setText(tr("Drop an image, two frames, a video, a text"));
    m_target->setProperty("lit", false);
    m_target->style()->polish(m_target);
}

} // namespace ui
