// FFmpeg's objects with owners, and its errors as words. Internal to app/media; nothing else includes FFmpeg.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/error.h>
#include <libswscale/swscale.h>
}

namespace app::media {

template <auto free> struct FreedByAddress {
    template <typename T> void operator()(T* object) const { free(&object); }
};
struct FreedScaler {
    void operator()(SwsContext* context) const { sws_freeContext(context); }
};

using FormatPtr = std::unique_ptr<AVFormatContext, FreedByAddress<avformat_close_input>>;
using CodecPtr = std::unique_ptr<AVCodecContext, FreedByAddress<avcodec_free_context>>;
using FramePtr = std::unique_ptr<AVFrame, FreedByAddress<av_frame_free>>;
using PacketPtr = std::unique_ptr<AVPacket, FreedByAddress<av_packet_free>>;
using ScalerPtr = std::unique_ptr<SwsContext, FreedScaler>;

inline std::string ffmpegError(int code)
{
    char text[AV_ERROR_MAX_STRING_SIZE] = {};
    av_strerror(code, text, sizeof text);
    return text;
}

// FFmpeg writes nothing to stderr from here on: what it has to say is said by this program. Any number of times.
void quietFfmpeg();
// A file by the file protocol, whatever its name is: "concat:a" is a name here.
std::string fileUrl(const std::filesystem::path& path);
// Opens a file to read; below 0: FFmpeg's error. Quiet.
int openInput(const std::filesystem::path& path, FormatPtr* format);

} // namespace app::media
