// The model as its figure shows it, told from config.json and the tensors' headers: no weights are read and no device
// is needed, so a model can be shown before it is chosen. Any thread.
#pragma once

#include "engine/engine.h"

#include <string>

namespace app::document {

struct ModelFacts {
    std::string kind; // "image-conv" …
    int64_t inputs = 0, inputChannels = 0;
    int64_t latents = 0, latentChannels = 0;
    int64_t layers = 0, blocks = 0; // executed layers; how often their weights are run through
    int64_t outputs = 0, outputChannels = 0;
    int64_t encoderHeads = 0, latentHeads = 0, decoderHeads = 0;
    int64_t parameters = 0;
    uint64_t weightBytes = 0;
    double gflop = 0; // of one pass over one input, as the reference counts

    bool operator==(const ModelFacts&) const = default;
};

ModelFacts factsOf(const engine::weights::Checkpoint& checkpoint);
// Of a starter's name or a folder; errors as commands::modelFolder, weights::Checkpoint::open and
// perceiver::checkLayout have them.
engine::Result<ModelFacts> factsOf(const std::string& model);

} // namespace app::document
