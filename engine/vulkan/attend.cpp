#include "engine/vulkan/record.h"

#include <algorithm>

namespace engine::vulkan {

namespace {

using shaders::KernelId;

constexpr int64_t kDepth = shaders::kAttendDepth;
// Wider heads leave too few registers: 4 x (kWidest / 8) sums an invocation of the small tile.
constexpr int64_t kWidest = 256;
// Fewer queries leave most of a tile empty, and the scores are small.
constexpr int64_t kFewestQueries = 16;
// Half of what the stream allows, so that a piece of the keys is never at its edge.
constexpr int64_t kMostTrips = 30000;

struct Shape {
    int64_t tile = 0, f = 0, g = 0; // queries and keys of a workgroup; channels per head
    bool rounded = false; // 16-bit numbers in shared memory

    int64_t across() const { return tile / 4; }
    int64_t lanes() const { return across() * across(); }
    int64_t sharedBytes() const
    {
        const int64_t pitchG = (g + across() - 1) / across() * across();
        return (rounded ? 2 : 4) * (std::max(2 * kDepth * (tile + 4), kDepth * pitchG) + tile * (tile + 4));
    }
    // Loop iterations of one invocation for one tile of keys.
    int64_t trips() const
    {
        const int64_t scores = (f + kDepth - 1) / kDepth * (1 + tile * kDepth / 4 / lanes() + kDepth);
        const int64_t values = tile / kDepth * (2 + kDepth * g / 4 / lanes() + kDepth);
        return 1 + scores + 4 * across() + values;
    }
    bool fits(const Limits& limits) const
    {
        return sharedBytes() <= limits.sharedBytes && lanes() <= limits.workgroupInvocations;
    }
};

bool wanted(const Recorder& r, const ops::Attend& op, int64_t f, int64_t g)
{
    if (r.choice.attend != AttendVariant::Automatic)
        return r.choice.attend == AttendVariant::Fused && f <= kWidest && g <= kWidest;
    // Beyond some width two products through tuned tiles are the better way.
    return !r.limits().software && f <= r.tuning.widestKey && g <= r.tuning.widestValue && op.queries >= kFewestQueries;
}

bool bindable(const Recorder& r, const ops::Tensor& t)
{
    return (uint64_t(t.extent()) + 64) * sizeof(float) <= r.limits().bindingBytes;
}

} // namespace

bool recordOp(Recorder& r, const ops::Attend& op)
{
    const int64_t f = op.q.columns() / op.heads, g = op.v.columns() / op.heads;
    const int64_t rows = op.batch * op.heads * op.queries;
    if (!wanted(r, op, f, g) || !bindable(r, op.q) || !bindable(r, op.k) || !bindable(r, op.v)
        || !bindable(r, op.context) || op.batch * op.heads > shaders::kGridWidth)
        return false;
    Shape shape{op.queries > 32 ? 64 : 32, f, g, r.fast()};
    if (!shape.fits(r.limits()))
        shape.tile = 32;
    if (!shape.fits(r.limits()))
        return false;

    const int64_t tilesOfKeys = (op.keys + shape.tile - 1) / shape.tile;
    const int64_t groups = (op.queries + shape.tile - 1) / shape.tile * op.batch * op.heads;
    int64_t splits = r.choice.splitK;
    if (splits == 0) // where cores would be idle; a piece of less than eight tiles costs more in merging than it wins
        splits = std::clamp<int64_t>(
            (r.tuning.busyGroups() + groups - 1) / groups, 1, std::max<int64_t>(1, tilesOfKeys / 8));
    const int64_t most = std::max<int64_t>(1, kMostTrips / shape.trips());
    const int64_t tilesOfPiece = std::clamp<int64_t>((tilesOfKeys + splits - 1) / splits, 1, most);
    splits = (tilesOfKeys + tilesOfPiece - 1) / tilesOfPiece;

    const auto u = [](int64_t value) { return uint32_t(value); };
    shaders::Attend p{.heads = u(op.heads),
        .queries = u(op.queries),
        .keys = u(op.keys),
        .rows = u(rows),
        .qStride = u(op.q.stride()),
        .kStride = u(op.k.stride()),
        .vStride = u(op.v.stride()),
        .contextStride = u(op.context.stride()),
        .g = u(g),
        .splits = u(splits),
        .splitKeys = u(tilesOfPiece * shape.tile),
        .scale = op.scale};
    const double flop = 2.0 * double(rows) * double(op.keys) * double(f + g);
    const Work work{.x = u((op.queries + shape.tile - 1) / shape.tile),
        .y = u(op.batch * op.heads),
        .z = u(splits),
        .flop = flop,
        .cost = 3 * flop, // against a product: small tiles, and the exponentials
        .trips = tilesOfPiece * shape.trips() + 64,
        .constants = {u(shape.lanes()), u(shape.tile), u(f), u(g), op.mask.exists(), r.fast()}};
    if (splits == 1) {
        record(r, KernelId::attend_fused,
            {reads(op.q), reads(op.k), reads(op.v), writes(op.context), reads(op.mask), writes(op.maximum),
                writes(op.sum)},
            p, work);
        return true;
    }
    const uint64_t partBytes = uint64_t(splits) * uint64_t(rows) * uint64_t(g) * sizeof(float);
    if (partBytes > r.limits().bindingBytes / 2)
        return false;
    const ops::Tensor parts = r.create(splits * rows, g), maxima = r.create(1, splits * rows),
                      sums = r.create(1, splits * rows);
    record(r, KernelId::attend_fused,
        {reads(op.q), reads(op.k), reads(op.v), writes(parts), reads(op.mask), writes(maxima), writes(sums)}, p, work);
    Work merge = elementGrid(rows * (g / 4), 64, 8.0 * double(splits));
    merge.trips = 2 * splits;
    record(r, KernelId::attend_merge,
        {reads(parts), reads(maxima), reads(sums), writes(op.context), reads(op.mask), writes(op.maximum),
            writes(op.sum)},
        p, merge);
    return true;
}

} // namespace engine::vulkan
