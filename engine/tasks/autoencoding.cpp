#include "engine/tasks/autoencoding.h"

#include "engine/tasks/image_classification.h"
#include "engine/tasks/resample.h"

#include <algorithm>
#include <cmath>

namespace engine::tasks {

namespace {

// Outputs that come back in one piece.
constexpr int64_t kOutputsAtOnce = 1 << 16;

Image square(const Image& image)
{
    const int side = std::min(image.width, image.height);
    return crop(image, image.width / 2 - side / 2, image.height / 2 - side / 2, side, side);
}

Result<std::vector<float>> decodeAll(
    const perceiver::Model& model, const perceiver::Run& run, const perceiver::OutputHead& head)
{
    std::vector<float> all;
    for (int64_t first = 0; first < head.segment.count(); first += kOutputsAtOnce) {
        const int64_t count = std::min(kOutputsAtOnce, head.segment.count() - first);
        TRY_ASSIGN(
            const HostTensor part, model.device().download(model.decode(run, head, {.first = first, .count = count})));
        all.insert(all.end(), part.values.begin(), part.values.end());
    }
    return all;
}

} // namespace

double psnr(std::span<const float> truth, std::span<const float> values)
{
    double sum = 0;
    for (size_t i = 0; i < truth.size(); ++i)
        sum += std::pow(double(values[i]) - double(truth[i]), 2);
    return -10 * std::log10(std::max(sum / double(std::max<size_t>(truth.size(), 1)), 1e-20));
}

Result<ClipSize> clipSize(const perceiver::Model& model)
{
    if (model.kind() != perceiver::Kind::Multimodal)
        return Error{ErrorKind::Usage,
            std::string("this model is for ") + perceiver::name(model.kind()) + ", not for clips with sound"};
    return clipSize(model.config());
}

ClipSize clipSize(const weights::Config& c)
{
    return {c.numFrames, c.outputShape[2], c.outputShape[3], c.audioSamplesPerFrame};
}

Image clipFrame(const Image& frame, const ClipSize& size)
{
    return resizeBilinear(square(frame), int(size.width), int(size.height));
}

Result<perceiver::ClipInputs> preprocessClip(
    const perceiver::Model& model, std::span<const Image> frames, std::span<const float> sound)
{
    TRY_ASSIGN(const ClipSize size, clipSize(model));
    if (int64_t(frames.size()) != size.frames || int64_t(sound.size()) != size.samples())
        return Error{ErrorKind::BadData,
            "a clip of this model has " + std::to_string(size.frames) + " frames and " + std::to_string(size.samples())
                + " samples; given were " + std::to_string(frames.size()) + " and " + std::to_string(sound.size())};
    perceiver::ClipInputs clip{
        HostTensor({size.frames, size.height, size.width, 3}), std::vector<float>(sound.begin(), sound.end())};
    float* out = clip.video.values.data();
    for (const Image& frame : frames) {
        if (frame.empty() || frame.width != frames[0].width || frame.height != frames[0].height)
            return Error{ErrorKind::BadData, "the frames of a clip have different sizes"};
        const Image resized = clipFrame(frame, size);
        out = std::transform(
            resized.rgb.begin(), resized.rgb.end(), out, [](uint8_t value) { return float(value) / 255.0f; });
    }
    return clip;
}

Result<Reconstruction> autoencode(const perceiver::Model& model, const perceiver::ClipInputs& clip,
    const perceiver::KnockOut& without, perceiver::Run* kept)
{
    TRY_ASSIGN(const ClipSize size, clipSize(model));
    TRY_ASSIGN(perceiver::Run run, model.encode(clip, without, kept != nullptr));
    Reconstruction result;
    for (const perceiver::OutputHead& head : model.outputs()) {
        TRY_ASSIGN(std::vector<float> values, decodeAll(model, run, head));
        if (head.segment.name == "label") {
            result.labels = softmax(values);
        } else if (head.segment.name == "audio") {
            result.soundPsnr = psnr(clip.audio, values);
            result.sound = std::move(values);
        } else {
            for (float& v : values)
                v = std::clamp(v, 0.0f, 1.0f);
            result.videoPsnr = psnr(clip.video.values, values);
            const int64_t frame = size.height * size.width * 3;
            for (int64_t t = 0; t < size.frames; ++t) {
                Image& image = result.frames.emplace_back(int(size.width), int(size.height));
                std::transform(values.begin() + t * frame, values.begin() + (t + 1) * frame, image.rgb.begin(),
                    [](float v) { return uint8_t(std::lround(v * 255)); });
            }
        }
    }
    if (kept)
        *kept = std::move(run);
    return result;
}

} // namespace engine::tasks
