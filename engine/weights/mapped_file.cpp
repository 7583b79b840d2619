#include "engine/weights/mapped_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace engine::weights {

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::filesystem::path& path)
{
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return Error{errno == ENOENT || errno == ENOTDIR ? ErrorKind::NoInput : ErrorKind::InputOutput,
            "cannot open " + path.string() + ": " + std::strerror(errno)};
    struct stat status { };
    const bool regular = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
    std::shared_ptr<MappedFile> mapped(new MappedFile);
    void* data = nullptr;
    if (regular && status.st_size > 0) {
        data = ::mmap(nullptr, size_t(status.st_size), PROT_READ, MAP_PRIVATE, file, 0);
        mapped->m_size = size_t(status.st_size);
    }
    ::close(file);
    if (!regular)
        return Error{ErrorKind::InputOutput, path.string() + " is not a regular file"};
    if (data == MAP_FAILED) {
        mapped->m_size = 0;
        return Error{ErrorKind::InputOutput, "cannot read " + path.string() + ": " + std::strerror(errno)};
    }
    mapped->m_data = static_cast<const uint8_t*>(data);
    return std::shared_ptr<const MappedFile>(std::move(mapped));
}

MappedFile::~MappedFile()
{
    if (m_data)
        ::munmap(const_cast<uint8_t*>(m_data), m_size);
}

} // namespace engine::weights
