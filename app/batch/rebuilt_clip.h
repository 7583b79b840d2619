// What a model rebuilt of clips, one after the other, as a video with sound, or as a folder of numbered pictures with a
// sound. Nothing half-written stays. One thread.
#pragma once

#include "app/formats/atomic_folder.h"
#include "app/media/sound.h"
#include "app/media/video_writer.h"
#include "engine/engine.h"

#include <optional>

namespace app::batch {

class RebuiltClip {
public:
    // output: a video's name, a folder's (without an ending), or nothing. beside: in a video, the clip as the model saw
    // it at the left of it. Errors as VideoWriter's and AtomicFolder's.
    static engine::Result<RebuiltClip> create(
        const std::string& output, const engine::tasks::ClipSize& size, bool beside);

    // seen: the clip's own pictures, as large as the model sees them.
    engine::Result<void> add(const engine::tasks::Reconstruction& clip, std::span<const engine::Image> seen);
    engine::Result<void> finish();

private:
    bool m_beside = false;
    std::optional<formats::AtomicFolder> m_folder;
    std::unique_ptr<media::VideoWriter> m_video;
    media::Sound m_sound;
    int64_t m_count = 0;
};

} // namespace app::batch
