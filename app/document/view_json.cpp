#include "app/document/view_json.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace app::document {

using nlohmann::json;

namespace {

// Words for enumerations: numbers would change their meaning with the next line of a list.
template <typename T> struct Word {
    T value;
    const char* word;
};
constexpr Word<Direction> kDirectionWords[] = {{Direction::LatentToInputs, "latent-inputs"},
    {Direction::InputToLatents, "input-latents"}, {Direction::OutputToLatents, "output-latents"},
    {Direction::OutputToInputs, "output-inputs"}, {Direction::InputToOutputs, "input-outputs"}};
constexpr Word<Through> kThroughWords[]
    = {{Through::Rollout, "rollout"}, {Through::Direct, "direct"}, {Through::OneLayer, "layer"}};
constexpr Word<engine::ops::HeadFusion> kFusionWords[] = {{engine::ops::HeadFusion::Mean, "mean"},
    {engine::ops::HeadFusion::Max, "max"}, {engine::ops::HeadFusion::Min, "min"}};
constexpr Word<views::MapScale::Curve> kCurveWords[] = {{views::MapScale::Curve::Linear, "linear"},
    {views::MapScale::Curve::Logarithmic, "log"}, {views::MapScale::Curve::Root, "root"}};
constexpr Word<FramesPane> kPaneWords[] = {{FramesPane::Flow, "flow"}, {FramesPane::First, "first"},
    {FramesPane::Second, "second"}, {FramesPane::Blink, "blink"}, {FramesPane::Slider, "slider"}};
constexpr Word<views::FlowScale::Mode> kScaleWords[] = {{views::FlowScale::Mode::Auto, "auto"},
    {views::FlowScale::Mode::Fixed, "fixed"}, {views::FlowScale::Mode::Percentile, "percentile"}};

template <typename T, size_t N> const char* wordOf(const Word<T> (&words)[N], T value)
{
    return std::find_if(words, words + N, [&](const auto& w) { return w.value == value; })->word;
}

template <typename T, size_t N> void read(const json& from, const char* key, const Word<T> (&words)[N], T& value)
{
    const auto found = from.find(key);
    if (found == from.end() || !found->is_string())
        return;
    for (const auto& word : words)
        if (*found == word.word)
            value = word.value;
}

void read(const json& from, const char* key, bool& value)
{
    if (const auto found = from.find(key); found != from.end() && found->is_boolean())
        value = found->get<bool>();
}

void read(const json& from, const char* key, float& value, float low, float high)
{
    const auto found = from.find(key);
    if (found != from.end() && found->is_number())
        if (const float given = found->get<float>(); given >= low && given <= high)
            value = given;
}

void read(const json& from, const char* key, std::optional<int64_t>& value)
{
    const auto found = from.find(key);
    if (found != from.end() && found->is_number_integer())
        if (const int64_t given = found->get<int64_t>(); given >= 0 && given < 4096)
            value = given;
}

} // namespace

json toJson(const View& view)
{
    const MapQuestion& q = view.question;
    const Look& look = view.look;
    json out{{"direction", wordOf(kDirectionWords, q.direction)}, {"locked", q.elements},
        {"fusion", wordOf(kFusionWords, q.fusion)}, {"through", wordOf(kThroughWords, q.through)}, {"layer", q.layer},
        {"colours", views::name(look.colours)}, {"curve", wordOf(kCurveWords, look.scale.curve)},
        {"one scale", look.scale.global}, {"discard", look.scale.discard}, {"opacity", look.opacity},
        {"overlay", look.overlay}, {"contours", look.contours}, {"sums", look.marginals},
        {"pane", wordOf(kPaneWords, look.frames)}, {"flow", views::flowViewTexts()[size_t(look.flow)].name},
        {"flow scale", wordOf(kScaleWords, look.flowScale.mode)}, {"flow fixed", look.flowScale.fixed},
        {"flow percentile", look.flowScale.percentile}};
    if (q.head)
        out["head"] = *q.head;
    if (q.layerHead)
        out["layer head"] = *q.layerHead;
    return out;
}

View viewFrom(const json& from)
{
    View view;
    if (!from.is_object())
        return view;
    MapQuestion& q = view.question;
    Look& look = view.look;
    read(from, "direction", kDirectionWords, q.direction);
    read(from, "fusion", kFusionWords, q.fusion);
    read(from, "through", kThroughWords, q.through);
    read(from, "head", q.head);
    read(from, "layer head", q.layerHead);
    std::optional<int64_t> layer;
    read(from, "layer", layer);
    q.layer = layer.value_or(0);
    if (const auto locked = from.find("locked"); locked != from.end() && locked->is_array())
        for (const json& element : *locked)
            if (element.is_number_unsigned() && element.get<uint64_t>() <= UINT32_MAX)
                q.elements.push_back(element.get<uint32_t>());
    if (const auto colours = from.find("colours"); colours != from.end() && colours->is_string())
        look.colours = views::colourMapNamed(colours->get<std::string>()).value_or(look.colours);
    read(from, "curve", kCurveWords, look.scale.curve);
    read(from, "one scale", look.scale.global);
    read(from, "discard", look.scale.discard, 0, 0.99f);
    read(from, "opacity", look.opacity, 0, 1);
    read(from, "overlay", look.overlay);
    read(from, "contours", look.contours);
    read(from, "sums", look.marginals);
    read(from, "pane", kPaneWords, look.frames);
    if (const auto flow = from.find("flow"); flow != from.end() && flow->is_string())
        for (const auto& text : views::flowViewTexts())
            if (*flow == text.name)
                look.flow = text.view;
    read(from, "flow scale", kScaleWords, look.flowScale.mode);
    read(from, "flow fixed", look.flowScale.fixed, 1e-6f, 1e6f);
    read(from, "flow percentile", look.flowScale.percentile, 0, 100);
    return view;
}

} // namespace app::document
