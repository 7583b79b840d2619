// Pictures (model-spec 3.2; PerceiverImagePreprocessor with prep_type conv1x1, pixels, conv): per-pixel features and
// Fourier or trained positions. Engine thread.
#pragma once

#include "engine/perceiver/preprocessor.h"

namespace engine::perceiver {

// The positions of the last picture's grid, kept: the next one is most often of the same size.
class LastGrid {
public:
    std::shared_ptr<const RowGrid> of(
        ops::Device& device, const Shape& grid, int64_t resolution, int64_t features) const;

private:
    mutable std::shared_ptr<const RowGrid> m_grid;
};

// 1x1 convolution to 256 channels and a trained position per pixel, projected: C = 512. One picture size only.
class LearnedImagePreprocessor : public Preprocessor {
public:
    // Names under input_preprocessor.; size: image_size, height and width of the picture.
    static std::unique_ptr<LearnedImagePreprocessor> load(Loader loader, int64_t size);

    int64_t channels() const override;
    Result<Tokens> tokens(ops::Device& device, const Inputs& inputs) const override;

private:
    int64_t m_size = 0;
    Linear m_pixel; // 256 x 3
    ops::Tensor m_positions; // [size^2, 256], projected
};

// The pixels themselves and Fourier positions with 64 bands up to 224: C = 261. Any picture size.
class FourierImagePreprocessor : public Preprocessor {
public:
    int64_t channels() const override;
    int64_t pairChannels() const override { return 3; }
    Result<Tokens> tokens(ops::Device& device, const Inputs& inputs) const override;
    std::array<std::vector<double>, 2> pictureFrequencies() const override;

private:
    LastGrid m_grid;
};

// 7x7 convolution with stride 2, batch norm, ReLU, 3x3 max pool with stride 2, and Fourier positions with 64 bands up
// to 56: C = 322. Any picture size; the flavours pad differently (F3) and store the kernel differently (F4).
class ConvImagePreprocessor : public Preprocessor {
public:
    static std::unique_ptr<ConvImagePreprocessor> load(Loader loader, Flavour flavour); // under input_preprocessor.

    int64_t channels() const override;
    int64_t pairChannels() const override { return m_convolution.outputs(); }
    Result<Tokens> tokens(ops::Device& device, const Inputs& inputs) const override;
    std::array<std::vector<double>, 2> pictureFrequencies() const override;

private:
    Linear m_convolution; // 64 x 147, batch norm folded in
    Flavour m_flavour = Flavour::Hf;
    LastGrid m_grid;
};

} // namespace engine::perceiver
