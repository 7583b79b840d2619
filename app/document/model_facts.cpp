#include "app/document/model_facts.h"

#include "app/commands/model_folder.h"
#include "app/commands/reference_flop.h"

namespace app::document {

ModelFacts factsOf(const engine::weights::Checkpoint& checkpoint)
{
    const commands::ModelSizes sizes = commands::sizesOf(checkpoint);
    return {.kind = engine::perceiver::name(sizes.kind),
        .inputs = sizes.inputs,
        .inputChannels = sizes.inputChannels,
        .latents = sizes.latents,
        .latentChannels = sizes.latentChannels,
        .layers = sizes.layers,
        .blocks = sizes.blocks,
        .outputs = sizes.outputCount(),
        .outputChannels = sizes.outputs.empty() ? 0 : sizes.outputs.front().values,
        .encoderHeads = sizes.encoderHeads,
        .latentHeads = sizes.latentHeads,
        .decoderHeads = sizes.decoderHeads,
        .parameters = checkpoint.parameterCount(),
        .weightBytes = checkpoint.byteCount(),
        .gflop = commands::referenceFlop(sizes, checkpoint.config()).total() * 1e-9};
}

engine::Result<ModelFacts> factsOf(const std::string& model)
{
    TRY_ASSIGN(const std::filesystem::path folder, commands::modelFolder(model));
    TRY_ASSIGN(const auto checkpoint, engine::weights::Checkpoint::open(folder));
    TRY(engine::perceiver::checkLayout(checkpoint));
    return factsOf(checkpoint);
}

} // namespace app::document
