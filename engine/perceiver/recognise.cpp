#include "engine/perceiver/recognise.h"

namespace engine::perceiver {

Kind kindOf(const weights::Checkpoint& checkpoint)
{
    // By what only it has.
    const std::string p = prefixOf(checkpoint);
    const auto has = [&](const char* name) { return checkpoint.has(p + name); };
    if (checkpoint.has("embedding_decoder.bias"))
        return Kind::MaskedLanguage;
    if (has("input_preprocessor.embeddings.weight"))
        return Kind::TextClassification;
    if (has("input_preprocessor.convnet_1x1.weight"))
        return Kind::ImageLearned;
    if (has("input_preprocessor.convnet.conv.weight"))
        return Kind::ImageConv;
    if (has("input_preprocessor.conv_after_patches.weight"))
        return Kind::OpticalFlow;
    if (has("input_preprocessor.mask.label"))
        return Kind::Multimodal;
    return has("decoder.decoder.final_layer.weight") ? Kind::ImageFourier : Kind::Bare;
}

std::string prefixOf(const weights::Checkpoint& checkpoint)
{
    // Two tensors that every model has: where one is missing, the other tells how the missing one would be called.
    return checkpoint.has("perceiver.embeddings.latents")
            || checkpoint.has("perceiver.encoder.cross_attention.attention.self.query.weight")
        ? "perceiver."
        : "";
}

int64_t rowsOf(const weights::Checkpoint& checkpoint, const std::string& name)
{
    const weights::TensorView* view = checkpoint.find(name);
    return view && !view->shape.empty() && view->shape[0] > 0 ? view->shape[0] : 1;
}

int64_t labelCount(const weights::Checkpoint& checkpoint)
{
    return rowsOf(checkpoint, prefixOf(checkpoint) + "decoder.decoder.final_layer.weight");
}

Result<void> checkLayout(const weights::Checkpoint& checkpoint)
{
    const weights::Config& config = checkpoint.config();
    const int64_t self = config.numSelfAttentionHeads, f = config.qkChannels.value_or(config.dLatents);
    const int64_t v = config.vChannels.value_or(f);
    if (f % self != 0 || v % self != 0)
        return Error{ErrorKind::BadData,
            "config.json contradicts itself: " + std::to_string(f) + " and " + std::to_string(v)
                + " channels cannot be split among " + std::to_string(self) + " self-attention heads"};
    return checkpoint.check(prefixOf(checkpoint) + "embeddings.latents", {config.numLatents, config.dLatents});
}

} // namespace engine::perceiver
