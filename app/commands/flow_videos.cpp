#include "app/commands/flow_videos.h"

#include "app/batch/items.h"
#include "app/formats/flow_files.h"
#include "app/live/clock.h"
#include "app/media/video_writer.h"

#include <CLI/CLI.hpp>
#include <cinttypes>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace app::commands {

using nlohmann::json;

namespace {

// "tree.avi: 12 of 443 pairs, 2.1 a second, about 3 min left": a line rewritten on a terminal, else one now and then.
class PairPrinter {
public:
    PairPrinter(std::string style, std::string name, const char* what)
        : m_style(std::move(style)), m_name(std::move(name)), m_what(what)
    {
    }
    ~PairPrinter()
    {
        if (m_rewritten)
            std::fputs("\r\033[K", stderr);
    }

    bool operator()(const batch::FlowProgress& progress)
    {
        if (progress.computed == 0) { // frames are read over
            m_start = live::steadySeconds();
            return !Interruptible::interrupted();
        }
        const double seconds = live::steadySeconds() - m_start;
        const bool terminal = m_style == "text" && isatty(STDERR_FILENO);
        if (m_style != "none" && live::steadySeconds() - m_last >= (terminal ? 0.2 : m_style == "json" ? 0.5 : 5)) {
            m_last = live::steadySeconds();
            say(progress, double(progress.computed) / std::max(seconds, 1e-3), terminal);
        }
        return !Interruptible::interrupted();
    }

private:
    void say(const batch::FlowProgress& progress, double rate, bool terminal)
    {
        const double left = double(progress.pairs - progress.done) / std::max(rate, 1e-6);
        if (m_style == "json") {
            const json line{{"input", m_name}, {"done", progress.done}, {"pairs", progress.pairs}, {"a_second", rate},
                {"seconds_left", left}};
            std::fprintf(stderr, "%s\n", line.dump(-1, ' ', false, json::error_handler_t::replace).c_str());
            return;
        }
        std::fprintf(stderr, "%s%s: %" PRId64 " of %" PRId64 " %s, %.1f a second, about %s left%s",
            terminal ? "\r\033[K" : "", m_name.c_str(), progress.done, progress.pairs, m_what, rate,
            duration(left).c_str(), terminal ? "" : "\n");
        m_rewritten = terminal;
    }

    static std::string duration(double seconds)
    {
        char text[48];
        if (seconds < 100)
            std::snprintf(text, sizeof text, "%.0f s", std::max(seconds, 1.0));
        else if (seconds < 6000)
            std::snprintf(text, sizeof text, "%.0f min", seconds / 60);
        else
            std::snprintf(text, sizeof text, "%.1f h", seconds / 3600);
        return text;
    }

    std::string m_style, m_name;
    const char* m_what;
    double m_start = live::steadySeconds(), m_last = m_start;
    bool m_rewritten = false;
};

struct Work {
    const FlowVideoArguments& a;
    Options& options;
    json model; // what identifies it
    std::unique_ptr<Session> session; // opened when the first pair is asked for

    Result<json> one(const std::string& input, const std::filesystem::path& output);
    Result<batch::FlowJob::Estimate> estimator(const batch::FlowExport& what);
};

Result<batch::FlowJob::Estimate> Work::estimator(const batch::FlowExport& what)
{
    if (!session) {
        TRY_ASSIGN(session, openSession(options, options.model.empty() ? "flow" : options.model));
        session->progress = "none"; // pairs are what is counted
    }
    return batch::FlowJob::Estimate([this, &what](const engine::Image& first, const engine::Image& second,
                                        const engine::FlowField& start) -> Result<engine::FlowField> {
        engine::tasks::FlowResult found;
        TRY(withProgress(*session, 0, [&]() -> Result<void> {
            TRY_ASSIGN(
                found, engine::tasks::opticalFlow(*session->model, first, second, batch::flowOptions(what, start)));
            return {};
        }));
        return std::move(found.flow);
    });
}

Result<json> Work::one(const std::string& input, const std::filesystem::path& output)
{
    const batch::FlowExport what{.input = input,
        .output = output,
        .as = a.format,
        .show = a.show == "side"   ? batch::FlowShow::Side
            : a.show == "original" ? batch::FlowShow::Original
                                   : batch::FlowShow::Flow,
        .scale = a.scale,
        .first = a.from - 1,
        .step = a.step,
        .warm = a.warm,
        .backward = a.backward,
        .iterations = a.iterations,
        .stream = a.stream,
        .rate = a.rate,
        .resume = a.resume,
        .overwrite = options.overwrite};
    const batch::FlowExportParts parts{.estimator = [&] { return estimator(what); },
        .told =
            [&](batch::FlowStage stage, const std::string& name) {
                const auto printer = std::make_shared<PairPrinter>(
                    options.progress, name, stage == batch::FlowStage::Finding ? "pairs" : "pairs written");
                return [printer](const batch::FlowProgress& progress) { return (*printer)(progress); };
            },
        .remark = [](const std::string& sentence) { std::fprintf(stderr, "%s\n", sentence.c_str()); },
        .stop = [] { return Interruptible::interrupted(); }};
    TRY_ASSIGN(const batch::FlowExported done, batch::exportFlow(what, model, parts));
    json item{{"input", input}, {"output", output.string()}, {"skipped", done.skipped}};
    if (done.pairs > 0)
        item["pairs"] = done.pairs;
    return item;
}

} // namespace

void addFlowVideos(CLI::App& command, FlowVideoArguments& a)
{
    command.add_option("--list", a.list, "A file with the names of videos or folders, one a line");
    command
        .add_option("--as", a.format,
            "Of videos into a folder: the files' kind; st: ST maps (.st.exr; R = (x + 0.5 + u) / width, "
            "G = 1 - (y + 0.5 + v) / height: where each pixel is in the later frame, from the lower left); vectors: "
            "EXR "
            "files of each frame's motion in pixels, v upwards, to the next frame (forward.u, forward.v) and to the "
            "one "
            "before (backward.u, backward.v); picture: drawn PNGs (--show)")
        ->check(CLI::IsMember({"flo", "png", "npy", "pfm", "exr", "st", "vectors", "picture"}))
        ->capture_default_str();
    command.add_option("--show", a.show, "Of what is drawn: the flow, the picture beside it, or the picture")
        ->check(CLI::IsMember({"flow", "side", "original"}))
        ->capture_default_str();
    command.add_option("--from", a.from, "Of videos: the first frame, counted from 1")
        ->check(CLI::Range(1, 1000000000));
    command.add_option("--step", a.step, "Of videos: from each STEP-th frame to the next of these")
        ->check(CLI::Range(1, 100000));
    command.add_option("--stream", a.stream, "Of videos with several: the stream's number in the file");
    command.add_option("--rate", a.rate, "Of folders, and of cameras: pictures a second")
        ->check(CLI::Range(0.001, 100000.0));
    command.add_option("--seconds", a.seconds, "Of cameras: for how long (default: until Ctrl-C)")
        ->check(CLI::NonNegativeNumber);
    command
        .add_option("--hold", a.hold, "Of cameras: answers a second to hold by smaller frames; 0: frames as they are")
        ->check(CLI::Range(0.0, 1000.0))
        ->capture_default_str();
    command.add_flag("--warm", a.warm,
        "Of videos: each pair begins with the motion of the one before. Closer where things move on as they did (one "
        "pass, --iterations 1, is then as good as two without it), a little less close where motion changes from frame "
        "to frame");
    command.add_flag("--both-ways", a.backward, "Of videos: also from each frame to the one before, beside the others");
    command.add_flag("--resume", a.resume, "Goes on where an earlier run was stopped; what is finished is left alone");
    command.add_option("--shard", a.shard,
        "I/N: of N processes that share the videos, this is number I, from 0 (default: what Slurm, MPI or Kubernetes "
        "say)");
}

Result<json> flowVideos(const FlowVideoArguments& a, Options& options)
{
    std::vector<std::string> inputs = a.inputs;
    if (!a.list.empty()) {
        TRY_ASSIGN(const auto listed, batch::readList(a.list));
        inputs.insert(inputs.end(), listed.begin(), listed.end());
    }
    if (inputs.empty())
        return Error{ErrorKind::Usage, "name two frames, a video or a folder of pictures"};
    if (a.output.empty())
        return Error{ErrorKind::Usage, "say with -o where the motion goes: a folder, or a video such as motion.mp4"};
    // One goes to the name that is given; several go into a folder of that name.
    const bool many = inputs.size() > 1 || !a.list.empty();
    if (many && std::filesystem::path(a.output).has_extension())
        return Error{ErrorKind::Usage, a.output + " names one file, and there are several videos: name a folder"};
    TRY_ASSIGN(const batch::Share share, batch::shareOf(a.shard));
    const std::vector<std::filesystem::path> outputs
        = many ? batch::outputsOf(a.output, inputs, "") : std::vector<std::filesystem::path>{a.output};
    TRY_ASSIGN(const auto folder, modelFolder(options.model.empty() ? "flow" : options.model));
    TRY_ASSIGN(const std::string digest, batch::digestOf(folder));
    Work work{a, options, batch::modelIdentity(digest, options.fast, options.flavour), {}};
    const Interruptible guard;
    json items = json::array();
    int64_t failed = 0, tried = 0;
    for (size_t i = size_t(share.index); i < inputs.size(); i += size_t(share.count)) {
        ++tried;
        const Result<json> done = work.one(inputs[i], outputs[i]);
        if (!done.ok()
            && (done.error().kind == ErrorKind::Cancelled || !many || done.error().kind == ErrorKind::NoDevice))
            return done.error();
        if (!done.ok()) {
            ++failed;
            std::fprintf(stderr, "pscope: %s\n", done.error().message.c_str());
            items.push_back({{"input", inputs[i]},
                {"error", {{"code", int(exitCode(done.error().kind))}, {"message", done.error().message}}}});
        } else {
            if (!options.json)
                std::printf("%s: %s\n", outputs[i].c_str(),
                    done.value().value("skipped", false)
                        ? "finished before"
                        : (std::to_string(done.value().value("pairs", int64_t(0))) + " pairs").c_str());
            items.push_back(done.value());
        }
        if (Interruptible::interrupted())
            return Error{ErrorKind::Cancelled, "stopped: run it again with --resume to go on"};
    }
    options.someFailed = failed > 0;
    return json{{"items", items}};
}

} // namespace app::commands
