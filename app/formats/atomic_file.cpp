#include "app/formats/atomic_file.h"

#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <cerrno>
#include <fstream>

namespace app::formats {

using engine::Error;
using engine::ErrorKind;

namespace {

// A disk takes what it has room for; only the next try says that it is full.
bool writeAll(QIODevice& file, std::span<const uint8_t> bytes)
{
    while (!bytes.empty()) {
        const qint64 taken = file.write(reinterpret_cast<const char*>(bytes.data()), qint64(bytes.size()));
        if (taken <= 0)
            return false;
        bytes = bytes.subspan(size_t(taken));
    }
    return true;
}

} // namespace

engine::Result<void> writeFile(const std::filesystem::path& path, std::span<const uint8_t> bytes)
{
    const QString name = QString::fromStdString(path.string());
    if (name.toStdString() != path.string()) // Qt would write to another name
        return Error{ErrorKind::InputOutput,
            "cannot write " + path.string() + ": its name is no text in UTF-8; choose another one"};
    const QFileInfo folder(QFileInfo(name).absolutePath());
    if (!folder.isDir())
        return Error{ErrorKind::InputOutput,
            "cannot write " + path.string() + ": there is no folder " + folder.filePath().toStdString()};
    QSaveFile file(name);
    // Unbuffered: commit() would write what is left in a buffer, and not say when it found no place.
    if (file.open(QIODevice::WriteOnly | QIODevice::Unbuffered) && writeAll(file, bytes) && file.commit())
        return {};
    return Error{ErrorKind::InputOutput, "cannot write " + path.string() + ": " + file.errorString().toStdString()};
}

engine::Result<void> writeText(const std::filesystem::path& path, const std::string& text)
{
    return writeFile(path, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

engine::Result<void> appendText(const std::filesystem::path& path, const std::string& text)
{
    errno = 0;
    std::ofstream file(path, std::ios::app | std::ios::binary);
    if (file << text && file.flush())
        return {};
    return Error{ErrorKind::InputOutput,
        "cannot write " + path.string() + ": " + std::generic_category().message(errno != 0 ? errno : EIO)};
}

engine::Result<std::vector<uint8_t>> readFile(const std::filesystem::path& path)
{
    QFile file(QString::fromStdString(path.string()));
    if (!file.exists())
        return Error{ErrorKind::NoInput, "there is no file " + path.string()};
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorKind::InputOutput, "cannot read " + path.string() + ": " + file.errorString().toStdString()};
    const QByteArray all = file.readAll();
    return std::vector<uint8_t>(all.begin(), all.end());
}

} // namespace app::formats
