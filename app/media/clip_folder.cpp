#include "app/media/clip_folder.h"

#include "app/media/image_reader.h"
#include "app/media/natural_order.h"
#include "app/media/resample_sound.h"

#include <QString>
#include <algorithm>

namespace app::media {

using engine::Error;
using engine::ErrorKind;
using engine::Result;

namespace {

bool oneOf(const std::filesystem::path& path, std::initializer_list<const char*> extensions)
{
    const QString extension = QString::fromStdString(path.extension().string()).toLower();
    return std::any_of(extensions.begin(), extensions.end(), [&](const char* e) { return extension == e; });
}

} // namespace

Result<ClipFolder> findClip(const std::filesystem::path& folder, const std::filesystem::path& sound)
{
    std::error_code failed;
    if (!std::filesystem::is_directory(folder, failed))
        return Error{ErrorKind::NoInput, "there is no folder " + folder.string() + " with a clip's frames"};
    ClipFolder clip{.sound = sound};
    std::vector<std::filesystem::path> sounds;
    for (std::filesystem::directory_iterator entry(folder, failed), end; !failed && entry != end;
         entry.increment(failed)) {
        if (oneOf(entry->path(), {".png", ".jpg", ".jpeg", ".ppm", ".bmp"}))
            clip.frames.push_back(entry->path());
        else if (oneOf(entry->path(), {".wav", ".flac"}))
            sounds.push_back(entry->path());
    }
    if (failed)
        return Error{ErrorKind::InputOutput, "cannot read the folder " + folder.string() + ": " + failed.message()};
    if (clip.frames.empty())
        return Error{
            ErrorKind::BadData, "the folder " + folder.string() + " holds no pictures (PNG, JPEG, PPM or BMP)"};
    if (sound.empty() && sounds.size() > 1)
        return Error{
            ErrorKind::BadData, "the folder " + folder.string() + " holds several sound files: name one with --sound"};
    if (sound.empty() && !sounds.empty())
        clip.sound = sounds[0];
    sortNaturally(clip.frames);
    return clip;
}

Result<std::vector<engine::Image>> readFrames(const ClipFolder& clip, size_t first, size_t count)
{
    std::vector<engine::Image> frames;
    for (size_t i = first; i < std::min(first + count, clip.frames.size()); ++i) {
        TRY_ASSIGN(engine::Image frame, readImage(clip.frames[i]));
        if (!frames.empty() && (frame.width != frames[0].width || frame.height != frames[0].height))
            return Error{ErrorKind::BadData,
                clip.frames[i].string() + " has " + std::to_string(frame.width) + " x " + std::to_string(frame.height)
                    + " pixels, the frames before it " + std::to_string(frames[0].width) + " x "
                    + std::to_string(frames[0].height)};
        frames.push_back(std::move(frame));
    }
    return frames;
}

Result<ClipSound> readClipSound(const ClipFolder& clip, int64_t sampleRate, int64_t count)
{
    ClipSound out;
    if (!clip.sound.empty()) {
        TRY_ASSIGN(const Sound file, readSound(clip.sound));
        TRY_ASSIGN(Sound sound, resampled(file, sampleRate));
        out.fileRate = file.sampleRate;
        out.shorter = int64_t(sound.samples.size()) < count;
        out.samples = std::move(sound.samples);
    }
    out.samples.resize(size_t(count), 0.0f);
    return out;
}

} // namespace app::media
