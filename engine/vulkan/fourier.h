// Fourier transforms of any size by VkFFT, on this device and in the stream's order. A plan holds VkFFT's kernels for
// one size and the complex values that they transform in place; a few plans are kept, the least recently used one goes.
// Making one compiles kernels, 0.1 to 0.4 s. What VkFFT cannot do is a NoDevice error with its number (VkFFTResult in
// vkFFT.h); so is a length with a prime factor above 13 where the padding that it needs is more than one binding may
// hold: with bindings of 128 MiB both sides above 2,000. Internal to engine/vulkan; engine thread.
#pragma once

#include "engine/vulkan/memory.h"

#include <list>

namespace engine::vulkan {

class FourierPlan {
public:
    virtual ~FourierPlan() = default;
    // One row of rows * columns pairs (real, imaginary), row after row, then the padding.
    const ops::Tensor& values() const { return m_values; }
    // Values become their transform, X[k, l] = sum x[r, c] exp(-2 pi i (k r / rows + l c / columns)), or each row its
    // own, where they stand alone.
    virtual Result<void> record(VkCommandBuffer commands) = 0;

    int64_t rows() const { return m_rows; }
    int64_t columns() const { return m_columns; }
    bool rowsAlone() const { return m_rowsAlone; }

protected:
    FourierPlan(std::shared_ptr<Buffer> buffer, int64_t rows, int64_t columns, bool rowsAlone);

    std::shared_ptr<Buffer> m_buffer;
    ops::Tensor m_values;
    int64_t m_rows, m_columns;
    bool m_rowsAlone;
};

class FourierPlans {
public:
    FourierPlans(std::shared_ptr<Context> context, std::shared_ptr<Pool> pool);
    // Everything that was recorded with a plan must be done.
    ~FourierPlans();
    FourierPlans(const FourierPlans&) = delete;
    FourierPlans& operator=(const FourierPlans&) = delete;

    // Made at first use; valid until the next call. waitIdle: called before a plan is destroyed to make room.
    Result<FourierPlan*> get(int64_t rows, int64_t columns, bool rowsAlone, const std::function<void()>& waitIdle);

private:
    Result<std::unique_ptr<FourierPlan>> create(
        int64_t rows, int64_t columns, bool rowsAlone, const std::function<void()>& waitIdle);
    void makeRoom(const std::function<void()>& waitIdle);

    static constexpr size_t kMostPlans = 8;
    static constexpr int64_t kMostFloats = 16 << 20; // of all plans but the newest

    std::shared_ptr<Context> m_context;
    std::shared_ptr<Pool> m_pool;
    VkCommandPool m_commandPool = VK_NULL_HANDLE; // with these VkFFT fills its tables, once a plan
    VkFence m_fence = VK_NULL_HANDLE;
    std::list<std::unique_ptr<FourierPlan>> m_plans; // the last used first
};

} // namespace engine::vulkan
