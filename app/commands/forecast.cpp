#include "app/commands/forecast.h"

#include <algorithm>

namespace app::commands {

namespace {

using engine::perceiver::Kind;

// One attention layer with its MLP: q queries of width e read k keys of width c, f and v channels.
double layerFlop(double q, double e, double k, double c, double f, double v)
{
    return 2 * (q * e * f + k * c * (f + v) + q * k * (f + v) + q * v * e + 2 * q * e * e);
}

int64_t inputsOf(const engine::perceiver::Model& model)
{
    const auto& c = model.config();
    switch (model.kind()) {
    case Kind::ImageLearned:
    case Kind::ImageFourier: {
        const int64_t side = engine::tasks::inputSize(model);
        return side * side;
    }
    case Kind::ImageConv: { // a convolution and a pooling of stride 2
        const int64_t half = (engine::tasks::inputSize(model) - 1) / 2 + 1;
        const int64_t side = model.flavour() == engine::perceiver::Flavour::Hf ? (half - 1) / 2 : (half + 1) / 2;
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

} // namespace

double expectedFlop(
    const engine::perceiver::Model& model, std::optional<int64_t> inputs, std::optional<int64_t> outputs)
{
    const auto& c = model.config();
    const double m = double(inputs.value_or(inputsOf(model))), n = double(c.numLatents), d = double(c.dLatents);
    const double channels = double(model.preprocessor().channels());
    const double crossF = double(c.qkChannels.value_or(int64_t(channels))),
                 crossV = double(c.vChannels.value_or(int64_t(crossF)));
    const double selfF = double(c.qkChannels.value_or(c.dLatents)),
                 selfV = double(c.vChannels.value_or(int64_t(selfF)));
    // One head: keys and values are not projected, the scores are as wide as the tokens.
    double flop = model.encoder().heads() == 1
        ? 2 * (2 * n * m * channels + n * (channels * crossV + crossV * d + 2 * d * d))
        : layerFlop(n, d, m, channels, crossF, crossV);
    flop += double(model.executedLayers()) * layerFlop(n, d, n, d, selfF, selfV);
    for (const auto& head : model.outputs()) {
        const double o = double(outputs.value_or(head.segment.count())), e = double(head.map.inputs());
        const bool folded = model.decoder().heads() == 1 && o > n;
        flop += folded ? 2 * (2 * o * n * e + 2 * n * d * (d + e) + 2 * o * e * e + o * e * double(head.map.outputs()))
                       : layerFlop(o, e, n, d, d, d) + 2 * o * e * double(head.map.outputs());
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
    const auto& c = model.config();
    Forecast forecast{.inputs = inputsOf(model)};
    const double m = double(forecast.inputs), n = double(c.numLatents), d = double(c.dLatents);
    const double channels = double(model.preprocessor().channels());
    const double crossF = double(c.qkChannels.value_or(int64_t(channels))),
                 crossV = double(c.vChannels.value_or(int64_t(crossF)));
    const double selfF = double(c.qkChannels.value_or(c.dLatents)),
                 selfV = double(c.vChannels.value_or(int64_t(selfF)));
    double flop = layerFlop(n, d, m, channels, crossF, crossV);
    flop += double(model.executedLayers()) * layerFlop(n, d, n, d, selfF, selfV);
    double widest = channels;
    for (const auto& head : model.outputs()) {
        const double o = double(head.segment.count()), e = double(head.map.inputs());
        forecast.outputs += head.segment.count();
        const double f = model.kind() == Kind::MaskedLanguage ? 256 : d,
                     v = model.kind() == Kind::MaskedLanguage ? e : d;
        flop += layerFlop(o, e, n, d, f, v) - (forecast.outputs > head.segment.count() ? 2 * n * d * (f + v) : 0)
            + 2 * o * e * double(head.map.outputs());
        widest = std::max(widest, e);
    }
    forecast.gflop = flop * 1e-9;
    // Weights, the tokens, the latents before each layer, and the scratch memory of one chunk of scores and its
    // operands.
    const double scratch = 4.0 * double(model.device().scratchFloats()) * 3;
    forecast.memoryBytes = weightBytes
        + uint64_t(
            4 * (m * (channels + 4) + double(model.executedLayers() + 1) * n * d) + std::min(scratch, 4 * m * n * 3));
    return forecast;
}

} // namespace app::commands
