// Raw tensors in, raw tensors out, with the names of transformers' forward: for comparing with other implementations.
// Inputs: `inputs` and `attention_mask`, or `inputs.image`, `inputs.audio`, `inputs.label`,
// `subsampled_output_points.image`, `subsampled_output_points.audio`. Outputs: `latents`, `logits` or `logits.image`,
// `logits.audio`, `logits.label`; with maps `encoder_attention` [h, N, M], `self_attention.i` [h, N, N],
// `decoder_attention` [h, O, N] of the first sample, or the rows and columns asked for. Engine thread.
#pragma once

#include "engine/perceiver/model.h"
#include "engine/weights/tensor_view.h"

namespace engine::tasks {

// Of one map: the rows and columns to give in place of the whole. A map that is listed with neither is left out.
struct MapPick {
    std::vector<uint32_t> rows, columns;
};

struct ForwardOptions {
    bool maps = false;
    std::map<std::string, MapPick> picks; // by map name; maps that are not listed are given whole
    perceiver::KnockOut without;
};

// The samples of a batch as the model takes them. BadData with the tensor's name when one is missing or misshaped.
Result<std::vector<perceiver::Inputs>> samplesOf(
    const perceiver::Model& model, const std::map<std::string, weights::TensorView>& inputs);

Result<std::map<std::string, HostTensor>> forward(const perceiver::Model& model,
    const std::map<std::string, weights::TensorView>& inputs, const ForwardOptions& options);

} // namespace engine::tasks
