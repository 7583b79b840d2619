#include "engine/perceiver/preprocess_image.h"

#include <algorithm>
#include <cmath>

namespace engine::perceiver {

namespace {

constexpr int64_t kBands = 64, kPixelResolution = 224, kConvResolution = 56;

std::array<std::vector<double>, 2> frequencies(int64_t resolution)
{
    const std::vector<double> both = fourierFrequencies(resolution, kBands);
    return {both, both};
}

Result<const ImageInputs*> picture(const Inputs& inputs)
{
    const auto* image = std::get_if<ImageInputs>(&inputs);
    if (!image)
        return Error{ErrorKind::Usage, "this model takes a picture"};
    if (image->height < 1 || image->width < 1 || image->pixels.rows() != image->height * image->width
        || image->pixels.columns() != 3)
        return Error{ErrorKind::BadData, "a picture must have at least one pixel and three channels"};
    return image;
}

// One axis of a strided window operation.
struct Axis {
    int64_t outputs = 0, padding = 0;
};

// SAME padding: as many outputs as strides fit, the odd zero at the far end (TensorFlow's and JAX's rule).
Axis same(int64_t n, int64_t window, int64_t stride)
{
    const int64_t outputs = (n + stride - 1) / stride;
    return {outputs, std::max<int64_t>(0, (outputs - 1) * stride + window - n) / 2};
}

Axis padded(int64_t n, int64_t window, int64_t stride, int64_t padding)
{
    return {(n + 2 * padding - window) / stride + 1, padding};
}

} // namespace

std::shared_ptr<const RowGrid> LastGrid::of(
    ops::Device& device, const Shape& grid, int64_t resolution, int64_t features) const
{
    if (m_grid && m_grid->extents == grid)
        return m_grid;
    m_grid = nullptr;
    const auto made = rowGrid(device, grid, {resolution, resolution}, kBands, features);
    if (device.finish().ok()) // else it was stopped before all was there
        m_grid = made;
    return made;
}

// ------------------------------------------------------------------------------------------------------------- learned

std::unique_ptr<LearnedImagePreprocessor> LearnedImagePreprocessor::load(Loader loader, int64_t size)
{
    constexpr int64_t kPixel = 256, kPosition = 256;
    ops::Device& device = loader.device();
    auto preprocessor = std::make_unique<LearnedImagePreprocessor>();
    preprocessor->m_size = size;
    HostLinear pixel{
        loader.tensor("convnet_1x1.weight", {kPixel, 3, 1, 1}), loader.tensor("convnet_1x1.bias", {kPixel}).values};
    pixel.weight.shape = {kPixel, 3};
    preprocessor->m_pixel = loader.upload(pixel);
    const HostTensor positions = loader.tensor("position_embeddings.position_embeddings", {size * size, kPosition});
    const Linear projection = loader.upload(loader.linear("positions_projection", kPosition, kPosition));
    preprocessor->m_positions = apply(device, device.upload(positions), projection); // [size^2, 256]
    return preprocessor;
}

int64_t LearnedImagePreprocessor::channels() const
{
    return m_pixel.outputs() + m_positions.columns();
}

Result<Tokens> LearnedImagePreprocessor::tokens(ops::Device& device, const Inputs& inputs) const
{
    TRY_ASSIGN(const ImageInputs* image, picture(inputs));
    if (image->height != m_size || image->width != m_size)
        return Error{ErrorKind::BadData,
            "the picture is " + std::to_string(image->width) + " x " + std::to_string(image->height)
                + "; this model has trained positions for " + std::to_string(m_size) + " x " + std::to_string(m_size)
                + " only"};
    const ops::Tensor features = apply(device, device.upload(image->pixels), m_pixel); // [H W, 256]
    ops::Tensor tokens = device.zeros(features.rows(), channels()); // [H W, 512]
    device.copyColumns({features, tokens, 0});
    device.copyColumns({m_positions, tokens, features.columns()});
    return Tokens{.rows = tokens, .inputs = tokens.rows(), .layout = {{"", 0, {image->height, image->width}}}};
}

// ------------------------------------------------------------------------------------------------------------- fourier

int64_t FourierImagePreprocessor::channels() const
{
    return 3 + fourierChannels(2, kBands);
}

Result<Tokens> FourierImagePreprocessor::tokens(ops::Device& device, const Inputs& inputs) const
{
    TRY_ASSIGN(const ImageInputs* image, picture(inputs));
    const Shape grid{image->height, image->width};
    const TokenRows tokens(
        device, device.upload(image->pixels), m_grid.of(device, grid, kPixelResolution, 3)); // [H W, 261]
    return Tokens{.rows = tokens, .inputs = tokens.rows(), .layout = {{"", 0, grid}}};
}

std::array<std::vector<double>, 2> FourierImagePreprocessor::pictureFrequencies() const
{
    return frequencies(kPixelResolution);
}

// ---------------------------------------------------------------------------------------------------------------- conv

std::unique_ptr<ConvImagePreprocessor> ConvImagePreprocessor::load(Loader loader, Flavour flavour)
{
    constexpr int64_t kOutputs = 64, kWindow = 7;
    const HostTensor kernel = loader.tensor("convnet.conv.weight", {kOutputs, 3, kWindow, kWindow});
    const std::string norm = "convnet.batchnorm.";
    const LayerNormWeights scale = loader.norm("convnet.batchnorm", kOutputs);
    const auto mean = loader.tensor(norm + "running_mean", {kOutputs}).values;
    const auto variance = loader.tensor(norm + "running_var", {kOutputs}).values;

    HostLinear map{HostTensor({kOutputs, kWindow * kWindow * 3}), std::vector<float>(kOutputs)};
    for (int64_t o = 0; o < kOutputs; ++o) {
        const double factor = scale.gain[size_t(o)] / std::sqrt(double(variance[size_t(o)]) + 1e-5);
        map.bias[size_t(o)] = float(scale.offset[size_t(o)] - mean[size_t(o)] * factor);
        for (int64_t c = 0; c < 3; ++c)
            for (int64_t i = 0; i < kWindow; ++i)
                for (int64_t j = 0; j < kWindow; ++j) {
                    const int64_t ky = flavour == Flavour::Hf ? i : j, kx = flavour == Flavour::Hf ? j : i;
                    const float value = kernel.values[size_t(((o * 3 + c) * kWindow + i) * kWindow + j)];
                    map.weight.at(o, (ky * kWindow + kx) * 3 + c) = float(value * factor);
                }
    }
    auto preprocessor = std::make_unique<ConvImagePreprocessor>();
    preprocessor->m_convolution = loader.upload(map);
    preprocessor->m_flavour = flavour;
    return preprocessor;
}

int64_t ConvImagePreprocessor::channels() const
{
    return m_convolution.outputs() + fourierChannels(2, kBands);
}

std::array<std::vector<double>, 2> ConvImagePreprocessor::pictureFrequencies() const
{
    return frequencies(kConvResolution);
}

Result<Tokens> ConvImagePreprocessor::tokens(ops::Device& device, const Inputs& inputs) const
{
    TRY_ASSIGN(const ImageInputs* image, picture(inputs));
    const bool hf = m_flavour == Flavour::Hf;
    const auto conv = [&](int64_t n) { return hf ? padded(n, 7, 2, 3) : same(n, 7, 2); };
    const auto pool = [&](int64_t n) { return hf ? padded(n, 3, 2, 0) : same(n, 3, 2); };
    const Axis y = conv(image->height), x = conv(image->width), py = pool(y.outputs), px = pool(x.outputs);
    if (y.outputs < 3 || x.outputs < 3)
        return Error{ErrorKind::BadData,
            "the picture is " + std::to_string(image->width) + " x " + std::to_string(image->height)
                + "; this model's convolution needs at least 5 x 5 pixels"};

    ops::Tensor windows = device.create(y.outputs * x.outputs, m_convolution.inputs()); // [112 112, 147]
    device.unfold({.x = device.upload(image->pixels),
        .y = windows,
        .height = image->height,
        .width = image->width,
        .outHeight = y.outputs,
        .outWidth = x.outputs,
        .window = 7,
        .stride = 2,
        .padTop = y.padding,
        .padLeft = x.padding});
    const ops::Tensor features
        = apply(device, windows, m_convolution, {.activation = ops::Activation::Relu}); // [112 112, 64]
    ops::Tensor pooled = device.create(py.outputs * px.outputs, features.columns()); // [55 55, 64]
    device.maxPool({.x = features,
        .y = pooled,
        .height = y.outputs,
        .width = x.outputs,
        .outHeight = py.outputs,
        .outWidth = px.outputs,
        .window = 3,
        .stride = 2,
        .padTop = py.padding,
        .padLeft = px.padding});
    const Shape grid{py.outputs, px.outputs};
    const TokenRows tokens(
        device, pooled, m_grid.of(device, grid, kConvResolution, pooled.columns())); // [55 55, 322]
    return Tokens{.rows = tokens, .inputs = tokens.rows(), .layout = {{"", 0, grid}}};
}

} // namespace engine::perceiver
