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
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>

namespace ui {

using app::media::CameraInfo;

namespace {

enum View { Beside, Motion, Picture };
constexpr int kLegend = 84; // pixels

} // namespace

LivePage::LivePage(QWidget* parent)
    : QWidget(parent)
    , m_canvas(new Canvas(m_viewport))
    , m_cameras(new QComboBox)
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
    m_record->setToolTip(tr("Picture and motion side by side, with the camera's own times, as a video"));
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
        m_figures->setText(tr("Choose a camera above to try again, or open a video in its place."));
        emit said(sentence);
    });
    connect(&m_session, &app::live::LiveSession::ended, this, [this] {
        for (QPushButton* button : {m_freeze, m_snapshot, m_record})
            button->setEnabled(false);
        if (isVisible())
            m_figures->setText(tr("The camera gives no more pictures. Choose it again, or another one."));
    });
    connect(&m_session, &app::live::LiveSession::recorded, this,
        [this](const QString& file, int frames, const QString& wrong) {
            m_record->setText(tr("Record…"));
            emit said(wrong.isEmpty() ? tr("Recorded %1 frames as %2").arg(frames).arg(file)
                                      : tr("%1. The %2 frames before it are in %3").arg(wrong).arg(frames).arg(file));
        });
    connect(m_freeze, &QPushButton::clicked, this, &LivePage::freeze);
    connect(m_snapshot, &QPushButton::clicked, this, &LivePage::snapshot);
    connect(m_record, &QPushButton::clicked, this, &LivePage::record);
    connect(close, &QPushButton::clicked, this, &LivePage::closed);
    connect(m_cameras, &QComboBox::activated, this, [this] {
        m_choice.camera = m_cameras->currentData().toString().toStdString();
        start(m_choice);
    });
    connect(m_hold, &QComboBox::activated, this, [this] { start(m_choice); });
    connect(m_view, &QComboBox::activated, this, [this] {
        m_viewport.fit();
        showFound();
    });
}

void LivePage::fillCameras()
{
    const QString chosen = QString::fromStdString(m_choice.camera);
    app::document::inBackground(
        this, [] { return app::media::listCameras(); },
        [this, chosen](const std::vector<CameraInfo>& found) {
            m_cameras->clear();
            for (const CameraInfo& each : found)
                m_cameras->addItem(QString::fromStdString(each.name), QString::fromStdString(each.id));
            if (!chosen.isEmpty() && m_cameras->findData(chosen) < 0)
                m_cameras->addItem(chosen.section(':', 0, 0), chosen);
            if (m_cameras->count() == 0)
                m_cameras->addItem(tr("None"), QString());
            m_cameras->setCurrentIndex(std::max(0, m_cameras->findData(chosen)));
        });
}

void LivePage::start(const app::live::LiveChoice& choice)
{
    const std::string camera = choice.camera.empty() ? m_choice.camera : choice.camera;
    m_choice = choice;
    m_choice.camera = camera;
    m_choice.hold = m_hold->currentData().toDouble();
    m_scale = 0;
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
    m_figures->setText(
        tr("%1 a second · from capture to screen %2 ms (95 %: %3 ms) · the model sees %4 × %5%6 in %7 ms · %8 of %9 "
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
    const QString file = QFileDialog::getSaveFileName(this, tr("Record"), "camera.mp4", tr("Videos (*.mp4 *.mkv)"));
    if (file.isEmpty())
        return;
    m_session.record(file, std::max(m_scale, 1.0f));
    m_record->setText(tr("Stop recording"));
}

} // namespace ui
