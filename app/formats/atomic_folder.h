// A folder that is there whole or not at all: filled beside the target, then renamed. Any thread.
#pragma once

#include "engine/base/result.h"

#include <filesystem>

namespace app::formats {

class AtomicFolder {
public:
    // Makes an empty folder beside `target`. InputOutput with the reason.
    static engine::Result<AtomicFolder> create(const std::filesystem::path& target);

    AtomicFolder(AtomicFolder&& other) noexcept;
    AtomicFolder& operator=(AtomicFolder&&) = delete;
    ~AtomicFolder(); // removes what was not committed

    const std::filesystem::path& path() const { return m_partial; }
    // Gives it its name. What had the name before goes.
    engine::Result<void> commit();

private:
    AtomicFolder(std::filesystem::path target, std::filesystem::path partial);

    std::filesystem::path m_target, m_partial;
};

} // namespace app::formats
