#include "engine/weights/tensor_view.h"

#include <bit>
#include <cstring>

namespace engine::weights {

const char* name(DType type)
{
    constexpr const char* kNames[] = {"F64", "F32", "F16", "BF16", "I64", "I32", "I16", "I8", "U8", "BOOL"};
    return kNames[size_t(type)];
}

size_t byteSize(DType type)
{
    constexpr size_t kSizes[] = {8, 4, 2, 2, 8, 4, 2, 1, 1, 1};
    return kSizes[size_t(type)];
}

namespace {

float fromHalf(uint16_t half)
{
    const uint32_t sign = uint32_t(half & 0x8000) << 16, exponent = (half >> 10) & 31, fraction = half & 1023;
    if (exponent == 31)
        return std::bit_cast<float>(sign | 0x7f800000u | fraction << 13);
    if (exponent == 0) // subnormal: fraction times 2^-24, exact in single precision
        return (sign ? -1.0f : 1.0f) * float(fraction) * 0x1p-24f;
    return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
}

template <typename Stored, typename Convert>
void convert(const TensorView& view, std::vector<float>& out, Convert toValue)
{
    for (size_t i = 0; i < out.size(); ++i) {
        Stored stored;
        std::memcpy(&stored, view.bytes.data() + i * sizeof(Stored), sizeof(Stored));
        out[i] = toValue(stored);
    }
}

} // namespace

std::vector<float> toFloat(const TensorView& view)
{
    if (view.dtype == DType::F32 && reinterpret_cast<uintptr_t>(view.bytes.data()) % alignof(float) == 0) {
        const auto* values = reinterpret_cast<const float*>(view.bytes.data());
        return {values, values + view.bytes.size() / sizeof(float)}; // not filled with zeros first
    }
    std::vector<float> out(view.bytes.size() / byteSize(view.dtype));
    const auto plain = [](auto value) { return float(value); };
    switch (view.dtype) {
    case DType::F64:
        convert<double>(view, out, plain);
        break;
    case DType::F32:
        if (!out.empty())
            std::memcpy(out.data(), view.bytes.data(), out.size() * sizeof(float));
        break;
    case DType::F16:
        convert<uint16_t>(view, out, fromHalf);
        break;
    case DType::BF16:
        convert<uint16_t>(view, out, [](uint16_t v) { return std::bit_cast<float>(uint32_t(v) << 16); });
        break;
    case DType::I64:
        convert<int64_t>(view, out, plain);
        break;
    case DType::I32:
        convert<int32_t>(view, out, plain);
        break;
    case DType::I16:
        convert<int16_t>(view, out, plain);
        break;
    case DType::I8:
        convert<int8_t>(view, out, plain);
        break;
    case DType::U8:
    case DType::Bool:
        convert<uint8_t>(view, out, plain);
        break;
    }
    return out;
}

std::optional<uint64_t> checkedCount(const Shape& shape)
{
    uint64_t count = 1;
    for (const int64_t extent : shape)
        if (extent < 0 || __builtin_mul_overflow(count, uint64_t(extent), &count))
            return std::nullopt;
    return count;
}

} // namespace engine::weights
