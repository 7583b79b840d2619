#include "engine/vulkan/vulkan_device.h"

#include "engine/base/log.h"
#include "engine/vulkan/kept_tuning.h"
#include "engine/vulkan/record.h"
#include "engine/vulkan/self_tuning.h"

namespace engine::vulkan {

namespace {

class VulkanDevice final : public ops::Device {
public:
    static Result<std::unique_ptr<ops::Device>> create(const DeviceChoice& choice)
    {
        TRY_ASSIGN(std::unique_ptr<Context> opened, Context::create(choice));
        std::unique_ptr<VulkanDevice> device(new VulkanDevice(choice, std::move(opened)));
        TRY_ASSIGN(device->m_stream,
            Stream::create(device->m_context, device->m_pool,
                {.stopRequested = [d = device.get()] { return d->stopRequested(); },
                    .advance = [d = device.get()](double flop) { d->advance(flop); },
                    .fail = [d = device.get()](Error error) { d->fail(std::move(error)); }},
                choice.failAfterSubmits));
        device->tune();
        return std::unique_ptr<ops::Device>(std::move(device));
    }

    const ops::DeviceInfo& info() const override { return m_context->info; }
    ops::Precision precision() const override { return m_choice.precision; }
    // 64 MiB, or half of what one binding may hold where that is less.
    int64_t scratchFloats() const override
    {
        return std::min(int64_t(16) << 20, int64_t(m_context->limits.bindingBytes / 8));
    }
    std::vector<ops::PassTime> takeTimings() override { return m_stream->takeTimings(); }
    std::vector<ops::MemoryUse> memory() const override { return m_pool->report(); }
    void resetHighWater() override { m_pool->resetHighWater(); }

protected:
    Result<std::shared_ptr<ops::Storage>> allocate(int64_t elements, ops::Contents contents) override
    {
        const bool halves = contents == ops::Contents::Operands && m_choice.precision == ops::Precision::Fast;
        TRY_ASSIGN(std::shared_ptr<Buffer> buffer,
            m_pool->take(uint64_t(elements) * (halves ? sizeof(uint16_t) : sizeof(float)),
                contents == ops::Contents::Activations ? Use::Activations : Use::Weights,
                [this] { m_stream->waitIdle(); }));
        if (halves)
            buffer->makeHalves();
        return std::shared_ptr<ops::Storage>(std::move(buffer));
    }
    void onUpload(const ops::Tensor& tensor, std::span<const float> values) override
    {
        m_stream->upload(tensor, values);
    }
    Result<HostTensor> onDownload(const ops::Tensor& tensor) override { return m_stream->download(tensor); }
    void onZero(const ops::Tensor& tensor) override { m_stream->zero(tensor); }
    Result<void> onFinish() override { return m_stream->finish(); }
    void onPass(const std::string& name) override { m_stream->pass(name); }
    bool lost() const override { return m_stream->lost(); }

    void on(const ops::Gemm& op) override { recordWith(op); }
    void on(const ops::LayerNorm& op) override { recordWith(op); }
    void on(const ops::RowStatistics& op) override { recordWith(op); }
    void on(const ops::Softmax& op) override { recordWith(op); }
    void on(const ops::SoftmaxChunk& op) override { recordWith(op); }
    void on(const ops::Probabilities& op) override { recordWith(op); }
    void on(const ops::ScaleRows& op) override { recordWith(op); }
    void on(const ops::Transpose& op) override { recordWith(op); }
    void on(const ops::CopyColumns& op) override { recordWith(op); }
    void on(const ops::FillColumns& op) override { recordWith(op); }
    void on(const ops::FourierColumns& op) override { recordWith(op); }
    void on(const ops::GatherRows& op) override { recordWith(op); }
    void on(const ops::Add& op) override { recordWith(op); }
    void on(const ops::Unfold& op) override { recordWith(op); }
    void on(const ops::MaxPool& op) override { recordWith(op); }
    void on(const ops::FuseHeads& op) override { recordWith(op); }
    void on(const ops::MultiplyRows& op) override { recordWith(op); }
    void on(const ops::RowSums& op) override { recordWith(op); }
    void on(const ops::CellSums& op) override { recordWith(op); }
    void on(const ops::Resize& op) override { recordWith(op); }
    void on(const ops::Warp& op) override { recordWith(op); }
    void on(const ops::MatchingCosts& op) override { recordWith(op); }
    void on(const ops::LocalMotion& op) override { recordWith(op); }
    void on(const ops::Median& op) override { recordWith(op); }
    void on(const ops::CropTiles& op) override { recordWith(op); }
    void on(const ops::BlendTiles& op) override { recordWith(op); }
    void on(const ops::PowerSpectrum& op) override { recordWith(op); }
    void on(const ops::GridStatistics& op) override { recordWith(op); }
    void on(const ops::GridScores& op) override { recordWith(op); }
    void on(const ops::GridSums& op) override { recordWith(op); }
    bool on(const ops::Attend& op) override
    {
        Recorder r = recorder();
        return recordOp(r, op);
    }

private:
    VulkanDevice(const DeviceChoice& choice, std::shared_ptr<Context> context)
        : m_choice(choice)
        , m_context(std::move(context))
        , m_pool(std::make_shared<Pool>(m_context))
        , m_tuning(m_context->tuning)
        , m_fourier(m_context, m_pool)
    {
        if (m_context->limits.software && !choice.fastAnywhere)
            m_choice.precision = ops::Precision::Exact;
    }

    // By what was kept, else by a measurement now; what is not done after some starts never will be.
    void tune()
    {
        constexpr int64_t kMostStarts = 3;
        const Context& context = *m_context;
        if (context.measures) {
            const auto read
                = [&] { return readTuning(context.cache, context.identity, m_choice.precision, context.tuning); };
            const auto keep = [&] { keepTuning(context.cache, context.identity, m_choice.precision, m_tuning); };
            const std::optional<Tuning> kept = read();
            if (kept && (kept->complete || kept->starts >= kMostStarts)) {
                m_tuning = *kept;
            } else {
                const int64_t starts = kept ? kept->starts : 0;
                m_tuning.complete = false; // kept before, in case the driver does not survive it
                m_tuning.starts = starts + 1;
                keep();
                m_tuning.starts = starts;
                m_tuning = measured(*this, m_choice, m_tuning, m_choice.tuningSeconds, context.limits);
                (void)endJob(); // with what went wrong, unless the device is lost
                (void)takeTimings();
                resetHighWater();
                if (!lost())
                    keep();
            }
        }
        const CooperativeShape& shape = context.limits.cooperative;
        m_context->info.kernels = describe(m_tuning);
        if (shape.exists())
            m_context->info.kernels += ", cooperative matrices of " + std::to_string(shape.rows) + " x "
                + std::to_string(shape.columns) + " x " + std::to_string(shape.depth) + " at hand";
        log(LogLevel::Info, m_context->info.kernels);
    }

    Recorder recorder()
    {
        return {*m_stream, m_fourier, m_choice, m_tuning,
            [this](int64_t rows, int64_t columns) { return ops::Device::create(rows, columns); },
            [this](std::span<const uint32_t> values) { return uploadIndices(values); }};
    }

    template <typename Operation> void recordWith(const Operation& op)
    {
        Recorder r = recorder();
        recordOp(r, op);
    }

    DeviceChoice m_choice;
    std::shared_ptr<Context> m_context;
    std::shared_ptr<Pool> m_pool;
    Tuning m_tuning;
    FourierPlans m_fourier; // goes after the stream, which waits for what was recorded
    std::unique_ptr<Stream> m_stream;
};

} // namespace

Result<std::unique_ptr<ops::Device>> createDevice(const DeviceChoice& choice)
{
    return VulkanDevice::create(choice);
}

} // namespace engine::vulkan
