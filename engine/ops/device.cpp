#include "engine/ops/device.h"

#include "engine/base/assert.h"

#include <algorithm>
#include <cctype>

namespace engine::ops {

const char* name(DeviceKind kind)
{
    switch (kind) {
    case DeviceKind::Discrete:
        return "discrete";
    case DeviceKind::Integrated:
        return "integrated";
    case DeviceKind::Virtual:
        return "virtual";
    case DeviceKind::Software:
        return "software";
    case DeviceKind::Cpu:
        break;
    }
    return "cpu";
}

namespace {

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return char(std::tolower(c)); });
    return text;
}

} // namespace

bool isNamed(const DeviceInfo& info, size_t place, const std::string& request)
{
    return request == std::to_string(place) || lower(request) == info.uuid
        || lower(info.name).find(lower(request)) != std::string::npos;
}

Tensor Device::allocateTensor(int64_t rows, int64_t columns, Contents contents)
{
    ENGINE_ASSERT(rows >= 0 && columns >= 0, "a tensor's size");
    const int64_t stride = padded(columns);
    std::shared_ptr<Storage> storage;
    if (!failed() && rows > 0 && columns > 0) {
        auto memory = allocate(rows * stride, contents);
        if (memory.ok())
            storage = std::move(memory).value();
        else
            fail(std::move(memory).error());
    }
    return Tensor(std::move(storage), rows, columns, stride, 0);
}

Tensor Device::create(int64_t rows, int64_t columns)
{
    return allocateTensor(rows, columns, Contents::Activations);
}

Tensor Device::zeros(int64_t rows, int64_t columns)
{
    Tensor tensor = create(rows, columns);
    if (!failed() && tensor.extent() > 0)
        onZero(tensor);
    return tensor;
}

Tensor Device::uploadAs(Contents contents, int64_t rows, int64_t columns, std::span<const float> values)
{
    ENGINE_ASSERT(int64_t(values.size()) == rows * columns, "uploaded values must fill the tensor");
    Tensor tensor = allocateTensor(rows, columns, contents);
    if (!failed() && tensor.extent() > 0)
        onUpload(tensor, values);
    return tensor;
}

Tensor Device::upload(int64_t rows, int64_t columns, std::span<const float> values)
{
    return uploadAs(Contents::Activations, rows, columns, values);
}

Tensor Device::uploadWeights(int64_t rows, int64_t columns, std::span<const float> values)
{
    return uploadAs(Contents::Weights, rows, columns, values);
}

Tensor Device::uploadOperand(int64_t rows, int64_t columns, std::span<const float> values)
{
    return uploadAs(Contents::Operands, rows, columns, values);
}

Tensor Device::upload(const HostTensor& tensor)
{
    return upload(tensor.rows(), tensor.columns(), tensor.values);
}

Indices Device::uploadIndices(std::span<const uint32_t> values)
{
    const float* bits = reinterpret_cast<const float*>(values.data()); // copied as bytes, never used as floats
    return {upload(1, int64_t(values.size()), {bits, values.size()}), int64_t(values.size())};
}

Result<HostTensor> Device::download(const Tensor& tensor)
{
    if (m_failure)
        return *m_failure;
    if (tensor.rows() == 0 || tensor.columns() == 0)
        return HostTensor(Shape{tensor.rows(), tensor.columns()});
    auto values = onDownload(tensor);
    if (m_failure) // what stopped the work outranks whatever was read
        return *m_failure;
    if (!values.ok())
        fail(values.error());
    return values;
}

Result<void> Device::finish()
{
    if (!m_failure) {
        if (auto done = onFinish(); !done.ok())
            fail(done.error());
    }
    if (m_failure)
        return *m_failure;
    return {};
}

void Device::beginJob(double expectedFlop, ProgressCallback callback)
{
    m_cancel = false;
    m_callback = std::move(callback);
    m_expectedFlop = expectedFlop;
    m_advanced = 0;
    m_flopDone = 0;
}

Result<void> Device::endJob()
{
    auto result = finish();
    m_callback = nullptr;
    m_cancel = false;
    if (!lost())
        m_failure.reset();
    return result;
}

void Device::fail(Error error)
{
    if (!m_failure)
        m_failure = std::move(error);
}

bool Device::stopRequested()
{
    if (m_cancel)
        fail({ErrorKind::Cancelled, "cancelled"});
    return failed();
}

void Device::advance(double flop)
{
    m_advanced += flop;
    if (m_callback)
        m_callback({m_advanced, m_expectedFlop, currentPass()});
}

const std::string& Device::currentPass() const
{
    static const std::string kOther = "other";
    return m_passes.empty() ? kOther : m_passes.back();
}

Device::PassScope::PassScope(Device& device, std::string name) : m_device(device)
{
    m_device.m_passes.push_back(std::move(name));
    if (!m_device.failed())
        m_device.onPass(m_device.currentPass());
}

Device::PassScope::~PassScope()
{
    m_device.m_passes.pop_back();
    if (!m_device.failed())
        m_device.onPass(m_device.currentPass());
}

} // namespace engine::ops
