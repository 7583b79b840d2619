// Questions about a run's attention (attention.md, sections 1 and 2): any row, column or composition of the maps,
// formed again from what the run kept; never a whole map of size N x M unless a caller asks for all its rows.
// Composition: attention rollout (Abnar and Zuidema 2020), r <- r/2 + r A_l / 2 over the executed latent layers, with
// the decoder's rows before it and the encoder's map behind it. All results are weights on the host. Engine thread.
#pragma once

#include "engine/perceiver/model.h"

namespace engine::perceiver {

// One head, or all heads fused. After maximum and minimum each row is divided by its sum.
struct HeadChoice {
    std::optional<int64_t> head;
    ops::HeadFusion fusion = ops::HeadFusion::Mean;
};

class Attention {
public:
    Attention(const Model& model, const Run& run) : m_model(model), m_run(run), m_device(model.device()) { }

    // Whole rows and columns of one head after the other, as the reference gives its maps.
    Result<HostTensor> encoderRows(const std::vector<uint32_t>& latents) const; // [h, latents, M]
    Result<HostTensor> encoderColumns(const std::vector<uint32_t>& inputs) const; // [h, N, inputs]
    Result<HostTensor> layerRows(int64_t layer, const std::vector<uint32_t>& latents) const; // [h, latents, N]
    Result<HostTensor> decoderRows(const OutputHead& head, const Selection& outputs) const; // [h, outputs, N]

    // Where do these latents look? The mean of their fused rows: [M], sums to 1.
    Result<HostTensor> latentToInputs(const std::vector<uint32_t>& latents, HeadChoice heads) const;
    // Who reads these inputs? The sum of their fused columns: [N].
    Result<HostTensor> inputToLatents(const std::vector<uint32_t>& inputs, HeadChoice heads) const;
    // What do these latents read of the others at a layer? [N], sums to 1.
    Result<HostTensor> latentToLatents(int64_t layer, const std::vector<uint32_t>& latents, HeadChoice heads) const;
    // Which latents do these outputs read? [N], sums to 1.
    Result<HostTensor> outputToLatents(const OutputHead& head, const Selection& outputs, HeadChoice heads) const;
    // Which outputs read these latents? The sum of their fused columns: [O].
    Result<HostTensor> latentToOutputs(
        const OutputHead& head, const std::vector<uint32_t>& latents, HeadChoice heads) const;
    // The composition: why these outputs? [M], sums to 1.
    Result<HostTensor> outputToInputs(
        const OutputHead& head, const Selection& outputs, HeadChoice heads, bool rollout) const;
    // The same product read the other way: what do these inputs contribute to each output? [O].
    Result<HostTensor> inputToOutputs(
        const OutputHead& head, const std::vector<uint32_t>& inputs, HeadChoice heads, bool rollout) const;

private:
    // Rows of a map [heads, rows, columns], a bounded number at a time.
    Result<HostTensor> rowsInBlocks(int64_t heads, int64_t rows, int64_t columns,
        const std::function<ops::Tensor(int64_t first, int64_t count)>& weights) const; // -> [heads * count, columns]
    ops::Tensor fuse(const ops::Tensor& weights, int64_t heads, HeadChoice choice) const;
    ops::Tensor encoderWeights(const ops::Tensor& tokens, const ops::Tensor& mask) const; // [h N, tokens]
    ops::Tensor encoderRowSums(HeadChoice heads) const; // [1, N] or none
    ops::Tensor timesEncoder(const ops::Tensor& row, HeadChoice heads) const; // [1, N] -> [1, M']
    ops::Tensor layerWeights(const ops::Tensor& queryKey, const SelfLayer& layer, int64_t first, int64_t count) const;
    ops::Tensor rollout(const ops::Tensor& row, HeadChoice heads, bool forwards) const; // [1, N] -> the same
    ops::Tensor decoderWeights(const OutputHead& head, const DecoderLatents& latents, const Selection& outputs) const;
    ops::Tensor decoderTimes(const OutputHead& head, const ops::Tensor& column, HeadChoice heads) const;
    ops::Tensor outputMean(const OutputHead& head, const Selection& outputs, HeadChoice heads) const; // [1, N]
    Result<HostTensor> overInputs(const ops::Tensor& row) const; // [1, M'] -> [M]

    const Model& m_model;
    const Run& m_run;
    ops::Device& m_device;
};

// A map's entropy in nats, and what follows from it: exp(entropy) inputs share the attention.
double entropy(const std::vector<float>& weights);

} // namespace engine::perceiver
