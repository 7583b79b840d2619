// Which model a checkpoint holds, told by its tensors' names and shapes: nothing is read of the weights and no device
// is needed, so it is cheap enough to ask of every folder in a list (model-spec 10.3). Any thread.
#pragma once

#include "engine/perceiver/preprocessor.h"
#include "engine/weights/checkpoint.h"

namespace engine::perceiver {

Kind kindOf(const weights::Checkpoint& checkpoint);

// What stands before the names of the Perceiver's own tensors: "perceiver.", or nothing in a bare model.
std::string prefixOf(const weights::Checkpoint& checkpoint);

// Rows of a tensor whose number the config does not hold (labels): 1 where it is missing, and asking for it tells so.
int64_t rowsOf(const weights::Checkpoint& checkpoint, const std::string& name);
// How many classes a classifier of pictures or texts tells apart.
int64_t labelCount(const weights::Checkpoint& checkpoint);

// Whether it can be a Perceiver at all: config.json's heads and channels fit, and there are latents of its sizes.
// Model::load checks every other tensor. BadData with the sentence that it would say.
Result<void> checkLayout(const weights::Checkpoint& checkpoint);

} // namespace engine::perceiver
