// A clip of frames and sound to its reconstruction and its labels (Perceiver IO, section 4.3; model-spec 3.4 and 6;
// PerceiverForMultimodalAutoencoding): the encoder runs once, the outputs are decoded in chunks. Engine thread.
#pragma once

#include "engine/base/image.h"
#include "engine/perceiver/model.h"

#include <span>

namespace engine::tasks {

// What one clip of a model is: the released one takes 16 frames of 224 x 224 and 30,720 samples at 48 kHz.
struct ClipSize {
    int64_t frames = 0, height = 0, width = 0;
    int64_t samplesPerFrame = 0;

    int64_t samples() const { return frames * samplesPerFrame; }
    // The models see 25 frames a second.
    int64_t sampleRate() const { return 25 * samplesPerFrame; }
    double seconds() const { return double(frames) / 25; }
};
// Usage when the model is no autoencoder of clips.
Result<ClipSize> clipSize(const perceiver::Model& model);
ClipSize clipSize(const weights::Config& config); // of such a model's
// A frame's middle square, resized as OpenCV does it: what a model of this size sees of it.
Image clipFrame(const Image& frame, const ClipSize& size);

// The frames' middle square, resized as OpenCV does it, in [0, 1]; BadData unless there are as many frames and samples
// as the model takes, the frames all of one size.
Result<perceiver::ClipInputs> preprocessClip(
    const perceiver::Model& model, std::span<const Image> frames, std::span<const float> sound);

struct Reconstruction {
    std::vector<Image> frames; // clipped to 8 bits
    std::vector<float> sound; // not clipped
    std::vector<float> labels; // probabilities
    // Against the clip given, in dB: video over [0, 1] after clipping, sound over a full scale of 1.
    double videoPsnr = 0, soundPsnr = 0;
};
// kept: the run, for questions about its attention.
Result<Reconstruction> autoencode(const perceiver::Model& model, const perceiver::ClipInputs& clip,
    const perceiver::KnockOut& without = {}, perceiver::Run* kept = nullptr);
// -10 log10 of the mean squared difference, in dB, over a full scale of 1; 200 for no difference.
double psnr(std::span<const float> truth, std::span<const float> values);

} // namespace engine::tasks
