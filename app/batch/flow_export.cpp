#include "app/batch/flow_export.h"

#include "app/batch/items.h"
#include "app/formats/atomic_file.h"
#include "app/media/video_writer.h"

#include <cmath>

namespace app::batch {

using engine::Error;
using engine::ErrorKind;
using engine::Result;
using nlohmann::json;

namespace {

enum class Kind { Fields, Pictures, Vectors, Table, Video };

Kind kindOf(const FlowExport& what)
{
    if (what.output.has_extension())
        return what.output.extension() == ".csv" ? Kind::Table : Kind::Video;
    return what.as == "picture" ? Kind::Pictures : what.as == "vectors" ? Kind::Vectors : Kind::Fields;
}

const char* nameOf(FlowShow show)
{
    return show == FlowShow::Side ? "side" : show == FlowShow::Original ? "original" : "flow";
}

FlowParameters parametersOf(const FlowExport& what)
{
    FlowParameters parameters{
        .first = what.first, .step = what.step, .warm = what.warm, .backward = what.backward, .format = ""};
    switch (kindOf(what)) {
    case Kind::Fields:
        parameters.format = what.as == "st" ? ".st.exr" : "." + what.as;
        break;
    case Kind::Vectors:
        parameters.format = ".flo";
        parameters.backward = true;
        break;
    default: // what only drawings are made from is kept in 1/64 of a pixel, in a fifth of the room
        parameters.format = ".png";
    }
    return parameters;
}

// One decimal number, short: 12.5, 3.
std::string text(double value)
{
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.9g", value);
    return digits;
}

Error isThere(const std::filesystem::path& path)
{
    return {ErrorKind::InputOutput, path.string() + " is there already: say --overwrite, or choose another name"};
}

// Of one export, what several steps need.
struct Work {
    const FlowExport& what;
    const FlowExportParts& parts;
    const Kind kind = kindOf(what);
    const FlowParameters parameters = parametersOf(what);
    const std::filesystem::path folder = workFolder(what);
    json job, finished{}; // of the work folder; of a folder that is made from it

    Result<std::unique_ptr<media::FrameSource>> source() const
    {
        return media::openFrames(
            what.input, {.stream = what.stream, .rate = {int64_t(std::llround(what.rate * 1000)), 1000}});
    }

    std::string comment() const
    {
        return kind == Kind::Video
            ? "pscope flow " + job.dump() + " " + nameOf(what.show) + " " + std::to_string(what.scale)
            : finished.dump(1) + "\n";
    }

    // Whether it is all there; InputOutput when something else is, that may not go.
    Result<bool> isFinished() const
    {
        std::error_code ignored;
        if (kind == Kind::Fields && what.overwrite && isOthers(what.output))
            return othersThere();
        if (kind == Kind::Fields || !std::filesystem::exists(what.output, ignored))
            return false;
        if (kind == Kind::Video ? media::commentOf(what.output) == comment() : FlowJob::belongs(what.output, finished))
            return true;
        if (!what.overwrite)
            return isThere(what.output);
        const bool folderWanted = kind == Kind::Pictures || kind == Kind::Vectors;
        if (std::filesystem::is_directory(what.output, ignored) != folderWanted || isOthers(what.output))
            return othersThere();
        return false;
    }

    // A folder with something of anybody else's in it is never replaced.
    static bool isOthers(const std::filesystem::path& path)
    {
        std::error_code ignored;
        return std::filesystem::is_directory(path, ignored) && !std::filesystem::is_empty(path, ignored)
            && !FlowJob::isOurs(path);
    }

    Error othersThere() const
    {
        return {ErrorKind::InputOutput,
            what.output.string() + " is there already and holds other things: choose another name"};
    }

    Result<FlowJob> open() const
    {
        if (what.overwrite && FlowJob::isOurs(folder) && (!what.resume || !FlowJob::belongs(folder, job))) {
            std::error_code failed;
            std::filesystem::remove_all(folder, failed);
        }
        return FlowJob::open(folder, job, parameters);
    }

    Result<void> find(FlowJob& flow) const
    {
        TRY_ASSIGN(const auto frames, source());
        TRY_ASSIGN(const auto estimate, parts.estimator());
        const Result<void> ran = flow.run(*frames, estimate, parts.told(FlowStage::Finding, frames->info().name));
        for (const std::string& remark : frames->remarks())
            parts.remark(remark);
        if (!ran.ok() && ran.error().kind == ErrorKind::Cancelled)
            return Error{ErrorKind::Cancelled,
                "stopped after " + std::to_string(flow.done()) + " pairs of " + what.input.string()
                    + ": say --resume to go on"};
        return ran;
    }

    Result<void> write(const FlowJob& flow) const
    {
        if (kind == Kind::Fields)
            return {};
        TRY_ASSIGN(const auto frames, source());
        const FlowJob::Told told = parts.told(FlowStage::Writing, frames->info().name);
        if (kind == Kind::Table) {
            TRY_ASSIGN(const auto table, formats::readFile(flow.tablePath()));
            TRY(formats::writeFile(what.output, table));
        } else if (kind == Kind::Vectors) {
            TRY(writeVectors(flow, what.output, comment(), told));
        } else {
            TRY(drawFlow(flow, parameters, *frames, what.output,
                {.show = what.show, .scale = what.scale, .comment = comment()}, told));
        }
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
        return {};
    }
};

} // namespace

std::filesystem::path workFolder(const FlowExport& what)
{
    std::filesystem::path name = what.output;
    if (!name.has_filename()) // "folder/"
        name = name.parent_path();
    return kindOf(what) == Kind::Fields ? what.output : std::filesystem::path(name.string() + ".parts");
}

json modelIdentity(const std::string& digest, bool fast, const std::string& flavour)
{
    return {{"sha256", digest}, {"fast", fast}, {"flavour", flavour}};
}

engine::tasks::FlowOptions flowOptions(const FlowExport& what, const engine::FlowField& start)
{
    engine::tasks::FlowOptions options;
    options.start = start;
    if (what.iterations > 0)
        options.iterations = what.iterations;
    return options;
}

Result<FlowExported> exportFlow(const FlowExport& what, const json& model, const FlowExportParts& parts)
{
    TRY_ASSIGN(const std::string digest, digestOf(what.input, parts.stop));
    Work work{what, parts};
    work.job
        = jobOf({{"sha256", digest}, {"stream", what.stream}, {"rate", what.rate}, {"iterations", what.iterations}},
            model, work.parameters);
    work.finished = work.job;
    work.finished["as"] = what.as;
    if (work.kind == Kind::Pictures) {
        work.finished["show"] = nameOf(what.show);
        work.finished["scale"] = what.scale;
    }
    TRY_ASSIGN(const bool finished, work.isFinished());
    if (finished)
        return FlowExported{.skipped = true};
    TRY_ASSIGN(FlowJob flow, work.open());
    if (flow.done() > 0 && !flow.finished() && !what.resume)
        return Error{ErrorKind::InputOutput,
            work.folder.string() + " holds the first " + std::to_string(flow.done())
                + " pairs of an unfinished run: say --resume to go on, or --overwrite to begin again"};
    const bool skipped = flow.finished() && work.kind == Kind::Fields;
    if (!flow.finished())
        TRY(work.find(flow));
    TRY(work.write(flow));
    return FlowExported{.pairs = flow.done(), .skipped = skipped};
}

std::vector<std::string> commandOf(const FlowExport& what, const FlowComputing& computing)
{
    const Kind kind = kindOf(what);
    std::vector<std::string> words{"flow", what.input.string(), "-o", what.output.string()};
    const auto add = [&words](bool wanted, std::initializer_list<std::string> more) {
        if (wanted)
            words.insert(words.end(), more);
    };
    const bool drawn = kind == Kind::Video || kind == Kind::Pictures;
    add(!what.output.has_extension() && what.as != "flo", {"--as", what.as});
    add(drawn && what.show != FlowShow::Flow, {"--show", nameOf(what.show)});
    add(drawn && what.scale > 0, {"--scale", text(double(what.scale))});
    add(what.first > 0, {"--from", std::to_string(what.first + 1)});
    add(what.step > 1, {"--step", std::to_string(what.step)});
    add(what.iterations > 0, {"--iterations", std::to_string(what.iterations)});
    add(what.warm, {"--warm"});
    add(what.backward && kind != Kind::Vectors, {"--both-ways"});
    add(what.stream >= 0, {"--stream", std::to_string(what.stream)});
    add(what.rate != 25, {"--rate", text(what.rate)});
    add(computing.model != "flow", {"-m", computing.model});
    add(!computing.device.empty(), {"-g", computing.device});
    add(computing.fast, {"--precision", "fast"});
    return words;
}

} // namespace app::batch
