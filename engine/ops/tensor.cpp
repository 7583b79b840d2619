#include "engine/ops/tensor.h"

#include "engine/base/assert.h"

namespace engine::ops {

Tensor::Tensor(std::shared_ptr<Storage> storage, int64_t rows, int64_t columns, int64_t stride, int64_t offset)
    : m_storage(std::move(storage)), m_rows(rows), m_columns(columns), m_stride(stride), m_offset(offset)
{
    ENGINE_ASSERT(rows >= 0 && columns >= 0 && stride % 4 == 0 && stride >= padded(columns), "a tensor's layout");
}

int64_t Tensor::extent() const
{
    return m_rows == 0 ? 0 : (m_rows - 1) * m_stride + padded(m_columns);
}

Tensor Tensor::rowRange(int64_t first, int64_t count) const
{
    ENGINE_ASSERT(first >= 0 && count >= 0 && first + count <= m_rows, "rows outside the tensor");
    return Tensor(m_storage, count, m_columns, m_stride, m_offset + first * m_stride);
}

Tensor Tensor::columnRange(int64_t first, int64_t count) const
{
    ENGINE_ASSERT(first >= 0 && count >= 0 && first + count <= m_columns, "columns outside the tensor");
    ENGINE_ASSERT(m_rows == 1 || (first % 4 == 0 && (count % 4 == 0 || first + count == m_columns)),
        "a column range must keep whole groups of four");
    return Tensor(m_storage, m_rows, count, m_stride, m_offset + first);
}

Tensor Tensor::columnBlock(int64_t first, int64_t count) const
{
    ENGINE_ASSERT(first >= 0 && first % 4 == 0 && count >= 0 && first + padded(count) <= padded(m_columns),
        "a column block must keep whole groups of four");
    return Tensor(m_storage, m_rows, count, m_stride, m_offset + first);
}

Tensor Tensor::reshaped(int64_t rows, int64_t columns) const
{
    ENGINE_ASSERT(rows * columns == m_rows * m_columns, "reshaping keeps the number of elements");
    ENGINE_ASSERT((m_stride == m_columns || m_rows == 1) && columns % 4 == 0, "reshaping needs rows without padding");
    return Tensor(m_storage, rows, columns, columns, m_offset);
}

} // namespace engine::ops
