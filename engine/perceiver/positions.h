// Fourier position features (model-spec 2.7; transformers' generate_fourier_features): tables per axis in double on the
// host, since the largest arguments (48,255 rad for audio) leave single precision no correct digits of the angle.
// Host only; any thread.
#pragma once

#include "engine/base/host_tensor.h"

namespace engine::perceiver {

// Which points of [-1, 1] the indices 0 … n - 1 of an axis stand for.
enum class Grid {
    Closed, // -1 + 2 i / (n - 1): both ends included, the encoder's positions. One index alone: -1, as linspace gives
    Open, // -1 + 2 i / n: the end is never reached, the multimodal decoder's positions (section 6)
};

// f_k for k = 0 … bands - 1, linear from 1 to maxResolution / 2: sin(pi f_k p) goes through f_k periods while p goes from
// -1 to 1, over the whole picture.
std::vector<double> fourierFrequencies(int64_t maxResolution, int64_t bands);

// [n, 1 + 2 bands]: the position, sin(pi f_k p) for k = 0 … bands - 1, cos(pi f_k p).
HostTensor fourierAxis(int64_t n, int64_t maxResolution, int64_t bands, Grid grid);

// Channels of d axes: d + 2 d bands.
constexpr int64_t fourierChannels(int64_t axes, int64_t bands)
{
    return axes * (1 + 2 * bands);
}

} // namespace engine::perceiver
