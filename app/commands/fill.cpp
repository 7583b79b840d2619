#include "app/commands/command.h"
#include "app/commands/forecast.h"
#include "app/commands/shown_byte.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace app::commands {

using nlohmann::json;

std::function<Result<json>()> declareFill(CLI::App& command, Options& options)
{
    struct Arguments {
        TextArgument text;
        std::vector<std::string> masks;
        int top = 5;
    };
    auto a = std::make_shared<Arguments>();
    addText(command, a->text, "The text; [MASK] stands for one byte to guess");
    command.add_option("--mask", a->masks, "A range START:END of bytes to hide");
    command.add_option("--top", a->top, "How many guesses per byte")->capture_default_str()->check(CLI::Range(1, 262));
    addWithout(command, options);
    addModel(command, options);
    return [a, &options]() -> Result<json> {
        TRY_ASSIGN(const std::string modelName, modelOr(options.model, "text"));
        TRY_ASSIGN(const std::string text, readText(a->text));
        std::vector<std::pair<int64_t, int64_t>> masks;
        for (const std::string& mask : a->masks) {
            long long start = 0, end = 0;
            int used = 0;
            if (std::sscanf(mask.c_str(), "%9lld:%9lld%n", &start, &end, &used) != 2 || size_t(used) != mask.size())
                return Error{ErrorKind::Usage, "'" + mask + "' is no range of bytes: write START:END"};
            masks.emplace_back(start, end);
        }
        TRY_ASSIGN(const auto without, parseWithout(options.without));
        TRY_ASSIGN(const auto session, openSession(options, modelName));
        engine::tasks::Filled filled;
        TRY(withProgress(*session, expectedFlop(*session->model, int64_t(text.size()) + 2, 64), [&]() -> Result<void> {
            TRY_ASSIGN(filled, engine::tasks::fillMasks(*session->model, text, masks, a->top, without));
            return {};
        }));
        json bytes = json::array();
        for (const auto& masked : filled.masked) {
            json top = json::array();
            for (const auto& guess : masked.best)
                top.push_back({{"byte", guess.byte}, {"text", shownByte(guess.byte)}, {"probability", guess.probability}});
            bytes.push_back({{"position", masked.position}, {"top", top}});
            if (!options.json) {
                std::printf("%6lld ", static_cast<long long>(masked.position));
                for (const auto& guess : masked.best)
                    std::printf("  %s %.1f %%", shownByte(guess.byte).c_str(), double(guess.probability) * 100);
                std::printf("\n");
            }
        }
        if (!options.json)
            std::printf("%s\n", filled.text.c_str());
        // Masked bytes that follow one another are one mask.
        json ranges = json::array();
        for (size_t i = 0; i < filled.masked.size(); ++i) {
            const bool goesOn = i > 0 && filled.masked[i].token == filled.masked[i - 1].token + 1;
            if (!goesOn)
                ranges.push_back({{"start", filled.masked[i].position}, {"bytes", json::array()}});
            ranges.back()["end"] = filled.masked[i].position + 1;
            ranges.back()["bytes"].push_back(bytes[i]);
        }
        return json{
            {"items", {{{"input", engine::tasks::toValidUtf8(text)}, {"filled", filled.text}, {"masks", ranges}}}}};
    };
}

} // namespace app::commands
