#include "ui/live_page.h"

#include "app/document/background.h"
#include "app/formats/flow_colour.h"
#include "app/media/camera.h"
#include "app/views/flow_views.h"
#include "ui/canvas/canvas.h"
#include "ui/pictures.h"
#include "ui/theme.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>

namespace ui {

using app::live::RecordChoice;
using app::media::CameraInfo;

namespace {

enum View { Beside, Motion, Picture };
constexpr int kLegend = 84, kNarrowest = 88, kWidest = 200; // pixels: of the wheel; of menus

} // namespace

LivePage::LivePage(QWidget* parent)
    : QWidget(parent)
    , m_canvas(new Canvas(m_viewport))
    , m_cameras(new QComboBox)
    , m_sizes(new QComboBox)
    , m_hold(new QComboBox)
    , m_view(new QComboBox)
    , m_freeze(new QPushButton(tr("Freeze")))
    , m_snapshot(new QPushButton(tr("Snapshot…")))
    , m_record(new QPushButton(tr("Record…")))
    , m_message(new QLabel)
    , m_figures(new QLabel)
    , m_middle(new QStackedWidget)
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(kPanelEdge, kSpace, kPanelEdge, kSpace);
    bar->setSpacing(kSpace);
    const auto named = [bar](const QString& name, QComboBox* box, const QString& tip) {
        auto* label = new QLabel(name);
        label->setObjectName("quiet");
        label->setBuddy(box);
        box->setToolTip(tip);
        box->setAccessibleName(name);
        bar->addWidget(label);
        bar->addWidget(box);
    };
    named(tr("Camera"), m_cameras, tr("The cameras that are plugged in"));
    named(tr("Size"), m_sizes, tr("What the camera gives: pictures of this size, so many a second"));
    for (QComboBox* box : {m_cameras, m_sizes}) { // their lines change
        box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
        box->setMinimumWidth(kNarrowest); // the window may be narrow
        box->setMaximumWidth(kWidest);
    }
    named(tr("Hold"), m_hold,
        tr("Answers a second to hold: where the machine is too slow, the model sees smaller frames"));
    for (const int rate : {5, 10, 15, 24, 30})
        m_hold->addItem(tr("%1 a second").arg(rate), rate);
    m_hold->addItem(tr("Whole frames"), 0);
    m_hold->setCurrentIndex(2);
    named(tr("Show"), m_view, tr("What stands here and in snapshots"));
    m_view->addItems({tr("Picture and motion"), tr("Motion"), tr("Picture")});
    bar->addStretch(1);
    m_freeze->setProperty("primary", true);
    m_freeze->setToolTip(tr("Keeps this pair of frames, to ask where its motion came from"));
    m_snapshot->setToolTip(tr("What is shown, as a PNG"));
    m_record->setToolTip(tr("With the camera's own times: picture and motion as a video, the picture alone, or the raw "
                            "motion as files"));
    auto* close = new QPushButton(tr("Close"));
    close->setToolTip(tr("Ends the camera, back to the start page"));
    for (QPushButton* button : {m_freeze, m_snapshot, m_record, close})
        bar->addWidget(button);
    column->addLayout(bar);
    m_message->setObjectName("headline");
    m_message->setAlignment(Qt::AlignCenter);
    m_message->setWordWrap(true);
    m_middle->addWidget(m_canvas);
    m_middle->addWidget(m_message);
    column->addWidget(m_middle, 1);
    m_figures->setContentsMargins(kPanelEdge, kSpace, kPanelEdge, kSpace);
    m_figures->setObjectName("live figures");
    m_figures->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(m_figures);

    connect(&m_session, &app::live::LiveSession::found, this, &LivePage::showFound);
    connect(&m_session, &app::live::LiveSession::started, this, [this] {
        m_middle->setCurrentWidget(m_canvas);
        m_figures->setText(tr("%1, %2 × %3: the first answer comes …")
                               .arg(QString::fromStdString(m_session.info()->name))
                               .arg(m_session.info()->width)
                               .arg(m_session.info()->height));
    });
    connect(&m_session, &app::live::LiveSession::failed, this, [this](const QString& sentence) {
        m_message->setText(sentence.left(1).toUpper() + sentence.mid(1) + ".");
        m_middle->setCurrentWidget(m_message);
        m_waits = m_choice.camera.empty() && m_cameras->currentData().toString().isEmpty();
        m_figures->setText(m_waits ? tr("One that is plugged in is opened at once. Or open a video in its place.")
                                   : tr("Choose a camera above to try again, or open a video in its place."));
        emit said(sentence);
    });
    connect(&m_session, &app::live::LiveSession::ended, this, [this] {
        for (QPushButton* button : {m_freeze, m_snapshot, m_record})
            button->setEnabled(false);
        if (isVisible())
            m_figures->setText(tr("The camera gives no more pictures. Choose it again, or another one."));
    });
    connect(&m_session, &app::live::LiveSession::lost, this, [this](const QString& camera) {
        m_message->setText(tr("%1 gives no more pictures: was it unplugged?").arg(camera));
        m_middle->setCurrentWidget(m_message);
        m_figures->setText(tr("It is opened again as soon as it is back. Or choose another camera above."));
        m_freeze->setEnabled(false);
        m_snapshot->setEnabled(false); // what is being recorded can still be ended
    });
    connect(&m_session, &app::live::LiveSession::recorded, this,
        [this](const QString& path, int count, const QString& wrong) {
            m_record->setText(tr("Record…"));
            emit said(wrong.isEmpty() ? tr("Recorded %1 frames as %2").arg(count).arg(path)
                    : count > 0       ? tr("%1. The %2 frames before it are in %3").arg(wrong).arg(count).arg(path)
                                      : tr("Nothing is recorded: %1").arg(wrong));
        });
    connect(m_freeze, &QPushButton::clicked, this, &LivePage::freeze);
    connect(m_snapshot, &QPushButton::clicked, this, &LivePage::snapshot);
    connect(m_record, &QPushButton::clicked, this, &LivePage::record);
    connect(close, &QPushButton::clicked, this, &LivePage::closed);
    connect(m_cameras, &QComboBox::activated, this, [this] {
        m_choice.camera = m_cameras->currentData().toString().toStdString();
        m_choice.mode = {}; // the other one's sizes
        start(m_choice);
    });
    connect(m_sizes, &QComboBox::activated, this, [this] {
        m_choice.mode = m_modes[size_t(m_sizes->currentIndex())];
        start(m_choice);
    });
    // Cameras come and go as files do; what one is, the system says a moment later.
    constexpr int kMoment = 300; // ms
    m_settled.setSingleShot(true);
    m_settled.setInterval(kMoment);
    connect(&m_settled, &QTimer::timeout, this, &LivePage::fillCameras);
    connect(&m_devices, &QFileSystemWatcher::directoryChanged, this, [this] {
        if (isVisible() && !m_settled.isActive())
            m_settled.start();
    });
    m_devices.addPath("/dev");
    connect(m_hold, &QComboBox::activated, this, [this] { start(m_choice); });
    connect(m_view, &QComboBox::activated, this, [this] {
        m_viewport.fit();
        showFound();
    });
}

void LivePage::fillCameras()
{
    struct Found {
        std::vector<CameraInfo> cameras;
        std::vector<app::media::CameraSize> sizes; // of the chosen one
        std::string chosen;
    };
    app::document::inBackground(
        this,
        [chosen = m_choice.camera] {
            Found found{app::media::listCameras(), {}, chosen};
            if (found.chosen.empty() && !found.cameras.empty())
                found.chosen = found.cameras[0].id;
            for (const CameraInfo& each : found.cameras)
                if (!chosen.empty() && each.name.find(chosen) != std::string::npos)
                    found.chosen = each.id; // by a part of its name
            found.sizes = app::media::cameraSizes(found.chosen);
            return found;
        },
        [this](const Found& found) {
            const QString chosen = QString::fromStdString(found.chosen);
            m_cameras->clear();
            for (const CameraInfo& each : found.cameras)
                m_cameras->addItem(QString::fromStdString(each.name), QString::fromStdString(each.id));
            if (!chosen.isEmpty() && m_cameras->findData(chosen) < 0)
                m_cameras->addItem(
                    chosen.startsWith("lavfi:") ? tr("Made by FFmpeg") : tr("%1 (gone)").arg(chosen), chosen);
            if (m_cameras->count() == 0)
                m_cameras->addItem(tr("None"), QString());
            m_cameras->setCurrentIndex(std::max(0, m_cameras->findData(chosen)));
            fillSizes(found.sizes);
            if (m_waits && !found.cameras.empty() && !m_session.runs())
                start(m_choice); // the first one that is plugged in
        });
}

void LivePage::fillSizes(const std::vector<app::media::CameraSize>& sizes)
{
    m_sizes->clear();
    m_modes = {{}};
    m_sizes->addItem(tr("Its own"));
    for (const app::media::CameraSize& size : sizes)
        for (const double rate : size.rates.empty() ? std::vector<double>{0} : size.rates) {
            m_modes.push_back({size.width, size.height, rate});
            const QString text = tr("%1 × %2").arg(size.width).arg(size.height);
            m_sizes->addItem(rate > 0 ? tr("%1, %2 a second").arg(text, app::media::rateText(rate).c_str()) : text);
            if (m_modes.back() == m_choice.mode)
                m_sizes->setCurrentIndex(m_sizes->count() - 1);
        }
}

void LivePage::start(const app::live::LiveChoice& choice)
{
    const app::live::LiveChoice before = m_choice;
    m_choice = choice;
    if (choice.camera.empty())
        m_choice.camera = before.camera, m_choice.mode = before.mode;
    m_choice.hold = m_hold->currentData().toDouble();
    m_scale = 0;
    m_waits = false;
    m_session.start(m_choice);
    fillCameras();
    m_figures->setText(tr("The camera and the model are opened …"));
    for (QPushButton* button : {m_freeze, m_snapshot, m_record})
        button->setEnabled(false);
}

void LivePage::stop()
{
    m_session.stop();
}

void LivePage::showFound()
{
    const auto& motion = m_session.latest();
    if (!motion)
        return;
    // One scale for as long as the camera runs, wider where motion is: colours stay comparable from frame to frame.
    m_scale = std::max({m_scale, 1.0f, app::formats::colourScale(motion->flow)});
    const engine::Image& picture = motion->second->picture;
    const engine::Image colours
        = m_view->currentIndex() == Picture ? engine::Image() : app::formats::flowToColour(motion->flow, m_scale);
    m_canvas->setPicture(toQImage(m_view->currentIndex() == Beside ? app::formats::beside(picture, colours)
            : m_view->currentIndex() == Motion                     ? colours
                                                                   : picture));
    if (m_view->currentIndex() != Picture)
        m_canvas->setLegend(
            app::views::wheelLegend(kLegend, devicePixelRatioF()), tr("%1 px a frame").arg(double(m_scale), 0, 'f', 1));
    else
        m_canvas->setLegend({}, {});
    m_canvas->repaint();
    m_session.tellShown();
    showFigures();
    for (QPushButton* button : {m_freeze, m_snapshot, m_record})
        button->setEnabled(true);
}

void LivePage::showFigures()
{
    const app::live::LiveFigures f = m_session.figures();
    const auto& motion = *m_session.latest();
    const bool whole = motion.modelWidth == motion.second->picture.width;
    const auto milliseconds = [](double seconds) { return QString::number(seconds * 1e3, 'f', 0); };
    const QString kept = m_session.records() ? tr("recording, %1 so far · ").arg(m_session.recordedCount()) : QString();
    m_figures->setText(kept
        + tr("%1 a second · from capture to screen %2 ms (95 %: %3 ms) · the model sees %4 × %5%6 in %7 ms · %8 of %9 "
             "frames dropped")
              .arg(f.rateNow, 0, 'f', 1)
              .arg(milliseconds(f.delayMedian), milliseconds(f.delay95))
              .arg(motion.modelWidth)
              .arg(motion.modelHeight)
              .arg(whole ? QString() : tr(", smaller to hold the rate,"), milliseconds(f.modelMedian))
              .arg(f.dropped)
              .arg(f.captured));
}

void LivePage::freeze()
{
    const auto motion = m_session.latest();
    if (!motion)
        return;
    QStringList files;
    ++m_count;
    for (const auto& frame : {motion->first, motion->second}) {
        files << m_frozen.filePath(tr("camera %1, %2 s.png").arg(m_count).arg(frame->seconds, 0, 'f', 3));
        if (!toQImage(frame->picture).save(files.back()))
            return emit said(tr("The frames cannot be kept: there is no room in %1").arg(m_frozen.path()));
    }
    emit frozen(files);
}

void LivePage::snapshot()
{
    const QImage shown = m_canvas->picture(); // as it is now, not when the name is chosen
    const QString file = QFileDialog::getSaveFileName(this, tr("Save the snapshot"), "camera.png", tr("PNG (*.png)"));
    if (!file.isEmpty())
        emit said(shown.save(file) ? tr("Saved as %1").arg(file) : tr("%1 cannot be written").arg(file));
}

void LivePage::record()
{
    if (m_session.records())
        return m_session.stopRecording();
    struct Kind {
        QString filter;
        RecordChoice::What what;
        const char* format;
    };
    const QString videos = tr("(*.mp4 *.mkv)"), folders = tr("(*)");
    const Kind kinds[] = {{tr("Picture and motion as a video") + " " + videos, RecordChoice::What::Side, ""},
        {tr("The camera's picture as a video") + " " + videos, RecordChoice::What::Camera, ""},
        {tr("Raw motion, a folder of .flo") + " " + folders, RecordChoice::What::Raw, ".flo"},
        {tr("Raw motion, a folder of .npy") + " " + folders, RecordChoice::What::Raw, ".npy"}};
    QStringList filters;
    for (const Kind& each : kinds)
        filters << each.filter;
    QString filter = m_recordKind >= 0 ? filters[m_recordKind] : filters[0];
    QString name = QFileDialog::getSaveFileName(this, tr("Record"), tr("camera.mp4"), filters.join(";;"), &filter);
    if (name.isEmpty())
        return;
    m_recordKind = std::max(0, int(filters.indexOf(filter)));
    const Kind& kind = kinds[m_recordKind];
    const QFileInfo file(name);
    if (kind.what == RecordChoice::What::Raw && (file.suffix() == "mp4" || file.suffix() == "mkv"))
        name.chop(4); // a folder
    if (kind.what != RecordChoice::What::Raw && file.suffix().isEmpty()) {
        QString whole = name + ".mp4"; // nobody was asked about this one
        for (int i = 2; QFileInfo::exists(whole); ++i)
            whole = tr("%1 %2.mp4").arg(name).arg(i);
        name = whole;
    }
    m_record->setText(tr("Stop recording"));
    m_session.record({kind.what, name.toStdString(), std::max(m_scale, 1.0f), kind.format});
}

} // namespace ui
