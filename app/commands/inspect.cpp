#include "app/commands/command.h"
#include "app/commands/forecast.h"
#include "app/commands/model_summary.h"
#include "app/formats/model_cards.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace app::commands {

using nlohmann::json;

namespace {

// What comes with the program.
Result<json> builtIn(bool print)
{
    json models = json::array();
    for (const formats::ModelCard& card : formats::modelCards(assets() / "starter")) {
        TRY_ASSIGN(const ModelSummary model, summaryOf(assets() / "starter" / card.name));
        models.push_back({{"name", card.name}, {"title", card.title}, {"parameters", model.parameters},
            {"weights_bytes", model.bytes}, {"card", card.text}});
        if (print)
            std::printf("%-10s %s\n           %s\n", card.name.c_str(), card.title.c_str(),
                sizeText(model.parameters, model.bytes).c_str());
    }
    if (print)
        std::printf("\n'pscope inspect NAME' shows a model's card.\n");
    return json{{"models", models}};
}

} // namespace

std::function<Result<json>()> declareInspect(CLI::App& command, Options& options)
{
    auto folder = std::make_shared<std::string>();
    command.add_option(
        "model_dir", *folder, "The checkpoint's folder, or a built-in model's name; without, the built-in models");
    addModel(command, options);
    return [folder, &options]() -> Result<json> {
        if (folder->empty())
            folder->swap(options.model);
        if (folder->empty())
            return builtIn(!options.json);
        TRY_ASSIGN(const auto session, openSession(options, *folder));
        const auto& model = *session->model;
        const auto& config = model.config();
        TRY_ASSIGN(const std::filesystem::path path, modelFolder(*folder));
        TRY_ASSIGN(const ModelSummary summary, summaryOf(path));
        const Forecast forecast = forecastOf(model, summary.bytes);
        json out{{"task", name(model.kind())}, {"parameters", summary.parameters},
            {"num_latents", config.numLatents}, {"d_latents", config.dLatents}, {"layers", model.executedLayers()},
            {"inputs", forecast.inputs}, {"outputs", forecast.outputs}, {"gflop", forecast.gflop},
            {"memory_bytes", forecast.memoryBytes}, {"weights_bytes", summary.bytes},
            {"load_seconds", session->loadSeconds}};
        if (!options.json)
            std::printf("task         %s\nsize         %s\nlatents      %lld x %lld, %lld layers\n"
                        "inputs       %lld\noutputs      %lld\nforecast     %.1f GFLOP, %.0f MB on the device\n",
                name(model.kind()), sizeText(summary.parameters, summary.bytes).c_str(),
                static_cast<long long>(config.numLatents),
                static_cast<long long>(config.dLatents), static_cast<long long>(model.executedLayers()),
                static_cast<long long>(forecast.inputs), static_cast<long long>(forecast.outputs), forecast.gflop,
                double(forecast.memoryBytes) * 1e-6);
        for (const formats::ModelCard& card : formats::modelCards(assets() / "starter"))
            if (path == assets() / "starter" / card.name) {
                out["card"] = card.text;
                if (!options.json)
                    std::printf("\n%s\n", card.text.c_str());
            }
        return out;
    };
}

} // namespace app::commands
