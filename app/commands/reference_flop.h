// Operations of one forward pass as the reference implementation does them (Hugging Face transformers,
// models/perceiver/modeling_perceiver.py): nothing is folded. A multiplication and an addition are two; products and
// convolutions count, as in torch.utils.flop_counter, softmax, norms and additions do not. Any thread.
#pragma once

#include "app/commands/forecast.h"

namespace app::commands {

// The stages are named as a run's passes are.
struct ReferenceFlop {
    double preprocess = 0; // PerceiverImagePreprocessor: convolutions, projected positions
    double encoder = 0; // PerceiverEncoder.cross_attention: keys and values of every input are projected
    double latents = 0; // PerceiverEncoder.self_attends, as often as they are run through
    double decoder = 0; // PerceiverBasicDecoder: every query is projected; the final layer, and what follows it

    double total() const { return preprocess + encoder + latents + decoder; }
    // Of the pass of this name, "forward" for the whole; nothing where the reference has no such stage.
    std::optional<double> of(const std::string& stage) const;
};

// All outputs decoded at once. The reference's example of the multimodal model decodes them in 128 runs with the
// encoder in each: that is not counted here. A starter's flow model (which transformers does not have) is counted in
// the same form, one tile.
ReferenceFlop referenceFlop(const ModelSizes& sizes, const engine::weights::Config& config);

} // namespace app::commands
