// What size costs: time and memory of a run against one size of its input or of the model, all else left as it is.
// Every point is a model of its own on a device of its own, so that its memory is what a program would need that runs
// this size alone. Main thread.
#pragma once

#include "app/commands/command.h"
#include "app/views/least_squares.h"

namespace app::commands {

// One size's work, ready to be run.
struct CurveWork {
    std::unique_ptr<Session> session;
    std::function<Result<void>()> run;
};

struct CurveKind {
    const char* name; // "bytes"
    const char* title;
    const char* axis; // what a size is, with its unit
    const char* unit; // one of them: "byte"
    const char* caption; // the model, and what the run does
    int timeDegree; // of the polynomial that time should follow: 1 is a straight line
    std::vector<int64_t> sizes; // rising
    // folder: where a made model may be written.
    Result<CurveWork> (*prepare)(const Options& options, int64_t size, const std::filesystem::path& folder);
};
extern const std::vector<CurveKind> kCurves;

struct CurvePoint {
    int64_t size = 0;
    std::vector<double> seconds; // of each round
    double median = 0, least = 0, most = 0; // seconds
    uint64_t peakBytes = 0; // of the device's memory, with the weights
};

struct Curve {
    const CurveKind* kind = nullptr;
    std::string device;
    engine::ops::Precision precision = engine::ops::Precision::Exact; // as it computed
    std::vector<CurvePoint> points;
    views::Polynomial time, memory; // seconds and bytes, by costFit; memory should always be a straight line
};

// Each point once without counting, then `rounds` rounds through all sizes, one up, the next down, so that a machine
// that gets slower or faster meanwhile bends no curve. Says on stderr where it is.
Result<Curve> measureCurve(const CurveKind& kind, int rounds, const Options& options);

} // namespace app::commands
