// A Perceiver IO model from a checkpoint: preprocessor? + encoder + decoder? + postprocessor?, any sizes (the paper's
// figure 2; model-spec 1-6; transformers' PerceiverModel). Which parts there are is read off the tensors. Whatever
// depends on weights alone is computed once, here. Engine thread.
#pragma once

#include "engine/perceiver/decoder.h"
#include "engine/perceiver/encoder.h"
#include "engine/perceiver/preprocessor.h"

#include <functional>

namespace engine::perceiver {

// Of the decoder for hidden bytes, which no config names (model-spec 1.3).
constexpr int64_t kMaskedDecoderHeads = 8;

// What a run leaves out (attention.md, knock-out). Inputs and latents are left out as keys; heads of the executed
// latent layer have no context.
struct KnockOut {
    std::vector<uint32_t> inputs, latents;
    std::vector<std::pair<int64_t, int64_t>> heads; // layer, head

    bool empty() const { return inputs.empty() && latents.empty() && heads.empty(); }
};

// What a run keeps, so that any map can be formed again: nothing of size N x M.
struct Run {
    Tokens tokens;
    EncoderTrace encoder;
    std::vector<ops::Tensor> layers; // [N, D] before each executed latent layer
    ops::Tensor latents; // [N, D] after the last one
    ops::Tensor latentMask; // [1, N] or none
    std::vector<uint8_t> padded; // text: 1 where the input is padding
};

// One kind of output: its queries and the map from the decoder's rows to values.
struct OutputHead {
    Segment segment; // of the O outputs
    std::function<ops::Tensor(const Run&, const Selection&)> queries; // [count, E]
    Linear map; // values x E
    Linear hiddenMap; // values x hidden, or none: the map after the MLP's second layer, which both follow its activation
    std::shared_ptr<const RowGrid> grid; // the queries' own grid, where they are positions alone
    bool ofInputs = false; // the queries are the inputs' tokens
};

class Model {
public:
    static Result<std::shared_ptr<const Model>> load(
        ops::Device& device, const weights::Checkpoint& checkpoint, Flavour flavour);

    Kind kind() const { return m_kind; }
    Flavour flavour() const { return m_flavour; }
    const weights::Config& config() const { return m_config; }
    const Preprocessor& preprocessor() const { return *m_preprocessor; }
    int64_t executedLayers() const { return m_config.numBlocks * int64_t(m_layers.size()); }

    // Inputs to latents. keepLayers: whether questions about attention will follow.
    Result<Run> encode(const Inputs& inputs, const KnockOut& without = {}, bool keepLayers = true) const;
    // The same for preprocessed inputs: a tile of a larger picture.
    Result<Run> encode(Tokens tokens, const KnockOut& without, bool keepLayers) const;
    // The latents of several samples at once: tokens [batch * M, C] -> [batch * N, D].
    ops::Tensor encodeBatch(const ops::Tensor& tokens, int64_t batch) const;

    // The outputs that the checkpoint has: none for a bare model, three for the multimodal one.
    const std::vector<OutputHead>& outputs() const { return m_outputs; }
    // Values [count, width] of some outputs of one head.
    ops::Tensor decode(const Run& run, const OutputHead& head, const Selection& selection) const;
    // The same for tokens of several samples with their own latents: [batch * O, width].
    ops::Tensor decodeBatch(const ops::Tensor& queries, const ops::Tensor& latents, int64_t batch) const;
    DecoderLatents readLatents(const Run& run, int64_t queries) const;

    const EncoderCross& encoder() const { return m_encoder; }
    const SelfLayer& layer(int64_t executed) const { return m_layers[size_t(executed) % m_layers.size()]; }
    const DecoderCross& decoder() const { return m_decoder; }
    ops::Device& device() const { return *m_device; }

private:
    explicit Model(ops::Device& device) : m_device(&device) { }
    void loadParts(Loader& loader);
    // The decoder's MLP and the head's map on rows [count, E] before them.
    void finish(const OutputHead& head, const ops::Tensor& rows, ops::Tensor& out) const;
    void loadPreprocessor(Loader loader);
    void loadDecoder(Loader loader, Loader root);
    void addTrainedOutput(Loader& decoder, const std::string& queries, int64_t count, int64_t channels, Linear map);
    void addClipOutputs(Loader& loader, Loader& root, Loader& cross, int64_t channels);
    static Linear hiddenMap(Loader& cross, const HostLinear& map);

    ops::Device* m_device;
    Kind m_kind = Kind::Bare;
    Flavour m_flavour = Flavour::Hf;
    weights::Config m_config;
    std::unique_ptr<Preprocessor> m_preprocessor;
    EncoderCross m_encoder;
    std::vector<SelfLayer> m_layers;
    DecoderCross m_decoder;
    std::vector<OutputHead> m_outputs;
};

} // namespace engine::perceiver
