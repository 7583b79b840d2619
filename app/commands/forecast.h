// What one forward pass of a model will cost, before it is run: operations as the reference counts them (a
// multiplication and an addition are two; model-spec 7.1) and device memory. Any thread.
#pragma once

#include "engine/engine.h"

namespace app::commands {

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
