// A file mapped into memory, read-only. Shared by the views into it. Any thread.
#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace engine::weights {

class MappedFile {
public:
    // NoInput when there is no such file, InputOutput when it cannot be read.
    static Result<std::shared_ptr<const MappedFile>> open(const std::filesystem::path& path);
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    std::span<const uint8_t> bytes() const { return {m_data, m_size}; }

private:
    MappedFile() = default;

    const uint8_t* m_data = nullptr;
    size_t m_size = 0;
};

} // namespace engine::weights
