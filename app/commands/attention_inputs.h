// What a model is asked about, from the command line's arguments. Engine thread.
#pragma once

#include "app/commands/command.h"

namespace app::commands {

struct AttentionInputs {
    std::vector<std::string> items; // a picture, two frames, a text, or a clip's folder
    std::string tensors; // or the model's inputs as .safetensors, as `forward` takes them
    std::string sound; // of a clip
    double start = 0; // where the clip begins in a video, in seconds
    std::string tile; // TOP,LEFT of a flow model's tile within the frames; empty: 0,0
};

// Usage when there are too few or too many items for this model; else what reading them says.
Result<engine::perceiver::Inputs> attentionInputs(
    const AttentionInputs& arguments, const engine::perceiver::Model& model);

// The built-in model for such items: two frames, a folder with a clip, a picture, or else a text.
std::string starterFor(const std::vector<std::string>& items);

} // namespace app::commands
