#include "app/commands/command.h"
#include "app/commands/flow_camera.h"
#include "app/commands/flow_run.h"
#include "app/commands/flow_videos.h"
#include "app/commands/forecast.h"
#include "app/formats/atomic_file.h"
#include "app/formats/flow_colour.h"
#include "app/formats/flow_files.h"
#include "app/formats/flow_metrics.h"
#include "app/media/camera.h"
#include "app/media/image_reader.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <nlohmann/json.hpp>

namespace app::commands {

using nlohmann::json;

namespace {

struct FlowArguments {
    std::string first, second, output, colour, truth, backward, occlusion;
    float scale = 0;
    int iterations = 0;
};

// Forecast guard: pictures whose tiles alone would not fit a reasonable memory.
constexpr int64_t kMostFlowPixels = 40'000'000;

// Two pictures; anything else is taken as videos and folders.
bool isPair(const std::vector<std::string>& inputs)
{
    const auto folder = [](const std::string& input) {
        std::error_code ignored;
        return std::filesystem::is_directory(input, ignored);
    };
    return inputs.size() == 2 && !folder(inputs[0]) && !folder(inputs[1]) && !media::isVideoName(inputs[0])
        && !media::isVideoName(inputs[1]);
}

} // namespace

Result<FlowRun> runFlow(Session& session, const std::string& first, const std::string& second,
    const engine::tasks::FlowOptions& options, bool backward)
{
    FlowRun run;
    TRY_ASSIGN(run.first, media::readImage(first));
    TRY_ASSIGN(run.second, media::readImage(second));
    if (int64_t(run.first.width) * run.first.height > kMostFlowPixels)
        return Error{ErrorKind::BadData,
            first + " has " + std::to_string(run.first.width) + " x " + std::to_string(run.first.height)
                + " pixels; flow is computed for at most " + std::to_string(kMostFlowPixels / 1'000'000)
                + " million. Make the frames smaller first"};
    const auto start = std::chrono::steady_clock::now();
    const double flop = expectedFlop(*session.model)
        * double(engine::tasks::flowTileCount(*session.model, run.first.height, run.first.width, options));
    TRY(withProgress(session, flop, [&]() -> Result<void> {
        TRY_ASSIGN(run.forward, engine::tasks::opticalFlow(*session.model, run.first, run.second, options));
        return {};
    }));
    run.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (backward)
        TRY(withProgress(session, flop, [&]() -> Result<void> {
            TRY_ASSIGN(run.backward, engine::tasks::opticalFlow(*session.model, run.second, run.first, options));
            return {};
        }));
    return run;
}

std::function<Result<json>()> declareFlow(CLI::App& command, Options& options)
{
    auto a = std::make_shared<FlowArguments>();
    auto videos = std::make_shared<FlowVideoArguments>();
    command.add_option(
        "inputs", videos->inputs, "Two frames of one size; or videos, folders of numbered pictures, or 'camera'");
    command.add_option("-o,--output", a->output,
        "The flow of two frames as .flo, .png (KITTI), .npy, .pfm, .exr or .st.exr (an ST map); of a video a folder, a "
        "video (.mp4), or its figures (.csv)");
    addFlowVideos(command, *videos);
    const auto cameras = std::make_shared<FlowCameraArguments>();
    addFlowCamera(command, *cameras);
    command.add_option("--color,--colour", a->colour, "The flow as a picture (PNG) in Middlebury's colours");
    command.add_option(
        "--scale", a->scale, "Pixels of motion at the colours' full strength (default: 99.5 % of the vectors)");
    command.add_option("--truth", a->truth, "The true flow: prints the end-point error and the rates of wrong pixels");
    command.add_option("--backward", a->backward, "The flow from frame 2 to frame 1 as well, into this file");
    command.add_option("--occlusion", a->occlusion, "A picture (PNG) of what frame 2 does not show");
    command.add_option("--iterations", a->iterations, "Passes per pyramid level (starter models; default 2)")
        ->check(CLI::Range(1, 1000));
    addWithout(command, options);
    command.add_flag("--overwrite", options.overwrite, "Replace files that are there");
    addModel(command, options);
    return [a, videos, cameras, &command, &options]() -> Result<json> {
        if (!isPair(videos->inputs) || !videos->list.empty()) {
            for (const auto& [given, name] : {std::pair(!a->truth.empty(), "--truth"), {!a->colour.empty(), "--color"},
                     {!a->occlusion.empty(), "--occlusion"}, {!a->backward.empty(), "--backward"},
                     {!options.without.empty(), "--without"}})
                if (given)
                    return Error{ErrorKind::Usage, std::string(name) + " is for two frames, not for videos"};
            const auto camera = videos->inputs.size() == 1 ? media::cameraNamed(videos->inputs[0]) : std::nullopt;
            if (camera) {
                cameras->camera = *camera, cameras->output = a->output;
                cameras->show = videos->show, cameras->format = videos->format;
                cameras->seconds = videos->seconds, cameras->hold = videos->hold, cameras->warm = videos->warm;
                cameras->mode.rate = command.count("--rate") > 0 ? videos->rate : 0;
                cameras->iterations = std::max(1, a->iterations);
                cameras->scale = a->scale;
                return flowCamera(*cameras, options);
            }
            videos->output = a->output;
            videos->iterations = a->iterations;
            videos->scale = a->scale;
            return flowVideos(*videos, options);
        }
        a->first = videos->inputs[0], a->second = videos->inputs[1];
        for (const std::string& path : {a->output, a->backward})
            if (!path.empty()) {
                TRY(formats::checkFlowName(path));
                TRY(mayWrite(path, options));
            }
        for (const std::string& path : {a->colour, a->occlusion})
            if (!path.empty())
                TRY(mayWrite(path, options));
        engine::tasks::FlowOptions full, changed;
        if (a->iterations > 0)
            full.iterations = a->iterations;
        changed.iterations = full.iterations;
        TRY_ASSIGN(changed.without, parseWithout(options.without));
        engine::FlowField truth;
        if (!a->truth.empty()) {
            TRY_ASSIGN(truth, formats::readFlow(a->truth));
        }
        TRY_ASSIGN(const auto session, openSession(options, options.model.empty() ? "flow" : options.model));
        TRY_ASSIGN(const FlowRun run,
            runFlow(*session, a->first, a->second, changed, !a->backward.empty() || !a->occlusion.empty()));
        const engine::FlowField& flow = run.forward.flow;
        if (run.forward.padded)
            std::fprintf(
                stderr, "The frames are smaller than the model's tile: their rim was repeated, the flow cut back.\n");

        json item{{"first", a->first}, {"second", a->second}, {"seconds", run.seconds}, {"tiles", run.forward.tiles},
            {"mean_motion", formats::meanMotion(flow)}};
        if (!a->output.empty()) {
            TRY(formats::writeFlow(a->output, flow));
            item["output"] = a->output;
        }
        if (!a->colour.empty()) {
            const auto picture = formats::flowPicture(flow, a->scale > 0 ? std::optional(a->scale) : std::nullopt);
            TRY(formats::writeFile(a->colour, formats::encodePng(picture)));
        }
        if (!a->backward.empty())
            TRY(formats::writeFlow(a->backward, run.backward.flow));
        if (!a->occlusion.empty())
            TRY(formats::writeFile(a->occlusion, formats::encodePng(formats::occlusion(flow, run.backward.flow))));
        if (!options.json)
            std::printf("%d x %d, mean motion %.3f px, %.2f s on %s\n", flow.width, flow.height,
                formats::meanMotion(flow), run.seconds, session->device->info().name.c_str());
        if (!changed.without.empty()) { // what is written is the flow without; this is how far it is from the full one
            TRY_ASSIGN(const FlowRun whole, runFlow(*session, a->first, a->second, full, false));
            TRY_ASSIGN(const formats::FlowErrors change, formats::compareFlow(flow, whole.forward.flow));
            item["change"] = change.epe;
            if (!options.json)
                std::printf("mean change by what was left out %.3f px\n", change.epe);
        }
        if (!a->truth.empty()) {
            TRY_ASSIGN(const formats::FlowErrors errors, formats::compareFlow(flow, truth));
            item["epe"] = errors.epe;
            item["px1"] = errors.px1;
            item["px3"] = errors.px3;
            item["px5"] = errors.px5;
            item["fl_all"] = errors.flAll;
            if (!options.json)
                std::printf("end-point error %.3f px; wrong by more than 1 px %.2f %%, 3 px %.2f %%, 5 px %.2f %%; "
                            "Fl-all %.2f %%\n",
                    errors.epe, errors.px1, errors.px3, errors.px5, errors.flAll);
        }
        return json{{"items", {item}}};
    };
}

} // namespace app::commands
