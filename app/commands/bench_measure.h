// One model measured: seconds and operations of each stage, memory, loading, and, where wanted, another program in
// turns with this one. Nothing is printed. Main thread.
#pragma once

#include "app/commands/bench_work.h"

#include <string>
#include <vector>

namespace app::commands {

struct StageTime {
    std::string name; // "forward" is the whole
    double seconds = 0; // median
    double flop = 0; // done, after folding
    std::optional<double> referenceFlop; // nothing for what the reference does not have
};

// Another program on the same model. Each ratio is of two runs that had the same neighbours.
struct Compared {
    std::string command;
    double seconds = 0, ratio = 0, leastRatio = 0, mostRatio = 0; // medians; how many times as long as ours
    double loadSeconds = 0; // its start to "ready"
    double startToFirstAnswer = 0; // its start to its first answer
};

struct Measured {
    std::string model;
    std::string device;
    engine::ops::Precision precision = engine::ops::Precision::Exact; // as it computed
    std::vector<StageTime> stages; // the first is "forward"
    int runs = 0;
    double gemmRate = 0; // FLOP a second of the best plain product on this device
    uint64_t peakBytes = 0; // of the device's memory, with the weights
    double loadSeconds = 0; // files to a model that can run
    double startToFirstAnswer = 0; // of a process of its own: start, loading and the first, unprepared run
    std::optional<double> difference; // from expected.safetensors, of each tensor's largest value
    std::optional<Compared> compared;
};

struct BenchRequest {
    std::string model; // as modelFolder takes it
    int runs = 3;
    std::string peer; // a command, or empty; {} stands for the model's folder
};

// Errors are those of opening, loading and running, and InputOutput where the other program does not answer.
engine::Result<Measured> measure(const Options& options, const BenchRequest& request);

// The other side of BenchPeer: says "ready" once the model is loaded, then answers each line on stdin with the seconds
// of a run, until stdin ends.
engine::Result<void> answerTurns(const Options& options, const std::string& model);

} // namespace app::commands
