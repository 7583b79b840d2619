// A live camera with a model, on a thread of its own: the newest answer for the window, what goes on a recording, and
// the figures. The engine's thread stays free for questions. Interface thread, but for what says otherwise.
#pragma once

#include "app/live/recorder.h"
#include "app/media/camera.h"
#include "engine/engine.h"

#include <QObject>
#include <QString>
#include <QThread>
#include <atomic>

namespace app::live {

struct LiveChoice {
    std::string camera; // as media::openCamera takes it
    media::CameraOptions mode;
    double hold = 15; // answers a second; 0: frames as they are
    std::string model = "flow-live"; // a starter's name or a checkpoint's folder, for optical flow
    std::string device; // as engine::devices takes it
    engine::ops::Precision precision = engine::ops::Precision::Exact;
};

class LiveSession : public QObject {
    Q_OBJECT

public:
    // How a camera is opened: media::openCamera, but for tests.
    using Open = std::function<engine::Result<std::unique_ptr<media::FrameSource>>(
        const std::string& id, const media::CameraOptions& options)>;
    explicit LiveSession(QObject* parent = nullptr, Open open = media::openCamera);
    ~LiveSession() override; // stops, and waits

    void start(const LiveChoice& choice); // what ran before is stopped
    void stop(); // and waits for the thread; a recording is finished
    bool runs() const { return m_thread != nullptr; }
    // The newest answer and the figures so far; none before found().
    const std::shared_ptr<const LiveMotion>& latest() const { return m_shown; }
    LiveFigures figures() const;
    const media::SourceInfo* info() const { return m_flow ? &m_flow->info() : nullptr; }
    void tellShown(); // latest() is on the screen now

    // From the next answer (or frame) on, until stopRecording() or stop(); through a time when the camera is gone.
    // recorded() follows, at once where there is no place for it.
    void record(const RecordChoice& choice);
    void stopRecording();
    bool records() const { return m_recorder != nullptr; }
    int recordedCount() const { return m_recorder ? m_recorder->count() : 0; } // pictures or files so far

signals:
    void started(); // the camera and the model are open, also once it is back
    // A camera gives no more pictures; it is tried again until it is back, or stop(). A graph of filters just ends.
    void lost(const QString& camera);
    void found(); // latest() is new; answers that nobody took are left out
    void ended(); // the camera has no more pictures, or stop()
    void failed(const QString& sentence); // and nothing runs any more
    // count: of pictures or files in it; wrong: why it ended; empty: as asked
    void recorded(const QString& path, int count, const QString& wrong);

private:
    void work(const LiveChoice& choice); // the thread's, down to take()
    engine::Result<void> live(const LiveChoice& choice);
    // Until it ends; what the camera or estimate says.
    engine::Result<void> watch(const std::shared_ptr<LiveFlow>& flow, const LiveFlow::Estimate& estimate);
    std::unique_ptr<media::FrameSource> openAgain(const std::string& id, const LiveChoice& choice); // null: stop()
    void keep(const std::function<engine::Result<void>(Recorder&)>& what);
    void take(const std::shared_ptr<const LiveMotion>& motion); // to the interface thread

    void finishRecording(std::shared_ptr<Recorder> recorder, const QString& wrong);

    const Open m_open;
    std::unique_ptr<QThread> m_thread;
    std::atomic<bool> m_stops = false;
    std::shared_ptr<LiveFlow> m_flow; // the interface thread's, for figures
    mutable std::mutex m_mutex;
    std::shared_ptr<LiveFlow> m_running; // under the mutex, down to m_recorder: the one to stop
    std::shared_ptr<const LiveMotion> m_newest;
    bool m_posted = false;
    std::shared_ptr<Recorder> m_recorder; // set by the interface thread
    std::shared_ptr<const LiveMotion> m_shown;
    uint64_t m_session = 0; // the newest counts
};

} // namespace app::live
