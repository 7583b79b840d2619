// A dense row-major array of float32 on the host, any rank. A plain value: copied, moved, read from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace engine {

using Shape = std::vector<int64_t>;

// The number of elements; 1 for a scalar's empty shape.
int64_t elementCount(const Shape& shape);
// "[2, 27, 9, 13]", for messages.
std::string toString(const Shape& shape);

struct HostTensor {
    Shape shape;
    std::vector<float> values; // elementCount(shape) of them

    HostTensor() = default;
    // Zeros.
    explicit HostTensor(Shape shape);
    HostTensor(Shape shape, std::vector<float> values);

    int64_t size() const { return int64_t(values.size()); }
    // The last dimension, and the product of all others: how the engine's matrices see the array.
    int64_t columns() const { return shape.empty() ? 1 : shape.back(); }
    int64_t rows() const { return columns() == 0 ? 0 : size() / columns(); }
    float& at(int64_t row, int64_t column) { return values[size_t(row * columns() + column)]; }
    float at(int64_t row, int64_t column) const { return values[size_t(row * columns() + column)]; }
};

} // namespace engine
