// Which waves a map holds: its power spectrum, and the frequencies that a model's own position features have, to be
// compared. Engine thread; a job of the device is the caller's.
#pragma once

#include "engine/perceiver/model.h"

#include <span>

namespace engine::tasks {

// |DFT|^2 / (rows * columns) of a map [rows, columns], zero frequency at [rows / 2, columns / 2]: the value at
// [rows / 2 + k, columns / 2 + l] belongs to the wave with k periods a picture downwards and l to the right. All values
// together are the sum of the map's squares. removeMean: without the constant part, which else outshines the rest.
// Usage when the map is no matrix or larger than ops::kMostSpectrumSide, BadData when a value is not finite, NoDevice
// when the device cannot do it.
Result<HostTensor> powerSpectrum(ops::Device& device, const HostTensor& map, bool removeMean);

// How the waves of a sound change: of windows of `window` samples, raised cosines (Hann), whose middles are `hop`
// samples apart, the first half a hop from the beginning; silence before and behind it. [window / 2 + 1, ceil(samples /
// hop)]: row k is k * rate / window Hz, and a wave of amplitude 1 at a row's frequency has the power 1 in it. Usage
// when there are no samples, hop or window (from 2 to ops::kMostSpectrumSide) make no sense or there would be more
// windows than that; BadData when a sample is not finite.
Result<HostTensor> spectrogram(ops::Device& device, std::span<const float> samples, int64_t window, int64_t hop);

enum class PictureAxis { Down, Across };

// The frequencies of a model's Fourier position features along an axis of what it sees (a picture, a tile of the
// frames, a frame of a clip), in periods from its first pixel to its last; rising. Empty when the positions are trained
// or the model sees no picture.
std::vector<double> fourierBands(const perceiver::Model& model, PictureAxis axis);

} // namespace engine::tasks
