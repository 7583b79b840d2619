#include "app/media/frame_source.h"

#include "app/media/folder_frames.h"
#include "app/media/video_file.h"

namespace app::media {

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
