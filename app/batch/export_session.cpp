#include "app/batch/export_session.h"

#include "app/batch/items.h"
#include "app/commands/model_folder.h"
#include "app/live/clock.h"
#include "app/live/own_model.h"

namespace app::batch {

using engine::Error;
using engine::ErrorKind;
using engine::FlowField;
using engine::Image;
using engine::Result;

namespace {

constexpr size_t kCounted = 24; // pairs that the rate is taken from
constexpr double kTellEvery = 0.1; // seconds

} // namespace

ExportSession::ExportSession(QObject* parent) : QObject(parent) { }

ExportSession::~ExportSession()
{
    stop();
}

void ExportSession::start(const FlowExport& what, const FlowComputing& computing)
{
    stop();
    m_what = what;
    m_progress = {};
    m_last.clear();
    m_stage = FlowStage::Finding;
    m_told = 0;
    m_remarks.clear();
    m_stops = false;
    m_thread.reset(QThread::create([this, what, computing, session = m_session] {
        const Result<FlowExported> ended = work(what, computing);
        QMetaObject::invokeMethod(
            this,
            [this, ended, session] {
                if (session == m_session)
                    end(ended);
            },
            Qt::QueuedConnection);
    }));
    m_thread->start();
    emit started();
}

void ExportSession::cancel()
{
    m_stops = true;
    const std::lock_guard lock(m_mutex);
    if (m_device)
        m_device->requestCancel();
}

void ExportSession::stop()
{
    if (!m_thread)
        return;
    cancel();
    m_thread->wait();
    m_thread.reset();
    ++m_session; // what is on its way is not wanted any more
}

void ExportSession::end(const Result<FlowExported>& ended)
{
    stop();
    if (ended.ok())
        emit finished(ended.value());
    else if (ended.error().kind == ErrorKind::Cancelled)
        emit cancelled();
    else
        emit failed(QString::fromStdString(ended.error().message));
}

void ExportSession::tell(FlowStage stage, const FlowProgress& progress)
{
    const double now = live::steadySeconds();
    if (std::exchange(m_stage, stage) != stage || progress.computed == 0)
        m_last.clear();
    if (m_last.empty() || m_last.back().second != progress.done)
        m_last.emplace_back(now, progress.done);
    if (m_last.size() > kCounted)
        m_last.pop_front();
    if (now - m_told < kTellEvery)
        return;
    m_told = now;
    ExportProgress told{.stage = stage, .done = progress.done, .pairs = progress.pairs};
    const auto& [begin, before] = m_last.front();
    if (const double span = m_last.back().first - begin; span > 0) {
        told.rate = double(progress.done - before) / span;
        told.secondsLeft = double(progress.pairs - progress.done) / told.rate;
    }
    QMetaObject::invokeMethod(
        this,
        [this, told, session = m_session] {
            if (session != m_session)
                return;
            m_progress = told;
            emit progressed();
        },
        Qt::QueuedConnection);
}

Result<FlowExported> ExportSession::work(const FlowExport& what, const FlowComputing& computing)
{
    TRY_ASSIGN(const std::filesystem::path folder, commands::modelFolder(computing.model));
    const auto stops = [this] { return m_stops.load(); };
    TRY_ASSIGN(const std::string digest, digestOf(folder, stops));
    std::optional<live::OwnModel> model;
    const auto watch = [&](const engine::ops::Progress&) { // a cancel between two jobs is lost
        if (m_stops)
            model->device().requestCancel();
    };
    const auto estimate = [&](const Image& first, const Image& second, const FlowField& start) {
        return model->flow(first, second, flowOptions(what, start), watch);
    };
    const FlowExportParts parts{
        .estimator = [&]() -> Result<FlowJob::Estimate> {
            TRY_ASSIGN(model,
                live::OwnModel::open(computing.model, computing.device,
                    computing.fast ? engine::ops::Precision::Fast : engine::ops::Precision::Exact));
            const std::lock_guard lock(m_mutex);
            m_device = &model->device();
            return FlowJob::Estimate(estimate);
        },
        .told =
            [this](FlowStage stage, const std::string&) {
                return [this, stage](const FlowProgress& progress) {
                    tell(stage, progress);
                    return !m_stops;
                };
            },
        .remark = [this](const std::string& sentence) { m_remarks << QString::fromStdString(sentence); },
        .stop = stops};
    Result<FlowExported> done = exportFlow(what, modelIdentity(digest, computing.fast, "hf"), parts);
    const std::lock_guard lock(m_mutex);
    m_device = nullptr;
    return done;
}

} // namespace app::batch
