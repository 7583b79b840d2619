// A named tensor inside a weight file: its type, its shape and where its bytes are. The bytes belong to the file that
// gave the view and live as long as it. Plain values; any thread.
#pragma once

#include "engine/base/host_tensor.h"
#include "engine/base/result.h"

#include <map>
#include <memory>
#include <span>
#include <string>

namespace engine::weights {

enum class DType { F64, F32, F16, BF16, I64, I32, I16, I8, U8, Bool };
const char* name(DType type); // as safetensors writes it: "F32" …
size_t byteSize(DType type);

struct TensorView {
    DType dtype = DType::F32;
    Shape shape;
    std::span<const uint8_t> bytes; // elementCount(shape) * byteSize(dtype), little-endian, any alignment
};

// Every tensor of a file, by name, and what keeps their bytes alive.
struct TensorMap {
    std::map<std::string, TensorView> tensors;
    std::vector<std::shared_ptr<const void>> owners;
};

// The values as float32 (F32, F16 and BF16 exactly, F64 rounded, integers converted).
std::vector<float> toFloat(const TensorView& view);

// Element count, or nothing when an extent is negative or the product overflows.
std::optional<uint64_t> checkedCount(const Shape& shape);

} // namespace engine::weights
