// What exact and fast attention share: how queries are cut into tasks, and the streamed softmax of one row (Milakov and
// Gimelshein 2018). Internal to engine/cpu.
#pragma once

#include "engine/cpu/kernels.h"
#include "engine/cpu/parallel.h"

namespace engine::cpu {

// work(batch, head, first query, count) for all of them, on all threads: at most so many queries of one head a task,
// and fewer where there would be fewer tasks than threads.
template <typename Work> void eachQueries(const ops::Attend& op, int64_t most, const Work& work)
{
    const int64_t wanted = (2 * threads() + op.batch * op.heads - 1) / (op.batch * op.heads);
    const int64_t queries = std::clamp<int64_t>((op.queries + wanted - 1) / wanted, 16, most);
    const int64_t blocks = (op.queries + queries - 1) / queries;
    eachTask(op.batch * op.heads * blocks, [&](int64_t task) {
        const int64_t query = task % blocks * queries, head = task / blocks;
        work(head / op.heads, head % op.heads, query, std::min(queries, op.queries - query));
    });
}

// One query and some more keys: `exponentialsOf(maximum)` replaces the scores by weights and gives their sum. Maximum,
// sum and the g sums of values so far follow; nothing is read of them where these are the first keys.
template <typename Exponentials>
void streamRow(const float* scores, int64_t keys, const float* mask, bool first, float& maximum, float& sum,
    float* context, int64_t g, const Exponentials& exponentialsOf)
{
    const float before = first ? ops::kNoMaximum : maximum;
    const float most = maximumOf(scores, keys, mask, before);
    const double total = exponentialsOf(most);
    const float keep = first ? 0.0f : exponential(before - most);
    maximum = most;
    sum = first ? float(total) : float(double(sum) * double(keep) + total);
    if (!first && keep != 1.0f)
        scale(context, g, keep);
}

} // namespace engine::cpu
