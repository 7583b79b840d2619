#include "engine/cpu/bfloat16.h"
#include "engine/cpu/fast_products.h"
#include "engine/cpu/memory.h"
#include "engine/cpu/scratch.h"
#include "engine/cpu/streamed.h"

namespace engine::cpu {

namespace {

// As in attend.cpp; more queries, since each task packs its head's keys and values anew.
constexpr int64_t kQueries = 512, kKeys = 256;
constexpr int64_t kLeastQueries = 32, kLeastKeys = 64, kLeastChannels = 16;

Rounded* rounded(Scratch kind, int64_t count)
{
    return reinterpret_cast<Rounded*>(scratch(kind, (count + 1) / 2));
}

// Rows as [x1 x1 x2] or [x1 x2 x1], each part `wide`: the depths of a product of queries and keys.
enum class Order { Queries, Keys };
void splitRows(
    const float* x, int64_t stride, int64_t rows, int64_t n, int64_t wide, float factor, Order order, Rounded* y)
{
    const bool queries = order == Order::Queries;
    for (int64_t r = 0; r < rows; ++r, x += stride, y += 3 * wide) {
        splitRow(x, n, wide, factor, 2, y, queries ? 2 * wide : wide);
        std::copy_n(y, wide, y + (queries ? wide : 2 * wide));
    }
}

// One task's room, and the streamed softmax over its keys.
struct Task {
    const ops::Attend& op;
    int64_t batch, head, query, queries;
    int64_t f = op.q.columns() / op.heads, g = op.v.columns() / op.heads, wide = wholeDepth(f);
    Rounded* q = rounded(Scratch::Queries, queries * 3 * wide);
    Rounded* split = rounded(Scratch::Split, kKeys * 3 * wide);
    Rounded* packed = rounded(Scratch::Packed, std::max(packedCount(3 * wide, kKeys), packedCount(kKeys, g)));
    float* scores = scratch(Scratch::Scores, queries* kKeys);
    Rounded* weights = rounded(Scratch::Weights, queries* kKeys);
    float* context = scratch(Scratch::Context, queries* ops::padded(g));

    void run()
    {
        const Matrix from = matrixOf(op.q), to = matrixOf(op.context);
        const int64_t row = batch * op.queries + query, statistic = (batch * op.heads + head) * op.queries + query;
        float* maximum = matrixOf(op.maximum).data + statistic;
        float* sum = matrixOf(op.sum).data + statistic;
        splitRows(from.row(row) + head * f, from.stride, queries, f, wide, op.scale, Order::Queries, q);
        for (int64_t first = 0; first < op.keys; first += kKeys)
            someKeys(first, std::min(kKeys, op.keys - first), maximum, sum);
        for (int64_t r = 0; r < queries; ++r) {
            float* values = to.row(row + r) + head * g;
            std::copy_n(context + r * g, g, values);
            scale(values, g, sum[r] > 0 ? 1 / sum[r] : 0.0f);
        }
    }

    void someKeys(int64_t first, int64_t keys, float* maximum, float* sum)
    {
        const Matrix k = matrixOf(op.k), v = matrixOf(op.v);
        const int64_t key = batch * op.keys + first, depth = 3 * wide;
        splitRows(k.row(key) + head * f, k.stride, keys, f, wide, 1.0f, Order::Keys, split);
        pack({.depth = depth, .columns = keys, .stride = depth}, split, packed);
        multiply({.rows = queries, .columns = keys, .depth = depth}, q, packed, scores);
        const float* mask = op.mask.exists() ? matrixOf(op.mask).data + first : nullptr;
        for (int64_t r = 0; r < queries; ++r) {
            const float* row = scores + r * keys;
            streamRow(row, keys, mask, first == 0, maximum[r], sum[r], context + r * g, g,
                [&](float most) { return exponentialsRounded(row, keys, mask, most, weights + r * keys); });
        }
        pack({.depth = keys, .columns = g, .stride = v.stride, .isTransposed = false, .isFloat = true},
            v.row(key) + head * g, packed);
        multiply({.rows = queries, .columns = g, .depth = keys, .accumulates = first > 0}, weights, packed, context);
    }
};

} // namespace

bool computeFast(const ops::Attend& op)
{
    const int64_t f = op.q.columns() / op.heads, g = op.v.columns() / op.heads;
    if (!multipliesTiles() || op.queries < kLeastQueries || op.keys < kLeastKeys || f < kLeastChannels
        || g < kLeastChannels || g % 4 != 0)
        return false;
    eachQueries(op, kQueries, [&](int64_t batch, int64_t head, int64_t query, int64_t queries) {
        Task{op, batch, head, query, queries}.run();
    });
    return true;
}

} // namespace engine::cpu
