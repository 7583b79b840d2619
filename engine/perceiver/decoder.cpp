#include "engine/perceiver/decoder.h"

#include "engine/base/assert.h"

#include <algorithm>

namespace engine::perceiver {

DecoderCross DecoderCross::load(Loader& loader, int64_t channels, int64_t latentChannels, Heads queryKey, Heads value,
    int64_t widening, bool residual, Flavour flavour)
{
    const std::string self = "attention.self.";
    const auto queryNorm = loader.norm(self + "layernorm1", channels);
    const auto keyNorm = loader.norm(self + "layernorm2", latentChannels);
    const HostLinear query
        = headRows(folded(loader.linear(self + "query", queryKey.channels(), channels), queryNorm), queryKey);
    const HostLinear key
        = headRows(folded(loader.linear(self + "key", queryKey.channels(), latentChannels), keyNorm), queryKey);
    const HostLinear valueMap
        = headRows(folded(loader.linear(self + "value", value.channels(), latentChannels), keyNorm), value);

    DecoderCross cross;
    cross.m_queryKey = queryKey;
    cross.m_value = value;
    cross.m_scale = attentionScale(queryKey);
    cross.m_residual = residual;
    cross.m_query = loader.upload(query);
    cross.m_keyValue = loader.upload(stacked({key, valueMap}));
    cross.m_output
        = loader.upload(headColumns(loader.linear("attention.output.dense", channels, value.channels()), value));
    if (queryKey.count == 1)
        cross.m_queryTransposed = loader.upload(HostLinear{transposed(query.weight), {}}).weight;
    cross.m_mlp = Mlp::load(loader, channels, widening, flavour);
    return cross;
}

bool DecoderCross::foldingPays(int64_t queries, int64_t latents) const
{
    if (m_queryKey.count != 1 || m_value.count != 1)
        return false;
    const double o = double(queries), n = double(latents), e = double(m_query.inputs());
    const double f = double(m_queryKey.width), v = double(m_value.width);
    return 2 * o * n * e + n * e * (f + v) < o * (e * f + n * f + n * v + v * e);
}

DecoderLatents DecoderCross::read(
    ops::Device& device, const ops::Tensor& latents, int64_t queries, const ops::Tensor& mask) const
{
    const int64_t f = m_queryKey.stored(), g = m_value.stored(), n = latents.rows();
    const ops::Tensor kv
        = apply(device, latents, m_keyValue, {.statistics = statistics(device, latents)}); // [N, F + V]
    DecoderLatents out{.keys = kv.columnRange(0, f), .values = kv.columnRange(f, g), .mask = mask};
    if (!foldingPays(queries, n))
        return out;
    out.folded = true;
    const ops::Tensor keys = out.keys, values = out.values;
    out.keys = apply(device, keys, {m_queryTransposed, {}}); // [N, E]
    out.keyBias = device.create(1, n);
    device.gemm(
        {.rows = 1, .columns = n, .depth = f, .a = {m_query.bias}, .b = {keys}, .c = {out.keyBias}, .alpha = m_scale});
    out.values = device.create(m_output.outputs(), n); // [E, N]
    device.gemm({.rows = m_output.outputs(),
        .columns = n,
        .depth = g,
        .a = {m_output.weight},
        .b = {values},
        .c = {out.values}});
    return out;
}

DecoderLatents DecoderCross::readForGrid(ops::Device& device, const ops::Tensor& latents, const ops::Tensor& mask,
    const std::shared_ptr<const RowGrid>& grid) const
{
    DecoderLatents out = read(device, latents, grid->points().count(), mask);
    if (!out.folded || m_residual)
        return out;
    out.grid = grid;
    for (const ops::Tensor& wide : grid->wide) // [extent, E]
        out.tables.push_back(apply(device, wide, {out.keys, {}})); // [extent, N]
    out.sums = device.create(1, out.keys.rows());
    device.rowSums({out.keys, out.sums, false});
    return out;
}

ops::Tensor DecoderCross::attendGrid(
    ops::Device& device, const DecoderLatents& latents, const ops::Tensor& features, int64_t first, int64_t count) const
{
    const int64_t n = latents.keys.rows();
    ops::Tensor s; // [O, N]
    if (latents.grid->features > 0) {
        s = device.create(count, n);
        device.gemm({.rows = count,
            .columns = n,
            .depth = latents.grid->features,
            .a = {features},
            .b = {latents.keys},
            .c = {s}});
    } else {
        s = device.zeros(count, n);
    }
    device.gridScores({.scores = s,
        .points = latents.grid->points(first),
        .tables = latents.tables,
        .statistics = rowStatistics(device, *latents.grid, features, first, count),
        .sums = latents.sums,
        .bias = latents.keyBias,
        .pointsAreColumns = false,
        .alpha = m_scale});
    device.softmax({s, latents.mask, {}, {}});
    return apply(device, s, {latents.values, m_output.bias});
}

int64_t DecoderCross::chunk(const ops::Device& device, int64_t latents) const
{
    const int64_t widest = std::max({m_queryKey.count * latents, m_query.inputs(), m_query.outputs()});
    return std::max<int64_t>(16, device.scratchFloats() / ops::padded(widest) / 16 * 16);
}

ops::Tensor DecoderCross::scores(ops::Device& device, const DecoderLatents& latents, const ops::Tensor& queries) const
{
    const LinearOptions normalised{.statistics = statistics(device, queries)};
    if (!latents.folded)
        return ops::scores(device, apply(device, queries, m_query, normalised), latents.keys, heads(), m_scale);
    ops::Tensor s = device.create(queries.rows(), latents.keys.rows());
    device.gemm({.rows = queries.rows(),
        .columns = latents.keys.rows(),
        .depth = queries.columns(),
        .a = {queries},
        .b = {latents.keys},
        .c = {s},
        .alpha = m_scale,
        .bias = latents.keyBias,
        .statistics = normalised.statistics});
    return s;
}

ops::Tensor DecoderCross::forward(ops::Device& device, const DecoderLatents& latents, const ops::Tensor& queries,
    int64_t batch, const std::vector<uint8_t>& contextZero) const
{
    const int64_t count = queries.rows();
    const ops::Tensor residual = m_residual ? queries : ops::Tensor();
    ops::Tensor t; // [O, E]
    if (latents.folded) {
        ENGINE_ASSERT(batch == 1 && contextZero.empty(), "batches and padded queries need explicit keys");
        const ops::Tensor weights = scores(device, latents, queries); // [O, N]
        device.softmax({weights, latents.mask, {}, {}});
        t = apply(device, weights, {latents.values, m_output.bias}, {.residual = residual});
    } else {
        const ops::Tensor q = apply(device, queries, m_query, {.statistics = statistics(device, queries)}); // [O, F]
        const ops::Attended attended = attend(device,
            {.q = q,
                .k = latents.keys,
                .v = latents.values,
                .mask = latents.mask,
                .batch = batch,
                .heads = heads(),
                .queries = count / batch,
                .keys = latents.keys.rows() / batch,
                .scale = m_scale}); // [O, V]
        if (!contextZero.empty()) {
            std::vector<float> factor(contextZero.size());
            std::transform(
                contextZero.begin(), contextZero.end(), factor.begin(), [](uint8_t z) { return z ? 0.f : 1.f; });
            device.scaleRows({attended.context, device.upload(1, count, factor), 1, count, false});
        }
        t = apply(device, attended.context, m_output, {.residual = residual});
    }
    return m_mlp.forward(device, t); // [O, E]
}

} // namespace engine::perceiver
