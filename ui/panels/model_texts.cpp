#include "ui/panels/model_texts.h"

#include "ui/panels/number_texts.h"

#include <QCoreApplication>
#include <QStringList>

namespace ui {

using app::document::ModelFacts;

namespace {

QString say(const char* text)
{
    return QCoreApplication::translate("ModelFigure", text);
}

// What a row of the input array stands for, and what a row of the outputs, by kind of model.
struct Rows {
    const char *kind, *input, *output;
};
constexpr Rows kRows[] = {
    {"masked-lm", QT_TRANSLATE_NOOP("ModelFigure", "byte of the text"),
        QT_TRANSLATE_NOOP("ModelFigure", "byte of the text")},
    {"text-classification", QT_TRANSLATE_NOOP("ModelFigure", "byte of the text"),
        QT_TRANSLATE_NOOP("ModelFigure", "text")},
    {"image-learned", QT_TRANSLATE_NOOP("ModelFigure", "pixel"), QT_TRANSLATE_NOOP("ModelFigure", "picture")},
    {"image-fourier", QT_TRANSLATE_NOOP("ModelFigure", "pixel"), QT_TRANSLATE_NOOP("ModelFigure", "picture")},
    {"image-conv", QT_TRANSLATE_NOOP("ModelFigure", "place of the picture, after a convolution"),
        QT_TRANSLATE_NOOP("ModelFigure", "picture")},
    {"optical-flow", QT_TRANSLATE_NOOP("ModelFigure", "pixel, with what both frames show around it"),
        QT_TRANSLATE_NOOP("ModelFigure", "pixel")},
    {"multimodal", QT_TRANSLATE_NOOP("ModelFigure", "piece of the pictures, the sound or the label"),
        QT_TRANSLATE_NOOP("ModelFigure", "piece of the pictures, the sound or the label")},
};
constexpr Rows kOther = {"", QT_TRANSLATE_NOOP("ModelFigure", "input"), QT_TRANSLATE_NOOP("ModelFigure", "output")};

const Rows& rowsOf(const ModelFacts& facts)
{
    for (const Rows& rows : kRows)
        if (facts.kind == rows.kind)
            return rows;
    return kOther;
}

// As the released models have it, and the starters after them: the queries of flow and of hidden bytes are as wide as
// the inputs, those of a class as the latents. 0: not known; of several kinds of output it depends on their positions.
int64_t queryChannels(const ModelFacts& facts)
{
    if (facts.kind == "optical-flow" || facts.kind == "masked-lm")
        return facts.inputChannels;
    if (facts.kind == "text-classification" || facts.kind.starts_with("image-"))
        return facts.latentChannels;
    return 0;
}

QString headsText(int64_t heads)
{
    return heads == 1 ? say("1 head") : say("%1 heads").arg(groupedText(heads));
}

bool shared(const ModelFacts& facts)
{
    return facts.blocks > 1 && facts.layers > 0;
}

QString sharedText(const ModelFacts& facts)
{
    return say("%1 layers, run %2 times with the same weights")
        .arg(groupedText(facts.layers / facts.blocks), groupedText(facts.blocks));
}

QString arraySentence(const ModelFacts& facts, FigurePart part)
{
    const auto [rows, columns] = arraySize(facts, part);
    const QString count = groupedText(rows), width = groupedText(columns);
    switch (part) {
    case FigurePart::Inputs:
        return say("The input array has %1 rows of %2 numbers: a row for each %3.")
            .arg(count, width, say(rowsOf(facts).input));
    case FigurePart::Latents: {
        const QString what
            = say("The latents are %1 rows of %2 learned numbers, the same for whatever comes in.").arg(count, width);
        if (facts.latents >= facts.inputs)
            return what;
        return what + " "
            + say("They are fewer than the inputs: a map has %1 × %2 weights instead of %2 × %2.")
                  .arg(count, groupedText(facts.inputs));
    }
    case FigurePart::Queries:
        if (rows == 1)
            return say("The one output query says what is asked of the latents.");
        return (columns > 0
                       ? say("The output queries are %1 rows of %2 numbers, one for each output: ").arg(count, width)
                       : say("The output queries are %1 rows, one for each output: ").arg(count))
            + say("they say what is asked, and where.");
    default:
        if (!hasDecoder(facts))
            return say("What comes out are the latents themselves: %1 rows of %2 numbers.").arg(count, width);
        if (columns == 0)
            return say("The output array has %1 rows: one for each %2; each kind of them has its own width.")
                .arg(count, say(rowsOf(facts).output));
        return rows == 1 ? say("The output is one row of %1 numbers for the %2.").arg(width, say(rowsOf(facts).output))
                         : say("The output array has %1 rows of %2 numbers: a row for each %3.")
                               .arg(count, width, say(rowsOf(facts).output));
    }
}

} // namespace

bool hasDecoder(const ModelFacts& facts)
{
    return facts.decoderHeads > 0 && facts.outputs > 0;
}

std::vector<FigurePart> figureParts(const ModelFacts& facts)
{
    using enum FigurePart;
    std::vector<FigurePart> parts = {Inputs, Latents, Encoder, Layers};
    if (hasDecoder(facts))
        parts.insert(parts.end(), {Queries, Decoder});
    parts.push_back(Outputs);
    return parts;
}

bool isArray(FigurePart part)
{
    return part != FigurePart::Encoder && part != FigurePart::Layers && part != FigurePart::Decoder;
}

std::pair<int64_t, int64_t> arraySize(const ModelFacts& facts, FigurePart part)
{
    switch (part) {
    case FigurePart::Inputs:
        return {facts.inputs, facts.inputChannels};
    case FigurePart::Latents:
        return {facts.latents, facts.latentChannels};
    case FigurePart::Queries:
        return {facts.outputs, queryChannels(facts)};
    case FigurePart::Outputs:
        if (!hasDecoder(facts))
            return {facts.latents, facts.latentChannels};
        return {facts.outputs, facts.kind == "multimodal" ? 0 : facts.outputChannels};
    default:
        return {0, 0};
    }
}

QString partName(const ModelFacts& facts, FigurePart part)
{
    switch (part) {
    case FigurePart::Inputs:
        return say("Inputs");
    case FigurePart::Latents:
        return say("Latents");
    case FigurePart::Encoder:
        return say("Encoder cross-attention");
    case FigurePart::Layers:
        return say("Latent self-attention ×\u00a0%1").arg(groupedText(facts.layers));
    case FigurePart::Queries:
        return facts.outputs == 1 ? say("Output query") : say("Output queries");
    case FigurePart::Decoder:
        return say("Decoder cross-attention");
    default:
        return !hasDecoder(facts) ? say("Last latents") : facts.outputs == 1 ? say("Output") : say("Outputs");
    }
}

QString partDetail(const ModelFacts& facts, FigurePart part)
{
    if (isArray(part)) {
        const auto [rows, columns] = arraySize(facts, part);
        return columns > 0 ? QString("%1 ×\u00a0%2").arg(groupedText(rows), groupedText(columns)) : groupedText(rows);
    }
    if (part != FigurePart::Layers)
        return headsText(part == FigurePart::Encoder ? facts.encoderHeads : facts.decoderHeads);
    QStringList details;
    if (facts.layers > 0)
        details << headsText(facts.latentHeads);
    if (shared(facts))
        details << sharedText(facts);
    return details.join(" · ");
}

QString partSentence(const ModelFacts& facts, FigurePart part)
{
    if (isArray(part))
        return arraySentence(facts, part);
    const QString latents = groupedText(facts.latents), outputs = groupedText(facts.outputs);
    if (part == FigurePart::Encoder)
        return say("Encoder cross-attention, %1: each of the %2 latents asks (Q) and reads the %3 inputs (K, V). "
                   "Its weights over them sum to 1.")
            .arg(headsText(facts.encoderHeads), latents, groupedText(facts.inputs));
    if (part == FigurePart::Decoder && facts.outputs == 1)
        return say("Decoder cross-attention, %1: the query asks (Q) and reads the %2 latents (K, V).")
            .arg(headsText(facts.decoderHeads), latents);
    if (part == FigurePart::Decoder)
        return say("Decoder cross-attention, %1: each of the %2 queries asks (Q) and reads the %3 latents (K, V).")
            .arg(headsText(facts.decoderHeads), outputs, latents);
    if (facts.layers == 0)
        return say("This model has no self-attention among its latents.");
    const QString what = (facts.layers == 1
            ? say("%1 layer of self-attention, %2: each of the %3 latents asks (Q) and reads them all (K, V).")
            : say("%1 layers of self-attention, %2: each of the %3 latents asks (Q) and reads them all (K, V)."))
                             .arg(groupedText(facts.layers), headsText(facts.latentHeads), latents);
    return shared(facts) ? what + " " + say("They are %1.").arg(sharedText(facts)) : what;
}

QString modelInWords(const ModelFacts& facts)
{
    QStringList sentences;
    for (const FigurePart part : figureParts(facts))
        sentences << partSentence(facts, part);
    return sentences.join(" ") + " " + say("The model has %1 parameters.").arg(groupedText(facts.parameters));
}

std::vector<std::pair<QString, QString>> modelCosts(const ModelFacts& facts, uint64_t deviceBytes)
{
    std::vector<std::pair<QString, QString>> costs = {
        {say("Kind"), QString::fromStdString(facts.kind)},
        {say("Parameters"), groupedText(facts.parameters)},
        {say("File"), byteText(facts.weightBytes)},
        {say("One pass"), flopText(facts.gflop * 1e9)},
    };
    if (deviceBytes > 0)
        costs.emplace_back(say("Memory on the device"), byteText(deviceBytes));
    return costs;
}

} // namespace ui
