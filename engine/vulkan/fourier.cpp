// The one place that sees VkFFT: its header takes as long to compile as the rest of the folder.
#include "engine/vulkan/fourier.h"

#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <locale.h>

// What VkFFT says of a kernel that does not compile goes to stderr: stdout belongs to the program. And it would write
// its kernels' numbers in the C locale by changing the whole process's, under the hands of the interface's thread, and
// back to a name that is freed by then: here it changes nothing, and PlainNumbers does it for the calling thread.
inline char* leaveLocale()
{
    static char name[] = "C";
    return name;
}
#define printf(...) std::fprintf(stderr, __VA_ARGS__)
#define setlocale(category, name) leaveLocale()
#define VKFFT_BACKEND 0
#include <vkFFT.h>
#undef setlocale
#undef printf

namespace engine::vulkan {

namespace {

Error failure(VkFFTResult result, const std::string& doing)
{
    const bool memory = result == VKFFT_ERROR_MALLOC_FAILED || result == VKFFT_ERROR_FAILED_TO_ALLOCATE
        || result == VKFFT_ERROR_FAILED_TO_ALLOCATE_MEMORY;
    return {ErrorKind::NoDevice,
        doing + " failed: " + (memory ? "out of memory" : "this device's driver or VkFFT cannot do it")
            + " (VkFFTResult " + std::to_string(int(result)) + "). Choose " + (memory ? "a smaller map or " : "")
            + "another device"};
}

std::string transformOf(int64_t rows, int64_t columns)
{
    return "the Fourier transform of " + std::to_string(columns) + " x " + std::to_string(rows) + " values";
}

// VkFFT 1.2 forgets the way back of long lengths with large prime factors; 1.3, whose function takes one argument more,
// does not.
void deleteForgotten(auto* application, auto* axis)
{
    if constexpr (requires { deleteAxis(application, axis); })
        deleteAxis(application, axis);
}

// The calling thread reads and writes numbers as C does, as long as this lives.
class PlainNumbers {
public:
    PlainNumbers() : m_plain(newlocale(LC_ALL_MASK, "C", locale_t(nullptr))), m_before(uselocale(m_plain)) { }
    ~PlainNumbers()
    {
        uselocale(m_before);
        freelocale(m_plain);
    }
    PlainNumbers(const PlainNumbers&) = delete;
    PlainNumbers& operator=(const PlainNumbers&) = delete;

private:
    locale_t m_plain, m_before;
};

class Plan final : public FourierPlan {
public:
    Plan(std::shared_ptr<Buffer> buffer, int64_t rows, int64_t columns, bool rowsAlone)
        : FourierPlan(std::move(buffer), rows, columns, rowsAlone), m_handle(m_buffer->block().buffer)
    {
        std::memset(&m_application, 0, sizeof m_application);
    }
    ~Plan() override
    {
        if (!m_made)
            return;
        for (uint64_t axis = 0; axis < m_application.configuration.FFTdim; ++axis)
            for (auto& more : m_application.localFFTPlan->inverseBluesteinAxes[axis])
                deleteForgotten(&m_application, &more);
        deleteVkFFT(&m_application);
    }

    // VkFFT keeps the addresses that it is given: all of them outlive the plan.
    Result<void> make(Context& context, VkCommandPool& pool, VkFence& fence)
    {
        if (m_rows * m_columns == 1 || (m_rowsAlone && m_columns == 1))
            return {};
        VkFFTConfiguration configuration;
        std::memset(&configuration, 0, sizeof configuration);
        const bool line = m_rows == 1 || m_columns == 1;
        configuration.FFTdim = line || m_rowsAlone ? 1 : 2;
        configuration.size[0] = uint64_t(line && !m_rowsAlone ? m_rows * m_columns : m_columns);
        configuration.size[1] = uint64_t(line || m_rowsAlone ? 1 : m_rows);
        configuration.numberBatches = uint64_t(m_rowsAlone ? m_rows : 1);
        configuration.size[2] = 1;
        configuration.physicalDevice = &context.physicalDevice;
        configuration.device = &context.device;
        configuration.queue = &context.queue;
        configuration.commandPool = &pool;
        configuration.fence = &fence;
        configuration.bufferSize = &m_bytes;
        configuration.useLUT = 1; // sines by the host: a GPU's own have about ten bits less
        configuration.makeForwardPlanOnly = 1;
        const PlainNumbers plain;
        // When it fails VkFFT frees what it had made.
        if (const VkFFTResult result = initializeVkFFT(&m_application, configuration); result != VKFFT_SUCCESS)
            return failure(result, "preparing " + transformOf(m_rows, m_columns));
        m_made = true;
        const uint64_t* more = m_application.configuration.tempBufferSize;
        if (more && *more > context.limits.bindingBytes)
            return Error{ErrorKind::NoDevice,
                transformOf(m_rows, m_columns) + " needs a buffer of " + std::to_string(*more >> 20)
                    + " MiB, because the sides have large prime factors; this device allows "
                    + std::to_string(context.limits.bindingBytes >> 20)
                    + ". Choose another size, such as 4096 x 4096, or another device"};
        return {};
    }

    Result<void> record(VkCommandBuffer commands) override
    {
        if (!m_made)
            return {}; // a single value is its own transform
        VkFFTLaunchParams launch;
        std::memset(&launch, 0, sizeof launch);
        launch.commandBuffer = &commands;
        // Named here and not in make(): there VkFFT would bind the tables for lengths with large prime factors before
        // it has made them. The same address each time, so that what is in flight is never bound anew.
        launch.buffer = &m_handle;
        if (const VkFFTResult result = VkFFTAppend(&m_application, -1, &launch); result != VKFFT_SUCCESS)
            return failure(result, transformOf(m_rows, m_columns));
        return {};
    }

private:
    VkBuffer m_handle;
    uint64_t m_bytes = uint64_t(m_rows * m_columns) * 2 * sizeof(float);
    VkFFTApplication m_application;
    bool m_made = false;
};

int64_t floatsOf(int64_t rows, int64_t columns)
{
    return ops::padded(2 * rows * columns);
}

} // namespace

FourierPlan::FourierPlan(std::shared_ptr<Buffer> buffer, int64_t rows, int64_t columns, bool rowsAlone)
    : m_buffer(std::move(buffer))
    , m_values(m_buffer, 1, floatsOf(rows, columns), floatsOf(rows, columns), 0)
    , m_rows(rows)
    , m_columns(columns)
    , m_rowsAlone(rowsAlone)
{
}

FourierPlans::FourierPlans(std::shared_ptr<Context> context, std::shared_ptr<Pool> pool)
    : m_context(std::move(context)), m_pool(std::move(pool))
{
}

FourierPlans::~FourierPlans()
{
    m_plans.clear();
    vkDestroyFence(m_context->device, m_fence, nullptr);
    vkDestroyCommandPool(m_context->device, m_commandPool, nullptr);
}

Result<FourierPlan*> FourierPlans::get(
    int64_t rows, int64_t columns, bool rowsAlone, const std::function<void()>& waitIdle)
{
    for (auto plan = m_plans.begin(); plan != m_plans.end(); ++plan)
        if ((*plan)->rows() == rows && (*plan)->columns() == columns && (*plan)->rowsAlone() == rowsAlone) {
            m_plans.splice(m_plans.begin(), m_plans, plan);
            return m_plans.front().get();
        }
    makeRoom(waitIdle);
    TRY_ASSIGN(std::unique_ptr<FourierPlan> made, create(rows, columns, rowsAlone, waitIdle));
    m_plans.push_front(std::move(made));
    return m_plans.front().get();
}

void FourierPlans::makeRoom(const std::function<void()>& waitIdle)
{
    int64_t held = 0;
    for (const auto& plan : m_plans)
        held += plan->values().columns();
    bool idle = false;
    while (!m_plans.empty() && (m_plans.size() >= kMostPlans || held > kMostFloats)) {
        if (!idle)
            waitIdle();
        idle = true;
        held -= m_plans.back()->values().columns();
        m_plans.pop_back();
    }
}

Result<std::unique_ptr<FourierPlan>> FourierPlans::create(
    int64_t rows, int64_t columns, bool rowsAlone, const std::function<void()>& waitIdle)
{
    const std::string doing = "preparing " + transformOf(rows, columns);
    VkDevice device = m_context->device;
    if (!m_commandPool) {
        const VkCommandPoolCreateInfo pool{.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
            .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
            .queueFamilyIndex = m_context->queueFamily};
        if (const VkResult result = vkCreateCommandPool(device, &pool, nullptr, &m_commandPool))
            return failure(result, doing);
    }
    if (!m_fence) {
        const VkFenceCreateInfo fence{.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
        if (const VkResult result = vkCreateFence(device, &fence, nullptr, &m_fence))
            return failure(result, doing);
    }
    TRY_ASSIGN(std::shared_ptr<Buffer> buffer,
        m_pool->take(uint64_t(floatsOf(rows, columns)) * sizeof(float), Use::Activations, waitIdle));
    auto plan = std::make_unique<Plan>(std::move(buffer), rows, columns, rowsAlone);
    TRY(plan->make(*m_context, m_commandPool, m_fence));
    return std::unique_ptr<FourierPlan>(std::move(plan));
}

} // namespace engine::vulkan
