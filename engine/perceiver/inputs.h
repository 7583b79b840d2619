// What a model is given and how its inputs and outputs are laid out. Plain values; any thread.
#pragma once

#include "engine/base/host_tensor.h"
#include "engine/base/image.h"

#include <string>
#include <variant>
#include <vector>

namespace engine::perceiver {

// Token ids and, per id, 1 = valid, 0 = padding (model-spec 2.3, 3.1). An empty mask: all valid.
struct TextInputs {
    std::vector<int32_t> ids;
    std::vector<uint8_t> mask;
};

// Any array [M, d_model], for a model without a preprocessor.
struct ArrayInputs {
    HostTensor values;
    std::vector<uint8_t> mask;
};

// A normalised picture, channels last: [height * width, 3].
struct ImageInputs {
    HostTensor pixels;
    int64_t height = 0, width = 0;
};

// Patches of both frames: [height * width, 54] in the order of model-spec 3.3 (frame, ky, kx, rgb).
struct FlowInputs {
    HostTensor patches;
};

// Two frames of one size for a flow model: their upper left tile, the rim repeated where they are smaller.
struct FrameInputs {
    Image first, second;
};

// A clip: video [frames, height, width, 3] in [0, 1], audio samples in [-1, 1]. The label is always masked (3.4).
struct ClipInputs {
    HostTensor video;
    std::vector<float> audio;
};

using Inputs = std::variant<TextInputs, ArrayInputs, ImageInputs, FlowInputs, FrameInputs, ClipInputs>;

// A run of consecutive inputs or outputs and the grid that they fold back to: {"image", 1920, {16, 56, 56}}.
struct Segment {
    std::string name; // empty where there is only one
    int64_t first = 0;
    Shape grid;

    int64_t count() const { return elementCount(grid); }
};

// Some of the outputs of a segment: first … first + count - 1, or the listed ones.
struct Selection {
    int64_t first = 0;
    int64_t count = 0;
    std::vector<uint32_t> points;

    int64_t size() const { return points.empty() ? count : int64_t(points.size()); }
};

} // namespace engine::perceiver
