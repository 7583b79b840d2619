// What a model folder holds, told from config.json and the tensors' headers: no weights are read and no device is
// needed. Any thread.
#pragma once

#include "engine/engine.h"

namespace app::commands {

struct ModelSummary {
    engine::perceiver::Kind kind = engine::perceiver::Kind::Bare;
    int64_t parameters = 0; // as transformers counts them
    uint64_t bytes = 0; // of the weights
    int64_t labelCount = 0; // classes of a classifier, 0 for others
    std::vector<std::string> labels; // their names; empty when config.json has none
};

// Errors as weights::Checkpoint::open and perceiver::checkLayout have them. What only loading can tell, such as a
// missing tensor of a deep layer or a value that is not a number, is not found here.
engine::Result<ModelSummary> summaryOf(const std::filesystem::path& folder);

// "406,896 parameters, 1.6 MB".
std::string sizeText(int64_t parameters, uint64_t bytes);

} // namespace app::commands
