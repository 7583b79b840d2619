// pytorch_model.bin: torch.save's zip container (torch 1.6 and later) and the legacy stream before it. Errors are
// BadData with the file, the tensor and what is wrong. Source: torch/serialization.py. Any thread.
#pragma once

#include "engine/weights/tensor_view.h"

#include <filesystem>

namespace engine::weights {

Result<TensorMap> readTorchFile(const std::filesystem::path& path);
// The same from memory, for tests; `owner` keeps `bytes` alive.
Result<TensorMap> parseTorchFile(
    std::span<const uint8_t> bytes, std::shared_ptr<const void> owner, const std::string& file);

} // namespace engine::weights
