#include "engine/vulkan/cache_folder.h"

#include <cstdlib>
#include <fstream>
#include <unistd.h>

namespace engine::vulkan {

namespace fs = std::filesystem;

namespace {

constexpr uintmax_t kMostBytes = 64u << 20;

} // namespace

CacheFolder CacheFolder::ofUser()
{
    const auto absolute = [](const char* variable) { // the specification has relative ones ignored
        const char* value = std::getenv(variable);
        return value && *value == '/' ? fs::path(value) : fs::path();
    };
    const fs::path cache = absolute("XDG_CACHE_HOME"), home = absolute("HOME");
    if (cache.empty() && home.empty())
        return CacheFolder();
    return CacheFolder((cache.empty() ? home / ".cache" : cache) / "perceiverscope");
}

std::optional<std::string> CacheFolder::read(const std::string& name) const
{
    std::error_code failed;
    if (m_folder.empty() || fs::file_size(m_folder / name, failed) > kMostBytes || failed)
        return std::nullopt;
    std::ifstream file(m_folder / name, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(file), {}};
    return file ? std::optional(std::move(bytes)) : std::nullopt;
}

void CacheFolder::write(const std::string& name, std::span<const char> bytes) const
{
    std::error_code failed;
    if (m_folder.empty())
        return;
    fs::create_directories(m_folder, failed);
    const fs::path whole = m_folder / name, part = whole.string() + "." + std::to_string(getpid());
    std::ofstream file(part, std::ios::binary);
    file.write(bytes.data(), std::streamsize(bytes.size()));
    file.close();
    if (file)
        fs::rename(part, whole, failed);
    if (!file || failed)
        fs::remove(part, failed);
}

} // namespace engine::vulkan
