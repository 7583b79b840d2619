#include "app/commands/made_model.h"

#include "app/formats/atomic_file.h"
#include "engine/engine.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <random>

namespace app::commands {

namespace {

using engine::HostTensor;

// The tensors of transformers' PerceiverModel and PerceiverForMaskedLM by name.
class Tensors {
public:
    void matrix(const std::string& name, int64_t rows, int64_t columns)
    {
        HostTensor tensor({rows, columns});
        const float scale = 1 / std::sqrt(float(columns)); // what comes out is as large as what goes in
        for (float& value : tensor.values)
            value = m_normal(m_random) * scale;
        all[name] = std::move(tensor);
    }

    void linear(const std::string& name, int64_t outputs, int64_t inputs)
    {
        matrix(name + ".weight", outputs, inputs);
        all[name + ".bias"] = HostTensor({outputs});
    }

    void norm(const std::string& name, int64_t channels)
    {
        all[name + ".weight"] = HostTensor({channels}, std::vector<float>(size_t(channels), 1.0f));
        all[name + ".bias"] = HostTensor({channels});
    }

    // A PerceiverLayer: queries of q channels, keys of k.
    void layer(const std::string& name, int64_t q, int64_t k, int64_t queryKey, int64_t value)
    {
        norm(name + ".attention.self.layernorm1", q);
        if (name.find("self_attends") == std::string::npos) // only cross-attention norms what it reads
            norm(name + ".attention.self.layernorm2", k);
        linear(name + ".attention.self.query", queryKey, q);
        linear(name + ".attention.self.key", queryKey, k);
        linear(name + ".attention.self.value", value, k);
        linear(name + ".attention.output.dense", q, value);
        norm(name + ".layernorm", q);
        linear(name + ".mlp.dense1", q, q);
        linear(name + ".mlp.dense2", q, q);
    }

    std::map<std::string, HostTensor> all;

private:
    std::mt19937 m_random{1};
    std::normal_distribution<float> m_normal;
};

} // namespace

engine::Result<void> writeMadeModel(const std::filesystem::path& folder, const MadeModel& made)
{
    const int64_t d = made.latentChannels, c = made.inputChannels;
    const std::string root = made.bytes > 0 ? "perceiver." : "";
    Tensors tensors;
    tensors.matrix(root + "embeddings.latents", made.latents, d);
    tensors.layer(root + "encoder.cross_attention", d, c, d, d);
    for (int64_t i = 0; i < made.layers; ++i)
        tensors.layer(root + "encoder.self_attends." + std::to_string(i), d, d, d, d);
    nlohmann::json config{{"num_latents", made.latents}, {"d_latents", d}, {"d_model", c}, {"qk_channels", d},
        {"v_channels", d}, {"num_blocks", 1}, {"num_self_attends_per_block", made.layers},
        {"num_self_attention_heads", made.heads}, {"num_cross_attention_heads", made.heads}};
    if (made.bytes > 0) {
        constexpr int64_t kVocabulary = 262;
        config["max_position_embeddings"] = made.bytes;
        config["vocab_size"] = kVocabulary;
        tensors.matrix(root + "input_preprocessor.embeddings.weight", kVocabulary, c);
        tensors.matrix(root + "input_preprocessor.position_embeddings.weight", made.bytes, c);
        tensors.matrix(root + "decoder.output_position_encodings.position_embeddings", made.bytes, c);
        tensors.layer(root + "decoder.decoding_cross_attention", c, d, engine::perceiver::kMaskedDecoderHeads * 32, c);
        tensors.all["embedding_decoder.bias"] = HostTensor({kVocabulary});
    }
    TRY(formats::writeText(folder / "config.json", config.dump(1)));
    return engine::weights::writeSafetensors(folder / "model.safetensors", tensors.all);
}

} // namespace app::commands
