#include "app/commands/command.h"
#include "app/commands/forecast.h"
#include "app/formats/atomic_file.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace app::commands {

using nlohmann::json;

namespace {

struct ForwardArguments {
    std::string model, inputs, output, picks;
    bool maps = false;
};

// map_picks of a case.json: rows and columns of maps that are too large to be given whole.
Result<void> readPicks(const std::string& path, engine::tasks::ForwardOptions& options)
{
    TRY_ASSIGN(const auto bytes, formats::readFile(path));
    const json parsed = json::parse(bytes.begin(), bytes.end(), nullptr, false);
    if (!parsed.is_object())
        return Error{ErrorKind::BadData, path + " is not a JSON object"};
    const json picks = parsed.value("map_picks", json());
    if (!picks.is_object())
        return {};
    const auto numbers = [](const json& value, std::vector<uint32_t>& out) {
        for (const json& number : value)
            if (number.is_number_unsigned())
                out.push_back(number.get<uint32_t>());
    };
    for (const auto& [name, pick] : picks.items()) {
        auto& picked = options.picks[name];
        if (pick.is_object()) {
            numbers(pick.value("rows", json::array()), picked.rows);
            numbers(pick.value("columns", json::array()), picked.columns);
        }
    }
    return {};
}

} // namespace

std::function<Result<json>()> declareForward(CLI::App& command, Options& options)
{
    auto a = std::make_shared<ForwardArguments>();
    command.add_option("model_dir", a->model, "The checkpoint's folder")->required();
    command.add_option("--inputs", a->inputs, "The input tensors (.safetensors)")->required();
    command.add_option("-o,--output", a->output, "The output tensors (.safetensors)")->required();
    command.add_flag("--maps", a->maps, "The attention maps as well");
    command.add_option("--picks", a->picks, "A case.json whose map_picks name rows and columns of large maps");
    command.add_flag("--overwrite", options.overwrite, "Replace the output file");
    addWithout(command, options);
    addModel(command, options);
    return [a, &options]() -> Result<json> {
        TRY(mayWrite(a->output, options));
        TRY_ASSIGN(const auto inputs, engine::weights::readSafetensors(a->inputs));
        engine::tasks::ForwardOptions forward{.maps = a->maps};
        if (!a->picks.empty())
            TRY(readPicks(a->picks, forward));
        TRY_ASSIGN(forward.without, parseWithout(options.without));
        TRY_ASSIGN(const auto session, openSession(options, a->model));
        std::map<std::string, engine::HostTensor> out;
        TRY(withProgress(*session, expectedFlop(*session->model), [&]() -> Result<void> {
            TRY_ASSIGN(out, engine::tasks::forward(*session->model, inputs.tensors, forward));
            return {};
        }));
        TRY(engine::weights::writeSafetensors(a->output, out));
        json tensors = json::object();
        for (const auto& [name, tensor] : out) {
            tensors[name] = tensor.shape;
            if (!options.json)
                std::printf("%s %s\n", name.c_str(), engine::toString(tensor.shape).c_str());
        }
        return json{{"output", a->output}, {"tensors", tensors}};
    };
}

} // namespace app::commands
