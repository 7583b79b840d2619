// How far found tensors are from the wanted ones: what the reference cases, and a machine's self-test, are judged by.
// Any thread.
#pragma once

#include "engine/base/host_tensor.h"
#include "engine/weights/tensor_view.h"

namespace engine::tasks {

struct Difference {
    double absolute = 0; // largest |found - wanted|; infinite where a number is not finite or the sizes differ
    double most = 0; // largest |wanted|
    int64_t otherBest = 0; // rows whose largest value stands elsewhere, although the wanted one leads by 2 x tolerance

    double relative() const { return absolute / most; }
};

// tolerance: of the values, relative to the largest wanted one.
Difference compare(const HostTensor& found, const std::vector<float>& wanted, double tolerance);

struct Differences {
    double maps = 0, outputs = 0; // the largest relative ones
    std::string missing; // a wanted tensor that was not found, or of another size
    bool otherBest = false; // of a row of logits
};
// All tensors of a case's `exact` or `expected` file: those named "…attention…" are maps.
Differences compare(const std::map<std::string, HostTensor>& found, const weights::TensorMap& wanted, double tolerance);

} // namespace engine::tasks
