#include "app/commands/bench_peer.h"
#include "app/commands/command.h"
#include "app/commands/forecast.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>

namespace app::commands {

using nlohmann::json;
namespace perceiver = engine::perceiver;

namespace {

// Inputs of the right kind and size: noise, whose values do not change the time.
perceiver::Inputs noise(const perceiver::Model& model)
{
    using perceiver::Kind;
    const auto& c = model.config();
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    const auto array = [&](engine::Shape shape) {
        engine::HostTensor tensor(std::move(shape));
        for (float& v : tensor.values)
            v = normal(random);
        return tensor;
    };
    const int64_t side = engine::tasks::inputSize(model);
    switch (model.kind()) {
    case Kind::MaskedLanguage:
    case Kind::TextClassification:
        return perceiver::TextInputs{std::vector<int32_t>(size_t(c.maxPositionEmbeddings), 100), {}};
    case Kind::OpticalFlow:
        return perceiver::FlowInputs{array({c.trainSize[0] * c.trainSize[1], 54})};
    case Kind::Multimodal:
        return perceiver::ClipInputs{array({c.outputShape[1], c.outputShape[2], c.outputShape[3], 3}),
            array({c.numFrames * c.audioSamplesPerFrame}).values};
    case Kind::Bare:
        return perceiver::ArrayInputs{array({2048, c.dModel}), {}};
    default:
        return perceiver::ImageInputs{array({side * side, 3}), side, side};
    }
}

double seconds(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// How far the outputs for the folder's inputs.safetensors are from its expected.safetensors, of each tensor's largest
// value; nothing where there are no such files. What is fast and wrong is worth nothing.
Result<std::optional<double>> differenceFromExpected(const perceiver::Model& model, const std::filesystem::path& folder)
{
    std::error_code failed;
    if (!std::filesystem::exists(folder / "inputs.safetensors", failed)
        || !std::filesystem::exists(folder / "expected.safetensors", failed))
        return std::optional<double>();
    TRY_ASSIGN(const auto inputs, engine::weights::readSafetensors(folder / "inputs.safetensors"));
    TRY_ASSIGN(const auto expected, engine::weights::readSafetensors(folder / "expected.safetensors"));
    TRY_ASSIGN(const auto found, engine::tasks::forward(model, inputs.tensors, {}));
    return std::optional(engine::tasks::compare(found, expected, 1).outputs);
}

// The best rate of a plain product on this device so far: what the stages are measured against. Shapes as the models
// have them.
Result<double> gemmPeak(engine::ops::Device& device, double best)
{
    struct Product {
        int64_t rows, columns, depth;
    };
    for (const Product& p : {Product{2048, 2048, 512}, {512, 4096, 1024}, {1024, 1024, 1024}}) {
        const auto a = device.zeros(p.rows, p.depth), b = device.zeros(p.columns, p.depth);
        const auto c = device.create(p.rows, p.columns);
        for (int i = 0; i < 4; ++i) {
            TRY(device.finish());
            const auto start = std::chrono::steady_clock::now();
            device.gemm({.rows = p.rows, .columns = p.columns, .depth = p.depth, .a = {a}, .b = {b}, .c = {c}});
            TRY(device.finish());
            best = std::max(best, 2.0 * double(p.rows * p.columns * p.depth) / seconds(start));
        }
    }
    return best;
}

} // namespace

std::function<Result<json>()> declareBench(CLI::App& command, Options& options)
{
    auto runs = std::make_shared<int>(3);
    auto peerCommand = std::make_shared<std::string>();
    command.add_option("--runs", *runs, "How often; the median counts")
        ->capture_default_str()
        ->check(CLI::Range(1, 100));
    command.add_option("--compare", *peerCommand,
        "Another program, timed in turns with this one: it says ready, then answers each line with a run's seconds");
    addModel(command, options);
    return [runs, peerCommand, &options]() -> Result<json> {
        const std::string modelName = options.model.empty() ? "flow" : options.model;
        TRY_ASSIGN(const auto session, openSession(options, modelName));
        TRY_ASSIGN(const std::filesystem::path folder, modelFolder(modelName));
        const auto& model = *session->model;
        auto& device = *session->device;
        std::unique_ptr<BenchPeer> peer;
        if (!peerCommand->empty()) {
            TRY_ASSIGN(peer, BenchPeer::start(*peerCommand));
        }
        std::vector<double> peerTimes, ratios; // the ratio of each turn's two runs: both had the same neighbours
        std::optional<double> difference;
        json models = json::array();
        std::map<std::string, std::vector<double>> times;
        std::map<std::string, double> flops;
        std::vector<std::string> order{"forward"};
        uint64_t peak = 0;
        double rate = 0;
        const bool coarseToFine = model.config().starterFlow.has_value();
        const engine::Image frame(640, 480);
        const double tiles = coarseToFine ? double(engine::tasks::flowTileCount(model, frame.height, frame.width)) : 1;
        TRY(withProgress(*session, expectedFlop(model) * (*runs + 1) * tiles, [&]() -> Result<void> {
            TRY_ASSIGN(rate, gemmPeak(device, 0));
            std::optional<perceiver::Inputs> inputs;
            if (!coarseToFine)
                inputs = noise(model);
            for (int i = 0; i <= *runs; ++i) { // the first compiles kernels and does not count
                TRY(device.finish());
                device.takeTimings();
                device.resetHighWater();
                const auto start = std::chrono::steady_clock::now();
                const double before = device.flopDone();
                if (coarseToFine) {
                    TRY_ASSIGN(const auto flow, engine::tasks::opticalFlow(model, frame, frame));
                } else {
                    TRY_ASSIGN(const auto run, model.encode(*inputs, {}, false));
                    for (const auto& head : model.outputs())
                        model.decode(run, head, {.count = head.segment.count()});
                    TRY(device.finish());
                }
                if (i == 0)
                    continue;
                times["forward"].push_back(seconds(start));
                flops["forward"] = device.flopDone() - before;
                if (peer) {
                    TRY_ASSIGN(const double peerSeconds, peer->run());
                    peerTimes.push_back(peerSeconds);
                    ratios.push_back(peerSeconds / times["forward"].back());
                }
                for (const auto& pass : device.takeTimings()) {
                    if (!times.contains(pass.name))
                        order.push_back(pass.name);
                    times[pass.name].push_back(pass.seconds);
                    flops[pass.name] = pass.flop;
                }
            }
            peak = device.memory().back().highWaterBytes;
            TRY_ASSIGN(difference, differenceFromExpected(model, folder));
            TRY_ASSIGN(rate, gemmPeak(device, rate)); // other programs may have been busy the first time
            return {};
        }));
        if (!options.json)
            std::printf("%s on %s; a plain product reaches %.1f GFLOP/s\n%-26s %10s %10s %10s %7s\n", modelName.c_str(),
                device.info().name.c_str(), rate * 1e-9, "stage", "seconds", "GFLOP", "GFLOP/s", "share");
        for (const std::string& stage : order) {
            std::vector<double>& all = times[stage];
            std::sort(all.begin(), all.end());
            const double median = all[all.size() / 2], gflop = flops[stage] * 1e-9;
            models.push_back({{"model", modelName}, {"stage", stage}, {"seconds", median}, {"runs", all.size()},
                {"gflop", gflop}, {"gflops", median > 0 ? gflop / median : 0},
                {"share_of_gemm", median > 0 ? flops[stage] / median / rate : 0}, {"peak_bytes", peak}});
            if (!options.json)
                std::printf("%-26s %10.4f %10.2f %10.1f %6.0f %%\n", stage.c_str(), median, gflop, gflop / median,
                    flops[stage] / median / rate * 100);
        }
        if (!options.json)
            std::printf("peak device memory %.0f MB, loading %.2f s\n", double(peak) * 1e-6, session->loadSeconds);
        json result{{"device", device.info().name},
            {"precision", device.precision() == engine::ops::Precision::Fast ? "fast" : "exact"},
            {"gemm_gflops", rate * 1e-9}, {"models", models}};
        if (difference) {
            result["difference_from_expected"] = *difference;
            if (!options.json)
                std::printf("outputs differ from the expected ones by %.1e of their largest value\n", *difference);
        }
        if (peer) {
            std::sort(ratios.begin(), ratios.end());
            std::sort(peerTimes.begin(), peerTimes.end());
            const double middle = ratios[ratios.size() / 2];
            result["compared"] = {{"command", *peerCommand}, {"seconds", peerTimes[peerTimes.size() / 2]},
                {"ratio", middle}, {"least_ratio", ratios.front()}, {"most_ratio", ratios.back()}};
            if (!options.json)
                std::printf("compared: %.3f s, %.2f times as long (%.2f to %.2f)\n", peerTimes[peerTimes.size() / 2],
                    middle, ratios.front(), ratios.back());
        }
        return result;
    };
}

} // namespace app::commands
