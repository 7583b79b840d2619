#include "engine/tasks/image_classification.h"

#include "engine/tasks/resample.h"

#include <algorithm>
#include <cmath>

namespace engine::tasks {

std::vector<float> softmax(const std::vector<float>& logits)
{
    const float most = *std::max_element(logits.begin(), logits.end());
    std::vector<float> out(logits.size());
    double sum = 0;
    for (size_t i = 0; i < logits.size(); ++i)
        sum += out[i] = float(std::exp(double(logits[i]) - most));
    for (float& p : out)
        p = float(p / sum);
    return out;
}

int64_t inputSize(const perceiver::Model& model)
{
    const weights::Config& config = model.config();
    return model.kind() == perceiver::Kind::ImageLearned ? config.imageSize : config.imageProcessing.size;
}

Rect shownPart(int width, int height, const weights::ImageProcessing& processing, perceiver::Flavour flavour)
{
    const int shorter = std::min(width, height), side = std::clamp(int(processing.kept * shorter), 1, shorter);
    const int odd = flavour == perceiver::Flavour::Dm ? 1 : 0; // DM rounds the offsets up
    return {(width - side + odd) / 2, (height - side + odd) / 2, side, side};
}

perceiver::ImageInputs preprocessImage(
    const Image& image, const weights::ImageProcessing& processing, perceiver::Flavour flavour)
{
    const int size = int(processing.size);
    const Rect part = shownPart(image.width, image.height, processing, flavour);
    const Image small = resizeBicubic(crop(image, part.left, part.top, part.width, part.height), size, size);
    perceiver::ImageInputs inputs{HostTensor({int64_t(size) * size, 3}), size, size};
    for (size_t i = 0; i < small.rgb.size(); ++i)
        inputs.pixels.values[i]
            = (float(small.rgb[i]) * (1.0f / 255.0f) - processing.mean[i % 3]) / processing.deviation[i % 3];
    return inputs;
}

perceiver::ImageInputs preprocessImage(const Image& image, const perceiver::Model& model)
{
    weights::ImageProcessing processing = model.config().imageProcessing;
    processing.size = inputSize(model);
    return preprocessImage(image, processing, model.flavour());
}

Result<std::vector<float>> classify(const perceiver::Model& model, const Image& image,
    const perceiver::KnockOut& without, perceiver::Run* kept)
{
    using perceiver::Kind;
    if (model.kind() != Kind::ImageLearned && model.kind() != Kind::ImageFourier && model.kind() != Kind::ImageConv)
        return Error{ErrorKind::Usage,
            std::string("this model is for ") + perceiver::name(model.kind()) + ", not for classifying pictures"};
    if (image.empty())
        return Error{ErrorKind::BadData, "the picture is empty"};
    TRY_ASSIGN(perceiver::Run run, model.encode(preprocessImage(image, model), without, kept != nullptr));
    TRY_ASSIGN(const HostTensor logits, model.device().download(model.decode(run, model.outputs()[0], {.count = 1})));
    if (kept)
        *kept = std::move(run);
    return softmax(logits.values);
}

} // namespace engine::tasks
