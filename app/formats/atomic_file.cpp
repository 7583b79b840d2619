#include "app/formats/atomic_file.h"

#include <QFile>
#include <QFileInfo>
#include <QSaveFile>

namespace app::formats {

using engine::Error;
using engine::ErrorKind;

engine::Result<void> writeFile(const std::filesystem::path& path, std::span<const uint8_t> bytes)
{
    const QString name = QString::fromStdString(path.string());
    const QFileInfo folder(QFileInfo(name).absolutePath());
    if (!folder.isDir())
        return Error{ErrorKind::InputOutput,
            "cannot write " + path.string() + ": there is no folder " + folder.filePath().toStdString()};
    QSaveFile file(name);
    if (file.open(QIODevice::WriteOnly)
        && file.write(reinterpret_cast<const char*>(bytes.data()), qint64(bytes.size())) == qint64(bytes.size())
        && file.flush() // commit() does not say when the last bytes found no place
        && file.commit())
        return {};
    return Error{ErrorKind::InputOutput, "cannot write " + path.string() + ": " + file.errorString().toStdString()};
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
