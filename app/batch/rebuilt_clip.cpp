#include "app/batch/rebuilt_clip.h"

#include "app/formats/atomic_file.h"
#include "app/formats/flow_colour.h"
#include "app/media/clip.h"

namespace app::batch {

using engine::Result;
namespace tasks = engine::tasks;

Result<RebuiltClip> RebuiltClip::create(const std::string& output, const tasks::ClipSize& size, bool beside)
{
    RebuiltClip made;
    made.m_beside = beside;
    made.m_sound.sampleRate = size.sampleRate();
    if (!output.empty() && std::filesystem::path(output).extension().empty()) {
        TRY_ASSIGN(auto folder, formats::AtomicFolder::create(output));
        made.m_folder.emplace(std::move(folder));
    } else if (!output.empty()) {
        TRY_ASSIGN(made.m_video,
            media::VideoWriter::create(output,
                {.width = int(size.width) * (beside ? 2 : 1),
                    .height = int(size.height),
                    .timeBase = {1, media::kClipRate},
                    .sampleRate = size.sampleRate()}));
    }
    return made;
}

Result<void> RebuiltClip::add(const tasks::Reconstruction& clip, std::span<const engine::Image> seen)
{
    for (size_t i = 0; i < clip.frames.size(); ++i, ++m_count) {
        const engine::Image& frame = clip.frames[i];
        if (m_folder) {
            char name[32];
            std::snprintf(name, sizeof name, "%06lld.png", static_cast<long long>(m_count) + 1);
            TRY(formats::writeFile(m_folder->path() / name, formats::encodePng(frame)));
        } else if (m_video) {
            TRY(m_video->add(m_beside ? formats::beside(seen[i], frame) : frame, m_count));
        }
    }
    if (m_video)
        TRY(m_video->addSound(clip.sound));
    else if (m_folder)
        m_sound.samples.insert(m_sound.samples.end(), clip.sound.begin(), clip.sound.end());
    return {};
}

Result<void> RebuiltClip::finish()
{
    if (m_video)
        return m_video->finish();
    if (!m_folder)
        return {};
    TRY_ASSIGN(const auto wav, media::encodeWav(m_sound));
    TRY(formats::writeFile(m_folder->path() / "sound.wav", wav));
    return m_folder->commit();
}

} // namespace app::batch
