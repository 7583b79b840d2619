#include "app/commands/bench_measure.h"

#include "app/commands/bench_peer.h"
#include "app/commands/command.h"

#include <QCoreApplication>
#include <algorithm>
#include <iostream>
#include <map>

namespace app::commands {

namespace {

double median(std::vector<double> all)
{
    std::sort(all.begin(), all.end());
    return all[all.size() / 2];
}

// How far the outputs for the folder's inputs.safetensors are from its expected.safetensors, of each tensor's largest
// value; nothing where there are no such files. What is fast and wrong is worth nothing.
Result<std::optional<double>> differenceFromExpected(
    const engine::perceiver::Model& model, const std::filesystem::path& folder)
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
            TRY_ASSIGN(const double seconds, timed(device, [&]() -> Result<void> {
                device.gemm({.rows = p.rows, .columns = p.columns, .depth = p.depth, .a = {a}, .b = {b}, .c = {c}});
                return device.finish();
            }));
            best = std::max(best, 2.0 * double(p.rows * p.columns * p.depth) / seconds);
        }
    }
    return best;
}

// This program once more, as a peer of itself.
QStringList ownArguments(const Options& options, const std::filesystem::path& folder)
{
    QStringList arguments{"bench", "--as-peer", "--progress", "none", "--flavour",
        QString::fromStdString(options.flavour), "--precision", options.fast ? "fast" : "exact", "--model",
        QString::fromStdString(folder.string())};
    if (!options.device.empty())
        arguments << "--device" << QString::fromStdString(options.device);
    return arguments;
}

// Turns of ours and the peer's.
struct Turns {
    std::map<std::string, std::vector<double>> seconds; // by stage
    std::vector<double> peer, ratios;
};

} // namespace

Result<Measured> measure(const Options& options, const BenchRequest& request)
{
    TRY_ASSIGN(const auto session, openSession(options, request.model));
    TRY_ASSIGN(const std::filesystem::path folder, modelFolder(request.model));
    auto& device = *session->device;
    const BenchWork work = benchWork(*session);
    Measured measured{.model = request.model,
        .device = device.info().name,
        .precision = device.precision(),
        .runs = request.runs,
        .loadSeconds = session->loadSeconds};
    measured.stages.push_back({.name = "forward"});

    // Whatever is started below finds its files in the system's cache: ours because the model has just been loaded, the
    // other program's because it is started twice, and the second start counts.
    std::unique_ptr<BenchPeer> peer;
    if (!request.peer.empty()) {
        const auto command = BenchPeer::commandFor(request.peer, folder);
        {
            TRY_ASSIGN(const auto first, BenchPeer::start(command));
        }
        TRY_ASSIGN(peer, BenchPeer::start(command));
        TRY(peer->run());
        measured.compared = Compared{.command = request.peer,
            .loadSeconds = peer->readySeconds(),
            .startToFirstAnswer = peer->firstAnswerSeconds()};
    }
    {
        TRY_ASSIGN(
            const auto own, BenchPeer::start({QCoreApplication::applicationFilePath(), ownArguments(options, folder)}));
        TRY(own->run());
        measured.startToFirstAnswer = own->firstAnswerSeconds();
    }

    Turns turns;
    std::map<std::string, double> flop;
    TRY(withProgress(*session, work.flop * (request.runs + 1), [&]() -> Result<void> {
        TRY_ASSIGN(measured.gemmRate, gemmPeak(device, 0));
        for (int i = 0; i <= request.runs; ++i) { // the first compiles kernels and does not count
            const double before = device.flopDone();
            TRY_ASSIGN(const double seconds, timed(device, work.run));
            if (i == 0)
                continue;
            turns.seconds["forward"].push_back(seconds);
            flop["forward"] = device.flopDone() - before;
            for (const auto& pass : device.takeTimings()) {
                if (!turns.seconds.contains(pass.name))
                    measured.stages.push_back({.name = pass.name});
                turns.seconds[pass.name].push_back(pass.seconds);
                flop[pass.name] = pass.flop;
            }
            if (peer) {
                TRY_ASSIGN(const double peerSeconds, peer->run());
                turns.peer.push_back(peerSeconds);
                turns.ratios.push_back(peerSeconds / seconds);
            }
        }
        measured.peakBytes = device.memory().back().highWaterBytes;
        TRY_ASSIGN(measured.difference, differenceFromExpected(*session->model, folder));
        TRY_ASSIGN(measured.gemmRate, gemmPeak(device, measured.gemmRate)); // others may have been busy the first time
        return {};
    }));
    for (StageTime& stage : measured.stages) {
        stage.seconds = median(turns.seconds[stage.name]);
        stage.flop = flop[stage.name];
        stage.referenceFlop = work.reference.of(stage.name);
    }
    if (measured.compared) {
        measured.compared->seconds = median(turns.peer);
        measured.compared->ratio = median(turns.ratios);
        measured.compared->leastRatio = *std::min_element(turns.ratios.begin(), turns.ratios.end());
        measured.compared->mostRatio = *std::max_element(turns.ratios.begin(), turns.ratios.end());
    }
    return measured;
}

Result<void> answerTurns(const Options& options, const std::string& model)
{
    TRY_ASSIGN(const auto session, openSession(options, model));
    const BenchWork work = benchWork(*session);
    std::printf("ready\n");
    std::fflush(stdout);
    for (std::string line; std::getline(std::cin, line);) {
        double seconds = 0;
        TRY(withProgress(*session, work.flop, [&]() -> Result<void> {
            TRY_ASSIGN(seconds, timed(*session->device, work.run));
            return {};
        }));
        std::printf("%.6f\n", seconds);
        std::fflush(stdout);
    }
    return {};
}

} // namespace app::commands
