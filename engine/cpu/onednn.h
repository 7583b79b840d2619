// What the files that call oneDNN's primitives share. Internal to engine/cpu.
#pragma once

#include <cstdint>
#include <dnnl.hpp>
#include <map>
#include <memory>
#include <mutex>

namespace engine::cpu {

using Type = dnnl::memory::data_type;

const dnnl::engine& processor();

inline dnnl::memory::desc plain(int64_t rows, int64_t columns, Type type, int64_t rowStep, int64_t columnStep)
{
    return {{rows, columns}, type, dnnl::memory::dims{rowStep, columnStep}};
}

// The form in which products read their second operand: columns in blocks of 64 (fewer where there are no more), each
// with the whole depth, in pairs. The same bytes for all counts of columns in the last block: the rest are zeros.
dnnl::memory::desc packed(int64_t depth, int64_t columns);

// c [rows, columns] (+)= factor * a b.
dnnl::matmul::primitive_desc describeProduct(const dnnl::memory::desc& a, const dnnl::memory::desc& b,
    const dnnl::memory::desc& c, float factor, bool accumulates, dnnl::primitive_attr attributes);

// What was made for a shape, made once: that takes as long as a small product. After many shapes (texts of every
// length) all are forgotten; who holds one keeps it.
constexpr size_t kMostKept = 512;
template <typename Made, typename Shape> std::shared_ptr<const Made> keptOf(const Shape& shape)
{
    static std::mutex mutex;
    static std::map<Shape, std::shared_ptr<const Made>> kept;
    const std::lock_guard lock(mutex);
    if (kept.size() >= kMostKept && !kept.contains(shape))
        kept.clear();
    std::shared_ptr<const Made>& made = kept[shape];
    if (!made)
        made = std::make_shared<Made>(shape);
    return made;
}

} // namespace engine::cpu
