// A refusing unpickler: the subset of Python's pickle that torch.save writes for a state dict. Only the globals listed
// in model-spec 10.1 are admitted (and the half-precision storages beside them, which fine-tuned models use);
// everything else is refused by name, nothing is ever called. Sizes and depth are bounded by the input. Any thread.
#pragma once

#include "engine/weights/tensor_view.h"

namespace engine::weights {

// One tensor as the pickle describes it: a strided window into a storage.
struct PickledTensor {
    std::string storage; // key
    DType dtype = DType::F32;
    uint64_t storageElements = 0;
    uint64_t offset = 0; // elements
    Shape shape, strides;
};

struct Pickled {
    std::map<std::string, PickledTensor> tensors;
    size_t bytesRead = 0; // up to and including STOP
};

// The state dict in `bytes` (protocols 2 to 5). `file` is the name used in errors.
Result<Pickled> unpickleStateDict(std::span<const uint8_t> bytes, const std::string& file);
// One object of no interest (the legacy container has three before the state dict): how long it is.
Result<size_t> skipPickle(std::span<const uint8_t> bytes, const std::string& file);
// A list of strings (the legacy container's storage keys).
Result<std::pair<std::vector<std::string>, size_t>> unpickleStrings(
    std::span<const uint8_t> bytes, const std::string& file);

} // namespace engine::weights
