// A folder of numbered pictures as a video of a chosen rate: 2 before 10. One thread at a time.
#pragma once

#include "app/media/frame_source.h"

namespace app::media {

class FolderFrames : public FrameSource {
public:
    // NoInput when there is no folder, BadData when it holds no picture.
    static engine::Result<std::unique_ptr<FrameSource>> open(
        const std::filesystem::path& folder, const SourceOptions& options);

    const SourceInfo& info() const override { return m_info; }
    // BadData, with the name, where a picture cannot be read or has another size than the first.
    engine::Result<std::optional<VideoFrame>> next() override;
    engine::Result<int64_t> count() override { return int64_t(m_files.size()); }
    engine::Result<void> seek(int64_t number) override;

private:
    std::vector<std::filesystem::path> m_files;
    SourceInfo m_info;
    int64_t m_next = 0;
};

} // namespace app::media
