// A picture to class probabilities (model-spec 3.2, 4; transformers' PerceiverImageProcessorPil): centre crop of
// 224/256 of the shorter side, bicubic resize as Pillow does it, normalisation, model, softmax. Engine thread.
#pragma once

#include "engine/base/image.h"
#include "engine/perceiver/model.h"

namespace engine::tasks {

// The normalised input of `size` x `size` pixels, [size * size, 3].
perceiver::ImageInputs preprocessImage(const Image& image, int size, perceiver::Flavour flavour);

// Side of the picture that a classifier takes: its trained size, or 224.
int inputSize(const perceiver::Model& model);

// Probabilities by class. Usage when the model is no image classifier, BadData for an empty picture.
Result<std::vector<float>> classify(
    const perceiver::Model& model, const Image& image, const perceiver::KnockOut& without = {});

std::vector<float> softmax(const std::vector<float>& logits);

} // namespace engine::tasks
