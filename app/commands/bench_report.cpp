#include "app/commands/bench_report.h"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace app::commands {

namespace {

using nlohmann::json;

double rate(const StageTime& stage)
{
    return stage.seconds > 0 ? stage.flop / stage.seconds : 0;
}

double times(double theirs, double ours)
{
    return ours > 0 ? theirs / ours : 0;
}

} // namespace

void printTable(const Measured& measured, bool first)
{
    if (first)
        std::printf("%s\n", measured.device.c_str());
    std::printf("\n%s; a plain product reaches %.1f GFLOP/s\n%-26s %10s %10s %10s %10s %7s\n", measured.model.c_str(),
        measured.gemmRate * 1e-9, "stage", "seconds", "GFLOP", "reference", "GFLOP/s", "share");
    for (const StageTime& stage : measured.stages) {
        char reference[16] = "-";
        if (stage.referenceFlop)
            std::snprintf(reference, sizeof reference, "%.2f", *stage.referenceFlop * 1e-9);
        std::printf("%-26s %10.4f %10.2f %10s %10.1f %6.0f %%\n", stage.name.c_str(), stage.seconds, stage.flop * 1e-9,
            reference, rate(stage) * 1e-9, rate(stage) / measured.gemmRate * 100);
    }
    const StageTime& forward = measured.stages.front();
    if (forward.referenceFlop)
        std::printf(
            "the reference's form takes %.2f times the operations\n", times(*forward.referenceFlop, forward.flop));
    std::printf("peak device memory %.0f MB, loading %.2f s, start to first answer %.2f s\n",
        double(measured.peakBytes) * 1e-6, measured.loadSeconds, measured.startToFirstAnswer);
    if (measured.difference)
        std::printf("outputs differ from the expected ones by %.1e of their largest value\n", *measured.difference);
    if (const auto& other = measured.compared)
        std::printf("compared: %.3f s, %.2f times as long (%.2f to %.2f)\n"
                    "compared: loaded after %.2f s; start to first answer %.2f s, %.2f times as long\n",
            other->seconds, other->ratio, other->leastRatio, other->mostRatio, other->loadSeconds,
            other->startToFirstAnswer, times(other->startToFirstAnswer, measured.startToFirstAnswer));
    std::fflush(stdout);
}

json rowsOf(const Measured& measured)
{
    json rows = json::array();
    for (const StageTime& stage : measured.stages) {
        json row{{"model", measured.model}, {"stage", stage.name}, {"seconds", stage.seconds}, {"runs", measured.runs},
            {"gflop", stage.flop * 1e-9}, {"gflops", rate(stage) * 1e-9},
            {"share_of_gemm", rate(stage) / measured.gemmRate}, {"peak_bytes", measured.peakBytes}};
        if (stage.referenceFlop)
            row["reference_gflop"] = *stage.referenceFlop * 1e-9;
        rows.push_back(std::move(row));
    }
    json& forward = rows.front();
    const StageTime& whole = measured.stages.front();
    if (whole.referenceFlop)
        forward["reference_ratio"] = times(*whole.referenceFlop, whole.flop);
    forward["gemm_gflops"] = measured.gemmRate * 1e-9;
    forward["load_seconds"] = measured.loadSeconds;
    forward["start_to_first_answer_seconds"] = measured.startToFirstAnswer;
    if (measured.difference)
        forward["difference_from_expected"] = *measured.difference;
    if (const auto& other = measured.compared)
        forward["compared"] = {{"command", other->command}, {"seconds", other->seconds}, {"ratio", other->ratio},
            {"least_ratio", other->leastRatio}, {"most_ratio", other->mostRatio}, {"load_seconds", other->loadSeconds},
            {"start_to_first_answer_seconds", other->startToFirstAnswer},
            {"start_ratio", times(other->startToFirstAnswer, measured.startToFirstAnswer)}};
    return rows;
}

} // namespace app::commands
