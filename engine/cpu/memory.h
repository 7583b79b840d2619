// The native device's memory: blocks of floats, at a cache line's boundary, that a pool hands out again (fresh pages
// cost as much as a small product). Internal to engine/cpu; engine thread.
#pragma once

#include "engine/base/result.h"
#include "engine/ops/device.h"

#include <map>

namespace engine::cpu {

struct FreeMemory {
    void operator()(float* floats) const;
};
using Floats = std::unique_ptr<float[], FreeMemory>;

class Pool;

// A block on loan from the pool, given back when the last tensor that uses it is gone.
class Block : public ops::Storage {
public:
    Block(std::shared_ptr<Pool> pool, Floats floats, int64_t count, bool weights);
    ~Block() override;
    Block(const Block&) = delete;
    Block& operator=(const Block&) = delete;

    float* floats() const { return m_floats.get(); }
    bool isWeights() const { return m_weights; }

    // Other forms of parts of weights, made at first use and counted as weights: by offset, columns, depth and size.
    using Form = std::array<int64_t, 4>;
    std::shared_ptr<void> otherForm(const Form& form) const; // none: not made yet
    void keep(const Form& form, std::shared_ptr<void> values, int64_t floats);

private:
    std::shared_ptr<Pool> m_pool;
    Floats m_floats;
    int64_t m_count;
    bool m_weights;
    std::map<Form, std::shared_ptr<void>> m_forms;
    int64_t m_formFloats = 0;
};

class Pool : public std::enable_shared_from_this<Pool> {
public:
    // OutOfMemory as ErrorKind::NoDevice, with what to do.
    Result<std::shared_ptr<ops::Storage>> take(int64_t floats, bool weights);
    void giveBack(Floats floats, int64_t count, bool weights);

    std::vector<ops::MemoryUse> report() const; // "activations", "weights", "total": free blocks are counted, too
    void resetHighWater();

    void count(bool weights, int64_t floats); // taken, or given back where negative

private:
    // Floats that free blocks may hold before they go back to the system.
    static constexpr int64_t kMostFree = int64_t(32) << 20;

    std::multimap<int64_t, Floats> m_free; // by size
    int64_t m_freeFloats = 0;
    std::array<int64_t, 2> m_floats{}, m_highWater{}; // activations, weights
    int64_t m_totalHighWater = 0;
};

// A tensor's elements.
struct Matrix {
    float* data = nullptr;
    int64_t rows = 0, columns = 0, stride = 0;

    float* row(int64_t r) const { return data + r * stride; }
    bool exists() const { return data != nullptr; }
};
Matrix matrixOf(const ops::Tensor& tensor); // none of a tensor that does not exist

} // namespace engine::cpu
