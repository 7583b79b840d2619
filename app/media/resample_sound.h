// A sound at another rate, by FFmpeg's libswresample (windowed sinc; what the new rate cannot carry is filtered out).
// Any thread.
#pragma once

#include "app/media/sound.h"

namespace app::media {

// As long as before to the sample, in time with it. BadData when the rates are further apart than the library allows.
engine::Result<Sound> resampled(const Sound& sound, int64_t sampleRate);

} // namespace app::media
