#include "app/media/clip.h"

#include "app/media/resample_sound.h"
#include "app/media/video_sound.h"

#include <algorithm>
#include <cmath>

namespace app::media {

using engine::Error;
using engine::ErrorKind;
using engine::Image;
using engine::Result;

namespace {

constexpr double kSlack = 1e-6; // seconds: times are rounded to a stream's ticks
constexpr double kReadThrough = 2; // seconds: nearer places are read up to, without a jump
constexpr double kTail = 0.25; // seconds of sound behind what is wanted, which bringing it to another rate looks at

} // namespace

Result<Clip> Clip::open(const std::filesystem::path& path, const std::filesystem::path& sound, double seconds)
{
    Clip clip;
    clip.m_start = seconds;
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored) || !std::filesystem::exists(path, ignored)) {
        TRY_ASSIGN(clip.m_folder, findClip(path, sound));
        clip.m_next = std::llround(seconds * kClipRate);
        clip.m_soundFile = clip.m_folder.sound;
        return clip;
    }
    TRY_ASSIGN(clip.m_video, openFrames(path));
    clip.m_soundFile = sound.empty() ? path : sound;
    if (seconds > kReadThrough)
        TRY(clip.goTo(seconds));
    return clip;
}

Result<void> Clip::goTo(double seconds)
{
    TRY_ASSIGN(const int64_t frames, m_video->count());
    constexpr int64_t kBefore = 4; // frames
    const double rate = std::max(m_video->info().rate.value(), 1.0);
    for (int64_t number = std::min(int64_t(seconds * rate), frames) - kBefore, step = 16; number > 0;
         number -= step, step *= 2) { // rates vary
        TRY(m_video->seek(number));
        TRY_ASSIGN(m_following, m_video->next());
        if (m_following && m_following->seconds <= seconds + kSlack)
            return {};
    }
    m_following.reset();
    return m_video->seek(0);
}

double Clip::length() const
{
    return m_video ? m_video->info().seconds : double(m_folder.frames.size()) / kClipRate;
}

Result<bool> Clip::advance(double seconds)
{
    while (!m_ended && (!m_following || m_following->seconds <= seconds + kSlack)) {
        if (m_following)
            m_shown = std::move(m_following);
        TRY_ASSIGN(m_following, m_video->next());
        m_ended = !m_following;
    }
    // The last picture stays as long as pictures do there.
    const double rate = m_video->info().rate.value();
    return m_shown && (!m_ended || seconds < m_shown->seconds + 1 / (rate > 0 ? rate : double(kClipRate)) - kSlack);
}

Result<std::vector<Image>> Clip::next(int64_t count)
{
    if (!m_video) {
        TRY_ASSIGN(std::vector<Image> images, readFrames(m_folder, size_t(m_next), size_t(count)));
        m_next += int64_t(images.size());
        return images;
    }
    std::vector<Image> images;
    for (; int64_t(images.size()) < count; ++m_next) {
        TRY_ASSIGN(const bool any, advance(m_start + double(m_next) / kClipRate));
        if (!any)
            break;
        images.push_back(m_shown->picture);
    }
    return images;
}

Result<ClipSound> Clip::sound(int64_t sampleRate, int64_t first, int64_t count)
{
    if (!m_sound || m_sound->sampleRate != sampleRate) {
        m_sound = Sound{.sampleRate = sampleRate, .samples = {}};
        std::optional<Sound> file;
        if (m_video && !m_soundFile.empty()) {
            TRY_ASSIGN(file, readVideoSound(m_soundFile, m_start, m_lasting > 0 ? m_lasting + kTail : 0));
        } else if (!m_soundFile.empty()) {
            TRY_ASSIGN(file, readSound(m_soundFile));
        }
        if (file) {
            m_fileRate = file->sampleRate;
            if (!m_video) {
                const auto skipped = std::min(file->samples.size(), size_t(std::llround(m_start * double(m_fileRate))));
                file->samples.erase(file->samples.begin(), file->samples.begin() + std::ptrdiff_t(skipped));
            }
            if (!file->samples.empty()) {
                TRY_ASSIGN(m_sound, resampled(*file, sampleRate));
            }
        }
    }
    ClipSound out{.samples = std::vector<float>(size_t(count), 0.0f), .fileRate = m_fileRate};
    const int64_t there = std::clamp<int64_t>(int64_t(m_sound->samples.size()) - first, 0, count);
    std::copy_n(m_sound->samples.begin() + (there > 0 ? first : 0), there, out.samples.begin());
    out.shorter = m_fileRate > 0 && there < count;
    return out;
}

} // namespace app::media
