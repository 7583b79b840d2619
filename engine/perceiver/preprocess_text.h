// Text (model-spec 3.1; PerceiverTextPreprocessor): byte embedding plus a trained position. And arrays that come as
// they are, for models without a preprocessor. Padded rows are left out, which is the same function (2.3). Engine
// thread.
#pragma once

#include "engine/perceiver/preprocessor.h"

namespace engine::perceiver {

class TextPreprocessor : public Preprocessor {
public:
    // Names under input_preprocessor.; channels = d_model.
    static std::unique_ptr<TextPreprocessor> load(
        Loader loader, int64_t vocabulary, int64_t positions, int64_t channels);

    int64_t channels() const override { return m_embedding.columns(); }
    Result<Tokens> tokens(ops::Device& device, const Inputs& inputs) const override;
    const ops::Tensor& embedding() const { return m_embedding; } // [vocabulary, C], also the output matrix

private:
    ops::Tensor m_embedding, m_positions;
};

class ArrayPreprocessor : public Preprocessor {
public:
    explicit ArrayPreprocessor(int64_t channels) : m_channels(channels) { }

    int64_t channels() const override { return m_channels; }
    Result<Tokens> tokens(ops::Device& device, const Inputs& inputs) const override;

private:
    int64_t m_channels;
};

} // namespace engine::perceiver
