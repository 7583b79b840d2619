// What the kernels for GPUs are chosen by: how many cores a device has, how well each tile of a product does on it, and
// for which heads the fused attention is the faster way. By a table for each class of device, or as measured on the
// very device (self_tuning.h). Internal to engine/vulkan; any thread.
#pragma once

#include "engine/ops/device.h"

#include <array>

namespace engine::vulkan {

// A device and its driver, as Vulkan names them: what kept results belong to.
struct Identity {
    uint32_t vendor = 0, device = 0, driver = 0;
    std::string cacheUuid; // pipelineCacheUUID: other code for the same kernel has another
};

// The last is gemm_cooperative's, where a device can run it.
enum TileClass { kSmallTile, kMediumTile, kLargeTile, kCooperativeTile };
constexpr size_t kTileClasses = 4;
// Rows and columns of a workgroup, and of one invocation; of the cooperative tile's, of one subgroup.
struct Tile {
    uint32_t rows, columns, ownRows, ownColumns;

    uint32_t lanes() const { return rows / ownRows * (columns / ownColumns); }
};
constexpr Tile kTiles[kTileClasses] = {{32, 32, 4, 4}, {64, 64, 4, 4}, {128, 128, 8, 8}, {64, 64, 32, 32}};
constexpr uint32_t kCooperativeDepth = 32; // that gemm_cooperative stages at a time

// Of a tile that is never the fastest: its results were wrong, or nobody knows how quick it is.
constexpr double kLeastTileRate = 1e-3;

enum class TuningSource { Table, Measured, Kept };

struct Tuning {
    const char* deviceClass = "";
    int64_t cores = 1; // what workgroups are spread over: SMs, compute units, Xe cores
    bool coresKnown = false; // from the driver; else the table's guess
    // Multiplications a second of a core that is busy with one tile after the other; only their ratios count.
    std::array<double, kTileClasses> tileRate{1, 1, 1, kLeastTileRate};
    // Heads up to which attention is fused; wider ones are two products each. 0: none.
    int64_t widestKey = 0, widestValue = 0;
    TuningSource source = TuningSource::Table;
    bool complete = true; // false: the time was over before all was measured
    int64_t starts = 0; // how often it was measured

    // Workgroups that keep every core busy: two for each, so that one computes while the other waits for memory.
    int64_t busyGroups() const { return 2 * cores; }
};

// cores: as the driver tells; 0: it does not.
Tuning tableTuning(uint32_t vendor, ops::DeviceKind kind, int64_t cores);

// The tile that finishes first when so many products of rows x columns are spread over the cores: each core computes
// one tile at a time. Only those that a workgroup may have lanes for, and the cooperative one only where it can be had.
TileClass fastestTile(const Tuning& tuning, int64_t rows, int64_t columns, int64_t products, uint32_t mostLanes,
    bool cooperative = false);

// For people: "tiles and attention as measured on this device and kept" and the like.
std::string describe(const Tuning& tuning);

} // namespace engine::vulkan
