#include "app/commands/flow_camera.h"

#include "app/formats/flow_colour.h"
#include "app/formats/flow_metrics.h"
#include "app/live/clock.h"
#include "app/live/live_flow.h"
#include "app/live/recorder.h"

#include <CLI/CLI.hpp>
#include <cinttypes>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace app::commands {

using nlohmann::json;
using What = live::RecordChoice::What;

namespace {

// A line rewritten on a terminal, else one every five seconds; as JSON where that was asked for.
void sayFigures(const live::LiveFigures& f, const live::LiveMotion& motion, const std::string& style, double* last)
{
    const bool terminal = style == "text" && isatty(STDERR_FILENO);
    if (style == "none" || live::steadySeconds() - *last < (terminal ? 0.5 : style == "json" ? 0.5 : 5))
        return;
    *last = live::steadySeconds();
    if (style == "json") {
        const json line{{"answered", f.answered}, {"dropped", f.dropped}, {"a_second", f.rate},
            {"delay_median", f.delayMedian}, {"delay_95", f.delay95}, {"model_width", motion.modelWidth},
            {"model_height", motion.modelHeight}};
        std::fprintf(stderr, "%s\n", line.dump().c_str());
        return;
    }
    std::fprintf(stderr, "%s%.1f a second at %d x %d, delay %.0f ms (95 %%: %.0f ms), %" PRId64 " dropped%s",
        terminal ? "\r\033[K" : "", f.rate, motion.modelWidth, motion.modelHeight, f.delayMedian * 1e3, f.delay95 * 1e3,
        f.dropped, terminal ? "" : "\n");
}

What recorded(const FlowCameraArguments& a)
{
    return std::filesystem::path(a.output).extension().empty() ? What::Raw
        : a.show == "side"                                     ? What::Side
        : a.show == "original"                                 ? What::Answered
                                                               : What::Motion;
}

// The camera's own pictures, on the thread that takes them.
struct Taking {
    std::unique_ptr<live::Recorder> recorder;
    std::mutex mutex;
    Result<void> wrong; // under the mutex

    void frame(const media::VideoFrame& frame, double captured)
    {
        if (!recorder)
            return;
        Result<void> added = recorder->frame(frame, captured);
        const std::lock_guard lock(mutex);
        if (!added.ok())
            wrong = std::move(added);
    }
    bool failed()
    {
        const std::lock_guard lock(mutex);
        return !wrong.ok();
    }
    Result<void> finish()
    {
        if (recorder && !failed())
            TRY(recorder->finish());
        return wrong;
    }
};

} // namespace

void addFlowCamera(CLI::App& command, FlowCameraArguments& a)
{
    command
        .add_option_function<std::string>(
            "--size",
            [&a](const std::string& text) {
                char end = 0;
                if (std::sscanf(text.c_str(), "%dx%d%c", &a.mode.width, &a.mode.height, &end) != 2 || a.mode.width < 1
                    || a.mode.height < 1)
                    throw CLI::ValidationError("--size", "a size is meant, such as 640x480");
            },
            "Of cameras: one of the sizes that 'pscope cameras' lists, such as 640x480")
        ->type_name("WxH");
    command.add_option("--record", a.input, "Of cameras: every picture as it came, with its time, into this video");
}

Result<json> flowCamera(const FlowCameraArguments& a, Options& options)
{
    if (!a.output.empty() && recorded(a) != What::Raw) // that one wants a new folder
        TRY(mayWrite(a.output, options));
    if (!a.input.empty())
        TRY(mayWrite(a.input, options));
    const Interruptible guard;
    TRY_ASSIGN(const auto session, openSession(options, options.model.empty() ? "flow-live" : options.model));
    session->progress = "none";
    TRY_ASSIGN(auto camera, media::openCamera(a.camera, a.mode));
    Taking taking;
    if (!a.input.empty()) {
        TRY_ASSIGN(
            taking.recorder, live::Recorder::create({.what = What::Camera, .path = a.input}, camera->info().timeBase));
    }
    live::LiveFlow flow(std::move(camera),
        {.rate = a.hold, .warm = a.warm, .onFrame = [&](const media::VideoFrame& frame, double captured) {
             taking.frame(frame, captured);
         }});
    const auto estimate = [&](const engine::Image& first, const engine::Image& second,
                              const engine::FlowField& start) -> Result<engine::FlowField> {
        engine::tasks::FlowResult found;
        TRY(withProgress(*session, 0, [&]() -> Result<void> {
            TRY_ASSIGN(found,
                engine::tasks::opticalFlow(
                    *session->model, first, second, {.iterations = a.iterations, .start = start}));
            return {};
        }));
        return std::move(found.flow);
    };
    std::unique_ptr<live::Recorder> recorder;
    std::shared_ptr<const live::LiveMotion> last;
    float scale = a.scale;
    double motionSum = 0, said = live::steadySeconds();
    const double begin = live::steadySeconds();
    while (!Interruptible::interrupted() && (a.seconds <= 0 || live::steadySeconds() - begin < a.seconds)) {
        const auto motion = flow.next(estimate);
        if (!motion.ok() && motion.error().kind == ErrorKind::Cancelled)
            break;
        if (!motion.ok())
            return motion.error();
        if (!motion.value())
            break;
        last = motion.value();
        motionSum += formats::meanMotion(last->flow);
        if (scale <= 0) // of the first answer, and then of all: colours stay comparable
            scale = std::max(1.0f, formats::colourScale(last->flow));
        if (!a.output.empty() && !recorder) {
            TRY_ASSIGN(recorder,
                live::Recorder::create(
                    {.what = recorded(a), .path = a.output, .scale = scale, .format = "." + a.format},
                    flow.info().timeBase));
        }
        if (recorder)
            TRY(recorder->answer(*last));
        if (taking.failed())
            break;
        sayFigures(flow.figures(), *last, options.progress, &said);
    }
    flow.stop();
    if (recorder)
        TRY(recorder->finish());
    TRY(taking.finish());
    if (!last)
        return Error{ErrorKind::InputOutput, flow.info().name + " gave no two pictures"};
    const live::LiveFigures f = flow.figures();
    if (!options.json)
        std::printf("%s, %d x %d: %" PRId64 " of %" PRId64
                    " frames answered, %.1f a second; delay %.0f ms (95 %%: %.0f "
                    "ms); the model saw %d x %d in %.0f ms\n",
            flow.info().name.c_str(), flow.info().width, flow.info().height, f.answered, f.captured, f.rate,
            f.delayMedian * 1e3, f.delay95 * 1e3, last->modelWidth, last->modelHeight, f.modelMedian * 1e3);
    json item{{"input", flow.info().name}, {"width", flow.info().width}, {"height", flow.info().height},
        {"captured", f.captured}, {"answered", f.answered}, {"dropped", f.dropped}, {"rate", f.rate},
        {"delay_median", f.delayMedian}, {"delay_95", f.delay95}, {"model_seconds", f.modelMedian},
        {"model_width", last->modelWidth}, {"model_height", last->modelHeight},
        {"mean_motion", motionSum / double(f.answered)}};
    if (!a.output.empty())
        item["output"] = a.output;
    if (!a.input.empty())
        item["recorded"] = a.input, item["recorded_frames"] = taking.recorder->count();
    return json{{"items", {item}}};
}

} // namespace app::commands
