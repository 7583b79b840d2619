#include "engine/cpu/cpu_device.h"

#include "engine/cpu/bfloat16.h"
#include "engine/cpu/fast_products.h"
#include "engine/cpu/operations.h"
#include "engine/cpu/parallel.h"

#include <chrono>
#include <cstring>
#include <dnnl.h>
#include <fstream>
#include <hwy/targets.h>
#include <unistd.h>

namespace engine::cpu {

namespace {

double now()
{
    using namespace std::chrono;
    return duration<double>(steady_clock::now().time_since_epoch()).count();
}

std::string processorName()
{
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("model name"))
            if (const size_t colon = line.find(": "); colon != std::string::npos)
                return line.substr(colon + 2);
    return "CPU";
}

class CpuDevice final : public ops::Device {
public:
    explicit CpuDevice(ops::Precision precision)
        : m_info(deviceInfo())
        , m_pool(std::make_shared<Pool>())
        , m_fast(precision == ops::Precision::Fast && multipliesBfloat16())
    {
    }

    const ops::DeviceInfo& info() const override { return m_info; }
    ops::Precision precision() const override { return m_fast ? ops::Precision::Fast : ops::Precision::Exact; }
    // 16 MiB: a chunk of scores that the caches of most machines hold.
    int64_t scratchFloats() const override { return int64_t(2) << 20; }
    std::vector<ops::PassTime> takeTimings() override { return std::exchange(m_times, {}); }
    std::vector<ops::MemoryUse> memory() const override { return m_pool->report(); }
    void resetHighWater() override { m_pool->resetHighWater(); }

protected:
    Result<std::shared_ptr<ops::Storage>> allocate(int64_t floats, ops::Contents contents) override
    {
        return m_pool->take(floats, contents != ops::Contents::Activations);
    }
    void onUpload(const ops::Tensor& tensor, std::span<const float> values) override
    {
        const Matrix to = matrixOf(tensor);
        const size_t columns = size_t(to.columns);
        for (int64_t r = 0; r < to.rows; ++r) {
            std::memcpy(to.row(r), values.data() + size_t(r) * columns, columns * sizeof(float));
            std::memset(to.row(r) + columns, 0, size_t(ops::padded(to.columns) - to.columns) * sizeof(float));
        }
    }
    Result<HostTensor> onDownload(const ops::Tensor& tensor) override
    {
        const Matrix from = matrixOf(tensor);
        HostTensor values({from.rows, from.columns});
        for (int64_t r = 0; r < from.rows; ++r)
            std::memcpy(values.values.data() + r * from.columns, from.row(r), size_t(from.columns) * sizeof(float));
        return values;
    }
    void onZero(const ops::Tensor& tensor) override
    {
        std::memset(matrixOf(tensor).data, 0, size_t(tensor.extent()) * sizeof(float));
    }
    Result<void> onFinish() override { return {}; }
    void onPass(const std::string& name) override
    {
        m_pass = name;
        m_entered = true;
    }

    void on(const ops::Gemm& op) override
    {
        timed(2.0 * double(op.rows) * double(op.columns) * double(op.depth) * double(op.outer * op.inner), [&] {
            if (!m_fast || !computeFast(op))
                compute(op);
        });
    }
    void on(const ops::LayerNorm& op) override { perform(op); }
    void on(const ops::RowStatistics& op) override { perform(op); }
    void on(const ops::Softmax& op) override { perform(op); }
    void on(const ops::SoftmaxChunk& op) override { perform(op); }
    void on(const ops::Probabilities& op) override { perform(op); }
    void on(const ops::ScaleRows& op) override { perform(op); }
    void on(const ops::Transpose& op) override { perform(op); }
    void on(const ops::CopyColumns& op) override { perform(op); }
    void on(const ops::FillColumns& op) override { perform(op); }
    void on(const ops::FourierColumns& op) override { perform(op); }
    void on(const ops::GatherRows& op) override { perform(op); }
    void on(const ops::Add& op) override { perform(op); }
    void on(const ops::Unfold& op) override { perform(op); }
    void on(const ops::MaxPool& op) override { perform(op); }
    void on(const ops::FuseHeads& op) override { perform(op); }
    void on(const ops::MultiplyRows& op) override
    {
        perform(op, 2.0 * double(op.a.rows()) * double(op.b.rows()) * double(op.b.columns()));
    }
    void on(const ops::RowSums& op) override { perform(op); }
    void on(const ops::CellSums& op) override { perform(op); }
    void on(const ops::Resize& op) override { perform(op); }
    void on(const ops::Warp& op) override { perform(op); }
    void on(const ops::MatchingCosts& op) override { perform(op); }
    void on(const ops::LocalMotion& op) override { perform(op); }
    void on(const ops::Median& op) override { perform(op); }
    void on(const ops::CropTiles& op) override { perform(op); }
    void on(const ops::BlendTiles& op) override { perform(op); }
    void on(const ops::PowerSpectrum& op) override { perform(op, ops::fourierFlop(op.x.rows(), op.x.columns())); }
    void on(const ops::GridStatistics& op) override { perform(op); }
    void on(const ops::GridScores& op) override { perform(op); }
    void on(const ops::GridSums& op) override { perform(op); }
    bool on(const ops::AttendGrid& op) override
    {
        constexpr int64_t kPoints = 1 << 14; // between two looks at a cancel
        const Statistics statistics(op.statistics);
        const int64_t m = op.x.rows();
        for (int64_t first = 0; first < m; first += kPoints) {
            const int64_t count = std::min(kPoints, m - first);
            timed(4.0 * double(op.q.rows()) * double(count) * double(op.x.columns()),
                [&] { attendPart(op, statistics, first, count); });
        }
        timed(0, [&] { finishAttend(op); });
        return true;
    }
    bool on(const ops::Attend& op) override
    {
        timed(2.0 * double(op.batch * op.queries) * double(op.keys) * double(op.q.columns() + op.v.columns()), [&] {
            if (!m_fast || !computeFast(op))
                compute(op);
        });
        return true;
    }

private:
    template <typename Operation> void perform(const Operation& op, double flop = 0)
    {
        timed(flop, [&] { compute(op); });
    }

    template <typename Work> void timed(double flop, const Work& work)
    {
        if (stopRequested())
            return;
        const double start = now();
        work();
        ops::PassTime& pass = time();
        pass.seconds += now() - start;
        pass.flop += flop;
        pass.uses += std::exchange(m_entered, false);
        if (flop > 0)
            advance(flop);
    }

    ops::PassTime& time() // of the pass that is running
    {
        for (ops::PassTime& known : m_times)
            if (known.name == m_pass)
                return known;
        m_entered = true;
        return m_times.emplace_back(ops::PassTime{.name = m_pass});
    }

    ops::DeviceInfo m_info;
    std::shared_ptr<Pool> m_pool;
    bool m_fast;
    std::string m_pass = "other";
    bool m_entered = true; // the pass, since its last operation
    std::vector<ops::PassTime> m_times;
};

} // namespace

ops::DeviceInfo deviceInfo()
{
    const dnnl_version_t& version = *dnnl_version();
    return {.name = processorName(),
        .kind = ops::DeviceKind::Cpu,
        .memoryBytes = uint64_t(sysconf(_SC_PHYS_PAGES)) * uint64_t(sysconf(_SC_PAGE_SIZE)),
        .driver = "native: oneDNN " + std::to_string(version.major) + "." + std::to_string(version.minor) + "."
            + std::to_string(version.patch) + ", Highway, " + std::to_string(threads())
            + (threads() == 1 ? " thread" : " threads")};
}

std::unique_ptr<ops::Device> createDevice(ops::Precision precision)
{
    return std::make_unique<CpuDevice>(precision);
}

} // namespace engine::cpu
