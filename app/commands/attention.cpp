#include "app/commands/attention_inputs.h"
#include "app/commands/forecast.h"
#include "app/exports/map_export.h"
#include "app/formats/atomic_file.h"
#include "app/formats/flow_colour.h"

#include <CLI/CLI.hpp>
#include <QString>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

namespace app::commands {

using nlohmann::json;
namespace perceiver = engine::perceiver;

namespace {

struct AttentionArguments {
    AttentionInputs inputs;
    std::string from, to = "inputs", head = "mean", through = "rollout", output;
    int64_t layer = -1;
};

// A place in the model, as "latent:3,7" and "outputs:image" name it.
struct Place {
    std::string what; // input, latent or output
    const perceiver::Segment* segment = nullptr; // none: all of them
    const perceiver::OutputHead* head = nullptr; // of an output's segment
    std::vector<uint32_t> selection; // numbered through all segments
};

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

int64_t countOf(const std::string& what, const perceiver::Model& model, const perceiver::Run& run)
{
    if (what == "latent")
        return model.config().numLatents;
    if (what == "input")
        return run.tokens.inputs;
    return model.outputs().empty() ? 0 : model.outputs().back().segment.first + model.outputs().back().segment.count();
}

// `name` of the segments of `what`.
Result<void> findSegment(
    Place& place, const std::string& name, const perceiver::Model& model, const perceiver::Run& run)
{
    std::string known;
    const auto look = [&](const perceiver::Segment& segment, const perceiver::OutputHead* head) {
        if (!segment.name.empty())
            known += (known.empty() ? "" : ", ") + segment.name;
        if (segment.name == name) {
            place.segment = &segment;
            place.head = head;
        }
    };
    if (place.what == "input")
        for (const perceiver::Segment& segment : run.tokens.layout)
            look(segment, nullptr);
    if (place.what == "output")
        for (const perceiver::OutputHead& head : model.outputs())
            look(head.segment, &head);
    if (!place.segment)
        return Error{ErrorKind::Usage,
            "this model's " + place.what + "s have no part '" + name + "'"
                + (known.empty() ? "" : "; they have " + known)};
    return {};
}

// "latent:3,7", "output:5-9", "input:image:0-99": the last as numbered within its segment.
Result<Place> parseFrom(const std::string& text, const perceiver::Model& model, const perceiver::Run& run)
{
    const size_t colon = text.find(':'), last = text.rfind(':');
    Place place{.what = text.substr(0, colon)};
    if (colon == std::string::npos || (place.what != "output" && place.what != "latent" && place.what != "input"))
        return Error{
            ErrorKind::Usage, "'" + text + "' is no place to ask from: write output:SEL, latent:SEL or input:SEL"};
    if (last != colon)
        TRY(findSegment(place, text.substr(colon + 1, last - colon - 1), model, run));
    TRY_ASSIGN(place.selection, parseSelection(text.substr(last + 1)));
    const int64_t count = place.segment ? place.segment->count() : countOf(place.what, model, run);
    for (uint32_t& index : place.selection) {
        if (index >= count)
            return Error{ErrorKind::Usage,
                "there is no " + place.what + " " + std::to_string(index) + ": this run has 0 to "
                    + std::to_string(count - 1)};
        index += uint32_t(place.segment ? place.segment->first : 0);
    }
    return place;
}

// "inputs", "latents", "outputs", "outputs:image".
Result<Place> parseTo(const std::string& text, const perceiver::Model& model, const perceiver::Run& run)
{
    const size_t colon = text.find(':');
    const std::string what = text.substr(0, colon);
    if (what != "inputs" && what != "latents" && what != "outputs")
        return Error{ErrorKind::Usage, "--to is inputs, latents or outputs; '" + text + "' is none of these"};
    Place place{.what = what.substr(0, what.size() - 1)};
    if (colon != std::string::npos)
        TRY(findSegment(place, text.substr(colon + 1), model, run));
    return place;
}

Result<engine::HostTensor> answer(const AttentionArguments& a, const Place& from, const Place& to,
    const perceiver::Model& model, const perceiver::Run& run)
{
    TRY_ASSIGN(const perceiver::HeadChoice heads, headOf(a.head));
    const bool needsOutputs = from.what == "output" || to.what == "output";
    if (needsOutputs && model.outputs().empty())
        return Error{ErrorKind::Usage, "this model has no outputs: ask about inputs and latents"};
    const int64_t headCount = a.layer >= 0
        ? model.config().numSelfAttentionHeads
        : std::min(model.encoder().heads(), needsOutputs ? model.decoder().heads() : INT64_MAX);
    if (heads.head && *heads.head >= headCount)
        return Error{ErrorKind::Usage, "there is no head " + a.head + " in every map that this question needs"};
    if (a.layer >= model.executedLayers())
        return Error{ErrorKind::Usage,
            "there is no layer " + std::to_string(a.layer) + ": this model runs "
                + std::to_string(model.executedLayers())};
    if (a.through != "rollout" && a.through != "direct")
        return Error{ErrorKind::Usage, "--through is rollout or direct"};
    const perceiver::Attention attention(model, run);
    const bool rollout = a.through == "rollout";
    const auto& selection = from.selection;
    if (from.what == "latent" && to.what == "input")
        return attention.latentToInputs(selection, heads);
    if (from.what == "latent" && to.what == "latent") {
        if (a.layer < 0)
            return Error{ErrorKind::Usage, "latents read latents in a layer: name it with --layer"};
        return attention.latentToLatents(a.layer, selection, heads);
    }
    if (from.what == "latent")
        return attention.latentToOutputs(selection, heads, to.head);
    if (from.what == "input" && to.what == "latent")
        return attention.inputToLatents(selection, heads);
    if (from.what == "input" && to.what == "output")
        return attention.inputToOutputs(selection, heads, rollout, to.head);
    if (from.what == "output" && to.what == "latent")
        return attention.outputToLatents(selection, heads);
    if (from.what == "output" && to.what == "input")
        return attention.outputToInputs(selection, heads, rollout);
    return Error{ErrorKind::Usage, "there is no map from " + from.what + "s to " + to.what + "s"};
}

// .png is the map alone, for programs; .svg and .pdf are pages, for people.
Result<void> writeMap(const AttentionArguments& a, const std::string& model, const engine::HostTensor& map)
{
    if (QString::fromStdString(a.output).endsWith(".png", Qt::CaseInsensitive))
        return formats::writeFile(a.output, formats::encodePng(formats::mapToPicture(map)));
    std::string caption = a.from + " to " + a.to;
    if (a.layer >= 0)
        caption += ", layer " + std::to_string(a.layer);
    caption += ", head " + a.head + ", " + a.through + ". Model " + model;
    for (const std::string& item : a.inputs.items) {
        std::error_code ignored;
        const bool file = std::filesystem::exists(item, ignored);
        caption += (&item == &a.inputs.items.front() ? ": " : ", ")
            + (file ? std::filesystem::path(item).filename().string() : item);
    }
    return exports::exportMap(
        a.output, {.map = map, .caption = QString::fromStdString(caption), .unit = "share of attention"});
}

// The parts of what was asked about, each with its share: [{"name", "first", "grid", "share"}]. Of one part, the map
// takes its grid's shape.
json parts(engine::HostTensor& map, const Place& to, const perceiver::Model& model, const perceiver::Run& run)
{
    std::vector<perceiver::Segment> segments;
    if (to.what == "input")
        segments = run.tokens.layout;
    else if (to.what == "output")
        for (const perceiver::OutputHead& head : model.outputs())
            segments.push_back(head.segment);
    if (to.segment) { // of outputs, no others were computed
        const auto first = map.values.begin() + (to.what == "input" ? to.segment->first : 0);
        map.values = std::vector<float>(first, first + to.segment->count());
        segments = {*to.segment};
        segments[0].first = 0;
    }
    double sum = 0;
    for (const float w : map.values)
        sum += w;
    json all = json::array();
    for (const perceiver::Segment& segment : segments) {
        double share = 0;
        for (int64_t i = segment.first; i < segment.first + segment.count(); ++i)
            share += map.values[size_t(i)];
        all.push_back({{"name", segment.name}, {"first", segment.first}, {"grid", segment.grid},
            {"share", sum > 0 ? share / sum : 0}});
    }
    map.shape = segments.size() == 1 ? segments[0].grid : engine::Shape{map.size()};
    return all;
}

} // namespace

std::function<Result<json>()> declareAttention(CLI::App& command, Options& options)
{
    auto a = std::make_shared<AttentionArguments>();
    command.add_option("items", a->inputs.items, "A picture, two frames, a text, or a folder with a clip");
    command.add_option("--inputs", a->inputs.tensors, "In their place: the model's inputs as .safetensors");
    command.add_option("--sound", a->inputs.sound, "A clip's sound, where it is another file's");
    command.add_option("--start", a->inputs.start, "Where in a video the clip begins, in seconds")
        ->check(CLI::NonNegativeNumber);
    command.add_option("-t,--tile", a->inputs.tile, "TOP,LEFT: which tile of two large frames");
    command
        .add_option("--from", a->from,
            "output:SEL, latent:SEL or input:SEL, SEL as in 3,7,10-20; of a clip also output:image:SEL and so on")
        ->required();
    command.add_option("--to", a->to, "inputs, latents or outputs; of a clip also inputs:audio and so on")
        ->capture_default_str();
    command.add_option("--layer", a->layer, "The executed latent layer, from 0");
    command.add_option("--head", a->head, "A head's number, or how heads are fused: mean, max, min")
        ->capture_default_str();
    command.add_option("--through", a->through, "rollout through the latent layers, or direct")->capture_default_str();
    command
        .add_option("-o,--output", a->output,
            "The map as .npy, .csv or .png, or as a page with its scale and a caption, .svg or .pdf")
        ->each([&options](const std::string& name) { options.letters = exports::hasLetters(name); });
    command.add_flag("--overwrite", options.overwrite, "Replace the output file");
    addWithout(command, options);
    addModel(command, options);
    return [a, &options]() -> Result<json> {
        if (!a->output.empty()) {
            TRY(exports::checkExportName(a->output));
            TRY(mayWrite(a->output, options));
        }
        TRY_ASSIGN(const auto without, parseWithout(options.without));
        TRY_ASSIGN(const std::string modelName, modelOr(options.model, starterFor(a->inputs.items)));
        TRY_ASSIGN(const auto session, openSession(options, modelName));
        TRY_ASSIGN(const perceiver::Inputs inputs, attentionInputs(a->inputs, *session->model));
        engine::HostTensor map;
        json segments;
        double seconds = 0;
        TRY(withProgress(*session, expectedFlop(*session->model, {}, 0), [&]() -> Result<void> {
            TRY_ASSIGN(const perceiver::Run run, session->model->encode(inputs, without, true));
            TRY(session->device->finish());
            const auto start = std::chrono::steady_clock::now();
            TRY_ASSIGN(const Place from, parseFrom(a->from, *session->model, run));
            TRY_ASSIGN(const Place to, parseTo(a->to, *session->model, run));
            TRY_ASSIGN(map, answer(*a, from, to, *session->model, run));
            seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
            segments = parts(map, to, *session->model, run);
            return {};
        }));
        double sum = 0;
        for (const float w : map.values)
            sum += w;
        const double bits = perceiver::entropy(map.values);
        if (!a->output.empty())
            TRY(writeMap(*a, modelName, map));
        if (!options.json)
            std::printf("%s to %s: shape %s, sum %.6f, entropy %.3f nats (%.1f effective), %.3f s\n", a->from.c_str(),
                a->to.c_str(), engine::toString(map.shape).c_str(), sum, bits, std::exp(bits), seconds);
        for (const json& part : segments)
            if (!options.json && segments.size() > 1)
                std::printf(
                    "  %-8s %6.2f %%\n", part["name"].get<std::string>().c_str(), part["share"].get<double>() * 100);
        return json{{"from", a->from}, {"to", a->to}, {"shape", map.shape}, {"sum", sum}, {"entropy", bits},
            {"segments", segments}, {"seconds", seconds}, {"output", a->output}};
    };
}

} // namespace app::commands
