#include "engine/base/host_tensor.h"

#include "engine/base/assert.h"

namespace engine {

int64_t elementCount(const Shape& shape)
{
    int64_t count = 1;
    for (const int64_t extent : shape)
        count *= extent;
    return count;
}

std::string toString(const Shape& shape)
{
    std::string text = "[";
    for (size_t i = 0; i < shape.size(); ++i)
        text += (i ? ", " : "") + std::to_string(shape[i]);
    return text + "]";
}

HostTensor::HostTensor(Shape extents) : shape(std::move(extents)), values(size_t(elementCount(shape)), 0.0f) { }

HostTensor::HostTensor(Shape extents, std::vector<float> data) : shape(std::move(extents)), values(std::move(data))
{
    ENGINE_ASSERT(elementCount(shape) == int64_t(values.size()), "a tensor's values must fill its shape");
}

} // namespace engine
