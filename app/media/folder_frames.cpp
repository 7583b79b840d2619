#include "app/media/folder_frames.h"

#include "app/media/clip_folder.h"
#include "app/media/image_reader.h"

namespace app::media {

using engine::Error;
using engine::ErrorKind;
using engine::Result;

Result<std::unique_ptr<FrameSource>> FolderFrames::open(
    const std::filesystem::path& folder, const SourceOptions& options)
{
    TRY_ASSIGN(ClipFolder found, findClip(folder, folder)); // whatever sound there is
    auto source = std::make_unique<FolderFrames>();
    TRY_ASSIGN(const ImageHead head, readImageHead(found.frames.front()));
    source->m_files = std::move(found.frames);
    source->m_info
        = {.name = folder.filename().empty() ? folder.parent_path().filename().string() : folder.filename().string(),
            .width = head.width,
            .height = head.height,
            .timeBase = {options.rate.denominator, options.rate.numerator},
            .rate = options.rate,
            .seconds = double(source->m_files.size()) / options.rate.value(),
            .streams = {}};
    return std::unique_ptr<FrameSource>(std::move(source));
}

Result<std::optional<VideoFrame>> FolderFrames::next()
{
    if (m_next >= int64_t(m_files.size()))
        return std::optional<VideoFrame>();
    const std::filesystem::path& file = m_files[size_t(m_next)];
    VideoFrame frame{.number = m_next, .ticks = m_next, .seconds = double(m_next) * m_info.timeBase.value()};
    TRY_ASSIGN(frame.picture, readImage(file));
    ++m_next;
    if (frame.picture.width != m_info.width || frame.picture.height != m_info.height)
        return Error{ErrorKind::BadData,
            file.string() + " has " + std::to_string(frame.picture.width) + " x " + std::to_string(frame.picture.height)
                + " pixels, the pictures before it " + std::to_string(m_info.width) + " x "
                + std::to_string(m_info.height) + ": a video has one size"};
    return std::optional(std::move(frame));
}

Result<void> FolderFrames::seek(int64_t number)
{
    if (number < 0 || number >= int64_t(m_files.size()))
        return Error{ErrorKind::Usage,
            m_info.name + " has " + std::to_string(m_files.size()) + " pictures: there is no picture "
                + std::to_string(number + 1)};
    m_next = number;
    return {};
}

} // namespace app::media
