// A checkpoint folder as transformers leaves it: config.json and model.safetensors (or its sharded index) or
// pytorch_model.bin. Tensors are asked for by name, type and shape at once, so that a wrong file fails at load and
// names the tensor. One thread at a time.
#pragma once

#include "engine/weights/config.h"
#include "engine/weights/tensor_view.h"

#include <set>

namespace engine::weights {

class Checkpoint {
public:
    // A folder, or one of the weight files inside it.
    static Result<Checkpoint> open(const std::filesystem::path& path);

    const Config& config() const { return m_config; }
    const std::filesystem::path& folder() const { return m_folder; }
    const std::filesystem::path& weightFile() const { return m_file; }

    bool has(const std::string& name) const { return m_tensors.tensors.contains(name); }
    const TensorView* find(const std::string& name) const; // null when there is none
    // BadData when the tensor is not there, is no floating-point type or has another shape. Reads no values.
    Result<void> check(const std::string& name, const Shape& shape) const;
    // The values in float32. BadData as check, and when it holds a value that is not a number.
    Result<HostTensor> fetch(const std::string& name, const Shape& shape) const;

    // Floating-point values, without batch-norm averages: "parameters" as transformers counts them.
    int64_t parameterCount() const;
    uint64_t byteCount() const;
    // Tensors that nobody asked for: a checkpoint of another model has some.
    std::vector<std::string> unfetched() const;

private:
    std::string placeOf(const std::string& name) const;

    Config m_config;
    std::filesystem::path m_folder, m_file;
    TensorMap m_tensors;
    mutable std::set<std::string> m_fetched;
};

} // namespace engine::weights
