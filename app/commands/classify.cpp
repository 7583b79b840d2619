#include "app/commands/command.h"
#include "app/commands/forecast.h"
#include "app/commands/top_labels.h"
#include "app/media/image_reader.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace app::commands {

using nlohmann::json;

std::function<Result<json>()> declareClassify(CLI::App& command, Options& options)
{
    auto images = std::make_shared<std::vector<std::string>>();
    auto top = std::make_shared<int>(5);
    command.add_option("images", *images, "Pictures")->required();
    command.add_option("--top", *top, "How many classes to show")->capture_default_str()->check(CLI::Range(1, 10000));
    addWithout(command, options);
    addModel(command, options);
    return [images, top, &options]() -> Result<json> {
        TRY_ASSIGN(const std::string modelName, modelOr(options.model, "image"));
        TRY_ASSIGN(const auto without, parseWithout(options.without));
        TRY_ASSIGN(const auto session, openSession(options, modelName));
        if (const auto& labels = session->model->config().labels; labels.size() > 0 && labels.size() <= 12) {
            std::string names;
            for (const std::string& label : labels)
                names += (names.empty() ? "" : ", ") + label;
            std::fprintf(
                stderr, "This model knows %zu things only, and names the nearest: %s.\n", labels.size(), names.c_str());
        }
        return overItems(*images, options, [&](const std::string& path) -> Result<json> {
            TRY_ASSIGN(const engine::Image image, media::readImage(path));
            std::vector<float> full, changed;
            const double flop = expectedFlop(*session->model) * (without.empty() ? 1 : 2);
            TRY(withProgress(*session, flop, [&]() -> Result<void> {
                TRY_ASSIGN(full, engine::tasks::classify(*session->model, image));
                if (!without.empty()) {
                    TRY_ASSIGN(changed, engine::tasks::classify(*session->model, image, without));
                }
                return {};
            }));
            if (!options.json)
                std::printf("%s\n", path.c_str());
            return json{{"input", path},
                {"top", topLabels(*session->model, without.empty() ? full : changed, full, *top, !options.json)}};
        });
    };
}

std::function<Result<json>()> declareLabelText(CLI::App& command, Options& options)
{
    auto argument = std::make_shared<TextArgument>();
    addText(command, *argument, "The text");
    addWithout(command, options);
    addModel(command, options);
    return [argument, &options]() -> Result<json> {
        TRY_ASSIGN(const std::string text, readText(*argument));
        TRY_ASSIGN(const std::string modelName, modelOr(options.model, "sentiment"));
        TRY_ASSIGN(const auto without, parseWithout(options.without));
        TRY_ASSIGN(const auto session, openSession(options, modelName));
        std::vector<float> full, changed;
        const double flop = expectedFlop(*session->model, int64_t(text.size()) + 2) * (without.empty() ? 1 : 2);
        TRY(withProgress(*session, flop, [&]() -> Result<void> {
            TRY_ASSIGN(full, engine::tasks::labelText(*session->model, text));
            if (!without.empty()) {
                TRY_ASSIGN(changed, engine::tasks::labelText(*session->model, text, without));
            }
            return {};
        }));
        return json{{"items",
            {{{"input", engine::tasks::toValidUtf8(text)},
                {"top",
                    topLabels(
                        *session->model, without.empty() ? full : changed, full, int(full.size()), !options.json)}}}}};
    };
}

} // namespace app::commands
