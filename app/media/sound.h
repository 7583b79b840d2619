// Sound in files, by libsndfile: WAV and FLAC in, 16-bit WAV out. Any thread.
#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace app::media {

// One channel in [-1, 1]: 16-bit samples are divided by 32768; several channels are averaged.
struct Sound {
    int64_t sampleRate = 0;
    std::vector<float> samples;
};

// Longer files are refused before they are decoded: an hour at 48 kHz.
constexpr int64_t kMostSamples = 48'000LL * 3600;

// NoInput when there is no such file, BadData with the reason when it is no sound, has none or too much.
engine::Result<Sound> readSound(const std::filesystem::path& path);
engine::Result<Sound> decodeSound(std::span<const uint8_t> bytes, const std::string& name);
// As 16-bit WAV of one channel; values beyond [-1, 1] are clipped.
engine::Result<std::vector<uint8_t>> encodeWav(const Sound& sound);

} // namespace app::media
