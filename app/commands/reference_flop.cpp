#include "app/commands/reference_flop.h"

namespace app::commands {

namespace {

using engine::perceiver::Kind;

// The reference's PerceiverSelfAttention: queries [q, e] and keys [k, c] to f channels, values to v.
struct Attention {
    double q, e, k, c, f, v;
};

double projections(const Attention& a) // self.query, self.key, self.value
{
    return 2 * (a.q * a.e * a.f + a.k * a.c * (a.f + a.v));
}

double maps(const Attention& a) // matmul(queries, keys), matmul(attention_probs, values)
{
    return 2 * a.q * a.k * (a.f + a.v);
}

// PerceiverLayer: the attention, PerceiverSelfOutput's dense layer, and PerceiverMLP's two.
double layer(const Attention& a, double widening)
{
    return projections(a) + maps(a) + 2 * a.q * a.v * a.e + 4 * a.q * a.e * a.e * widening;
}

double preprocessing(const ModelSizes& sizes, const engine::weights::Config& c)
{
    const double m = double(sizes.inputs);
    switch (sizes.kind) {
    case Kind::ImageLearned: // prep_type "conv1x1": Conv2d(3, 256, 1); positions_projection: Linear(256, 256)
        return 2 * m * 256 * (3 + 256);
    case Kind::ImageConv: { // Conv2DDownsample: Conv2d(3, 64, 7, stride 2)
        const double half = double((c.imageProcessing.size - 1) / 2 + 1);
        return 2 * half * half * 7 * 7 * 3 * 64;
    }
    case Kind::OpticalFlow: { // conv_after_patches: Linear(54, 64)
        if (!c.starterFlow)
            return 2 * m * 54 * 64;
        const auto& starter = *c.starterFlow;
        const int64_t side = 2 * starter.matchingCostRadius + 1;
        const double costs = starter.matchingCostRadius > 0 ? double(side * side) : 0,
                     motion = 3 * double(starter.localMotionWindows.size()),
                     hidden = double(starter.preprocessorHidden),
                     features = double(c.dModel - engine::perceiver::fourierChannels(2, starter.numFrequencyBands));
        return 2 * m * hidden * (54 + costs + motion + features);
    }
    default: // embeddings are looked up; Fourier positions, patches and padding are put beside one another
        return 0;
    }
}

} // namespace

std::optional<double> ReferenceFlop::of(const std::string& stage) const
{
    if (stage == "forward")
        return total();
    if (stage == "preprocess")
        return preprocess;
    if (stage == "encoder cross-attention")
        return encoder;
    if (stage == "latent layers")
        return latents;
    if (stage == "decoder cross-attention")
        return decoder;
    return {};
}

ReferenceFlop referenceFlop(const ModelSizes& sizes, const engine::weights::Config& c)
{
    const double m = double(sizes.inputs), channels = double(sizes.inputChannels), n = double(sizes.latents),
                 d = double(sizes.latentChannels);
    // PerceiverAttention: channels that the config leaves open are the inputs' ("kv"), or the latents'.
    const int64_t crossF = c.qkChannels.value_or(c.crossAttentionShapeIsKv ? sizes.inputChannels : c.dLatents),
                  crossV = c.vChannels.value_or(crossF);
    const int64_t selfF = c.qkChannels.value_or(c.dLatents), selfV = c.vChannels.value_or(selfF);
    ReferenceFlop flop{.preprocess = preprocessing(sizes, c),
        .encoder = layer({n, d, m, channels, double(crossF), double(crossV)}, double(c.crossAttentionWideningFactor)),
        .latents = double(sizes.layers)
            * layer({n, d, n, d, double(selfF), double(selfV)}, double(c.selfAttentionWideningFactor))};
    for (size_t i = 0; i < sizes.outputs.size(); ++i) {
        const ModelSizes::Output& output = sizes.outputs[i];
        const double o = double(output.count), e = double(output.queryChannels);
        double f = d, v = d;
        if (sizes.kind == Kind::MaskedLanguage) { // PerceiverForMaskedLM: qk_channels=8 * 32, v_channels=d_model
            f = 256;
            v = e;
        } else if (c.starterFlow) {
            f = double(c.starterFlow->decoderQkChannels);
            v = double(c.starterFlow->decoderVChannels);
        }
        flop.decoder += layer({o, e, n, d, f, v}, 1);
        if (i > 0) // keys and values of the latents are formed once, however many kinds of output read them
            flop.decoder -= 2 * n * d * (f + v);
        if (sizes.kind == Kind::Multimodal) // final_layer to output_num_channels, then the modality's classifier
            flop.decoder += 2 * o * double(c.outputNumChannels) * (e + double(output.values));
        else
            flop.decoder += 2 * o * e * double(output.values); // final_layer, or the embeddings' transpose
    }
    return flop;
}

} // namespace app::commands
