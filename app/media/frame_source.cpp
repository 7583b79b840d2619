#include "app/media/frame_source.h"

#include "app/media/folder_frames.h"
#include "app/media/video_file.h"

#include <algorithm>

namespace app::media {

bool isVideoName(const std::filesystem::path& path)
{
    std::string ending = path.extension().string();
    for (char& c : ending)
        c = c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
    constexpr const char* kEndings[] = {".mp4", ".m4v", ".mkv", ".webm", ".mov", ".avi", ".mpg", ".mpeg", ".ts",
        ".m2ts", ".mts", ".ogv", ".wmv", ".flv", ".mxf", ".gif", ".y4m", ".3gp"};
    return std::any_of(std::begin(kEndings), std::end(kEndings), [&](const char* each) { return ending == each; });
}

engine::Result<std::unique_ptr<FrameSource>> openFrames(const std::filesystem::path& path, const SourceOptions& options)
{
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
        return FolderFrames::open(path, options);
    if (!std::filesystem::exists(path, ignored))
        return engine::Error{engine::ErrorKind::NoInput, path.string() + ": there is no such file"};
    return VideoFile::open(path, options);
}

} // namespace app::media
