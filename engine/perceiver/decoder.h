// Decoder cross-attention (Perceiver IO, section 3; model-spec 2.2-2.6, 4): output queries read the latents, chunk by
// chunk, and only those that were asked for. With one head and more queries than latents, the query projection goes
// into the latents' keys and the output projection into their values (attention.md 3.1). Engine thread.
#pragma once

#include "engine/perceiver/layers.h"
#include "engine/perceiver/token_rows.h"

namespace engine::perceiver {

// The latents as the decoder reads them: made once per run.
struct DecoderLatents {
    ops::Tensor keys; // [N, h F], or [N, E] when folded
    ops::Tensor keyBias; // folded: [1, N], part of the scaled scores
    ops::Tensor values; // [N, h V], or folded and transposed [E, N]
    ops::Tensor mask; // [1, N] or none
    bool folded = false;
    std::shared_ptr<const RowGrid> grid; // of the queries, when they stand on one and the keys are folded:
    std::vector<ops::Tensor> tables; // [extent, N] each
    ops::Tensor sums; // [1, N]: of the keys
};

class DecoderCross {
public:
    // queries of `channels`, latents of `latentChannels`.
    static DecoderCross load(Loader& loader, int64_t channels, int64_t latentChannels, Heads queryKey, Heads value,
        int64_t widening, bool residual, Flavour flavour);

    // queries: how many will be asked for, which decides whether folding pays; 0 keeps keys and values explicit, which
    // batches and padded queries need.
    DecoderLatents read(
        ops::Device& device, const ops::Tensor& latents, int64_t queries, const ops::Tensor& mask) const;
    // The same for queries on a grid, which are never whole (attention.md 3.2). Not folded: no grid either.
    DecoderLatents readForGrid(ops::Device& device, const ops::Tensor& latents, const ops::Tensor& mask,
        const std::shared_ptr<const RowGrid>& grid) const;
    // Before the MLP, [count, E]: queries first … of the grid, with their features [count, F] (none where F is 0).
    ops::Tensor attendGrid(ops::Device& device, const DecoderLatents& latents, const ops::Tensor& features,
        int64_t first, int64_t count) const;
    const Mlp& mlp() const { return m_mlp; }
    // The layer's output [count, E] for queries [count, E]. contextZero: 1 where a query is padding
    // and reads nothing (DM, F6); empty: none.
    ops::Tensor forward(ops::Device& device, const DecoderLatents& latents, const ops::Tensor& queries, int64_t batch,
        const std::vector<uint8_t>& contextZero) const;
    // Scaled scores of some queries (all heads, head after head) with all latents: [heads * count, N].
    ops::Tensor scores(ops::Device& device, const DecoderLatents& latents, const ops::Tensor& queries) const;

    int64_t heads() const { return m_queryKey.count; }
    // How many queries one chunk holds for N latents.
    int64_t chunk(const ops::Device& device, int64_t latents) const;

private:
    bool foldingPays(int64_t queries, int64_t latents) const;

    Linear m_query; // h F x E, LayerNorm folded in
    Linear m_keyValue; // stacked, LayerNorm folded in
    Linear m_output; // E x h V
    ops::Tensor m_queryTransposed; // [E, F], one head: what folds into the keys
    Mlp m_mlp;
    Heads m_queryKey, m_value;
    bool m_residual = false;
    float m_scale = 1;
};

} // namespace engine::perceiver
