#include "engine/perceiver/encoder.h"

#include "engine/base/assert.h"

#include <algorithm>

namespace engine::perceiver {

namespace {

// Rows of x as many times as there are samples: the latents are the same for each.
ops::Tensor repeated(ops::Device& device, const ops::Tensor& x, int64_t batch)
{
    if (batch == 1)
        return x;
    std::vector<uint32_t> rows(static_cast<size_t>(batch * x.rows()));
    for (size_t r = 0; r < rows.size(); ++r)
        rows[r] = uint32_t(r % size_t(x.rows()));
    ops::Tensor y = device.create(int64_t(rows.size()), x.columns());
    device.gatherRows({x, device.uploadIndices(rows), y});
    return y;
}

} // namespace

EncoderCross EncoderCross::load(Loader& loader, const HostTensor& latents, int64_t channels, Heads queryKey,
    Heads value, int64_t widening, bool residual, bool foldable, Flavour flavour)
{
    ops::Device& device = loader.device();
    const std::string self = "attention.self.";
    const int64_t n = latents.rows(), d = latents.columns();
    const auto queryNorm = loader.norm(self + "layernorm1", d), keyNorm = loader.norm(self + "layernorm2", channels);
    const HostLinear query = folded(loader.linear(self + "query", queryKey.channels(), d), queryNorm);
    const HostLinear key = folded(loader.linear(self + "key", queryKey.channels(), channels), keyNorm);
    const HostLinear valueMap = folded(loader.linear(self + "value", value.channels(), channels), keyNorm);

    EncoderCross cross;
    cross.m_queryKey = queryKey;
    cross.m_value = value;
    cross.m_scale = attentionScale(queryKey);
    cross.m_residual = residual;
    cross.m_latents = loader.upload(latents);
    // Worth it while the wider scores cost less than projecting every input.
    cross.m_folded = foldable && queryKey.count == 1 && value.count == 1
        && n * (channels - queryKey.width) <= channels * queryKey.width;
    const ops::Tensor normalised = statistics(device, cross.m_latents);
    if (cross.m_folded) {
        const ops::Tensor q
            = apply(device, cross.m_latents, loader.upload(query), {.statistics = normalised}); // [N, F]
        cross.m_queries = apply(device, q, loader.upload(HostLinear{transposed(key.weight), {}})); // [N, C]
        cross.m_valueOfSum = loader.upload(valueMap);
        cross.m_output = loader.upload(loader.linear("attention.output.dense", d, value.channels()));
    } else {
        cross.m_queries = apply(
            device, cross.m_latents, loader.upload(headRows(query, queryKey)), {.statistics = normalised}); // [N, h F]
        cross.m_keyValue = loader.upload(stacked({headRows(key, queryKey), headRows(valueMap, value)}));
        cross.m_output
            = loader.upload(headColumns(loader.linear("attention.output.dense", d, value.channels()), value));
    }
    cross.m_mlp = Mlp::load(loader, d, widening, flavour);
    return cross;
}

int64_t EncoderCross::chunk(const ops::Device& device, int64_t rows)
{
    return std::max<int64_t>(64, device.scratchFloats() / rows / 64 * 64);
}

ops::Tensor EncoderCross::keys(ops::Device& device, const ops::Tensor& tokens) const
{
    if (m_folded) {
        ops::Tensor normalised = device.create(tokens.rows(), tokens.columns());
        device.layerNorm({tokens, {}, {}, normalised});
        return normalised;
    }
    const Linear key{
        m_keyValue.weight.rowRange(0, m_queryKey.stored()), m_keyValue.bias.columnRange(0, m_queryKey.stored())};
    return apply(device, tokens, key, {.statistics = statistics(device, tokens)});
}

const EncoderCross::GridWeights& EncoderCross::gridWeights(
    ops::Device& device, const std::shared_ptr<const RowGrid>& grid) const
{
    if (m_gridWeights.grid == grid)
        return m_gridWeights;
    GridWeights made{.grid = grid, .queries = {.rows = m_queries, .sums = device.create(1, m_queries.rows())}};
    device.rowSums({m_queries, made.queries.sums, false});
    const ops::Tensor& value = m_valueOfSum.weight; // [V, C]
    const std::vector<float> minusOnes(size_t(value.columns()), -1.0f);
    made.valueMeans = {apply(device, value, {device.upload(1, value.columns(), minusOnes), {}}), {}}; // [V, 1]
    for (const ops::Tensor& wide : grid->wide) { // [extent, C]
        made.queries.tables.push_back(apply(device, m_queries, {wide, {}})); // [N, extent]
        made.valueAxes.push_back({apply(device, value, {wide, {}}), {}}); // [V, extent]
    }
    if (!device.finish().ok()) // stopped before all was computed: the next run makes them again
        made.grid = nullptr;
    m_gridWeights = made;
    return m_gridWeights;
}

EncoderQueries EncoderCross::queries(ops::Device& device, const EncoderTrace& trace) const
{
    return onGrid(trace) ? gridWeights(device, trace.tokens.grid()).queries : EncoderQueries{.rows = m_queries};
}

EncoderQueries EncoderCross::queries(
    ops::Device& device, const EncoderTrace& trace, const std::vector<uint32_t>& latents) const
{
    const EncoderQueries all = queries(device, trace);
    const Selection some{.points = latents};
    EncoderQueries chosen{.rows = chosenRows(device, all.rows, some)};
    for (const ops::Tensor& table : all.tables)
        chosen.tables.push_back(chosenRows(device, table, some));
    if (all.sums.exists()) { // of a grid
        chosen.sums = device.create(1, chosen.rows.rows());
        device.rowSums({chosen.rows, chosen.sums, false});
    }
    return chosen;
}

ops::Tensor EncoderCross::scores(
    ops::Device& device, const EncoderTrace& trace, const EncoderQueries& queries, int64_t first, int64_t count) const
{
    if (!onGrid(trace))
        return ops::scores(device, queries.rows, keys(device, trace.tokens.range(device, first, count)),
            m_queryKey.count, scale(trace));
    const RowGrid& grid = *trace.tokens.grid();
    ops::Tensor s = device.create(queries.rows.rows(), count);
    device.gemm({.rows = queries.rows.rows(),
        .columns = count,
        .depth = grid.features,
        .a = {queries.rows},
        .b = {trace.tokens.stored().rowRange(first, count)},
        .c = {s}});
    device.gridScores({.scores = s,
        .points = grid.points(first),
        .tables = queries.tables,
        .statistics = trace.tokens.statistics().rowRange(first, count),
        .sums = queries.sums,
        .alpha = scale(trace)});
    return s;
}

ops::Tensor EncoderCross::scores(ops::Device& device, const EncoderTrace& trace, const EncoderQueries& queries,
    const std::vector<uint32_t>& inputs) const
{
    const ops::Tensor tokens = trace.tokens.chosen(device, {.points = inputs});
    return ops::scores(device, queries.rows, keys(device, tokens), m_queryKey.count, scale(trace));
}

ops::Tensor EncoderCross::gridForward(ops::Device& device, EncoderTrace& trace) const
{
    const RowGrid& grid = *trace.tokens.grid();
    const GridWeights& weights = gridWeights(device, trace.tokens.grid());
    ops::AttendGrid attend{.q = m_queries,
        .x = trace.tokens.stored(),
        .points = grid.points(),
        .tables = weights.queries.tables,
        .statistics = trace.tokens.statistics(),
        .sums = weights.queries.sums,
        .mask = trace.mask,
        .alpha = scale(trace)};
    if (device.failed())
        return {};
    ops::attendGrid(device, attend);
    trace.maximum = attend.maximum;
    trace.sum = attend.sum;
    const int64_t n = m_queries.rows(), v = m_valueOfSum.outputs();
    ops::Tensor context = device.create(n, v); // [N, V], of the features first
    device.gemm({.rows = n,
        .columns = v,
        .depth = grid.features,
        .a = {attend.context},
        .b = {m_valueOfSum.weight},
        .c = {context},
        .bias = m_valueOfSum.bias});
    for (size_t a = 0; a < weights.valueAxes.size(); ++a)
        applyInto(device, attend.marginals[a], weights.valueAxes[a], context, {.residual = context});
    applyInto(device, attend.means, weights.valueMeans, context, {.residual = context});
    return context;
}

ops::Tensor EncoderCross::foldedForward(ops::Device& device, EncoderTrace& trace, int64_t batch) const
{
    const int64_t inputs = trace.tokens.rows() / batch, step = chunk(device, m_queries.rows());
    ops::Attended attended; // [batch N, C]
    if (batch > 1) {
        const ops::Tensor normalised = keys(device, trace.tokens.range(device, 0, trace.tokens.rows()));
        attended = attend(device,
            {.q = repeated(device, m_queries, batch),
                .k = normalised,
                .v = normalised,
                .batch = batch,
                .queries = m_queries.rows(),
                .keys = inputs,
                .scale = scale(trace)});
    } else {
        ops::StreamedAttend streamed(device, m_queries, 1, trace.tokens.columns(), scale(trace));
        for (int64_t first = 0; first < inputs && !device.failed(); first += step) {
            const int64_t count = std::min(step, inputs - first);
            const ops::Tensor normalised = keys(device, trace.tokens.range(device, first, count)); // [M', C]
            streamed.add(
                normalised, normalised, trace.mask.exists() ? trace.mask.columnRange(first, count) : ops::Tensor());
        }
        attended = streamed.end();
    }
    trace.maximum = attended.maximum;
    trace.sum = attended.sum;
    return apply(device, attended.context, m_valueOfSum); // [N, V]
}

ops::Tensor EncoderCross::explicitForward(ops::Device& device, EncoderTrace& trace, int64_t batch) const
{
    const int64_t f = m_queryKey.stored(), g = m_value.stored(), inputs = trace.tokens.rows() / batch;
    const auto keyValue = [&](const ops::Tensor& tokens) {
        return apply(device, tokens, m_keyValue, {.statistics = statistics(device, tokens)}); // [M', F + V]
    };
    ops::Attended attended;
    const int64_t step = chunk(device, std::max(m_queryKey.count * m_queries.rows(), f + g));
    if (batch > 1 || inputs <= step) {
        const ops::Tensor kv = keyValue(trace.tokens.range(device, 0, trace.tokens.rows()));
        attended = attend(device,
            {.q = repeated(device, m_queries, batch),
                .k = kv.columnRange(0, f),
                .v = kv.columnRange(f, g),
                .mask = trace.mask,
                .batch = batch,
                .heads = m_queryKey.count,
                .queries = m_queries.rows(),
                .keys = inputs,
                .scale = scale(trace)});
    } else {
        ops::StreamedAttend streamed(device, m_queries, m_queryKey.count, ops::padded(m_value.width), scale(trace));
        for (int64_t first = 0; first < inputs && !device.failed(); first += step) {
            const int64_t count = std::min(step, inputs - first);
            const ops::Tensor kv = keyValue(trace.tokens.range(device, first, count));
            streamed.add(kv.columnRange(0, f), kv.columnRange(f, g),
                trace.mask.exists() ? trace.mask.columnRange(first, count) : ops::Tensor());
        }
        attended = streamed.end();
    }
    trace.maximum = attended.maximum;
    trace.sum = attended.sum;
    return attended.context; // [batch N, V]
}

ops::Tensor EncoderCross::forward(ops::Device& device, EncoderTrace& trace, int64_t batch) const
{
    ENGINE_ASSERT(trace.tokens.rows() % batch == 0 && (batch == 1 || !trace.mask.exists()), "the encoder's inputs");
    const ops::Tensor context = batch == 1 && onGrid(trace) ? gridForward(device, trace)
        : m_folded                                          ? foldedForward(device, trace, batch)
                                                            : explicitForward(device, trace, batch);
    if (device.failed())
        return device.create(batch * m_latents.rows(), m_latents.columns()); // nothing that follows is computed
    const ops::Tensor latents = repeated(device, m_latents, batch);
    const ops::Tensor t
        = apply(device, context, m_output, {.residual = m_residual ? latents : ops::Tensor()}); // [batch N, D]
    return m_mlp.forward(device, t);
}

} // namespace engine::perceiver
