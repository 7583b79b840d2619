// Pictures and sound to an MP4 that players take (H.264, AAC), or to what the name's ending says. The file is there
// whole or not at all, unless it is a recording; the same pictures give the same bytes. One thread at a time.
#pragma once

#include "app/media/frame_source.h"

#include <span>

namespace app::media {

struct WrittenVideo {
    int width = 0, height = 0; // odd ones are made even: the last column or row is shown twice
    Ratio timeBase{1, 25}; // of ticks
    int64_t lastTicks = 1; // how long the last picture is shown, at least 1
    int64_t sampleRate = 0; // of one channel of sound; 0: none
    std::string comment; // kept in the file, read by commentOf
    // A recording: written under its own name from the beginning, second by second, so that what is there plays
    // whatever happens, also on a full disk.
    bool inPieces = false;
};

class VideoWriter {
public:
    // InputOutput when there is no such folder, no room or no encoder.
    static engine::Result<std::unique_ptr<VideoWriter>> create(
        const std::filesystem::path& path, const WrittenVideo& video);
    ~VideoWriter(); // removes what was not finished

    // ticks: when it is shown, later than the one before. Usage when it has another size.
    engine::Result<void> add(const engine::Image& picture, int64_t ticks);
    engine::Result<void> addSound(std::span<const float> samples); // behind what was added, in [-1, 1]
    engine::Result<void> finish(); // and gives the file its name

private:
    struct State;
    explicit VideoWriter(std::unique_ptr<State> state);

    std::unique_ptr<State> m_state;
};

// What a video was written with; empty where there is none or no such file.
std::string commentOf(const std::filesystem::path& path);

} // namespace app::media
