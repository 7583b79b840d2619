// One stream of pictures of an open container, decoded: what files and cameras share. One thread at a time.
#pragma once

#include "app/media/ffmpeg.h"
#include "app/media/picture_maker.h"

#include <optional>
#include <string>

namespace app::media {

class VideoDecoder {
public:
    // name: of the source, in errors. BadData when there is no decoder for it.
    static engine::Result<VideoDecoder> open(FormatPtr format, int stream, const std::string& name);

    engine::Result<bool> decode(); // the next frame, in frame(); false at the end. BadData when nothing comes any more
    const AVFrame& frame() const { return *m_frame; }
    // When it is shown, in the stream's time base: the decoder's best effort; without any, a frame's length after
    // `before`, or 0.
    int64_t ticks(std::optional<int64_t> before) const;
    engine::Result<engine::Image> picture() { return m_maker.picture(*m_frame); }
    PictureMaker::Size size() const { return m_maker.sizeOf(m_frame->width, m_frame->height); }
    bool sizeChanged() const { return m_maker.sizeChanged(); }

    // From the key frame at or before these ticks on, as far as the file knows; false where it knows no way.
    bool jump(int64_t ticks);

    AVFormatContext& format() { return *m_format; }
    const AVStream& stream() const { return *m_stream; }
    bool ended() const { return m_ended; }
    int64_t broken() const { return m_broken; } // packets and frames that could not be decoded
    void addBroken(int64_t count) { m_broken += count; }

private:
    VideoDecoder(FormatPtr format, AVStream* stream, CodecPtr codec, PictureMaker maker, std::string name);
    bool sendPacket(); // false when there was none left

    FormatPtr m_format;
    AVStream* m_stream;
    CodecPtr m_codec;
    PictureMaker m_maker;
    FramePtr m_frame;
    PacketPtr m_packet;
    std::string m_name;
    int64_t m_broken = 0;
    bool m_ended = false;
};

} // namespace app::media
