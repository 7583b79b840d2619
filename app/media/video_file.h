// A video file by FFmpeg's libraries. The times are the decoder's own (its best effort where the file has none); edit
// lists are obeyed; parts that cannot be decoded are passed over, counted and said. One thread at a time.
#pragma once

#include "app/media/frame_source.h"
#include "app/media/video_decoder.h"

namespace app::media {

class VideoFile : public FrameSource {
public:
    static engine::Result<std::unique_ptr<FrameSource>> open(
        const std::filesystem::path& path, const SourceOptions& options);

    const SourceInfo& info() const override { return m_info; }
    engine::Result<std::optional<VideoFrame>> next() override;
    engine::Result<int64_t> count() override; // of frames that the file holds, also those that cannot be decoded
    engine::Result<void> seek(int64_t number) override;
    std::vector<std::string> remarks() const override;

private:
    VideoFile(std::filesystem::path path, VideoDecoder decoder);
    engine::Result<void> readTimes(); // of all frames, once
    bool jumpBefore(int64_t number); // and decodes up to it: the decoder's frame is it then
    std::optional<int64_t> before() const { return m_given > 0 ? std::optional(m_lastTicks) : m_first; }

    std::filesystem::path m_path;
    VideoDecoder m_decoder;
    SourceInfo m_info;
    std::vector<int64_t> m_times; // of all frames, ascending, in the stream's time base; empty: not yet read
    std::optional<int64_t> m_first; // the time of frame 0
    int64_t m_lastTicks = 0, m_number = 0; // of the frame before; of the one that next() gives
    bool m_decoded = false; // the decoder's frame is what next() gives
    int64_t m_given = 0; // since the last seek
};

} // namespace app::media
