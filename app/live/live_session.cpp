#include "app/live/live_session.h"

#include "app/commands/model_folder.h"
#include "app/formats/flow_colour.h"
#include "app/media/camera.h"
#include "app/media/video_writer.h"

namespace app::live {

using engine::FlowField;
using engine::Image;
using engine::Result;

struct LiveSession::Recording {
    QString file;
    float scale = 1;
    std::unique_ptr<media::VideoWriter> video;
    int frames = 0;
};

LiveSession::LiveSession(QObject* parent) : QObject(parent) { }

LiveSession::~LiveSession()
{
    stop();
}

void LiveSession::start(const LiveChoice& choice)
{
    stop();
    m_stops = false;
    m_thread.reset(QThread::create([this, choice] { work(choice); }));
    m_thread->start();
}

void LiveSession::stop()
{
    if (!m_thread)
        return;
    m_stops = true;
    {
        const std::lock_guard lock(m_mutex);
        if (m_running)
            m_running->stop();
    }
    m_thread->wait();
    m_thread.reset();
    ++m_session; // what is on its way is not wanted any more
    m_flow.reset();
    m_shown.reset();
    {
        const std::lock_guard lock(m_mutex);
        m_newest.reset();
        m_posted = false;
        if (m_recording)
            finishRecording({});
    }
    emit ended();
}

LiveFigures LiveSession::figures() const
{
    return m_flow ? m_flow->figures() : LiveFigures();
}

void LiveSession::tellShown()
{
    if (m_flow && m_shown)
        m_flow->shown(*m_shown);
}

void LiveSession::record(const QString& file, float scale)
{
    const std::lock_guard lock(m_mutex);
    if (m_recording)
        finishRecording({});
    m_recording = std::make_unique<Recording>(Recording{file, scale, nullptr, 0});
    m_records = true;
}

void LiveSession::stopRecording()
{
    const std::lock_guard lock(m_mutex);
    if (m_recording)
        finishRecording({});
}

void LiveSession::finishRecording(const QString& wrong)
{
    QString why = wrong;
    if (m_recording->video)
        if (const auto finished = m_recording->video->finish(); !finished.ok() && why.isEmpty())
            why = QString::fromStdString(finished.error().message);
    QMetaObject::invokeMethod(
        this,
        [this, file = m_recording->file, frames = m_recording->frames, why] {
            m_records = false;
            emit recorded(file, frames, why);
        },
        Qt::QueuedConnection);
    m_recording.reset();
}

void LiveSession::addToRecording(const LiveMotion& motion)
{
    const std::lock_guard lock(m_mutex);
    if (!m_recording)
        return;
    const auto add = [&]() -> Result<void> {
        const Image picture
            = formats::beside(motion.second->picture, formats::flowToColour(motion.flow, m_recording->scale));
        if (!m_recording->video) {
            TRY_ASSIGN(m_recording->video,
                media::VideoWriter::create(m_recording->file.toStdString(),
                    {.width = picture.width,
                        .height = picture.height,
                        .timeBase = m_running->info().timeBase,
                        .inPieces = true}));
        }
        TRY(m_recording->video->add(picture, motion.second->ticks));
        ++m_recording->frames;
        return {};
    };
    if (const auto added = add(); !added.ok())
        finishRecording(QString::fromStdString(added.error().message)); // what was recorded plays
}

// One answer is on its way at most: the newest replaces it.
void LiveSession::take(const std::shared_ptr<const LiveMotion>& motion)
{
    const std::lock_guard lock(m_mutex);
    m_newest = motion;
    if (std::exchange(m_posted, true))
        return;
    QMetaObject::invokeMethod(
        this,
        [this, session = m_session] {
            if (session != m_session)
                return;
            {
                const std::lock_guard taking(m_mutex);
                m_posted = false;
                m_shown = std::move(m_newest);
            }
            if (m_shown)
                emit found();
        },
        Qt::QueuedConnection);
}

Result<void> LiveSession::live(const LiveChoice& choice)
{
    TRY_ASSIGN(const std::filesystem::path folder, commands::modelFolder(choice.model));
    TRY_ASSIGN(const auto checkpoint, engine::weights::Checkpoint::open(folder));
    TRY_ASSIGN(const auto device, engine::devices::openDevice(choice.device, choice.precision));
    TRY_ASSIGN(const auto model, engine::perceiver::Model::load(*device, checkpoint, engine::perceiver::Flavour::Hf));
    TRY_ASSIGN(auto camera, media::openCamera(choice.camera));
    const auto flow = std::make_shared<LiveFlow>(std::move(camera), LiveOptions{.rate = choice.hold, .warm = false});
    {
        const std::lock_guard lock(m_mutex);
        m_running = flow;
    }
    QMetaObject::invokeMethod(
        this,
        [this, flow, session = m_session] {
            if (session != m_session)
                return;
            m_flow = flow;
            emit started();
        },
        Qt::QueuedConnection);
    const auto estimate = [&](const Image& first, const Image& second, const FlowField& start) -> Result<FlowField> {
        device->beginJob(0, {});
        auto result = engine::tasks::opticalFlow(*model, first, second, {.iterations = 1, .start = start});
        TRY(device->endJob());
        TRY_ASSIGN(auto done, std::move(result));
        return std::move(done.flow);
    };
    while (!m_stops) {
        TRY_ASSIGN(const auto motion, flow->next(estimate));
        if (!motion)
            break;
        addToRecording(*motion);
        take(motion);
    }
    return {};
}

void LiveSession::work(const LiveChoice& choice)
{
    const Result<void> ran = live(choice);
    {
        const std::lock_guard lock(m_mutex);
        m_running.reset();
    }
    if (m_stops)
        return; // stop() tells
    QMetaObject::invokeMethod(
        this,
        [this, ran, session = m_session] {
            if (session != m_session)
                return;
            if (ran.ok())
                return stop();
            stop();
            emit failed(QString::fromStdString(ran.error().message));
        },
        Qt::QueuedConnection);
}

} // namespace app::live
