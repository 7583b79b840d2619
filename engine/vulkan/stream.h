// The command stream: records dispatches and copies in order, with barriers where two touch the same buffer, cuts every
// dispatch and every submission to a bounded piece of work (driver watchdogs, cancelling, progress, the software
// driver's loop limit), and times named passes.
// Internal to engine/vulkan; engine thread.
#pragma once

#include "engine/vulkan/memory.h"
#include "engine/vulkan/pipelines.h"

#include <deque>
#include <map>

namespace engine::vulkan {

// A tensor as one kernel sees it.
struct Binding {
    const ops::Tensor* tensor = nullptr;
    bool written = false;
    bool halves = false; // whether the kernel may meet halves there
};
inline Binding reads(const ops::Tensor& tensor)
{
    return {&tensor, false};
}
// Floats or halves, as the kernel is told.
inline Binding readsEither(const ops::Tensor& tensor)
{
    return {&tensor, false, true};
}
inline Binding writes(const ops::Tensor& tensor)
{
    return {&tensor, true};
}

// Mesa before 25 ends all loops of an invocation silently after 65,535 iterations: wrong numbers without an error.
constexpr int64_t kTripLimit = 60000;

// The grid of one kernel and what it costs.
struct Work {
    uint32_t x = 1, y = 1, z = 1; // workgroups
    double flop = 0; // of the whole grid, as reported
    double cost = 0; // the same with memory traffic counted as arithmetic; 0: flop. Cuts the pieces
    int64_t trips = 0; // loop iterations of one invocation, all its loops together
    std::vector<uint32_t> constants; // specialization constants 0, 1, …
};

class Stream {
public:
    // The callbacks are the device's: whether to stop, what was done, what failed.
    struct Callbacks {
        std::function<bool()> stopRequested;
        std::function<void(double flop)> advance;
        std::function<void(Error)> fail;
    };
    static Result<std::unique_ptr<Stream>> create(
        std::shared_ptr<Context> context, std::shared_ptr<Pool> pool, Callbacks callbacks, int64_t failAfterSubmits);
    ~Stream();
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    // Records one kernel. `push` is the kernel's struct from shaders/layout.h, which begins with `base`: filled in here
    // with the first element of each binding, counted in elements.
    void dispatch(
        KernelId kernel, std::initializer_list<Binding> bindings, const void* push, size_t pushBytes, const Work& work);
    // Records commands that someone else writes (VkFFT), which read and write the tensor; in one piece.
    void append(
        const ops::Tensor& tensor, const Work& work, const std::function<Result<void>(VkCommandBuffer)>& commands);
    void fail(Error error) { m_callbacks.fail(std::move(error)); }
    void upload(const ops::Tensor& tensor, std::span<const float> values);
    void zero(const ops::Tensor& tensor);
    Result<HostTensor> download(const ops::Tensor& tensor);
    Result<void> finish();
    void pass(const std::string& name);
    std::vector<ops::PassTime> takeTimings();

    bool lost() const { return m_lost; }
    const Context& context() const { return *m_context; }
    void waitIdle(); // submits what is recorded and waits

private:
    struct Batch;
    explicit Stream(std::shared_ptr<Context> context, std::shared_ptr<Pool> pool, Callbacks callbacks);
    Result<void> createBatches();
    bool begin();
    void submit();
    void retire(Batch& batch);
    void touch(Block& block, bool written);
    void barrier();
    void check(VkResult result, const char* doing);
    VkDescriptorSet bind(std::span<const Binding> bindings, uint32_t* base);
    void timestamp();
    void charge(double cost);
    void count(double flop);

    std::shared_ptr<Context> m_context;
    std::shared_ptr<Pool> m_pool;
    Callbacks m_callbacks;
    std::unique_ptr<Pipelines> m_pipelines;
    VkCommandPool m_commandPool = VK_NULL_HANDLE;
    std::deque<Batch> m_batches;
    size_t m_current = 0;
    bool m_recording = false;
    uint64_t m_epoch = 1; // hazards: accesses since the last barrier carry this number
    int64_t m_submitsLeft = -1;
    bool m_lost = false;
    double m_flopPerSecond = 0;
    std::string m_pass = "other";
    std::vector<std::string> m_passOrder;
    std::map<std::string, ops::PassTime> m_times;
};

} // namespace engine::vulkan
