// A clip as models see one: 25 pictures a second and one channel of sound, from a video or from a folder with numbered
// pictures and a sound, from any place on. One thread at a time.
#pragma once

#include "app/media/clip_folder.h"
#include "app/media/frame_source.h"

namespace app::media {

constexpr int kClipRate = 25; // pictures a second

class Clip {
public:
    // sound: another file's, which may be a video, too; empty: the clip's own. seconds: where the clip begins. Errors
    // as findClip's and openFrames'.
    static engine::Result<Clip> open(
        const std::filesystem::path& path, const std::filesystem::path& sound, double seconds = 0);
    // So many seconds of it will be asked for: no more sound than this is read. 0: all. Before sound().
    void setLasting(double seconds) { m_lasting = seconds; }

    // The next `count` pictures, all of one size; fewer at the end. A video's picture at each of these times is the one
    // that is shown then.
    engine::Result<std::vector<engine::Image>> next(int64_t count);
    // Samples first … first + count - 1 from the clip's beginning; silence where there are none.
    engine::Result<ClipSound> sound(int64_t sampleRate, int64_t first, int64_t count);
    double length() const; // of the whole file or folder, seconds; 0: not known
    std::vector<std::string> remarks() const { return m_video ? m_video->remarks() : std::vector<std::string>(); }

private:
    engine::Result<void> goTo(double seconds); // a video: near it, not behind it
    engine::Result<bool> advance(double seconds); // m_shown is what is shown then; false behind the end

    std::filesystem::path m_soundFile; // empty: none
    std::unique_ptr<FrameSource> m_video; // none of a folder
    ClipFolder m_folder;
    double m_start = 0, m_lasting = 0; // seconds
    int64_t m_next = 0;
    std::optional<VideoFrame> m_shown, m_following;
    bool m_ended = false;
    std::optional<Sound> m_sound; // whole, from the clip's beginning, at the rate asked for last
    int64_t m_fileRate = 0;
};

} // namespace app::media
