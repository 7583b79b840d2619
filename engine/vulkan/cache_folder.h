// Files that only save time: $XDG_CACHE_HOME/perceiverscope, or ~/.cache/perceiverscope. One that is missing, damaged
// or cannot be written is no error. Internal to engine/vulkan; any thread, and several programs at once.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>

namespace engine::vulkan {

class CacheFolder {
public:
    CacheFolder() = default; // keeps nothing
    explicit CacheFolder(std::filesystem::path folder) : m_folder(std::move(folder)) { }
    static CacheFolder ofUser(); // keeps nothing where there is no home

    std::optional<std::string> read(const std::string& name) const; // nothing beyond 64 MiB
    // Whole or not at all: another program sees the old file or the new one.
    void write(const std::string& name, std::span<const char> bytes) const;

private:
    std::filesystem::path m_folder;
};

} // namespace engine::vulkan
