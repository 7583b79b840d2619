// What was measured on a device, kept as JSON for the next start: one file for each device and precision. What another
// driver, device or version of the measurement wrote is not read. Internal to engine/vulkan; any thread.
#pragma once

#include "engine/vulkan/cache_folder.h"
#include "engine/vulkan/tuning.h"

namespace engine::vulkan {

// The table's tuning with what was kept; nothing where there is no file, or none that is whole and fits.
std::optional<Tuning> readTuning(
    const CacheFolder& folder, const Identity& identity, ops::Precision precision, const Tuning& table);
void keepTuning(const CacheFolder& folder, const Identity& identity, ops::Precision precision, const Tuning& tuning);

} // namespace engine::vulkan
