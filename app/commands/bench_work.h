// What bench times: one answer of a loaded model on inputs of its own kind and size. The inputs are noise, whose values
// do not change the time; a starter's flow model finds the motion of two frames of 640 x 480, tile by tile. Main
// thread.
#pragma once

#include "app/commands/reference_flop.h"
#include "app/commands/session.h"

namespace app::commands {

struct BenchWork {
    std::function<engine::Result<void>()> run; // all outputs, waited for; needs the session
    double flop = 0; // expected of a run, for the progress
    ReferenceFlop reference; // of a run, with all of its tiles
};
BenchWork benchWork(const Session& session);

// Noise that model.encode takes; length: bytes or inputs, where the model leaves that open.
engine::perceiver::Inputs noise(const engine::perceiver::Model& model, std::optional<int64_t> length = {});

// A run of `work` in seconds. What the device kept of its timings and its high water is forgotten before.
engine::Result<double> timed(engine::ops::Device& device, const std::function<engine::Result<void>()>& work);

} // namespace app::commands
