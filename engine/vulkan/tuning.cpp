#include "engine/vulkan/tuning.h"

#include <string_view>

namespace engine::vulkan {

namespace {

constexpr uint32_t kNvidia = 0x10de, kAmd = 0x1002, kIntel = 0x8086;
constexpr int64_t kWidestKey = 128, kWidestValue = 160; // beyond, a tile's sums leave too few registers

// Judged from the devices' registers and shared memory, not measured: cores are a middling card's, rates are those of
// small, medium and large tiles. Cooperative matrices are used where they were measured, and by no table: drivers have
// listed them that were many times slower with them.
struct Row {
    const char* name;
    int64_t cores;
    std::array<double, kCooperativeTile> tileRate;
};
constexpr Row kNvidiaRow{"NVIDIA GPUs", 48, {0.45, 0.8, 1.0}};
constexpr Row kAmdRow{"AMD GPUs", 48, {0.5, 0.85, 1.0}};
// 8 x 8 sums of 16 lanes are half of all registers that a thread has there.
constexpr Row kIntelRow{"Intel GPUs", 28, {0.6, 1.0, 0.8}};
constexpr Row kOtherRow{"other GPUs", 32, {0.5, 0.9, 1.0}};
constexpr Row kIntegratedRow{"integrated GPUs", 8, {0.6, 1.0, 0.9}};
// The kernels for GPUs run here only where a test asks for them.
constexpr Row kSoftwareRow{"software drivers", 2, {1.0, 1.0, 1.0}};

const Row& rowOf(uint32_t vendor, ops::DeviceKind kind)
{
    if (kind == ops::DeviceKind::Software)
        return kSoftwareRow;
    if (kind == ops::DeviceKind::Integrated)
        return kIntegratedRow;
    return vendor == kNvidia ? kNvidiaRow : vendor == kAmd ? kAmdRow : vendor == kIntel ? kIntelRow : kOtherRow;
}

int64_t tilesOf(int64_t n, uint32_t size)
{
    return (n + size - 1) / size;
}

} // namespace

Tuning tableTuning(uint32_t vendor, ops::DeviceKind kind, int64_t cores)
{
    const Row& row = rowOf(vendor, kind);
    const auto& [small, medium, large] = row.tileRate;
    return {.deviceClass = row.name,
        .cores = cores > 0 ? cores : row.cores,
        .coresKnown = cores > 0,
        .tileRate = {small, medium, large, kLeastTileRate},
        .widestKey = kWidestKey,
        .widestValue = kWidestValue};
}

TileClass fastestTile(
    const Tuning& tuning, int64_t rows, int64_t columns, int64_t products, uint32_t mostLanes, bool cooperative)
{
    TileClass best = kSmallTile;
    double least = 0;
    for (const TileClass candidate : {kSmallTile, kMediumTile, kLargeTile, kCooperativeTile}) {
        if (candidate == kCooperativeTile && !cooperative)
            continue;
        const Tile& tile = kTiles[candidate];
        const int64_t tiles = tilesOf(rows, tile.rows) * tilesOf(columns, tile.columns) * products;
        const int64_t rounds = (tiles + tuning.cores - 1) / tuning.cores;
        const double time = double(rounds) * tile.rows * tile.columns / tuning.tileRate[candidate];
        if (tile.lanes() <= mostLanes && (least == 0 || time < least)) {
            best = candidate;
            least = time;
        }
    }
    return best;
}

std::string describe(const Tuning& tuning)
{
    const bool software = std::string_view(tuning.deviceClass) == kSoftwareRow.name;
    const std::string cores
        = software ? "" : ", " + std::to_string(tuning.cores) + (tuning.coresKnown ? " cores" : " cores assumed");
    switch (tuning.source) {
    case TuningSource::Measured:
        return "kernels as measured on this device just now" + cores;
    case TuningSource::Kept:
        return "kernels as measured on this device before" + cores;
    case TuningSource::Table:
        break;
    }
    return std::string("kernels by the table for ") + tuning.deviceClass + cores;
}

} // namespace engine::vulkan
