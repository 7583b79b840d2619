#include "app/commands/bench_curves.h"

#include "app/commands/bench_work.h"
#include "app/commands/made_model.h"

#include <QTemporaryDir>
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace app::commands {

namespace {

namespace perceiver = engine::perceiver;

// Sizes in equal steps.
std::vector<int64_t> steps(int64_t step, int count)
{
    std::vector<int64_t> sizes;
    for (int i = 1; i <= count; ++i)
        sizes.push_back(i * step);
    return sizes;
}

// A made model, and a run over `inputs` inputs that decodes the first `outputs` outputs.
Result<CurveWork> made(const Options& options, const MadeModel& model, const std::filesystem::path& folder,
    int64_t inputs, int64_t outputs)
{
    TRY(writeMadeModel(folder, model));
    CurveWork work;
    TRY_ASSIGN(work.session, openSession(options, folder.string()));
    work.run = [&loaded = *work.session->model, outputs,
                   given = std::make_shared<perceiver::Inputs>(noise(*work.session->model, inputs))]() -> Result<void> {
        TRY_ASSIGN(const auto run, loaded.encode(*given, {}, false));
        if (outputs > 0)
            loaded.decode(run, loaded.outputs().front(), {.count = outputs});
        return loaded.device().finish();
    };
    return work;
}

Result<CurveWork> pixels(const Options& options, int64_t size, const std::filesystem::path&)
{
    CurveWork work;
    TRY_ASSIGN(work.session, openSession(options, "flow-live"));
    const int width = 240, height = int(size / width);
    auto frame = std::make_shared<engine::Image>(width, height);
    work.run = [&model = *work.session->model, frame]() -> Result<void> {
        TRY_ASSIGN(const auto flow, engine::tasks::opticalFlow(model, *frame, *frame));
        return {};
    };
    return work;
}

Result<CurveWork> inputs(const Options& options, int64_t size, const std::filesystem::path& folder)
{
    return made(options, {.layers = 2, .inputChannels = 256}, folder, size, 0);
}

Result<CurveWork> bytes(const Options& options, int64_t size, const std::filesystem::path& folder)
{
    return made(options, {.bytes = size}, folder, size, size);
}

Result<CurveWork> outputs(const Options& options, int64_t size, const std::filesystem::path& folder)
{
    return made(options, {.bytes = 16384}, folder, 2048, size);
}

Result<CurveWork> latents(const Options& options, int64_t size, const std::filesystem::path& folder)
{
    return made(options, {.latents = size, .latentChannels = 256, .inputChannels = 256}, folder, 2048, 0);
}

void sayWhere(const Options& options, const CurveKind& kind, int round, int rounds)
{
    if (options.progress == "text")
        std::fprintf(stderr, round == 0 ? "curve '%s': getting ready\n" : "curve '%s': round %d of %d\n", kind.name,
            round, rounds);
    if (options.progress == "json")
        std::fprintf(
            stderr, "%s\n", nlohmann::json{{"curve", kind.name}, {"round", round}, {"rounds", rounds}}.dump().c_str());
}

void summarise(Curve& curve)
{
    std::vector<double> sizes, seconds, memory;
    for (CurvePoint& point : curve.points) {
        std::vector<double> all = point.seconds;
        std::sort(all.begin(), all.end());
        point.median = all[all.size() / 2];
        point.least = all.front();
        point.most = all.back();
        sizes.push_back(double(point.size));
        seconds.push_back(point.median);
        memory.push_back(double(point.peakBytes));
    }
    curve.time = views::costFit(sizes, seconds, curve.kind->timeDegree);
    curve.memory = views::costFit(sizes, memory, 1);
}

} // namespace

const std::vector<CurveKind> kCurves = {
    {"pixels", "Optical flow: size of the frames", "pixels of a frame", "pixel",
        "The starter model flow-live over two frames, 240 pixels wide and 240 to 1,920 high, coarse to fine, tile by "
        "tile. More pixels are more tiles: straight lines, but for small steps where a row of tiles begins.",
        1, steps(240 * 240, 8), pixels},
    {"inputs", "Encoder cross-attention: number of inputs", "inputs of 256 channels", "input",
        "256 latents of 512 channels read all inputs once, with 8 heads; 2 latent layers follow, whatever the number "
        "of inputs. Time and memory are straight lines.",
        1, steps(8192, 8), inputs},
    {"bytes", "A text and a guess for each of its bytes: length of the text", "bytes of text", "byte",
        "256 latents of 512 channels read the text with 8 heads; after 4 latent layers, a query for every byte reads "
        "the latents. No byte meets another, so that a text twice as long takes twice the time: straight lines.",
        1, steps(2048, 8), bytes},
    {"outputs", "The decoder: number of outputs", "outputs decoded", "output",
        "256 latents of 512 channels have read a text of 2,048 bytes, once; any number of outputs is then decoded from "
        "them, each for itself, without a look at the text: straight lines.",
        1, steps(2048, 8), outputs},
    {"latents", "The latent layers: number of latents", "latents", "latent",
        "4 latent layers of 256 channels with 8 heads over 2,048 inputs. Every latent attends to every other: time "
        "grows with the square of their number, which is why there are few of them. The curve is a parabola; memory "
        "stays a straight line, since no map is ever stored.",
        2, steps(512, 8), latents},
};

Result<Curve> measureCurve(const CurveKind& kind, int rounds, const Options& options)
{
    const QTemporaryDir folder;
    if (!folder.isValid())
        return Error{ErrorKind::InputOutput, "no temporary folder can be made: " + folder.errorString().toStdString()};
    Curve curve{.kind = &kind};
    std::vector<CurveWork> works;
    const auto runOnce = [&works](size_t i) -> Result<double> {
        double seconds = 0;
        Session& session = *works[i].session;
        TRY(withProgress(session, 0, [&]() -> Result<void> {
            TRY_ASSIGN(seconds, timed(*session.device, works[i].run));
            return {};
        }));
        return seconds;
    };
    sayWhere(options, kind, 0, rounds);
    for (const int64_t size : kind.sizes) {
        TRY_ASSIGN(CurveWork work, kind.prepare(options, size, folder.path().toStdString()));
        works.push_back(std::move(work));
        TRY_ASSIGN(const double warm, runOnce(works.size() - 1));
        static_cast<void>(warm); // compiles kernels and does not count
        curve.device = works.back().session->device->info().name;
        curve.precision = works.back().session->device->precision();
        curve.points.push_back(
            {.size = size, .peakBytes = works.back().session->device->memory().back().highWaterBytes});
    }
    for (int round = 0; round < rounds; ++round) {
        sayWhere(options, kind, round + 1, rounds);
        for (size_t k = 0; k < works.size(); ++k) {
            const size_t i = round % 2 == 0 ? k : works.size() - 1 - k;
            TRY_ASSIGN(const double seconds, runOnce(i));
            curve.points[i].seconds.push_back(seconds);
        }
    }
    summarise(curve);
    return curve;
}

} // namespace app::commands
