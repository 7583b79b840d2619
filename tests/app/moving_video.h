// A video whose motion is known, and the bytes of files and folders, for the tests of what is made of videos.
#pragma once

#include "app/media/video_writer.h"

#include <QDir>
#include <QFile>
#include <cmath>
#include <map>

namespace moving {

constexpr int kWidth = 64, kHeight = 48;

// Smooth noise that moves to the right, two pixels a frame.
inline engine::Image frameOf(int number, int width = kWidth, int height = kHeight)
{
    engine::Image image(width, height);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const double u = double(x - 2 * number) * 0.19, v = double(y) * 0.23;
            for (int c = 0; c < 3; ++c)
                image.pixel(x, y)[c] = uint8_t(127 + 60 * std::sin(u + 0.7 * std::sin(1.7 * v + c))
                    + 60 * std::cos(v * 1.3 + 0.9 * std::sin(0.6 * u + c)));
        }
    return image;
}

// Of so many frames, from this one of the motion on, at a rate that varies; false where none can be written here.
inline bool write(const QString& path, int frames, int first = 0)
{
    auto video = app::media::VideoWriter::create(
        path.toStdString(), {.width = kWidth, .height = kHeight, .timeBase = {1, 100}});
    bool ok = video.ok();
    int64_t ticks = 0;
    for (int i = 0; ok && i < frames; ++i, ticks += i % 3 == 0 ? 6 : 3)
        ok = video.value()->add(frameOf(first + i), ticks).ok();
    return ok && video.value()->finish().ok();
}

inline QByteArray bytesOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("none");
}

// All files of a folder with their bytes.
inline std::map<QString, QByteArray> filesOf(const QString& folder)
{
    std::map<QString, QByteArray> files;
    for (const QString& name : QDir(folder).entryList(QDir::Files))
        files[name] = bytesOf(folder + "/" + name);
    return files;
}

} // namespace moving
