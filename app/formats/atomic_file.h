// Files that are there whole or not at all: written beside the target, then renamed (QSaveFile); and tables that grow
// line by line. Any thread.
#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace app::formats {

// InputOutput with the reason and the way out.
engine::Result<void> writeFile(const std::filesystem::path& path, std::span<const uint8_t> bytes);
engine::Result<void> writeText(const std::filesystem::path& path, const std::string& text);
// At the end of the file, which is made where there is none; a part of it may be there after InputOutput.
engine::Result<void> appendText(const std::filesystem::path& path, const std::string& text);
// NoInput or InputOutput.
engine::Result<std::vector<uint8_t>> readFile(const std::filesystem::path& path);

} // namespace app::formats
