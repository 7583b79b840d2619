#include "engine/perceiver/linear.h"

#include "engine/base/assert.h"

namespace engine::perceiver {

Loader::Loader(ops::Device& device, const weights::Checkpoint& checkpoint, std::string prefix)
    : m_device(&device)
    , m_checkpoint(&checkpoint)
    , m_prefix(std::move(prefix))
    , m_failure(std::make_shared<std::optional<Error>>())
{
}

Loader Loader::under(const std::string& prefix) const
{
    Loader loader = *this;
    loader.m_prefix += prefix;
    return loader;
}

Loader Loader::top() const
{
    Loader loader = *this;
    loader.m_prefix.clear();
    return loader;
}

HostTensor Loader::tensor(const std::string& name, const Shape& shape)
{
    if (!*m_failure) {
        auto values = m_checkpoint->fetch(m_prefix + name, shape);
        if (values.ok())
            return std::move(values).value();
        *m_failure = std::move(values).error();
    }
    return HostTensor(shape);
}

HostLinear Loader::linear(const std::string& name, int64_t outputs, int64_t inputs, bool bias)
{
    HostLinear map;
    map.weight = tensor(name + ".weight", {outputs, inputs});
    if (bias)
        map.bias = tensor(name + ".bias", {outputs}).values;
    return map;
}

LayerNormWeights Loader::norm(const std::string& name, int64_t channels)
{
    return {tensor(name + ".weight", {channels}).values, tensor(name + ".bias", {channels}).values};
}

ops::Tensor Loader::upload(const HostTensor& values)
{
    return m_device->uploadWeights(values.rows(), values.columns(), values.values);
}

ops::Tensor Loader::uploadRow(const std::vector<float>& values)
{
    return m_device->uploadWeights(1, int64_t(values.size()), values);
}

Linear Loader::upload(const HostLinear& map)
{
    return {m_device->uploadOperand(map.weight.rows(), map.weight.columns(), map.weight.values),
        map.bias.empty() ? ops::Tensor() : uploadRow(map.bias)};
}

Result<void> Loader::status() const
{
    if (*m_failure)
        return **m_failure;
    return {};
}

HostLinear folded(HostLinear map, const LayerNormWeights& norm)
{
    const int64_t inputs = map.weight.columns();
    map.bias.resize(size_t(map.weight.rows()), 0.0f);
    for (int64_t o = 0; o < map.weight.rows(); ++o) {
        float* row = map.weight.values.data() + o * inputs;
        double sum = map.bias[size_t(o)];
        for (int64_t i = 0; i < inputs; ++i) {
            sum += double(row[i]) * norm.offset[size_t(i)];
            row[i] = float(double(row[i]) * norm.gain[size_t(i)]);
        }
        map.bias[size_t(o)] = float(sum);
    }
    return map;
}

HostLinear composed(const HostLinear& outer, const HostLinear& inner)
{
    const int64_t outputs = outer.weight.rows(), middle = outer.weight.columns(), inputs = inner.weight.columns();
    ENGINE_ASSERT(inner.weight.rows() == middle, "composed maps must fit");
    HostLinear out{HostTensor({outputs, inputs}), outer.bias};
    std::vector<double> row(static_cast<size_t>(inputs));
    for (int64_t o = 0; o < outputs; ++o) {
        row.assign(size_t(inputs), 0.0);
        double bias = outer.bias.empty() ? 0.0 : outer.bias[size_t(o)];
        for (int64_t m = 0; m < middle; ++m) {
            const double w = outer.weight.at(o, m);
            bias += inner.bias.empty() ? 0.0 : w * inner.bias[size_t(m)];
            for (int64_t i = 0; i < inputs; ++i)
                row[size_t(i)] += w * inner.weight.at(m, i);
        }
        for (int64_t i = 0; i < inputs; ++i)
            out.weight.at(o, i) = float(row[size_t(i)]);
        if (!out.bias.empty())
            out.bias[size_t(o)] = float(bias);
    }
    return out;
}

HostLinear headRows(HostLinear map, const Heads& heads)
{
    if (heads.stored() == heads.channels())
        return map;
    HostLinear out{HostTensor({heads.stored(), map.weight.columns()}), std::vector<float>(size_t(heads.stored()))};
    for (int64_t c = 0; c < heads.channels(); ++c) {
        const int64_t row = c / heads.width * ops::padded(heads.width) + c % heads.width;
        for (int64_t i = 0; i < map.weight.columns(); ++i)
            out.weight.at(row, i) = map.weight.at(c, i);
        if (!map.bias.empty())
            out.bias[size_t(row)] = map.bias[size_t(c)];
    }
    return out;
}

HostLinear headColumns(HostLinear map, const Heads& heads)
{
    if (heads.stored() == heads.channels())
        return map;
    HostLinear out{HostTensor({map.weight.rows(), heads.stored()}), map.bias};
    for (int64_t o = 0; o < map.weight.rows(); ++o)
        for (int64_t c = 0; c < heads.channels(); ++c)
            out.weight.at(o, c / heads.width * ops::padded(heads.width) + c % heads.width) = map.weight.at(o, c);
    return out;
}

HostLinear stacked(const std::vector<HostLinear>& maps)
{
    int64_t rows = 0;
    for (const HostLinear& map : maps)
        rows += map.weight.rows();
    HostLinear out{HostTensor({0, maps.front().weight.columns()}), {}};
    out.weight.values.reserve(size_t(rows * maps.front().weight.columns()));
    for (const HostLinear& map : maps) {
        out.weight.shape[0] += map.weight.rows();
        out.weight.values.insert(out.weight.values.end(), map.weight.values.begin(), map.weight.values.end());
        out.bias.insert(out.bias.end(), map.bias.begin(), map.bias.end());
    }
    return out;
}

HostTensor transposed(const HostTensor& matrix)
{
    HostTensor out({matrix.columns(), matrix.rows()});
    for (int64_t r = 0; r < matrix.rows(); ++r)
        for (int64_t c = 0; c < matrix.columns(); ++c)
            out.at(c, r) = matrix.at(r, c);
    return out;
}

void applyInto(
    ops::Device& device, const ops::Tensor& x, const Linear& map, ops::Tensor& y, const LinearOptions& options)
{
    device.gemm({.rows = x.rows(),
        .columns = map.outputs(),
        .depth = map.inputs(),
        .a = {x},
        .b = {map.weight},
        .c = {y},
        .bias = map.bias,
        .statistics = options.statistics,
        .activation = options.activation,
        .residual = options.residual});
}

ops::Tensor apply(ops::Device& device, const ops::Tensor& x, const Linear& map, const LinearOptions& options)
{
    ENGINE_ASSERT(x.columns() == map.inputs(), "a linear map's inputs");
    ops::Tensor y = device.create(x.rows(), map.outputs());
    applyInto(device, x, map, y, options);
    return y;
}

ops::Tensor statistics(ops::Device& device, const ops::Tensor& x)
{
    ops::Tensor y = device.create(x.rows(), 2);
    device.rowStatistics({x, y});
    return y;
}

} // namespace engine::perceiver
