#include "app/commands/forecast.h"

#include "app/commands/reference_flop.h"

#include <algorithm>

namespace app::commands {

namespace {

using engine::perceiver::Kind;

// One attention layer with its MLP: q queries of width e read k keys of width c, f and v channels.
double layerFlop(double q, double e, double k, double c, double f, double v)
{
    return 2 * (q * e * f + k * c * (f + v) + q * k * (f + v) + q * v * e + 2 * q * e * e);
}

int64_t inputsOf(Kind kind, const engine::weights::Config& c, engine::perceiver::Flavour flavour)
{
    switch (kind) {
    case Kind::ImageLearned:
        return c.imageSize * c.imageSize;
    case Kind::ImageFourier:
        return c.imageProcessing.size * c.imageProcessing.size;
    case Kind::ImageConv: { // a convolution and a pooling of stride 2
        const int64_t half = (c.imageProcessing.size - 1) / 2 + 1;
        const int64_t side = flavour == engine::perceiver::Flavour::Hf ? (half - 1) / 2 : (half + 1) / 2;
        return side * side;
    }
    case Kind::OpticalFlow:
        return c.trainSize[0] * c.trainSize[1];
    case Kind::Multimodal:
        return c.outputShape[1] * (c.outputShape[2] / 4) * (c.outputShape[3] / 4)
            + c.numFrames * c.audioSamplesPerFrame / c.samplesPerPatch + 1;
    default:
        return c.maxPositionEmbeddings;
    }
}

// What the config alone decides.
ModelSizes sizesOf(Kind kind, const engine::weights::Config& c, engine::perceiver::Flavour flavour)
{
    ModelSizes sizes{.kind = kind,
        .inputs = inputsOf(kind, c, flavour),
        .latents = c.numLatents,
        .latentChannels = c.dLatents,
        .layers = c.numBlocks * c.numSelfAttendsPerBlock,
        .blocks = c.numBlocks,
        .encoderHeads = c.numCrossAttentionHeads};
    sizes.latentHeads = sizes.layers > 0 ? c.numSelfAttentionHeads : 0;
    return sizes;
}

// Rows and columns of a matrix; 0 where there is none.
std::pair<int64_t, int64_t> matrixSize(const engine::weights::Checkpoint& checkpoint, const std::string& name)
{
    const engine::weights::TensorView* view = checkpoint.find(engine::perceiver::prefixOf(checkpoint) + name);
    return view && view->shape.size() == 2 ? std::pair(view->shape[0], view->shape[1])
                                           : std::pair(int64_t(0), int64_t(0));
}

} // namespace

int64_t ModelSizes::outputCount() const
{
    int64_t count = 0;
    for (const Output& output : outputs)
        count += output.count;
    return count;
}

ModelSizes sizesOf(const engine::perceiver::Model& model)
{
    ModelSizes sizes = sizesOf(model.kind(), model.config(), model.flavour());
    sizes.inputChannels = model.preprocessor().channels();
    for (const auto& head : model.outputs())
        sizes.outputs.push_back({head.segment.count(), head.map.inputs(), head.map.outputs()});
    if (!model.outputs().empty())
        sizes.decoderHeads = model.decoder().heads();
    return sizes;
}

ModelSizes sizesOf(const engine::weights::Checkpoint& checkpoint)
{
    const auto& c = checkpoint.config();
    ModelSizes sizes = sizesOf(engine::perceiver::kindOf(checkpoint), c, engine::perceiver::Flavour::Hf);
    sizes.inputChannels = matrixSize(checkpoint, "encoder.cross_attention.attention.self.key.weight").second;
    const auto [values, queryChannels] = matrixSize(checkpoint, "decoder.decoder.final_layer.weight");
    switch (sizes.kind) {
    case Kind::Bare:
        return sizes;
    case Kind::MaskedLanguage:
        sizes.outputs = {{c.maxPositionEmbeddings, c.dModel, c.vocabSize}};
        sizes.decoderHeads = engine::perceiver::kMaskedDecoderHeads;
        return sizes;
    case Kind::OpticalFlow:
        sizes.outputs = {{c.trainSize[0] * c.trainSize[1], queryChannels, values}};
        break;
    case Kind::Multimodal: {
        const int64_t patches = c.numFrames * c.audioSamplesPerFrame / c.samplesPerPatch,
                      pixels = c.outputShape[1] * c.outputShape[2] * c.outputShape[3];
        const auto labels = matrixSize(checkpoint, "output_postprocessor.modalities.label.classifier.weight").first;
        sizes.outputs
            = {{patches, queryChannels, c.samplesPerPatch}, {pixels, queryChannels, 3}, {1, queryChannels, labels}};
        break;
    }
    default:
        sizes.outputs = {{1, queryChannels, values}};
    }
    sizes.decoderHeads = c.starterFlow && sizes.kind == Kind::OpticalFlow ? c.starterFlow->decoderNumHeads : 1;
    return sizes;
}

double expectedFlop(
    const engine::perceiver::Model& model, std::optional<int64_t> inputs, std::optional<int64_t> outputs)
{
    const auto& c = model.config();
    const double m = double(inputs.value_or(inputsOf(model.kind(), c, model.flavour()))), n = double(c.numLatents),
                 d = double(c.dLatents);
    const double channels = double(model.preprocessor().channels()), pair = double(model.preprocessor().pairChannels());
    const double crossF = double(c.qkChannels.value_or(int64_t(channels))),
                 crossV = double(c.vChannels.value_or(int64_t(crossF)));
    const double selfF = double(c.qkChannels.value_or(c.dLatents)),
                 selfV = double(c.vChannels.value_or(int64_t(selfF)));
    // One head: keys and values are not projected, the scores are as wide as what is multiplied of the tokens.
    double flop = model.encoder().heads() == 1
        ? 2 * (2 * n * m * pair + n * (channels * crossV + crossV * d + 2 * d * d))
        : layerFlop(n, d, m, channels, crossF, crossV);
    flop += double(model.executedLayers()) * layerFlop(n, d, n, d, selfF, selfV);
    for (const auto& head : model.outputs()) {
        const double o = double(outputs.value_or(head.segment.count())), e = double(head.map.inputs());
        const bool folded = model.decoder().heads() == 1 && o > n;
        const bool onGrid = folded && (head.grid || (head.ofInputs && pair < channels));
        const double values = double(head.map.outputs());
        flop += onGrid
            ? 2 * (o * n * (head.ofInputs ? pair : 0) + o * n * e + 2 * n * d * (d + e) + o * e * (e + 2 * values))
            : folded ? 2 * (2 * o * n * e + 2 * n * d * (d + e) + 2 * o * e * e + o * e * values)
                     : layerFlop(o, e, n, d, d, d) + 2 * o * e * values;
    }
    return flop;
}

Remaining remainingOf(const engine::ops::Progress& progress, double seconds)
{
    const double share = progress.expected > 0 ? std::min(progress.done / progress.expected, 0.99) : 0;
    return {share, share > 0.02 ? seconds / share - seconds : -1};
}

Forecast forecastOf(const engine::perceiver::Model& model, uint64_t weightBytes)
{
    const ModelSizes sizes = sizesOf(model);
    Forecast forecast{.inputs = sizes.inputs,
        .outputs = sizes.outputCount(),
        .gflop = referenceFlop(sizes, model.config()).total() * 1e-9};
    const double m = double(sizes.inputs), n = double(sizes.latents), d = double(sizes.latentChannels),
                 channels = double(sizes.inputChannels);
    // Weights, the tokens, the latents before each layer, and the scratch memory of one chunk of scores and its
    // operands.
    const double scratch = 4.0 * double(model.device().scratchFloats()) * 3;
    forecast.memoryBytes = weightBytes
        + uint64_t(
            4 * (m * (channels + 4) + double(model.executedLayers() + 1) * n * d) + std::min(scratch, 4 * m * n * 3));
    return forecast;
}

} // namespace app::commands
