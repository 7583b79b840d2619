#include "engine/tasks/tile_grid.h"

#include <algorithm>
#include <cmath>

namespace engine::tasks {

namespace {

int64_t tileCount(int64_t length, int64_t tile, int64_t overlap)
{
    const int64_t step = tile - overlap;
    return std::max<int64_t>(1, (length - overlap + step - 1) / step);
}

} // namespace

std::vector<int64_t> steppedStarts(int64_t length, int64_t tile)
{
    constexpr int64_t kOverlap = 20;
    if (length <= tile)
        return {0};
    std::vector<int64_t> starts;
    const int64_t overlap = std::min(kOverlap, tile - 1), count = tileCount(length, tile, overlap);
    for (int64_t i = 0; i + 1 < count; ++i)
        starts.push_back(i * (tile - overlap));
    starts.push_back(length - tile);
    return starts;
}

std::vector<int64_t> evenStarts(int64_t length, int64_t tile, int64_t overlap)
{
    if (length <= tile)
        return {0};
    std::vector<int64_t> starts;
    const int64_t count = tileCount(length, tile, std::min(overlap, tile - 1));
    for (int64_t i = 0; i < count; ++i) // half to even, as the reference's language rounds
        starts.push_back(count == 1 ? 0 : std::llrint(double(i) * double(length - tile) / double(count - 1)));
    return starts;
}

} // namespace engine::tasks
