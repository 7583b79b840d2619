#include "app/live/live_session.h"

#include "app/live/own_model.h"

namespace app::live {

using engine::FlowField;
using engine::Image;
using engine::Result;

namespace {

constexpr auto kNap = std::chrono::milliseconds(50);
constexpr int kNaps = 10; // between two tries to open a camera again

} // namespace

LiveSession::LiveSession(QObject* parent, Open open) : QObject(parent), m_open(std::move(open)) { }

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
    }
    stopRecording();
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

void LiveSession::record(const RecordChoice& choice)
{
    stopRecording();
    auto made = Recorder::create(choice, info() ? info()->timeBase : media::Ratio{1, 1'000'000});
    if (!made.ok()) {
        emit recorded(QString::fromStdString(choice.path.string()), 0, QString::fromStdString(made.error().message));
        return;
    }
    const std::lock_guard lock(m_mutex);
    m_recorder = std::move(made).value();
}

void LiveSession::stopRecording()
{
    if (m_recorder)
        finishRecording(m_recorder, {});
}

void LiveSession::finishRecording(std::shared_ptr<Recorder> recorder, const QString& wrong)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_recorder != recorder)
            return; // was told before
        m_recorder.reset();
    }
    const Result<void> finished = recorder->finish();
    emit recorded(QString::fromStdString(recorder->choice().path.string()), recorder->count(),
        wrong.isEmpty() && !finished.ok() ? QString::fromStdString(finished.error().message) : wrong);
}

// On the threads that take frames and find answers.
void LiveSession::keep(const std::function<Result<void>(Recorder&)>& what)
{
    std::shared_ptr<Recorder> recorder;
    {
        const std::lock_guard lock(m_mutex);
        recorder = m_recorder;
    }
    if (!recorder)
        return;
    if (const Result<void> kept = what(*recorder); !kept.ok()) // what was kept before is good
        QMetaObject::invokeMethod(
            this,
            [this, recorder, why = QString::fromStdString(kept.error().message)] { finishRecording(recorder, why); },
            Qt::QueuedConnection);
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
    TRY_ASSIGN(const OwnModel model, OwnModel::open(choice.model, choice.device, choice.precision));
    const LiveFlow::Estimate estimate = [&](const Image& first, const Image& second, const FlowField& start) {
        return model.flow(first, second, {.iterations = 1, .start = start});
    };
    const LiveOptions options{
        .rate = choice.hold, .warm = false, .onFrame = [this](const media::VideoFrame& frame, double captured) {
            keep([&](Recorder& recorder) { return recorder.frame(frame, captured); });
        }};
    TRY_ASSIGN(auto camera, m_open(choice.camera, choice.mode));
    while (camera) {
        const std::string name = camera->info().name;
        const auto flow = std::make_shared<LiveFlow>(std::move(camera), options);
        const Result<void> watched = watch(flow, estimate);
        if (m_stops || !flow->ended() || choice.camera.starts_with("lavfi:"))
            return watched;
        QMetaObject::invokeMethod(
            this,
            [this, name, session = m_session] {
                if (session == m_session)
                    emit lost(QString::fromStdString(name));
            },
            Qt::QueuedConnection);
        camera = openAgain(name, choice);
        keep([](Recorder& recorder) {
            recorder.openedAgain();
            return Result<void>();
        });
    }
    return {};
}

Result<void> LiveSession::watch(const std::shared_ptr<LiveFlow>& flow, const LiveFlow::Estimate& estimate)
{
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
    while (!m_stops) {
        TRY_ASSIGN(const auto motion, flow->next(estimate));
        if (!motion)
            break;
        keep([&](Recorder& recorder) { return recorder.answer(*motion); });
        take(motion);
    }
    return {};
}

// By its name: the device that it becomes may be another one.
std::unique_ptr<media::FrameSource> LiveSession::openAgain(const std::string& id, const LiveChoice& choice)
{
    for (int naps = 0; !m_stops; ++naps) {
        std::this_thread::sleep_for(kNap);
        if (naps % kNaps != 0)
            continue;
        if (auto camera = m_open(id, choice.mode); camera.ok())
            return std::move(camera).value();
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
