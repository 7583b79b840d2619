#include "app/formats/atomic_folder.h"

#include <utility>

namespace app::formats {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorKind;

engine::Result<AtomicFolder> AtomicFolder::create(const fs::path& target)
{
    fs::path name = target;
    if (!name.has_filename()) // "folder/"
        name = name.parent_path();
    fs::path partial = name;
    partial += ".partial";
    std::error_code failed;
    fs::remove_all(partial, failed); // of a run that was killed
    if (!failed)
        fs::create_directory(partial, failed);
    if (failed)
        return Error{ErrorKind::InputOutput, "cannot make the folder " + name.string() + ": " + failed.message()};
    return AtomicFolder(std::move(name), std::move(partial));
}

AtomicFolder::AtomicFolder(fs::path target, fs::path partial)
    : m_target(std::move(target)), m_partial(std::move(partial))
{
}

AtomicFolder::AtomicFolder(AtomicFolder&& other) noexcept
    : m_target(std::move(other.m_target)), m_partial(std::exchange(other.m_partial, fs::path()))
{
}

AtomicFolder::~AtomicFolder()
{
    std::error_code ignored;
    if (!m_partial.empty())
        fs::remove_all(m_partial, ignored);
}

engine::Result<void> AtomicFolder::commit()
{
    std::error_code failed;
    fs::remove_all(m_target, failed);
    if (!failed)
        fs::rename(m_partial, m_target, failed);
    if (failed)
        return Error{ErrorKind::InputOutput, "cannot make the folder " + m_target.string() + ": " + failed.message()};
    m_partial.clear();
    return {};
}

} // namespace app::formats
