#include "app/document/shown_map.h"

#include "app/commands/shown_byte.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

namespace app::document {

namespace {

QString say(const char* text)
{
    return QCoreApplication::translate("ShownMap", text);
}

QString headsOf(const std::optional<int64_t>& head, engine::ops::HeadFusion fusion, int64_t heads)
{
    if (heads <= 1)
        return say("its one head");
    if (head)
        return say("head %1 of %2").arg(*head).arg(heads);
    using engine::ops::HeadFusion;
    return (fusion == HeadFusion::Max   ? say("maximum of %1 heads")
            : fusion == HeadFusion::Min ? say("minimum of %1 heads")
                                        : say("mean of %1 heads"))
        .arg(heads);
}

// The bytes of a text's token as they are read.
QString tokenText(const Document& document, uint32_t token)
{
    const Analysis& analysis = *document.analysis();
    const auto [first, end] = bytesOfToken(analysis, token);
    if (first < 0)
        return token == 0 ? say("start of the text") : say("end of the text");
    const std::string bytes = document.question().text.substr(size_t(first), size_t(end - first));
    bool hidden = bytes == "[MASK]";
    for (const auto& mask : document.question().masks)
        hidden = hidden || (first >= mask.first && first < mask.second);
    if (hidden)
        return say("hidden byte at %1").arg(first);
    if (bytes.size() > 1) // "[SEP]", which the model reads as one
        return say("word %1 at %2").arg(QString::fromStdString(bytes)).arg(first);
    const int byte = uint8_t(document.question().text[size_t(first)]);
    return say("byte %1 “%2”").arg(first).arg(byte == ' ' ? "␣" : QString::fromStdString(commands::shownByte(byte)));
}

// "picture 3, x 12 y 8", "the sound at 0.213 s", "the label".
QString clipPlaceName(const Segments& segments, uint32_t element, double seconds)
{
    const ClipPlace place = placeOf(segments, element);
    if (place.part == ClipPart::Label)
        return say("the label");
    if (place.part == ClipPart::Sound)
        return say("the sound at %1 s").arg((double(place.step) + 0.5) * seconds / double(place.steps), 0, 'f', 3);
    return say("picture %1, x %2 y %3").arg(place.frame + 1).arg(place.column).arg(place.row);
}

// Whether an answer in words is what is asked about.
bool asksForAnswer(const MapQuestion& question, const Analysis& analysis)
{
    if (analysis.shares.empty())
        return false;
    return !analysis.clip
        || (tellsApart(analysis) && question.elements.size() == 1
            && placeOf(analysis.clip->outputs, question.elements.front()).part == ClipPart::Label);
}

} // namespace

float ShownMap::largest() const
{
    float most = 0;
    for (const float w : weights.values)
        most = std::max(most, std::abs(w));
    return most;
}

QString weightText(double weight)
{
    if (weight == 0)
        return "0";
    return std::abs(weight) < 0.001 ? QString::number(weight, 'e', 1) : QString::number(weight, 'g', 3);
}

QString elementName(Part part, uint32_t element, const Document& document)
{
    const auto& analysis = document.analysis();
    if (part == Part::Latents || !analysis)
        return say("latent %1").arg(element);
    if (analysis->scene == Scene::Text)
        return analysis->outputs == 1 && part == Part::Outputs ? say("the answer") : tokenText(document, element);
    if (analysis->clip)
        return clipPlaceName(part == Part::Inputs ? analysis->clip->inputs : analysis->clip->outputs, element,
            document.question().clip->size.seconds());
    if (part == Part::Outputs && analysis->outputs == 1)
        return say("the answer");
    const uint32_t width = uint32_t(analysis->inputGrid[1]);
    return (analysis->scene == Scene::Frames ? say("pixel x %1 y %2") : say("place x %1 y %2 of the model's grid"))
        .arg(element % width)
        .arg(element / width);
}

QString titleOf(const MapQuestion& question, const Document& document)
{
    const size_t count = question.elements.size();
    const Part part = fromOf(question.direction);
    const QString what = count == 1                   ? elementName(part, question.elements.front(), document)
        : part == Part::Latents                       ? say("%1 latents").arg(count)
        : document.analysis()->scene == Scene::Text   ? say("%1 bytes").arg(count)
        : document.analysis()->scene == Scene::Frames ? say("%1 pixels").arg(count)
                                                      : say("%1 places").arg(count);
    switch (question.direction) {
    case Direction::LatentToInputs:
        return say("Where %1 looks").arg(what);
    case Direction::InputToLatents:
        return say("Who reads %1").arg(what);
    case Direction::OutputToLatents:
        return say("What %1 reads").arg(what);
    case Direction::OutputToInputs:
        if (document.analysis() && asksForAnswer(question, *document.analysis()))
            return say("Why “%1”?").arg(QString::fromStdString(document.analysis()->shares.front().label));
        return say("Where %1 came from").arg(what);
    case Direction::InputToOutputs:
        break;
    }
    return say("What %1 takes part in").arg(what);
}

QString colouringOf(const Document& document)
{
    const auto& analysis = document.analysis();
    const auto asked = document.selection().asked();
    const Look& look = document.selection().view().look;
    if (!analysis || analysis->scene != Scene::Text)
        return {};
    if (!look.overlay)
        return say("The text is not coloured: the map over it is switched off (Ctrl+T).");
    if (!asked)
        return say("The text is not coloured: point at a byte of it.");
    if (toOf(asked->direction) == Part::Latents)
        return say("The text is not coloured: this question is answered by the latents. The Table panel lists them.");
    if (asked->direction == Direction::InputToOutputs && analysis->outputs == 1)
        return say("The text is not coloured: the one answer has no place in it.");
    if (comparable(document) && look.compare != Compare::B)
        return look.compare == Compare::A ? say("The text is coloured by the pinned map A.")
                                          : say("The text is coloured by the difference of two maps, A − B.");
    if (asked->direction == Direction::OutputToInputs)
        return analysis->outputs == 1
            ? say("The text is coloured by what the answer looked at.")
            : say("The text is coloured by what a hidden byte was guessed from: point at another one.");
    QString title = titleOf(*asked, document);
    title[0] = title[0].toLower();
    return say("The text is coloured by %1.").arg(title);
}

QString detailOf(const MapQuestion& question, const Analysis& analysis)
{
    const QString encoder = headsOf(question.head, question.fusion, analysis.facts.encoderHeads),
                  decoder = headsOf(question.head, question.fusion, analysis.facts.decoderHeads);
    switch (question.direction) {
    case Direction::LatentToInputs:
    case Direction::InputToLatents:
        return say("encoder cross-attention, %1").arg(encoder);
    case Direction::OutputToLatents:
        return say("decoder cross-attention, %1").arg(decoder);
    case Direction::OutputToInputs:
    case Direction::InputToOutputs:
        break;
    }
    const QString middle = question.through == Through::Direct ? QString()
        : question.through == Through::OneLayer
        ? (question.layerHead ? say("latent layer %1, head %2 × ").arg(question.layer).arg(*question.layerHead)
                              : say("latent layer %1 × ").arg(question.layer))
        : say("%1 latent layers (rollout) × ").arg(analysis.facts.layers);
    return question.direction == Direction::OutputToInputs ? say("decoder × %1encoder").arg(middle)
                                                           : say("encoder × %1decoder").arg(middle);
}

QString tileOf(const AttentionMap& map)
{
    if (map.tiles <= 1 || toOf(map.question.direction) != Part::Latents || !map.part)
        return {};
    return say("of %1 tiles the one at x %2 y %3").arg(map.tiles).arg(map.part->left).arg(map.part->top);
}

engine::HostTensor weightsIn(const engine::HostTensor& map, const engine::tasks::Rect& part)
{
    engine::HostTensor out({part.height, part.width});
    for (int y = 0; y < part.height; ++y)
        std::copy_n(map.values.begin() + ptrdiff_t(part.top + y) * map.shape[1] + part.left, part.width,
            out.values.begin() + ptrdiff_t(y) * part.width);
    return out;
}

bool comparable(const Document& document)
{
    const MapPtr &map = document.map(), &pinned = document.pinned();
    return map && pinned && pinned->weights.shape == map->weights.shape
        && toOf(pinned->question.direction) == toOf(map->question.direction);
}

ShownMap shownMap(const Document& document)
{
    return shownMap(document, comparable(document) ? document.selection().view().look.compare : Compare::B);
}

ShownMap shownMap(const Document& document, Compare which)
{
    ShownMap shown;
    const MapPtr& map = document.map();
    if (!map || !document.analysis() || (which != Compare::B && !comparable(document)))
        return shown;
    const Look& look = document.selection().view().look;
    const MapPtr& pinned = document.pinned();
    const AttentionMap& main = which == Compare::A ? *pinned : *map;
    shown.weights = main.weights;
    shown.part = main.part;
    shown.over = toOf(main.question.direction);
    shown.colours = look.colours;
    shown.scale = look.scale;
    shown.top = document.largestWeight();
    shown.title = titleOf(main.question, document);
    shown.more = detailOf(main.question, *document.analysis());
    if (const QString tile = tileOf(main); !tile.isEmpty())
        shown.more += say(" · %1").arg(tile);
    shown.unit = say("share of attention");
    if (which == Compare::A)
        shown.title = say("A: %1").arg(shown.title);
    if (which == Compare::B && comparable(document))
        shown.title = say("B: %1").arg(shown.title);
    if (which == Compare::Difference) {
        for (size_t i = 0; i < shown.weights.values.size(); ++i)
            shown.weights.values[i] = pinned->weights.values[i] - map->weights.values[i];
        if (shown.part && pinned->part) { // both tiles
            const auto &a = *pinned->part, &b = *map->part;
            const int left = std::min(a.left, b.left), top = std::min(a.top, b.top);
            shown.part = engine::tasks::Rect{left, top, std::max(a.left + a.width, b.left + b.width) - left,
                std::max(a.top + a.height, b.top + b.height) - top};
        }
        shown.colours = views::ColourMap::Signed;
        shown.scale.symmetric = true;
        shown.scale.global = false;
        shown.unit = say("A − B");
        shown.title = say("A − B: %1").arg(shown.title);
    }
    shown.sentence = say("%1. %2. About %3 places share the attention; the largest weight is %4.")
                         .arg(shown.title, shown.more)
                         .arg(std::exp(main.entropy), 0, 'f', 0)
                         .arg(weightText(double(shown.largest())));
    return shown;
}

} // namespace app::document
