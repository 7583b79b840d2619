// A clip in files that need no decoder: a folder of numbered pictures, and a sound file in it or beside it. Any thread.
#pragma once

#include "app/media/sound.h"
#include "engine/base/image.h"

namespace app::media {

struct ClipFolder {
    std::vector<std::filesystem::path> frames; // in the order of their names, 2 before 10
    std::filesystem::path sound; // empty: none
};

// The folder's pictures, and its only sound file unless `sound` names one. NoInput when there is no folder, BadData
// when it holds no picture, or several sounds and none was named.
engine::Result<ClipFolder> findClip(const std::filesystem::path& folder, const std::filesystem::path& sound);

// Frames first … first + count - 1, all of one size.
engine::Result<std::vector<engine::Image>> readFrames(const ClipFolder& clip, size_t first, size_t count);

// A clip's sound as a model takes it.
struct ClipSound {
    std::vector<float> samples; // at the model's rate, as many as were asked for; silence where there is none
    int64_t fileRate = 0; // 0: there is no file
    bool shorter = false; // than what was asked for
};
engine::Result<ClipSound> readClipSound(const ClipFolder& clip, int64_t sampleRate, int64_t count);

} // namespace app::media
