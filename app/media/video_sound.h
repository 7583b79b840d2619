// The sound of a video, by FFmpeg's libraries. Any thread.
#pragma once

#include "app/media/sound.h"

#include <optional>

namespace app::media {

// One channel (several are averaged), from the time of the video's first picture on: what begins later has silence
// before it, what begins earlier is left out, gaps are silent. The stream that the file calls its default, else the
// first; none when there is none. NoInput, BadData with the reason; longer sounds than kMostSamples are refused. from,
// lasting: seconds: only this part; lasting 0: to the end. What lies before it is not decoded, and its place is as
// exact as the file's times are (a sample, or the half of a millisecond).
engine::Result<std::optional<Sound>> readVideoSound(
    const std::filesystem::path& path, double from = 0, double lasting = 0);

} // namespace app::media
