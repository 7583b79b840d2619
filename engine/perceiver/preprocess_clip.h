// A clip of frames, sound and a label (model-spec 3.4; PerceiverMultimodalPreprocessor): each modality's patches with
// Fourier positions, filled up to one width with a trained vector; the label token is always the masked one.
// Token order: audio, image, label. Engine thread.
#pragma once

#include "engine/perceiver/preprocessor.h"
#include "engine/weights/config.h"

namespace engine::perceiver {

class ClipPreprocessor : public Preprocessor {
public:
    // Names under input_preprocessor.; labels: how many classes the label modality has.
    static std::unique_ptr<ClipPreprocessor> load(Loader loader, const weights::Config& config, int64_t labels);

    int64_t channels() const override { return m_labelToken.columns(); }
    Result<Tokens> tokens(ops::Device& device, const Inputs& inputs) const override;
    std::array<std::vector<double>, 2> pictureFrequencies() const override;

private:
    int64_t m_samplesPerPatch = 0, m_frames = 0, m_imageSize = 0, m_samplesPerFrame = 0;
    ops::Tensor m_audioPadding, m_imagePadding, m_labelToken; // [1, n]
};

// Bands of the Fourier positions, fixed in the reference's code (1.3).
constexpr int64_t kClipImageBands = 32, kClipAudioBands = 192;

} // namespace engine::perceiver
