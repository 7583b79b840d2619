// Encoder cross-attention (Perceiver IO, section 3; model-spec 2.2-2.6): the latents read the inputs. The queries
// depend on weights alone and are computed once. Inputs come in chunks; nothing of size N x M is stored.
//
// With one head, keys and values of the inputs are never computed (attention.md 3.1): the scores' key projection goes
// into the queries, and the values' projection is applied to the weighted sums. Where the inputs stand on a grid, their
// position channels are not multiplied either (3.2): what depends on weights alone is made at the first run and kept.
// Engine thread.
#pragma once

#include "engine/perceiver/layers.h"
#include "engine/perceiver/token_rows.h"

namespace engine::perceiver {

// What a run keeps of the encoder's attention, so that any part of its map can be formed again.
struct EncoderTrace {
    TokenRows tokens; // [M', C]: the inputs that took part
    std::vector<uint32_t> original; // row of `tokens` -> input; empty when they are the same
    int64_t inputs = 0; // M
    ops::Tensor mask; // [1, M'] or none
    bool uniform = false; // HF without any valid key: every key counts the same (2.3)
    ops::Tensor maximum, sum; // [1, h N]
};

// Some latents in the form that scores want.
struct EncoderQueries {
    ops::Tensor rows; // [n, h F], or [n, C] when folded
    std::vector<ops::Tensor> tables; // of a grid of inputs: [n, extent] each
    ops::Tensor sums; // of a grid: [1, n], of the rows
};

class EncoderCross {
public:
    // latents [N, D], inputs of `channels` channels. foldable: false keeps keys and values explicit (text, whose masks
    // may leave no key).
    static EncoderCross load(Loader& loader, const HostTensor& latents, int64_t channels, Heads queryKey, Heads value,
        int64_t widening, bool residual, bool foldable, Flavour flavour);

    // The latents after the layer, [batch * N, D]; trace.tokens holds batch * M rows. Fills maximum and sum.
    ops::Tensor forward(ops::Device& device, EncoderTrace& trace, int64_t batch) const;

    int64_t heads() const { return m_queryKey.count; }
    int64_t latentCount() const { return m_latents.rows(); }
    EncoderQueries queries(ops::Device& device, const EncoderTrace& trace) const; // of all latents
    EncoderQueries queries(
        ops::Device& device, const EncoderTrace& trace, const std::vector<uint32_t>& latents) const;
    // Scaled scores (all heads, head after head) with inputs first … first + count - 1: [heads * n, count].
    ops::Tensor scores(ops::Device& device, const EncoderTrace& trace, const EncoderQueries& queries, int64_t first,
        int64_t count) const;
    // The same with listed inputs.
    ops::Tensor scores(ops::Device& device, const EncoderTrace& trace, const EncoderQueries& queries,
        const std::vector<uint32_t>& inputs) const;
    // How many inputs one chunk holds when `rows` query rows (heads counted) look at them.
    static int64_t chunk(const ops::Device& device, int64_t rows);

private:
    // What a grid of inputs needs of the weights.
    struct GridWeights {
        std::shared_ptr<const RowGrid> grid;
        EncoderQueries queries;
        std::vector<Linear> valueAxes; // V x extent: the values' projection of an axis' positions
        Linear valueMeans; // V x 1: minus the sums of the projection's rows
    };
    const GridWeights& gridWeights(ops::Device& device, const std::shared_ptr<const RowGrid>& grid) const;
    bool onGrid(const EncoderTrace& trace) const { return m_folded && trace.tokens.grid(); }
    ops::Tensor keys(ops::Device& device, const ops::Tensor& tokens) const; // of whole tokens: [rows, key channels]
    ops::Tensor gridForward(ops::Device& device, EncoderTrace& trace) const;
    ops::Tensor explicitForward(ops::Device& device, EncoderTrace& trace, int64_t batch) const;
    ops::Tensor foldedForward(ops::Device& device, EncoderTrace& trace, int64_t batch) const;
    float scale(const EncoderTrace& trace) const { return trace.uniform ? 0.0f : m_scale; }

    ops::Tensor m_latents; // [N, D]
    ops::Tensor m_queries; // [N, h F], or [N, C] when folded
    bool m_folded = false;
    Linear m_keyValue; // explicit: keys and values stacked, LayerNorm folded in
    Linear m_valueOfSum; // folded: V x C, applied to the weighted sums of normalised inputs
    Linear m_output;
    Mlp m_mlp;
    Heads m_queryKey, m_value;
    bool m_residual = true;
    float m_scale = 1;
    mutable GridWeights m_gridWeights; // of the last grid
};

} // namespace engine::perceiver
