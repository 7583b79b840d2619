#include "engine/cpu/kernels.h"
#include "engine/cpu/operations.h"
#include "engine/cpu/parallel.h"
#include "engine/cpu/scratch.h"

#include <dnnl.h>

namespace engine::cpu {

namespace {

// Scores of one task at a time: 256 KiB, so that they are still in a core's cache for the exponentials and the sums.
// Few keys at once: a product 32 channels wide reaches 270 GFLOP/s over 256 keys, 170 over 1024 (two cores, AVX-512).
constexpr int64_t kQueries = 256, kKeys = 256;

// Some queries of one head, against all keys (streamed softmax: Milakov and Gimelshein 2018).
void someQueries(const ops::Attend& op, int64_t batch, int64_t head, int64_t query, int64_t queries)
{
    const int64_t f = op.q.columns() / op.heads, g = op.v.columns() / op.heads;
    const Matrix q = matrixOf(op.q), k = matrixOf(op.k), v = matrixOf(op.v), context = matrixOf(op.context);
    const int64_t statistic = (batch * op.heads + head) * op.queries + query;
    float* maximum = matrixOf(op.maximum).data + statistic;
    float* sum = matrixOf(op.sum).data + statistic;
    const float* mask = matrixOf(op.mask).data;
    const float* from = q.row(batch * op.queries + query) + head * f;
    float* to = context.row(batch * op.queries + query) + head * g;
    const int64_t step = std::min(kKeys, op.keys);
    float* scores = scratch(Scratch::Scores, queries * step);
    for (int64_t first = 0; first < op.keys; first += step) {
        const int64_t keys = std::min(step, op.keys - first), key = batch * op.keys + first;
        dnnl_sgemm(
            'N', 'T', queries, keys, f, op.scale, from, q.stride, k.row(key) + head * f, k.stride, 0.0f, scores, step);
        for (int64_t r = 0; r < queries; ++r) {
            const float before = first == 0 ? ops::kNoMaximum : maximum[r];
            const float* some = mask ? mask + first : nullptr;
            const float most = maximumOf(scores + r * step, keys, some, before);
            const double total = exponentials(scores + r * step, keys, some, most);
            const float keep = first == 0 ? 0.0f : exponential(before - most);
            maximum[r] = most;
            sum[r] = first == 0 ? float(total) : float(double(sum[r]) * double(keep) + total);
            if (first > 0 && keep != 1.0f)
                scale(to + r * context.stride, g, keep);
        }
        dnnl_sgemm('N', 'N', queries, g, keys, 1.0f, scores, step, v.row(key) + head * g, v.stride,
            first == 0 ? 0.0f : 1.0f, to, context.stride);
    }
    for (int64_t r = 0; r < queries; ++r)
        scale(to + r * context.stride, g, sum[r] > 0 ? 1 / sum[r] : 0.0f);
}

} // namespace

void compute(const ops::Attend& op)
{
    // Fewer queries a task where there would be fewer tasks than threads.
    const int64_t wanted = (2 * threads() + op.batch * op.heads - 1) / (op.batch * op.heads);
    const int64_t queries = std::clamp<int64_t>((op.queries + wanted - 1) / wanted, 16, kQueries);
    const int64_t blocks = (op.queries + queries - 1) / queries;
    eachTask(op.batch * op.heads * blocks, [&](int64_t task) {
        const int64_t query = task % blocks * queries, head = task / blocks;
        someQueries(op, head / op.heads, head % op.heads, query, std::min(queries, op.queries - query));
    });
}

} // namespace engine::cpu
