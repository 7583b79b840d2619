// What one forward pass of a model will cost, before it is run: operations as the reference counts them
// (reference_flop.h) and device memory. Any thread.
#pragma once

#include "engine/engine.h"

namespace app::commands {

// The arrays of a model and its heads: told by config.json and the tensors' headers alone, or by the loaded model.
struct ModelSizes {
    engine::perceiver::Kind kind = engine::perceiver::Kind::Bare;
    int64_t inputs = 0, inputChannels = 0, latents = 0, latentChannels = 0;
    int64_t layers = 0, blocks = 0; // executed layers; how often their weights are run through
    int64_t encoderHeads = 0, latentHeads = 0, decoderHeads = 0; // 0: there is none
    struct Output {
        int64_t count = 0, queryChannels = 0, values = 0;
        bool operator==(const Output&) const = default;
    };
    std::vector<Output> outputs;

    int64_t outputCount() const;
    bool operator==(const ModelSizes&) const = default;
};
// As transformers' own flavour of the model has it. Of a checkpoint that checkLayout accepts.
ModelSizes sizesOf(const engine::weights::Checkpoint& checkpoint);
ModelSizes sizesOf(const engine::perceiver::Model& model);

struct Forecast {
    int64_t inputs = 0, outputs = 0;
    double gflop = 0;
    uint64_t memoryBytes = 0;
};

// What one forward pass will really do, with projections folded: what progress is measured against, to some per cent.
// inputs, outputs: when they are not the model's own number.
double expectedFlop(
    const engine::perceiver::Model& model, std::optional<int64_t> inputs = {}, std::optional<int64_t> outputs = {});

// How far a run is after so many seconds: the share done, 0 … 0.99 (0 where the whole is not known), and the seconds
// left, below 0 while they cannot be told.
struct Remaining {
    double share = 0, seconds = -1;
};
Remaining remainingOf(const engine::ops::Progress& progress, double seconds);

Forecast forecastOf(const engine::perceiver::Model& model, uint64_t weightBytes);

} // namespace app::commands
