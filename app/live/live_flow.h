// Motion from a camera, live: a thread takes its frames as they come and keeps the newest two; whoever computes asks
// for them when it is ready, so that the delay is bounded and what was too much is counted as dropped. Where a rate is
// to be held, the frames are made smaller for the model, and it is said how much.
#pragma once

#include "app/media/frame_source.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace app::live {

struct LiveOptions {
    double rate = 15; // answers a second to hold by smaller frames; 0: frames as they are
    bool warm = false; // each pair begins with the motion found last
    // Every frame with the steady clock's time, on the thread that takes them: while it runs, none is taken.
    std::function<void(const media::VideoFrame& frame, double captured)> onFrame;
};

// An answer. Times in seconds of the steady clock.
struct LiveMotion {
    std::shared_ptr<const media::VideoFrame> first, second; // consecutive frames of the camera
    engine::FlowField flow; // of the frames' size
    int modelWidth = 0, modelHeight = 0; // of what the model saw
    double captured = 0, found = 0; // when the second frame came; when the answer was there
    double modelSeconds = 0;
};

struct LiveFigures {
    int64_t captured = 0, answered = 0, dropped = 0; // dropped: frames that were the newest of no answer
    double seconds = 0; // from the first to the last answer
    double rate = 0, rateNow = 0; // answers a second: on the average, and of the last 30
    double delayMedian = 0, delay95 = 0; // seconds from capture to the answer (or to what shown() was told), all so far
    double modelMedian = 0; // seconds
};

class LiveFlow {
public:
    using Estimate = std::function<engine::Result<engine::FlowField>(
        const engine::Image& first, const engine::Image& second, const engine::FlowField& start)>;

    LiveFlow(std::unique_ptr<media::FrameSource> camera, const LiveOptions& options);
    ~LiveFlow();

    // Waits for a pair newer than the last one and estimates its motion, on the calling thread; none after stop() or
    // when the source has ended. Errors are the camera's and estimate's own.
    engine::Result<std::shared_ptr<const LiveMotion>> next(const Estimate& estimate);
    void stop(); // from any thread
    bool ended() const; // stopped, or the source has no more: what next() says then is not estimate's. Any thread
    // The answer's frame is on the screen now: the delay counts to here. Any thread.
    void shown(const LiveMotion& motion);
    LiveFigures figures() const; // any thread
    const media::SourceInfo& info() const { return m_info; }

private:
    using FramePtr = std::shared_ptr<const media::VideoFrame>;
    struct Taken {
        FramePtr frame;
        double time = 0;
    };

    void capture();
    void adapt(double seconds); // by what the model took

    std::unique_ptr<media::FrameSource> m_camera; // the capturing thread's
    const media::SourceInfo m_info;
    const LiveOptions m_options;
    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    Taken m_newest, m_before; // under the mutex, and down to m_models
    std::optional<engine::Error> m_error;
    bool m_ended = false;
    int64_t m_captured = 0, m_answered = 0;
    double m_firstAnswer = 0, m_lastAnswer = 0;
    std::vector<float> m_delays, m_models;
    std::deque<double> m_lastTimes; // of the last answers
    int64_t m_lastNumber = -1; // of the frame answered last
    size_t m_size = 0; // of kSizes
    double m_modelSeconds = 0; // smoothed, at this size; 0: not known
    int m_quick = 0; // answers in a row that leave room for the next larger size
    engine::FlowField m_lastFlow; // as the model found it
    std::thread m_thread; // goes first
};

// A field at another size, bilinear, its vectors in the new pixels.
engine::FlowField resized(const engine::FlowField& flow, int width, int height);

} // namespace app::live
