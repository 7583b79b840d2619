// What transformers asserts of the released weights (its test_modeling_perceiver.py; flavour hf, fp32): whether a
// checkpoint is the released one and computed rightly. Engine thread.
#pragma once

#include "engine/engine.h"

#include <string>

namespace app::commands {

// What the checks of one checkpoint need and what they found.
struct PublishedCheck {
    bool done = false; // false: nothing is published for such a model, or a picture is missing
    bool passed = false;
    std::string text; // what was compared and found, or why nothing was
};

// picture: COCO val2017 000000039769 (the two cats), for the image classifiers; frame: the first frame of the test's
// Sintel pair, for optical flow. Empty where the user has none. Errors are those of the run.
engine::Result<PublishedCheck> checkPublished(
    const engine::perceiver::Model& model, const engine::Image& picture, const engine::Image& frame);

} // namespace app::commands
