#include "app/commands/command.h"
#include "app/media/image_reader.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

namespace app::commands {

using nlohmann::json;

namespace {

std::string labelOf(const engine::perceiver::Model& model, size_t index)
{
    const auto& labels = model.config().labels;
    return index < labels.size() ? labels[index] : "LABEL_" + std::to_string(index);
}

// The most probable labels, with what leaving something out changed.
json topOf(const engine::perceiver::Model& model, const std::vector<float>& p, const std::vector<float>& full, int top,
    bool print)
{
    std::vector<size_t> order(p.size());
    std::iota(order.begin(), order.end(), size_t(0));
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return full[a] > full[b]; });
    order.resize(std::min(order.size(), size_t(std::max(top, 1))));
    json all = json::array();
    for (const size_t i : order) {
        json entry{{"label", labelOf(model, i)}, {"index", i}, {"probability", p[i]}};
        const bool changed = &p != &full;
        if (changed) {
            entry["full"] = full[i];
            entry["change"] = p[i] - full[i];
        }
        if (print)
            std::printf("  %6.2f %%  %s%s\n", double(p[i]) * 100, labelOf(model, i).c_str(),
                changed ? (" (" + std::to_string(double(p[i] - full[i]) * 100).substr(0, 6) + " points)").c_str() : "");
        all.push_back(entry);
    }
    return all;
}

} // namespace

std::function<Result<json>()> declareClassify(CLI::App& command, Options& options)
{
    auto images = std::make_shared<std::vector<std::string>>();
    auto top = std::make_shared<int>(5);
    command.add_option("images", *images, "Pictures")->required();
    command.add_option("--top", *top, "How many classes to show")->capture_default_str()->check(CLI::Range(1, 10000));
    addWithout(command, options);
    addModel(command, options);
    return [images, top, &options]() -> Result<json> {
        if (options.model.empty())
            return Error{ErrorKind::Usage, "no image model is built in yet: name a checkpoint's folder with --model"};
        TRY_ASSIGN(const auto without, parseWithout(options.without));
        TRY_ASSIGN(const auto session, openSession(options, options.model));
        json items = json::array();
        for (const std::string& path : *images) {
            TRY_ASSIGN(const engine::Image image, media::readImage(path));
            std::vector<float> full, changed;
            TRY(withProgress(*session, [&]() -> Result<void> {
                TRY_ASSIGN(full, engine::tasks::classify(*session->model, image));
                if (!without.empty()) {
                    TRY_ASSIGN(changed, engine::tasks::classify(*session->model, image, without));
                }
                return {};
            }));
            if (!options.json)
                std::printf("%s\n", path.c_str());
            items.push_back({{"input", path},
                {"top", topOf(*session->model, without.empty() ? full : changed, full, *top, !options.json)}});
        }
        return json{{"items", items}};
    };
}

std::function<Result<json>()> declareLabelText(CLI::App& command, Options& options)
{
    auto text = std::make_shared<std::string>();
    command.add_option("text", *text, "The text")->required();
    addWithout(command, options);
    addModel(command, options);
    return [text, &options]() -> Result<json> {
        if (options.model.empty())
            return Error{ErrorKind::Usage, "no text model is built in yet: name a checkpoint's folder with --model"};
        TRY_ASSIGN(const auto without, parseWithout(options.without));
        TRY_ASSIGN(const auto session, openSession(options, options.model));
        std::vector<float> full, changed;
        TRY(withProgress(*session, [&]() -> Result<void> {
            TRY_ASSIGN(full, engine::tasks::labelText(*session->model, *text));
            if (!without.empty()) {
                TRY_ASSIGN(changed, engine::tasks::labelText(*session->model, *text, without));
            }
            return {};
        }));
        return json{{"items",
            {{{"input", *text},
                {"top",
                    topOf(
                        *session->model, without.empty() ? full : changed, full, int(full.size()), !options.json)}}}}};
    };
}

} // namespace app::commands
