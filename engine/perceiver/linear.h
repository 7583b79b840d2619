// Linear maps as the models use them, and how they are read from a checkpoint: heads padded to groups of four channels,
// LayerNorm's gain and offset folded into the map that follows it (in double; y = W (g n + b) + c = (W g) n + (W b +
// c), n the normalised row), so that a forward pass only needs each row's mean and 1/sigma. Engine thread.
#pragma once

#include "engine/ops/device.h"
#include "engine/weights/checkpoint.h"

#include <string>

namespace engine::perceiver {

// W [outputs, inputs] and bias [outputs] on the host, row-major.
struct HostLinear {
    HostTensor weight;
    std::vector<float> bias;
};

// The same on a device.
struct Linear {
    ops::Tensor weight; // [outputs, inputs]
    ops::Tensor bias; // [1, outputs] or none

    int64_t outputs() const { return weight.rows(); }
    int64_t inputs() const { return weight.columns(); }
};

struct LayerNormWeights {
    std::vector<float> gain, offset;
};

// How channels are split into heads, and where the device keeps them: head j's `width` channels start at
// j * padded(width).
struct Heads {
    int64_t count = 1;
    int64_t width = 0;

    int64_t channels() const { return count * width; }
    int64_t stored() const { return count * ops::padded(width); }
};

// Reads tensors by name and shape; the first failure is kept and everything after it gives zeros, so that a part's
// loading reads like the table in model-spec 1.5.
class Loader {
public:
    Loader(ops::Device& device, const weights::Checkpoint& checkpoint, std::string prefix = "");

    Loader under(const std::string& prefix) const; // names from here on start with this one's prefix + prefix
    Loader top() const; // names as they stand in the file
    HostTensor tensor(const std::string& name, const Shape& shape);
    HostLinear linear(const std::string& name, int64_t outputs, int64_t inputs, bool bias = true);
    LayerNormWeights norm(const std::string& name, int64_t channels);
    ops::Tensor upload(const HostTensor& tensor);
    ops::Tensor uploadRow(const std::vector<float>& values);
    Linear upload(const HostLinear& linear); // for products alone

    ops::Device& device() const { return *m_device; }
    const weights::Checkpoint& checkpoint() const { return *m_checkpoint; }
    Result<void> status() const; // the first failure of this loader and of all made from it

private:
    ops::Device* m_device;
    const weights::Checkpoint* m_checkpoint;
    std::string m_prefix;
    std::shared_ptr<std::optional<Error>> m_failure;
};

// W diag(gain), bias + W offset.
HostLinear folded(HostLinear linear, const LayerNormWeights& norm);
// outer(inner(x)).
HostLinear composed(const HostLinear& outer, const HostLinear& inner);
// Output channels (rows) or input channels (columns) spread so that each head starts at a multiple of four.
HostLinear headRows(HostLinear linear, const Heads& heads);
HostLinear headColumns(HostLinear linear, const Heads& heads);
// One map with the outputs of all.
HostLinear stacked(const std::vector<HostLinear>& maps);
HostTensor transposed(const HostTensor& matrix);

struct LinearOptions {
    ops::Tensor statistics; // of x's rows: the map applies to the normalised rows
    ops::Activation activation = ops::Activation::None;
    ops::Tensor residual;
};
// activation(x W^T + b) + residual: [rows, outputs].
ops::Tensor apply(ops::Device& device, const ops::Tensor& x, const Linear& map, const LinearOptions& options = {});
void applyInto(
    ops::Device& device, const ops::Tensor& x, const Linear& map, ops::Tensor& y, const LinearOptions& options = {});
// Mean and 1/sigma of each row [rows, 2] (2.1).
ops::Tensor statistics(ops::Device& device, const ops::Tensor& x);

} // namespace engine::perceiver
