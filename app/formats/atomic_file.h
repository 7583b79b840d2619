// Files that are there whole or not at all: written beside the target, then renamed (QSaveFile). Any thread.
#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace app::formats {

// InputOutput with the reason and the way out.
engine::Result<void> writeFile(const std::filesystem::path& path, std::span<const uint8_t> bytes);
// NoInput or InputOutput.
engine::Result<std::vector<uint8_t>> readFile(const std::filesystem::path& path);

} // namespace app::formats
