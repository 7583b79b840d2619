// safetensors files: eight bytes of header length, a JSON header, the tensors' bytes. Every number in the header is
// checked against the file before anything is read by it. Source: the format's own description
// (huggingface/safetensors, README "Format"). Errors are BadData with the file, the tensor and the byte offset. Any
// thread.
#pragma once

#include "engine/weights/tensor_view.h"

#include <filesystem>

namespace engine::weights {

// `file` is the name used in errors. Views point into `bytes`.
Result<std::map<std::string, TensorView>> parseSafetensors(std::span<const uint8_t> bytes, const std::string& file);

Result<TensorMap> readSafetensors(const std::filesystem::path& path);
// A sharded checkpoint: model.safetensors.index.json names the file of each tensor, all in the index's folder.
Result<TensorMap> readShardedSafetensors(const std::filesystem::path& index);

// Float32 tensors, written beside the target and renamed: never half a file.
Result<void> writeSafetensors(const std::filesystem::path& path, const std::map<std::string, HostTensor>& tensors);

} // namespace engine::weights
