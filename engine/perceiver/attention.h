// Questions about a run's attention (attention.md, sections 1 and 2): rows, columns and compositions of the maps; never
// a whole map of size N x M at once. Composition: attention rollout (Abnar and Zuidema 2020), r <- r/2 + r A_l / 2 over
// the executed latent layers, with the decoder's rows before it and the encoder's map behind it. Inputs and outputs of
// several segments (audio, image, label) are numbered one segment after the other. All results are weights on the host;
// indices must be in range. Engine thread.
#pragma once

#include "engine/perceiver/attention_maps.h"

namespace engine::perceiver {

// The latent layers' fused attention of one run, kept from the first composition on, so that each further one is a few
// small products (attention.md, section 2). To be emptied when the device's job failed: what was recorded may not have
// run. Goes before its device.
struct FusedLayers {
    HeadChoice choice;
    std::vector<ops::Tensor> layers; // [N, N] each
};

class Attention : public AttentionMaps {
public:
    // kept: of this run alone; none: layers are fused again for every question.
    Attention(const Model& model, const Run& run, FusedLayers* kept = nullptr)
        : AttentionMaps(model, run), m_kept(kept)
    {
    }

    // Where do these latents look? The mean of their fused rows: [M], sums to 1.
    Result<HostTensor> latentToInputs(const std::vector<uint32_t>& latents, HeadChoice heads) const;
    // The same with a weight a latent, [N]: the sum of the weighted rows.
    Result<HostTensor> latentsToInputs(const std::vector<float>& weights, HeadChoice heads) const;
    // Who reads these inputs? The sum of their fused columns: [N].
    Result<HostTensor> inputToLatents(const std::vector<uint32_t>& inputs, HeadChoice heads) const;
    // What do these latents read of the others at a layer? [N], sums to 1.
    Result<HostTensor> latentToLatents(int64_t layer, const std::vector<uint32_t>& latents, HeadChoice heads) const;
    // Which latents do these outputs read? [N], sums to 1.
    Result<HostTensor> outputToLatents(const std::vector<uint32_t>& outputs, HeadChoice heads) const;
    // Which outputs read these latents? The sum of their fused columns: [O], or those of one kind of output.
    Result<HostTensor> latentToOutputs(
        const std::vector<uint32_t>& latents, HeadChoice heads, const OutputHead* only = nullptr) const;
    // The same with a weight a latent, [N].
    Result<HostTensor> latentsToOutputs(
        const std::vector<float>& weights, HeadChoice heads, const OutputHead* only = nullptr) const;
    // The composition: why these outputs? [M], sums to 1.
    Result<HostTensor> outputToInputs(const std::vector<uint32_t>& outputs, HeadChoice heads, bool rollout) const;
    // The same product read the other way: what do these inputs contribute to each output? [O], or one kind's.
    Result<HostTensor> inputToOutputs(
        const std::vector<uint32_t>& inputs, HeadChoice heads, bool rollout, const OutputHead* only = nullptr) const;

private:
    ops::Tensor encoderRowSums(HeadChoice heads) const; // [1, N] or none
    ops::Tensor timesEncoder(const ops::Tensor& row, HeadChoice heads) const; // [1, N] -> [1, M']
    ops::Tensor rollout(const ops::Tensor& row, HeadChoice heads, bool forwards) const; // [1, N] -> the same
    // A_l, some rows at a time: [count, N] from row `first` on.
    void eachFusedBlock(int64_t layer, HeadChoice heads,
        const std::function<void(int64_t first, const ops::Tensor& fused)>& take) const;
    bool keepsLayers(HeadChoice heads) const; // and whether they are there now
    std::vector<std::pair<const OutputHead*, Selection>> byHead(const std::vector<uint32_t>& outputs) const;
    ops::Tensor outputMean(const std::vector<uint32_t>& outputs, HeadChoice heads) const; // [1, N]
    Result<HostTensor> decoderTimes(const OutputHead* only, const ops::Tensor& column, HeadChoice heads) const; // [O]
    Result<HostTensor> overInputs(const ops::Tensor& row) const; // [1, M'] -> [M]

    FusedLayers* m_kept;
};

// Entropy in nats of a map's weights divided by their sum, and what follows from it: exp(entropy) places share the
// attention.
double entropy(const std::vector<float>& weights);

} // namespace engine::perceiver
