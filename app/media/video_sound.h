// The sound of a video, by FFmpeg's libraries. Any thread.
#pragma once

#include "app/media/sound.h"

#include <optional>

namespace app::media {

// One channel (several are averaged), from the time of the video's first picture on: what begins later has silence
// before it. The stream that the file calls its default, else the first; none when there is none. NoInput, BadData with
// the reason; longer sounds than kMostSamples are refused.
engine::Result<std::optional<Sound>> readVideoSound(const std::filesystem::path& path);

} // namespace app::media
