// A matrix of float32 in one device's memory: the only thing that operations take and give.
//
// Row-major: element (r, c) stands at offset + r * stride + c, counted in floats. The stride is a multiple of 4, and
// the columns from `columns` up to the next multiple of 4 hold zeros: every operation leaves them so (vectors of
// row statistics excepted), so that kernels load four floats at a time without a tail.
// A Tensor is a handle: copies share the storage, which is free again when the last one is gone. Views share it too.
// Host-side bookkeeping only; the engine's thread.
#pragma once

#include <cstdint>
#include <memory>

namespace engine::ops {

// A piece of a device's memory; each device derives its own.
class Storage {
public:
    virtual ~Storage() = default;
};

constexpr int64_t padded(int64_t columns)
{
    return (columns + 3) / 4 * 4;
}

class Tensor {
public:
    Tensor() = default;
    Tensor(std::shared_ptr<Storage> storage, int64_t rows, int64_t columns, int64_t stride, int64_t offset);

    int64_t rows() const { return m_rows; }
    int64_t columns() const { return m_columns; }
    int64_t stride() const { return m_stride; }
    int64_t offset() const { return m_offset; }
    // Floats from the first element to the end of the last row's padding.
    int64_t extent() const;
    bool exists() const { return m_rows > 0; }
    Storage* storage() const { return m_storage.get(); }

    // Rows first … first + count - 1 of the same memory.
    Tensor rowRange(int64_t first, int64_t count) const;
    // Columns first … first + count - 1 of the same memory. For a matrix, first must be a multiple of 4, and count too
    // unless the range ends where the matrix does; a single row may be cut anywhere.
    Tensor columnRange(int64_t first, int64_t count) const;
    // Columns first … first + count - 1 as a matrix that one operation writes into this one: first must be a multiple
    // of 4, and the columns that follow up to the next multiple of 4 are its padding, so that they become zeros.
    Tensor columnBlock(int64_t first, int64_t count) const;
    // The same memory with other rows and columns; only for tensors whose rows have no padding and no gap.
    Tensor reshaped(int64_t rows, int64_t columns) const;

private:
    std::shared_ptr<Storage> m_storage;
    int64_t m_rows = 0;
    int64_t m_columns = 0;
    int64_t m_stride = 0;
    int64_t m_offset = 0;
};

} // namespace engine::ops
