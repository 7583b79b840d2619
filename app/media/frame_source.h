// Pictures one after another with their times: a video, a folder of numbered pictures, a camera. Every frame comes
// exactly once, with the time at which it is shown; rates may vary. One thread at a time.
#pragma once

#include "engine/base/image.h"
#include "engine/base/result.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace app::media {

// numerator / denominator seconds, or frames a second. 0 / 1: not known.
struct Ratio {
    int64_t numerator = 0, denominator = 1;

    double value() const { return denominator != 0 ? double(numerator) / double(denominator) : 0; }
    friend bool operator==(const Ratio&, const Ratio&) = default;
};

struct VideoFrame {
    engine::Image picture; // upright, square pixels
    int64_t number = 0; // in the order in which they are shown, the source's first is 0
    int64_t ticks = 0; // when it is shown, in SourceInfo::timeBase, from the first frame on
    double seconds = 0; // the same
};

// One stream of a file that can be chosen.
struct StreamInfo {
    enum class Kind { Picture, Sound };
    int index = 0; // in the file
    Kind kind = Kind::Picture;
    std::string codec, language, title; // the last two may be empty
    int width = 0, height = 0; // pictures, as they are stored
    int sampleRate = 0, channels = 0; // sound
};

struct SourceInfo {
    std::string name; // for people
    int width = 0, height = 0; // of the pictures that are given
    Ratio timeBase{1, 25};
    Ratio rate; // frames a second, on the average
    double seconds = 0; // as the file says; 0: not known
    bool live = false; // a camera: no end, no going back
    std::vector<StreamInfo> streams;
    int stream = -1; // the one that is read; -1: there are none to choose from
};

class FrameSource {
public:
    virtual ~FrameSource() = default;

    virtual const SourceInfo& info() const = 0;
    // The next frame; none at the end. BadData when the source ends in the middle of what it promised, or holds
    // something that is no picture: what came before stays good.
    virtual engine::Result<std::optional<VideoFrame>> next() = 0;
    // All frames there are. A video's packets are read through once for it, without decoding. Usage of a live source.
    virtual engine::Result<int64_t> count() = 0;
    // next() gives frame `number` then. Usage when there is none.
    virtual engine::Result<void> seek(int64_t number) = 0;
    // Sentences about what was wrong with the source and could be helped: broken parts, pictures of other sizes.
    virtual std::vector<std::string> remarks() const { return {}; }
};

struct SourceOptions {
    int stream = -1; // of a video: its index in the file; -1: the best picture
    Ratio rate{25, 1}; // of a folder of pictures
};

// A video file or a folder of pictures. NoInput when there is no such file, BadData with the reason when no pictures
// can be read from it.
engine::Result<std::unique_ptr<FrameSource>> openFrames(
    const std::filesystem::path& path, const SourceOptions& options = {});

// Whether a name ends as videos do. What it is, only opening tells.
bool isVideoName(const std::filesystem::path& path);

} // namespace app::media
