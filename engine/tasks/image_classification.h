// A picture to class probabilities (model-spec 3.2, 4; transformers' PerceiverImageProcessorPil): centre crop (224/256
// of the shorter side unless preprocessor_config.json says otherwise), bicubic resize as Pillow does it, normalisation,
// model, softmax. Engine thread.
#pragma once

#include "engine/base/image.h"
#include "engine/perceiver/model.h"

namespace engine::tasks {

struct Rect {
    int left = 0, top = 0, width = 0, height = 0; // pixels
};

// The normalised input, [size * size, 3].
perceiver::ImageInputs preprocessImage(
    const Image& image, const weights::ImageProcessing& processing, perceiver::Flavour flavour);
// As this model takes it.
perceiver::ImageInputs preprocessImage(const Image& image, const perceiver::Model& model);

// Side of the picture that a classifier takes: what its position table is for, or its preprocessing's.
int64_t inputSize(const perceiver::Model& model);

// The square of a picture [width, height] that the model is shown, before it is made smaller.
Rect shownPart(int width, int height, const weights::ImageProcessing& processing, perceiver::Flavour flavour);

// Probabilities by class. kept, where given: the run is left there, for questions about attention. Usage when the model is no image classifier, BadData for an empty picture.
Result<std::vector<float>> classify(const perceiver::Model& model, const Image& image,
    const perceiver::KnockOut& without = {}, perceiver::Run* kept = nullptr);

std::vector<float> softmax(const std::vector<float>& logits);

} // namespace engine::tasks
