// A video file by FFmpeg's libraries. The times are the decoder's own (its best effort where the file has none); edit
// lists are obeyed; parts that cannot be decoded are passed over, counted and said. One thread at a time.
#pragma once

#include "app/media/ffmpeg.h"
#include "app/media/frame_source.h"
#include "app/media/picture_maker.h"

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
    VideoFile(std::filesystem::path path, FormatPtr format, int stream);
    engine::Result<void> start(); // the decoder, at the file's beginning
    engine::Result<bool> decode(); // the next frame, in m_frame; false at the end
    bool sendPacket(); // false when there was none left
    engine::Result<void> readTimes(); // of all frames, once
    int64_t ticksOfFrame() const; // of m_frame, in the stream's time base
    bool jumpBefore(int64_t number); // and decodes up to it: m_frame is it then

    std::filesystem::path m_path;
    FormatPtr m_format;
    AVStream* m_stream;
    CodecPtr m_codec;
    FramePtr m_frame;
    PacketPtr m_packet;
    std::optional<PictureMaker> m_maker;
    SourceInfo m_info;
    std::vector<int64_t> m_times; // of all frames, ascending, in the stream's time base; empty: not yet read
    std::optional<int64_t> m_first; // the time of frame 0
    int64_t m_lastTicks = 0, m_number = 0; // of the frame before; of the one that next() gives
    bool m_decoded = false; // m_frame is what next() gives
    bool m_ended = false;
    int64_t m_broken = 0, m_given = 0; // the latter since the last seek
};

} // namespace app::media
