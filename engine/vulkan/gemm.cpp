#include "engine/vulkan/record.h"

#include "engine/base/assert.h"

#include <algorithm>
#include <cmath>

namespace engine::vulkan {

namespace {

using shaders::KernelId;

uint32_t tilesOf(int64_t n, uint32_t size)
{
    return uint32_t((n + size - 1) / size);
}

TileClass chooseTile(const Recorder& r, const ops::Gemm& op)
{
    const bool cooperative = r.limits().cooperative.exists();
    switch (r.choice.gemm) {
    case GemmVariant::SharedLarge:
        return kLargeTile;
    case GemmVariant::SharedMedium:
        return kMediumTile;
    case GemmVariant::SharedSmall:
        return kSmallTile;
    case GemmVariant::Cooperative:
        if (cooperative)
            return kCooperativeTile;
        [[fallthrough]];
    default:
        return fastestTile(
            r.tuning, op.rows, op.columns, op.outer * op.inner, r.limits().workgroupInvocations, cooperative);
    }
}

uint32_t flagsOf(const ops::Gemm& op)
{
    return (op.bias.exists() ? shaders::kHasBias : 0) | (op.statistics.exists() ? shaders::kHasStatistics : 0)
        | (op.residual.exists() ? shaders::kHasResidual : 0);
}

// How the operands are stored, and whether they are rounded.
uint32_t formOf(const Recorder& r, const ops::Gemm& op)
{
    return (bufferOf(op.a.tensor).isHalves() ? shaders::kHalvesA : 0)
        | (bufferOf(op.b.tensor).isHalves() ? shaders::kHalvesB : 0) | (r.fast() ? shaders::kRounds : 0);
}

// A power of two that uses the range of halves for what A can be at most: normalised rows are no longer than
// sqrt(depth). Where nothing is known the values stay as they are, and those beyond 65,504 are held there.
float roundingScale(const ops::Gemm& op)
{
    const float bound = op.statistics.exists() ? std::sqrt(float(op.depth)) : op.a.bound;
    return bound > 0 ? std::exp2(std::floor(std::log2(32768 / bound))) : 1.0f;
}

shaders::Gemm push(const ops::Gemm& op, bool rounds)
{
    const float aScale = rounds ? roundingScale(op) : 1.0f;
    const auto u = [](int64_t value) {
        ENGINE_ASSERT(value >= 0 && value <= int64_t(UINT32_MAX), "a product too large for one binding");
        return uint32_t(value);
    };
    return {.rows = u(op.rows),
        .columns = u(op.columns),
        .depth = u(op.depth),
        .inner = u(op.inner),
        .aStride = u(op.a.tensor.stride()),
        .bStride = u(op.b.tensor.stride()),
        .cStride = u(op.c.tensor.stride()),
        .residualStride = u(op.residual.exists() ? op.residual.stride() : 0),
        .aOuter = u(op.a.outerStep),
        .aInner = u(op.a.innerStep),
        .bOuter = u(op.b.outerStep),
        .bInner = u(op.b.innerStep),
        .cOuter = u(op.c.outerStep),
        .cInner = u(op.c.innerStep),
        .alpha = op.alpha / (aScale * bufferOf(op.a.tensor).scale() * bufferOf(op.b.tensor).scale()),
        .statisticsStride = u(op.statistics.exists() ? op.statistics.stride() : 0),
        .splits = 1,
        .splitDepth = u(ops::padded(op.depth)),
        .aScale = aScale};
}

void recordTiles(Recorder& r, const ops::Gemm& op, double flop)
{
    const TileClass chosen = chooseTile(r, op);
    const Tile& tile = kTiles[chosen];
    const CooperativeShape& shape = r.limits().cooperative;
    const bool cooperative = chosen == kCooperativeTile;
    const KernelId kernel = cooperative ? KernelId::gemm_cooperative : KernelId::gemm_shared;
    const int64_t stage = cooperative ? kCooperativeDepth : 16; // of the depth at a time
    const uint32_t products = uint32_t(op.outer * op.inner);
    const int64_t tiles = int64_t(tilesOf(op.rows, tile.rows)) * tilesOf(op.columns, tile.columns) * products;
    const bool aligned = op.rows % tile.rows == 0 && op.columns % tile.columns == 0 && op.depth % stage == 0;
    int64_t splits = r.choice.splitK;
    if (splits == 0) // where cores would be idle
        splits = op.depth >= 1024 ? std::min<int64_t>({8, op.depth / 256, r.tuning.busyGroups() / tiles}) : 1;
    splits = std::clamp<int64_t>(splits, 1, (op.depth + 15) / 16);

    const uint32_t flags
        = formOf(r, op) | (splits <= 1 ? flagsOf(op) : (flagsOf(op) & shaders::kHasStatistics) | shaders::kIsPartial);

    shaders::Gemm p = push(op, r.fast());
    Work work{.x = tilesOf(op.columns, tile.columns),
        .y = tilesOf(op.rows, tile.rows),
        .z = products,
        .flop = flop,
        .cost = flop,
        .trips = (op.depth + 15) / 16 * 24,
        .constants = {tile.lanes() * (cooperative ? r.limits().subgroupSize : 1), tile.rows, tile.columns, tile.ownRows,
            tile.ownColumns, aligned && splits == 1, uint32_t(op.activation), flags}};
    if (cooperative)
        work.constants.insert(work.constants.end(), {shape.rows, shape.columns, shape.depth});
    if (splits <= 1) {
        record(r, kernel,
            {readsEither(op.a.tensor), readsEither(op.b.tensor), writes(op.c.tensor), reads(op.bias),
                reads(op.statistics), reads(op.residual)},
            p, work);
        return;
    }
    p.splitDepth = uint32_t(((op.depth + splits - 1) / splits + 15) / 16 * 16);
    p.splits = tilesOf(op.depth, p.splitDepth);
    work.z *= p.splits;
    const ops::Tensor partial = r.create(int64_t(products) * p.splits * op.rows, op.columns);
    record(r, kernel,
        {readsEither(op.a.tensor), readsEither(op.b.tensor), writes(partial), reads(op.bias), reads(op.statistics),
            reads(op.residual)},
        p, work);
    Work reduce = elementGrid(op.rows * ops::padded(op.columns), 64, double(p.splits));
    reduce.z = products;
    reduce.constants = {uint32_t(op.activation), flagsOf(op)};
    record(r, KernelId::gemm_reduce,
        {reads(partial), reads(partial), writes(op.c.tensor), reads(op.bias), reads(op.statistics), reads(op.residual)},
        p, reduce);
}

void recordRegisters(Recorder& r, const ops::Gemm& op, double flop)
{
    // Measured on Mesa 22.3.6: 16 x 16 an invocation reaches 44 GFLOP/s where 16 x 8 reaches 33; narrow products waste
    // less with fewer columns.
    uint32_t own = 16;
    while (own > 2 && op.columns <= 8 * own / 2)
        own /= 2;
    const Work work{.x = tilesOf(op.columns, 8 * own),
        .y = tilesOf(op.rows, 16),
        .z = uint32_t(op.outer * op.inner),
        .flop = flop,
        .cost = std::max(flop, 2.0 * 16 * 8 * own * double(op.depth) * double(op.outer * op.inner)),
        // The unrolled loops inside are none for the driver, whose limit is on loops that remain.
        .trips = (op.depth + 3) / 4 + 64,
        .constants = {own, op.statistics.exists(), uint32_t(op.activation), flagsOf(op)}};
    record(r, KernelId::gemm_registers,
        {reads(op.a.tensor), reads(op.b.tensor), writes(op.c.tensor), reads(op.bias), reads(op.statistics),
            reads(op.residual)},
        push(op, false), work);
}

} // namespace

void recordOp(Recorder& r, const ops::Gemm& op)
{
    const bool registers = r.choice.gemm == GemmVariant::Registers
        || (r.choice.gemm == GemmVariant::Automatic && r.limits().software && !r.fast());
    // A depth beyond the driver's loops (the keys of a long input) goes in pieces that add up in C. Only what has an
    // activation could not; there the depth is a layer's width.
    const int64_t most = registers ? 4 * (kTripLimit - 100) : 16 * (kTripLimit / 24 - 1);
    for (int64_t first = 0; first < op.depth; first += most) {
        ops::Gemm piece = op;
        piece.depth = std::min(most, op.depth - first);
        if (op.depth > most) {
            ENGINE_ASSERT(op.activation == ops::Activation::None, "a layer wider than any model's");
            piece.a.tensor = op.a.tensor.columnRange(first, op.a.tensor.columns() - first);
            piece.b.tensor = op.b.tensor.columnRange(first, op.b.tensor.columns() - first);
        }
        if (first > 0) {
            piece.bias = {};
            piece.residual = op.c.tensor;
        }
        const double flop
            = 2.0 * double(op.rows) * double(op.columns) * double(piece.depth) * double(op.outer) * double(op.inner);
        registers ? recordRegisters(r, piece, flop) : recordTiles(r, piece, flop);
    }
}

} // namespace engine::vulkan
