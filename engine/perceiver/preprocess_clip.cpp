#include "engine/perceiver/preprocess_clip.h"

#include <algorithm>

namespace engine::perceiver {

namespace {

constexpr int64_t kPatch = 4; // 4 x 4 pixels of one frame are one token
constexpr int64_t kPatchValues = kPatch * kPatch * 3;

// [frames * H/4 * W/4, 48], channel (dy * 4 + dx) * 3 + rgb.
HostTensor patchesOf(const HostTensor& video)
{
    const int64_t frames = video.shape[0], rows = video.shape[1] / kPatch, columns = video.shape[2] / kPatch;
    HostTensor patches({frames * rows * columns, kPatchValues});
    float* out = patches.values.data();
    for (int64_t t = 0; t < frames; ++t)
        for (int64_t y = 0; y < rows; ++y)
            for (int64_t x = 0; x < columns; ++x)
                for (int64_t dy = 0; dy < kPatch; ++dy) {
                    const int64_t start = ((t * video.shape[1] + y * kPatch + dy) * video.shape[2] + x * kPatch) * 3;
                    out = std::copy_n(video.values.begin() + start, kPatch * 3, out);
                }
    return patches;
}

} // namespace

std::unique_ptr<ClipPreprocessor> ClipPreprocessor::load(Loader loader, const weights::Config& config, int64_t labels)
{
    auto preprocessor = std::make_unique<ClipPreprocessor>();
    ClipPreprocessor& p = *preprocessor;
    p.m_samplesPerPatch = config.samplesPerPatch;
    p.m_frames = config.numFrames;
    p.m_imageSize = config.imageSize;
    p.m_samplesPerFrame = config.audioSamplesPerFrame;
    const int64_t audio = p.m_samplesPerPatch + fourierChannels(1, kClipAudioBands);
    const int64_t image = kPatchValues + fourierChannels(3, kClipImageBands);
    const int64_t width = std::max({audio, image, labels}) + 4; // the reference's min_padding_size
    p.m_audioPadding = loader.upload(loader.tensor("padding.audio", {1, width - audio}));
    p.m_imagePadding = loader.upload(loader.tensor("padding.image", {1, width - image}));
    loader.tensor("padding.label", {1, width - labels}); // asked for, though the mask replaces the whole token
    loader.tensor("mask.audio", {1, width});
    loader.tensor("mask.image", {1, width});
    p.m_labelToken = loader.upload(loader.tensor("mask.label", {1, width}));
    return preprocessor;
}

Result<Tokens> ClipPreprocessor::tokens(ops::Device& device, const Inputs& inputs) const
{
    const auto* clip = std::get_if<ClipInputs>(&inputs);
    if (!clip)
        return Error{ErrorKind::Usage, "this model takes a clip: frames and sound"};
    const Shape& shape = clip->video.shape;
    if (shape.size() != 4 || shape[3] != 3 || shape[0] < 1 || shape[1] < kPatch || shape[2] < kPatch
        || shape[1] % kPatch != 0 || shape[2] % kPatch != 0)
        return Error{ErrorKind::BadData,
            "the frames have shape " + toString(shape)
                + "; needed are [frames, height, width, 3] with height and width multiples of 4"};
    const int64_t samples = int64_t(clip->audio.size());
    if (samples == 0 || samples % m_samplesPerPatch != 0)
        return Error{ErrorKind::BadData,
            "the sound has " + std::to_string(samples) + " samples; needed is a multiple of "
                + std::to_string(m_samplesPerPatch)};

    const Shape imageGrid{shape[0], shape[1] / kPatch, shape[2] / kPatch};
    const int64_t audioTokens = samples / m_samplesPerPatch, imageTokens = elementCount(imageGrid);
    ops::Tensor tokens = device.zeros(audioTokens + imageTokens + 1, channels()); // [M, C]

    const auto fill = [&](int64_t first, const HostTensor& values, const PositionTable& positions,
                          const ops::Tensor& padding) {
        constexpr int64_t kRows = 1 << 14;
        for (int64_t row = 0; row < values.rows(); row += kRows) {
            const int64_t count = std::min(kRows, values.rows() - row);
            ops::Tensor part = tokens.rowRange(first + row, count);
            device.copyColumns({device.upload(count, values.columns(),
                                    {values.values.data() + row * values.columns(), size_t(count * values.columns())}),
                part, 0});
            device.fourierColumns({.axes = positions.axes,
                .bands = positions.bands,
                .first = row,
                .y = part,
                .column = values.columns()});
            device.fillColumns({padding, part, values.columns() + positions.channels()});
        }
    };
    const HostTensor sound({audioTokens, m_samplesPerPatch}, clip->audio);
    fill(0, sound, positionTable(device, {audioTokens}, {m_frames * m_samplesPerFrame}, kClipAudioBands),
        m_audioPadding);
    fill(audioTokens, patchesOf(clip->video),
        positionTable(device, imageGrid, {m_frames, m_imageSize, m_imageSize}, kClipImageBands), m_imagePadding);
    device.fillColumns({m_labelToken, tokens.rowRange(audioTokens + imageTokens, 1), 0});
    return Tokens{.rows = tokens,
        .inputs = tokens.rows(),
        .layout
        = {{"audio", 0, {audioTokens}}, {"image", audioTokens, imageGrid}, {"label", audioTokens + imageTokens, {1}}}};
}

std::array<std::vector<double>, 2> ClipPreprocessor::pictureFrequencies() const
{
    const std::vector<double> both = fourierFrequencies(m_imageSize, kClipImageBands);
    return {both, both};
}

} // namespace engine::perceiver
