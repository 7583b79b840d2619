// Files to test with: written texts and pictures, checkpoints of the reference cases, and a model's rows as texts.
#pragma once

#include <QAbstractItemModel>
#include <QImage>
#include <QStringList>
#include <filesystem>
#include <fstream>

inline const std::filesystem::path kSource = PERCEIVERSCOPE_SOURCE_DIR;

inline void write(const std::filesystem::path& path, const std::string& text)
{
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

inline std::string content(const std::filesystem::path& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The path, or nothing when it could not be written.
inline std::string picture(
    const std::filesystem::path& path, int width, int height, QImage::Format format = QImage::Format_RGB888)
{
    std::filesystem::create_directories(path.parent_path());
    QImage image(width, height, format);
    image.fill(Qt::darkCyan);
    return image.save(QString::fromStdString(path.string())) ? path.string() : "";
}

inline std::string testCase(const char* name)
{
    return (kSource / "tests/cases" / name).string();
}

inline QStringList titles(const QAbstractItemModel& model)
{
    QStringList all;
    for (int row = 0; row < model.rowCount(); ++row)
        all << model.index(row, 0).data().toString();
    return all;
}
