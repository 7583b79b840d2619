// Models of any size with random weights, for measuring what a size costs: written as a checkpoint's folder, so that
// they are loaded and run as any other. Any thread.
#pragma once

#include "engine/base/result.h"

#include <filesystem>

namespace app::commands {

struct MadeModel {
    int64_t latents = 256, latentChannels = 512, layers = 4, heads = 8;
    int64_t inputChannels = 512;
    // Bytes of text, with a decoder for each of them: at most so many. 0: an encoder of arrays alone.
    int64_t bytes = 0;
};

// Into an existing folder. InputOutput where it cannot be written.
engine::Result<void> writeMadeModel(const std::filesystem::path& folder, const MadeModel& made);

} // namespace app::commands
