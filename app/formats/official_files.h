// DeepMind's original weight files (bucket perceiver_io), recognised by size and SHA-256. Any thread.
#pragma once

#include "engine/base/result.h"

#include <filesystem>

namespace app::formats {

// The original name of the file, or of the one file in a folder without config.json; empty when it is none of them.
// Only files of a known size are read. InputOutput when that fails.
engine::Result<std::string> officialFile(const std::filesystem::path& path);

} // namespace app::formats
