// A live camera with a model, on a thread of its own: the newest answer for the window, what goes on a recording, and
// the figures. The engine's thread stays free for questions. Interface thread, but for what says otherwise.
#pragma once

#include "app/live/live_flow.h"
#include "engine/engine.h"

#include <QObject>
#include <QString>
#include <QThread>
#include <atomic>

namespace app::media {
class VideoWriter;
}

namespace app::live {

struct LiveChoice {
    std::string camera; // as media::openCamera takes it
    double hold = 15; // answers a second; 0: frames as they are
    std::string model = "flow-live"; // a starter's name or a checkpoint's folder, for optical flow
    std::string device; // as engine::devices takes it
    engine::ops::Precision precision = engine::ops::Precision::Exact;
};

class LiveSession : public QObject {
    Q_OBJECT

public:
    explicit LiveSession(QObject* parent = nullptr);
    ~LiveSession() override; // stops, and waits

    void start(const LiveChoice& choice); // what ran before is stopped
    void stop(); // and waits for the thread; a recording is finished
    bool runs() const { return m_thread != nullptr; }
    // The newest answer and the figures so far; none before found().
    const std::shared_ptr<const LiveMotion>& latest() const { return m_shown; }
    LiveFigures figures() const;
    const media::SourceInfo* info() const { return m_flow ? &m_flow->info() : nullptr; }
    void tellShown(); // latest() is on the screen now

    // From the next answer on the picture beside its motion goes into a video (.mp4, .mkv) with the camera's own times,
    // until stopRecording() or stop(). scale: pixels of motion at the colours' full strength.
    void record(const QString& file, float scale);
    void stopRecording();
    bool records() const { return m_records; }

signals:
    void started(); // the camera and the model are open
    void found(); // latest() is new; answers that nobody took are left out
    void ended(); // the camera has no more pictures, or stop()
    void failed(const QString& sentence); // and nothing runs any more
    void recorded(const QString& file, int frames, const QString& wrong); // wrong: why it ended; empty: as asked

private:
    struct Recording;

    void work(const LiveChoice& choice); // the thread's
    engine::Result<void> live(const LiveChoice& choice); // likewise
    void addToRecording(const LiveMotion& motion); // likewise
    void finishRecording(const QString& wrong); // under m_mutex
    void take(const std::shared_ptr<const LiveMotion>& motion); // likewise: to the interface thread

    std::unique_ptr<QThread> m_thread;
    std::atomic<bool> m_stops = false;
    std::shared_ptr<LiveFlow> m_flow; // the interface thread's, for figures
    mutable std::mutex m_mutex;
    std::shared_ptr<LiveFlow> m_running; // under the mutex, down to m_recording: the one to stop
    std::shared_ptr<const LiveMotion> m_newest;
    bool m_posted = false;
    std::unique_ptr<Recording> m_recording;
    std::shared_ptr<const LiveMotion> m_shown;
    uint64_t m_session = 0; // the newest counts
    bool m_records = false;
};

} // namespace app::live
