#include "engine/ops/attend.h"

#include "engine/base/assert.h"

#include <algorithm>

namespace engine::ops {

namespace {

// Scores of batch elements first … and heads first …: one block that fits the scratch limit.
struct Block {
    int64_t batch = 0, batches = 1;
    int64_t head = 0, heads = 1;
    int64_t query = 0, queries = 0;
};

// Statistics of whole batch elements, or of consecutive heads of one, or of consecutive queries of one head are
// consecutive: a block is one of these.
std::vector<Block> blocks(const Attend& op, int64_t limit)
{
    const int64_t keys = padded(op.keys);
    const int64_t perHead = op.queries * keys;
    const int64_t perBatch = perHead * op.heads;
    std::vector<Block> out;
    if (perBatch <= limit) {
        const int64_t step = limit / perBatch;
        for (int64_t b = 0; b < op.batch; b += step)
            out.push_back({b, std::min(step, op.batch - b), 0, op.heads, 0, op.queries});
        return out;
    }
    const int64_t heads = std::max<int64_t>(1, limit / perHead);
    const int64_t queries = perHead <= limit ? op.queries : std::max<int64_t>(1, limit / keys);
    for (int64_t b = 0; b < op.batch; ++b)
        for (int64_t j = 0; j < op.heads; j += heads)
            for (int64_t o = 0; o < op.queries; o += queries)
                out.push_back({b, 1, j, std::min(heads, op.heads - j), o, std::min(queries, op.queries - o)});
    return out;
}

// The columns of some heads; a width that is a multiple of 4 per head keeps them cuttable.
Tensor headColumns(const Tensor& t, int64_t allHeads, int64_t first, int64_t count)
{
    const int64_t width = t.columns() / allHeads;
    return t.columnRange(first * width, count * width);
}

void scoresInto(Device& device, const Tensor& q, const Tensor& k, Tensor& s, int64_t batch, int64_t heads, float scale)
{
    const int64_t queries = q.rows() / batch, keys = k.rows() / batch, f = q.columns() / heads;
    const int64_t headStep = heads == 1 ? 0 : f;
    device.gemm({.rows = queries,
        .columns = keys,
        .depth = f,
        .outer = batch,
        .inner = heads,
        .a = {q, queries * q.stride(), headStep},
        .b = {k, keys * k.stride(), headStep},
        .c = {s, heads * queries * s.stride(), queries * s.stride()},
        .alpha = scale});
}

// context (+)= P V, from V's transpose [batch * heads * g, keys].
void contextInto(Device& device, const Tensor& p, const Tensor& transposed, Tensor& context, int64_t batch,
    int64_t heads, bool accumulate)
{
    const int64_t queries = context.rows() / batch, g = context.columns() / heads;
    device.gemm({.rows = queries,
        .columns = g,
        .depth = p.columns(),
        .outer = batch,
        .inner = heads,
        .a = {p, heads * queries * p.stride(), queries * p.stride(), 1},
        .b = {transposed, heads * g * transposed.stride(), g * transposed.stride()},
        .c = {context, queries * context.stride(), heads == 1 ? 0 : g},
        .residual = accumulate ? context : Tensor()});
}

} // namespace

Tensor scores(Device& device, const Tensor& q, const Tensor& k, int64_t heads, float scale)
{
    Tensor s = device.create(heads * q.rows(), k.rows());
    scoresInto(device, q, k, s, 1, heads, scale);
    return s;
}

Attended attend(Device& device, Attend op, bool fused)
{
    const int64_t rows = op.batch * op.heads * op.queries;
    op.context = device.create(op.batch * op.queries, op.v.columns());
    op.maximum = device.create(1, rows);
    op.sum = device.create(1, rows);
    const bool wholeGroups = op.q.columns() % (4 * op.heads) == 0 && op.v.columns() % (4 * op.heads) == 0;
    if (fused && wholeGroups && device.attendFused(op))
        return {op.context, op.maximum, op.sum};

    for (const Block& block : blocks(op, device.scratchFloats())) {
        const int64_t firstStatistic = (block.batch * op.heads + block.head) * op.queries + block.query;
        const int64_t statistics = block.batches * block.heads * block.queries;
        const auto queryRows = [&](const Tensor& t) {
            return headColumns(t.rowRange(block.batch * op.queries + block.query,
                                   block.batches == 1 ? block.queries : block.batches * op.queries),
                op.heads, block.head, block.heads);
        };
        const auto keyRows = [&](const Tensor& t) {
            return headColumns(
                t.rowRange(block.batch * op.keys, block.batches * op.keys), op.heads, block.head, block.heads);
        };
        const Tensor q = queryRows(op.q), k = keyRows(op.k), v = keyRows(op.v);
        Tensor context = queryRows(op.context);
        Tensor s = device.create(statistics, op.keys);
        scoresInto(device, q, k, s, block.batches, block.heads, op.scale);
        device.softmax({s, op.mask, op.maximum.columnRange(firstStatistic, statistics),
            op.sum.columnRange(firstStatistic, statistics)});
        Tensor transposed = device.create(block.batches * v.columns(), op.keys);
        device.transpose({v, transposed, block.batches});
        contextInto(device, s, transposed, context, block.batches, block.heads, false);
    }
    return {op.context, op.maximum, op.sum};
}

StreamedAttend::StreamedAttend(Device& device, Tensor q, int64_t heads, int64_t g, float scale)
    : m_device(device), m_q(std::move(q)), m_heads(heads), m_scale(scale)
{
    ENGINE_ASSERT(m_q.columns() % (4 * heads) == 0 || heads == 1, "heads are padded to groups of four channels");
    const int64_t rows = heads * m_q.rows();
    m_state.context = device.zeros(m_q.rows(), heads * g);
    m_state.maximum = device.upload(1, rows, std::vector<float>(size_t(rows), kNoMaximum));
    m_state.sum = device.zeros(1, rows);
}

void StreamedAttend::add(const Tensor& k, const Tensor& v, const Tensor& mask)
{
    const int64_t queries = m_q.rows();
    Tensor s = scores(m_device, m_q, k, m_heads, m_scale);
    Tensor factor = m_device.create(1, m_heads * queries);
    m_device.softmaxChunk({s, mask, m_state.maximum, m_state.sum, factor});
    m_device.scaleRows({m_state.context, factor, m_heads, queries, false});
    Tensor transposed = m_device.create(v.columns(), v.rows());
    m_device.transpose({v, transposed, 1});
    contextInto(m_device, s, transposed, m_state.context, 1, m_heads, true);
}

Attended StreamedAttend::end()
{
    m_device.scaleRows({m_state.context, m_state.sum, m_heads, m_q.rows(), true});
    return m_state;
}

} // namespace engine::ops
