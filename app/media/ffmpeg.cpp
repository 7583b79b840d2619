#include "app/media/ffmpeg.h"

namespace app::media {

void quietFfmpeg()
{
    av_log_set_level(AV_LOG_QUIET);
}

std::string fileUrl(const std::filesystem::path& path)
{
    return "file:" + path.string();
}

int openInput(const std::filesystem::path& path, FormatPtr* format)
{
    quietFfmpeg();
    AVFormatContext* opened = nullptr;
    const int code = avformat_open_input(&opened, fileUrl(path).c_str(), nullptr, nullptr);
    format->reset(opened);
    return code;
}

} // namespace app::media
