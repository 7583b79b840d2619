#include "app/commands/bench_measure.h"
#include "app/commands/bench_report.h"
#include "app/commands/command.h"
#include "app/commands/curve_files.h"
#include "app/formats/atomic_folder.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

namespace app::commands {

namespace {

using nlohmann::json;

struct Arguments {
    std::vector<std::string> models;
    int runs = 3;
    std::string peer;
    bool asPeer = false;
    std::string curves; // a folder
    std::vector<std::string> chosen; // curves; none: all
};

const char* precisionName(engine::ops::Precision precision)
{
    return precision == engine::ops::Precision::Fast ? "fast" : "exact";
}

// Every model, whatever becomes of the others. An error where the first already finds no device, where it was stopped,
// and where none could be measured.
Result<json> measureAll(const Arguments& arguments, const std::vector<std::string>& models, Options& options)
{
    json result{{"models", json::array()}};
    json& rows = result["models"];
    std::optional<Error> firstFailure;
    double rate = 0;
    for (const std::string& model : models) {
        const Result<Measured> measured = measure(options, {model, arguments.runs, arguments.peer});
        if (!measured.ok()) {
            const Error& error = measured.error();
            const bool ofAll = error.kind == ErrorKind::Cancelled || (error.kind == ErrorKind::NoDevice && rate == 0);
            if (ofAll || models.size() == 1)
                return error;
            if (!firstFailure)
                firstFailure = error;
            std::fprintf(stderr, "pscope: %s\n", error.message.c_str());
            rows.push_back(
                {{"model", model}, {"error", {{"code", int(exitCode(error.kind))}, {"message", error.message}}}});
            continue;
        }
        const Measured& m = measured.value();
        if (!options.json)
            printTable(m, rate == 0);
        rate = std::max(rate, m.gemmRate);
        result["device"] = m.device;
        result["precision"] = precisionName(m.precision);
        result["gemm_gflops"] = rate * 1e-9;
        const json all = rowsOf(m);
        rows.insert(rows.end(), all.begin(), all.end());
    }
    if (rate == 0)
        return Error{firstFailure ? firstFailure->kind : ErrorKind::NoInput, "there is no model that could be timed"};
    options.someFailed = firstFailure.has_value();
    return result;
}

Result<json> measureCurves(const Arguments& arguments, const Options& options)
{
    namespace fs = std::filesystem;
    TRY(mayWrite(arguments.curves, options));
    std::error_code ignored; // what is replaced goes with all that it holds
    if (fs::exists(arguments.curves, ignored) && !fs::is_empty(arguments.curves, ignored)
        && !fs::exists(fs::path(arguments.curves) / "curves.json", ignored))
        return Error{ErrorKind::InputOutput, arguments.curves + " holds other things than curves: choose another name"};
    TRY_ASSIGN(auto folder, formats::AtomicFolder::create(arguments.curves)); // before the minutes of measuring
    std::vector<Curve> curves;
    json result{{"rounds", arguments.runs}, {"curves", json::array()}, {"output", arguments.curves}};
    for (const CurveKind& kind : kCurves) {
        const auto& chosen = arguments.chosen;
        if (!chosen.empty() && std::find(chosen.begin(), chosen.end(), kind.name) == chosen.end())
            continue;
        TRY_ASSIGN(Curve curve, measureCurve(kind, arguments.runs, options));
        result["device"] = curve.device;
        result["precision"] = precisionName(curve.precision);
        result["curves"].push_back(jsonOf(curve));
        if (!options.json)
            std::printf("%-10s R2 of time %.4f, of memory %.4f\n", kind.name, curve.time.r2, curve.memory.r2);
        std::fflush(stdout);
        curves.push_back(std::move(curve));
    }
    TRY(writeCurves(folder.path(), curves, result));
    TRY(folder.commit());
    return result;
}

std::vector<std::string> curveNames()
{
    std::vector<std::string> names;
    for (const CurveKind& kind : kCurves)
        names.push_back(kind.name);
    return names;
}

} // namespace

std::function<Result<json>()> declareBench(CLI::App& command, Options& options)
{
    auto a = std::make_shared<Arguments>();
    auto* models = command.add_option("-m,--model", a->models,
        "A model as for other commands, or a folder of models; may be given several times. All built-in models unless "
        "said otherwise");
    models->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command.add_option("--runs", a->runs, "How often; the median counts")
        ->capture_default_str()
        ->check(CLI::Range(1, 100));
    auto* peer = command.add_option("--compare", a->peer,
        "Another program, timed in turns with this one: it says ready once it has loaded, then answers each line with "
        "the seconds of a run. {} stands for the model's folder");
    auto* asPeer = command.add_flag(
        "--as-peer", a->asPeer, "Be such a program: for comparing two builds, devices or precisions of this one");
    asPeer->excludes(peer);
    auto* curves = command.add_option("--curves", a->curves,
        "In place of models: time and memory against pixels, inputs, bytes, outputs and latents, as tables and drawn, "
        "into this folder");
    curves->each([&options](const std::string&) { options.letters = true; });
    curves->excludes(peer)->excludes(asPeer)->excludes(models);
    command.add_option("--curve", a->chosen, "Only this curve; may be given several times")
        ->check(CLI::IsMember(curveNames()))
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->needs(curves);
    command.add_flag("--overwrite", options.overwrite, "Replace the folder of curves");
    addComputing(command, options);
    return [a, &options]() -> Result<json> {
        if (!a->curves.empty())
            return measureCurves(*a, options);
        const std::vector<std::string> meant = modelsMeant(a->models);
        if (a->asPeer) {
            if (meant.size() != 1)
                return Error{ErrorKind::Usage, "with --as-peer, name one model with --model"};
            TRY(answerTurns(options, meant.front()));
            return json::object();
        }
        if (!a->peer.empty() && meant.size() > 1 && a->peer.find("{}") == std::string::npos)
            return Error{ErrorKind::Usage,
                "a command that is compared with several models needs {} in the place of the model's folder"};
        return measureAll(*a, meant, options);
    };
}

} // namespace app::commands
