// The two halves every Perceiver layer is made of (model-spec 2.2, 2.4; transformers' PerceiverLayer): attention's
// output projection with the query residual, and the MLP; and the latent self-attention layer built from them. Engine
// thread.
#pragma once

#include "engine/ops/attend.h"
#include "engine/perceiver/linear.h"

namespace engine::perceiver {

// hf is what transformers computes, dm what DeepMind's code does (model-spec section 0).
enum class Flavour { Hf, Dm };
ops::Activation gelu(Flavour flavour); // erf and tanh form (2.5)

// x + dense2(gelu(dense1(LN(x)))).
struct Mlp {
    Linear dense1, dense2; // dense1 with the LayerNorm folded in
    ops::Activation activation = ops::Activation::GeluErf;

    static Mlp load(Loader& loader, int64_t channels, int64_t widening, Flavour flavour);
    ops::Tensor forward(ops::Device& device, const ops::Tensor& x) const; // [rows, channels] -> the same
    ops::Tensor hidden(ops::Device& device, const ops::Tensor& x) const; // after dense1 and the activation
};

// What a layer can be asked to leave out (attention.md, knock-out): nothing by default.
struct SelfOptions {
    ops::Tensor latentMask; // [1, N] or none: 0 leaves a latent out as a key
    std::vector<int64_t> headsLeftOut; // their context is zero before the output projection
};

// One latent self-attention layer.
class SelfLayer {
public:
    static SelfLayer load(
        Loader& loader, int64_t channels, Heads queryKey, Heads value, int64_t widening, Flavour flavour);

    // z [batch * N, D] -> the same.
    ops::Tensor forward(ops::Device& device, const ops::Tensor& z, int64_t batch, const SelfOptions& options) const;
    // Queries and keys of all latents, side by side: [N, 2 h F].
    ops::Tensor queryKey(ops::Device& device, const ops::Tensor& z) const;
    // Scaled scores of some rows of `queries` (all heads, head after head) with all of queryKey's keys: [h count, N].
    ops::Tensor scores(ops::Device& device, const ops::Tensor& queryKey, const ops::Tensor& queries) const;

    int64_t heads() const { return m_queryKey.count; }

private:
    Linear m_queryKeyValue; // stacked, LayerNorm folded in
    Linear m_output;
    Mlp m_mlp;
    Heads m_queryKey, m_value;
    float m_scale = 1;
};

// 1 / sqrt(channels per head) (2.2, step 4).
float attentionScale(const Heads& heads);

} // namespace engine::perceiver
