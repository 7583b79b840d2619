// What a live camera gives, kept: the picture beside its motion, or the camera's own pictures, as a video; or the raw
// motion as a folder of files with a table of times. What was kept before the disk is full, or the program dies, is
// good. Any thread: calls are taken one by one.
#pragma once

#include "app/live/live_flow.h"

#include <atomic>

namespace app::media {
class VideoWriter;
}

namespace app::live {

struct RecordChoice {
    enum class What {
        Side, // each answer's frame beside its motion in colours
        Motion, // its motion in colours
        Answered, // its frame
        Camera, // every frame that the camera gave, answered or not
        Raw, // each answer's motion, a file each, and times.csv
    };
    What what = What::Side;
    std::filesystem::path path; // a video (.mp4, .mkv); Raw: a folder, new or empty
    float scale = 1; // pixels of motion at the colours' full strength
    std::string format = ".flo"; // Raw: as formats::writeFlow takes it
};

class Recorder {
public:
    // InputOutput when the folder of Raw cannot be made or holds something.
    static engine::Result<std::unique_ptr<Recorder>> create(const RecordChoice& choice, media::Ratio timeBase);
    ~Recorder(); // finishes

    // Everything that comes is offered; what the choice does not want is left out. After an error nothing is taken any
    // more.
    engine::Result<void> frame(const media::VideoFrame& frame, double captured);
    engine::Result<void> answer(const LiveMotion& motion);
    // What comes next is of a camera whose time begins anew: it goes on where the steady clock is then.
    void openedAgain();
    engine::Result<void> finish();
    const RecordChoice& choice() const { return m_choice; }
    int count() const { return m_count; } // pictures or files that are in it

private:
    Recorder(const RecordChoice& choice, media::Ratio timeBase);
    engine::Result<void> add(const engine::Image& picture, const media::VideoFrame& frame, double captured);
    engine::Result<void> addRaw(const LiveMotion& motion);
    // From the recording's first frame on, exact while one camera runs.
    double seconds(const media::VideoFrame& frame, double captured);

    std::mutex m_mutex;
    const RecordChoice m_choice;
    const media::Ratio m_timeBase;
    std::unique_ptr<media::VideoWriter> m_video;
    bool m_ended = false;
    std::atomic<int> m_count = 0;
    std::optional<double> m_begin; // the camera's seconds at the recording's zero
    bool m_again = false; // the camera's time begins anew
    double m_lastSeconds = 0, m_lastCaptured = 0;
};

} // namespace app::live
