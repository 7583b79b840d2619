#include "app/commands/command.h"
#include "app/commands/published_values.h"
#include "app/formats/atomic_file.h"
#include "app/media/image_reader.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

namespace app::commands {

using nlohmann::json;
namespace fs = std::filesystem;

namespace {

// Of the largest value of a tensor: what the reference's own fp32 reaches on any machine.
constexpr double kMapTolerance = 3e-5, kOutputTolerance = 1e-5;

struct SelftestArguments {
    std::vector<std::string> models;
    std::string picture, frame;
};

// A stored case on one device: {"case", "outputs", "maps", "passed"}.
Result<json> storedCase(engine::ops::Device& device, const fs::path& folder)
{
    TRY_ASSIGN(const auto checkpoint, engine::weights::Checkpoint::open(folder));
    TRY_ASSIGN(const auto model, engine::perceiver::Model::load(device, checkpoint, engine::perceiver::Flavour::Hf));
    TRY_ASSIGN(const auto inputs, engine::weights::readSafetensors(folder / "inputs.safetensors"));
    TRY_ASSIGN(const auto exact, engine::weights::readSafetensors(folder / "exact.safetensors"));
    TRY_ASSIGN(const auto found, engine::tasks::forward(*model, inputs.tensors, {.maps = true}));
    const auto d = engine::tasks::compare(found, exact, kOutputTolerance);
    const bool passed = d.missing.empty() && !d.otherBest && d.maps <= kMapTolerance && d.outputs <= kOutputTolerance;
    return json{{"case", folder.filename().string()}, {"outputs", d.outputs}, {"maps", d.maps}, {"passed", passed}};
}

Result<json> device(
    const engine::ops::Candidate& candidate, const std::vector<fs::path>& folders, const Options& options)
{
    if (!options.json)
        std::printf("%s (%s)\n", candidate.info.name.c_str(), name(candidate.info.kind));
    TRY_ASSIGN(const auto opened,
        engine::devices::openDevice(candidate.request, engine::ops::Precision::Exact, options.tuning));
    json cases = json::array();
    for (const fs::path& folder : folders) {
        TRY_ASSIGN(const json result, storedCase(*opened, folder));
        cases.push_back(result);
        if (!options.json)
            std::printf("  %-14s outputs %.1e (allowed %.0e)  maps %.1e (allowed %.0e)  %s\n",
                result["case"].get<std::string>().c_str(), result["outputs"].get<double>(), kOutputTolerance,
                result["maps"].get<double>(), kMapTolerance, result["passed"].get<bool>() ? "right" : "WRONG");
    }
    return cases;
}

} // namespace

std::function<Result<json>()> declareSelftest(CLI::App& command, Options& options)
{
    auto a = std::make_shared<SelftestArguments>();
    command.add_option("models", a->models, "Checkpoints with DeepMind's weights, to check against published values");
    command.add_option(
        "--picture", a->picture, "COCO val2017 000000039769, which the image classifiers' values are of");
    command.add_option("--frame", a->frame, "The Sintel frame that the flow model's values are of");
    addDevice(command, options);
    return [a, &options]() -> Result<json> {
        engine::Image picture, frame;
        if (!a->picture.empty()) {
            TRY_ASSIGN(picture, media::readImage(a->picture));
        }
        if (!a->frame.empty()) {
            TRY_ASSIGN(frame, media::readImage(a->frame));
        }
        std::vector<fs::path> folders;
        std::error_code failed;
        for (const auto& entry : fs::directory_iterator(assets() / "selftest", failed))
            folders.push_back(entry.path());
        std::sort(folders.begin(), folders.end());
        if (folders.empty())
            return Error{ErrorKind::NoInput, "the stored results are missing: " + (assets() / "selftest").string()};

        const auto candidates = engine::devices::listDevices(options.device);
        json devices = json::array(), models = json::array();
        bool passed = true;
        for (const auto& candidate : candidates) {
            if (!candidate.usable || (!options.device.empty() && options.device != "auto" && !candidate.chosen))
                continue;
            const Result<json> cases = device(candidate, folders, options);
            json entry{{"name", candidate.info.name}, {"uuid", candidate.info.uuid}};
            if (cases.ok()) {
                entry["cases"] = cases.value();
                for (const json& one : cases.value())
                    passed &= one["passed"].get<bool>();
            } else { // a broken device is what this command is for
                entry["error"] = cases.error().message;
                std::fprintf(stderr, "pscope: %s: %s\n", candidate.info.name.c_str(), cases.error().message.c_str());
                passed = false;
            }
            devices.push_back(entry);
        }
        if (devices.empty()) // for the sentence that says why
            return engine::devices::openDevice(options.device).error();
        for (const std::string& path : a->models) {
            TRY_ASSIGN(const auto session, openSession(options, path));
            PublishedCheck check;
            TRY(withProgress(*session, 0, [&]() -> Result<void> {
                TRY_ASSIGN(check, checkPublished(*session->model, picture, frame));
                return {};
            }));
            passed &= check.passed || !check.done;
            models.push_back(
                {{"model", path}, {"checked", check.done}, {"passed", check.passed}, {"text", check.text}});
            if (!options.json)
                std::printf("%s\n  %s: %s\n", path.c_str(),
                    !check.done        ? "not checked"
                        : check.passed ? "right"
                                       : "WRONG, or not the released weights",
                    check.text.c_str());
        }
        options.someFailed = !passed;
        return json{{"devices", devices}, {"models", models}, {"passed", passed}};
    };
}

} // namespace app::commands
