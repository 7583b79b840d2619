// A video's motion exported beside the window, on a thread of its own with its own device and model: the window stays
// usable, the engine's thread free for questions. Interface thread.
#pragma once

#include "app/batch/flow_export.h"

#include <QObject>
#include <QStringList>
#include <QThread>
#include <atomic>
#include <deque>
#include <mutex>

namespace app::batch {

struct ExportProgress {
    FlowStage stage = FlowStage::Finding;
    int64_t done = 0, pairs = 0; // done: also by earlier runs
    double rate = 0; // pairs a second, of the last ones; 0: not known yet
    double secondsLeft = -1; // of this stage; below 0: not known yet
};

class ExportSession : public QObject {
    Q_OBJECT

public:
    explicit ExportSession(QObject* parent = nullptr);
    ~ExportSession() override; // stops, and waits

    void start(const FlowExport& what, const FlowComputing& computing); // what ran before is stopped
    void cancel(); // cancelled() follows within a second
    void stop(); // and waits for the thread; no signal follows
    bool runs() const { return m_thread != nullptr; }
    const FlowExport& what() const { return m_what; } // the one that runs, or ran last
    const ExportProgress& progress() const { return m_progress; } // likewise
    const QStringList& remarks() const { return m_remarks; } // when it ended: about what was wrong with the video

signals:
    void started();
    void progressed();
    // One of these at the end; nothing runs any more.
    void finished(const app::batch::FlowExported& exported);
    void cancelled(); // what was found stays: the same export goes on there
    void failed(const QString& sentence); // likewise

private:
    engine::Result<FlowExported> work(const FlowExport& what, const FlowComputing& computing); // the thread's
    void tell(FlowStage stage, const FlowProgress& progress); // likewise
    void end(const engine::Result<FlowExported>& ended);

    FlowExport m_what;
    ExportProgress m_progress;
    std::unique_ptr<QThread> m_thread;
    std::atomic<bool> m_stops = false;
    std::mutex m_mutex;
    engine::ops::Device* m_device = nullptr; // under the mutex: the one to cancel
    std::deque<std::pair<double, int64_t>> m_last; // seconds and pairs done, the thread's; down to m_told
    FlowStage m_stage = FlowStage::Finding;
    double m_told = 0;
    QStringList m_remarks; // the thread's, while it runs
    uint64_t m_session = 0; // the newest counts
};

} // namespace app::batch
