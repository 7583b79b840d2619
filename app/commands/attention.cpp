#include "app/commands/command.h"
#include "app/formats/atomic_file.h"
#include "app/formats/flow_colour.h"
#include "app/formats/flow_files.h"
#include "app/media/image_reader.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

namespace app::commands {

using nlohmann::json;
namespace perceiver = engine::perceiver;

namespace {

struct AttentionArguments {
    std::vector<std::string> inputs;
    std::string tensors, from, to = "inputs", head = "mean", through = "rollout", output;
    int64_t layer = -1;
};

// What the model is asked about: raw tensors, a picture, two frames' patches, or a text.
Result<perceiver::Inputs> inputsOf(const AttentionArguments& a, const perceiver::Model& model)
{
    using perceiver::Kind;
    const auto need = [&](size_t count, const char* what) -> Result<void> {
        if (a.inputs.size() != count)
            return Error{ErrorKind::Usage, std::string("this model takes ") + what};
        return {};
    };
    switch (model.kind()) {
    case Kind::MaskedLanguage:
    case Kind::TextClassification:
        TRY(need(1, "one text"));
        return perceiver::Inputs(perceiver::TextInputs{
            engine::tasks::tokenize(a.inputs[0], model.flavour() == perceiver::Flavour::Hf).ids, {}});
    case Kind::ImageLearned:
    case Kind::ImageFourier:
    case Kind::ImageConv: {
        TRY(need(1, "one picture"));
        TRY_ASSIGN(const engine::Image image, media::readImage(a.inputs[0]));
        return perceiver::Inputs(
            engine::tasks::preprocessImage(image, engine::tasks::inputSize(model), model.flavour()));
    }
    case Kind::OpticalFlow: {
        TRY(need(2, "two frames"));
        TRY_ASSIGN(const engine::Image first, media::readImage(a.inputs[0]));
        TRY_ASSIGN(const engine::Image second, media::readImage(a.inputs[1]));
        return engine::tasks::flowTile(first, second);
    }
    default:
        return Error{ErrorKind::Usage,
            std::string("questions about a ") + perceiver::name(model.kind())
                + " model are asked with `forward --maps`"};
    }
}

Result<perceiver::HeadChoice> headOf(const std::string& text)
{
    using engine::ops::HeadFusion;
    if (text == "mean" || text == "max" || text == "min")
        return perceiver::HeadChoice{.fusion = text == "mean" ? HeadFusion::Mean
                : text == "max"                               ? HeadFusion::Max
                                                              : HeadFusion::Min};
    int head = 0, used = 0;
    if (std::sscanf(text.c_str(), "%4d%n", &head, &used) != 1 || size_t(used) != text.size() || head < 0)
        return Error{ErrorKind::Usage, "'" + text + "' is no head: write a number, mean, max or min"};
    return perceiver::HeadChoice{.head = head};
}

Result<void> inRange(const std::vector<uint32_t>& selection, int64_t count, const char* what)
{
    for (const uint32_t index : selection)
        if (index >= count)
            return Error{ErrorKind::Usage,
                std::string("there is no ") + what + " " + std::to_string(index) + ": this run has 0 to "
                    + std::to_string(count - 1)};
    return {};
}

Result<engine::HostTensor> answer(const AttentionArguments& a, const perceiver::Model& model, const perceiver::Run& run)
{
    const size_t colon = a.from.find(':');
    const std::string from = a.from.substr(0, colon);
    if (colon == std::string::npos || (from != "output" && from != "latent" && from != "input"))
        return Error{
            ErrorKind::Usage, "'" + a.from + "' is no place to ask from: write output:SEL, latent:SEL or input:SEL"};
    TRY_ASSIGN(const std::vector<uint32_t> selection, parseSelection(a.from.substr(colon + 1)));
    TRY_ASSIGN(const perceiver::HeadChoice heads, headOf(a.head));
    const bool needsOutputs = from == "output" || a.to == "outputs";
    if (needsOutputs && model.outputs().empty())
        return Error{ErrorKind::Usage, "this model has no outputs: ask about inputs and latents"};
    const int64_t latents = model.config().numLatents, layers = model.executedLayers();
    const int64_t available = from == "latent" ? latents
        : from == "input"                      ? run.tokens.inputs
                                               : model.outputs()[0].segment.count();
    TRY(inRange(selection, available, from.c_str()));
    const int64_t headCount = a.layer >= 0
        ? model.config().numSelfAttentionHeads
        : std::min(model.encoder().heads(), needsOutputs ? model.decoder().heads() : INT64_MAX);
    if (heads.head && *heads.head >= headCount)
        return Error{ErrorKind::Usage, "there is no head " + a.head + " in every map that this question needs"};
    if (a.layer >= layers)
        return Error{ErrorKind::Usage,
            "there is no layer " + std::to_string(a.layer) + ": this model runs " + std::to_string(layers)};
    if (a.through != "rollout" && a.through != "direct")
        return Error{ErrorKind::Usage, "--through is rollout or direct"};
    const perceiver::Attention attention(model, run);
    const bool rollout = a.through == "rollout";
    const perceiver::Selection outputs{.points = selection};
    if (from == "latent" && a.to == "inputs")
        return attention.latentToInputs(selection, heads);
    if (from == "latent" && a.to == "latents") {
        if (a.layer < 0)
            return Error{ErrorKind::Usage, "latents read latents in a layer: name it with --layer"};
        return attention.latentToLatents(a.layer, selection, heads);
    }
    if (from == "latent" && a.to == "outputs")
        return attention.latentToOutputs(model.outputs()[0], selection, heads);
    if (from == "input" && a.to == "latents")
        return attention.inputToLatents(selection, heads);
    if (from == "input" && a.to == "outputs")
        return attention.inputToOutputs(model.outputs()[0], selection, heads, rollout);
    if (from == "output" && a.to == "latents")
        return attention.outputToLatents(model.outputs()[0], outputs, heads);
    if (from == "output" && a.to == "inputs")
        return attention.outputToInputs(model.outputs()[0], outputs, heads, rollout);
    return Error{ErrorKind::Usage, "there is no map from " + from + "s to " + a.to};
}

Result<void> writeMap(const std::string& path, const engine::HostTensor& map)
{
    const std::string extension = std::filesystem::path(path).extension().string();
    if (extension == ".npy")
        return formats::writeFile(path, formats::encodeNpyArray(map.values, map.shape));
    if (extension == ".csv") {
        std::string text = "row,column,weight\n";
        const int64_t columns = map.columns();
        for (int64_t i = 0; i < map.size(); ++i) {
            char line[96];
            std::snprintf(line, sizeof line, "%lld,%lld,%.9g\n", static_cast<long long>(i / columns),
                static_cast<long long>(i % columns), double(map.values[size_t(i)]));
            text += line;
        }
        return formats::writeFile(path, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
    }
    if (extension == ".png") {
        const auto picture = formats::mapToPicture(map);
        return formats::writeFile(path, formats::encodePng(picture));
    }
    return Error{ErrorKind::Usage, "a map is stored as .npy, .png or .csv; " + path + " is none of these"};
}

// The grid that a map over inputs or outputs folds back to.
engine::Shape gridOf(const AttentionArguments& a, const perceiver::Model& model, const perceiver::Run& run)
{
    if (a.to == "inputs" && run.tokens.layout.size() == 1)
        return run.tokens.layout[0].grid;
    if (a.to == "outputs")
        return model.outputs()[0].segment.grid;
    return {model.config().numLatents};
}

} // namespace

std::function<Result<json>()> declareAttention(CLI::App& command, Options& options)
{
    auto a = std::make_shared<AttentionArguments>();
    command.add_option("inputs", a->inputs, "A picture, two frames, or a text")->required();
    command.add_option("--from", a->from, "output:SEL, latent:SEL or input:SEL, SEL as in 3,7,10-20")->required();
    command.add_option("--to", a->to, "inputs, latents or outputs")
        ->capture_default_str()
        ->check(CLI::IsMember({"inputs", "latents", "outputs"}));
    command.add_option("--layer", a->layer, "The executed latent layer, from 0");
    command.add_option("--head", a->head, "A head's number, or how heads are fused: mean, max, min")
        ->capture_default_str();
    command.add_option("--through", a->through, "rollout through the latent layers, or direct")->capture_default_str();
    command.add_option("-o,--output", a->output, "The map as .npy, .png or .csv");
    command.add_flag("--overwrite", options.overwrite, "Replace the output file");
    addWithout(command, options);
    addModel(command, options);
    return [a, &options]() -> Result<json> {
        if (!a->output.empty())
            TRY(mayWrite(a->output, options));
        TRY_ASSIGN(const auto without, parseWithout(options.without));
        TRY_ASSIGN(const auto session, openSession(options, options.model.empty() ? "flow" : options.model));
        TRY_ASSIGN(const perceiver::Inputs inputs, inputsOf(*a, *session->model));
        engine::HostTensor map;
        double seconds = 0;
        TRY(withProgress(*session, [&]() -> Result<void> {
            TRY_ASSIGN(const perceiver::Run run, session->model->encode(inputs, without, true));
            TRY(session->device->finish());
            const auto start = std::chrono::steady_clock::now();
            TRY_ASSIGN(map, answer(*a, *session->model, run));
            seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
            const engine::Shape grid = gridOf(*a, *session->model, run);
            if (engine::elementCount(grid) == map.size())
                map.shape = grid;
            return {};
        }));
        double sum = 0;
        for (const float w : map.values)
            sum += w;
        const double bits = perceiver::entropy(map.values);
        if (!a->output.empty())
            TRY(writeMap(a->output, map));
        if (!options.json)
            std::printf("%s to %s: shape %s, sum %.6f, entropy %.3f nats (%.1f effective), %.3f s\n", a->from.c_str(),
                a->to.c_str(), engine::toString(map.shape).c_str(), sum, bits, std::exp(bits), seconds);
        return json{{"from", a->from}, {"to", a->to}, {"shape", map.shape}, {"sum", sum}, {"entropy", bits},
            {"seconds", seconds}, {"output", a->output}};
    };
}

} // namespace app::commands
