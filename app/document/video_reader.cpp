#include "app/document/video_reader.h"

#include <algorithm>

namespace app::document {

using engine::Error;
using engine::ErrorKind;
using engine::Result;

namespace {

constexpr size_t kMostBytes = 192 << 20; // of decoded frames
constexpr size_t kFewestKept = 4, kMostKept = 64; // frames
constexpr int64_t kDecodedThrough = 12; // frames that are not wanted, decoded rather than jumped over
constexpr int64_t kBehind = 12; // decoded before one that was asked for by going back, since more are likely to follow

} // namespace

Result<std::shared_ptr<VideoReader>> VideoReader::open(const std::filesystem::path& path)
{
    TRY_ASSIGN(auto source, media::openFrames(path));
    TRY_ASSIGN(const int64_t frames, source->count());
    if (frames < 2)
        return Error{ErrorKind::BadData, path.string() + " has one frame only: motion is from a frame to the next one"};
    return std::make_shared<VideoReader>(std::move(source), frames);
}

VideoReader::VideoReader(std::unique_ptr<media::FrameSource> source, int64_t frames)
    : m_source(std::move(source)), m_frames(frames)
{
    const size_t bytes = std::max<size_t>(1, size_t(info().width) * size_t(info().height) * 3);
    m_mostKept = std::clamp(kMostBytes / bytes, kFewestKept, kMostKept);
}

const VideoReader::Kept* VideoReader::kept(int64_t number) const
{
    const auto found
        = std::find_if(m_kept.begin(), m_kept.end(), [number](const Kept& each) { return each.number == number; });
    return found == m_kept.end() ? nullptr : &*found;
}

void VideoReader::keep(media::VideoFrame frame)
{
    m_facts.push_back(
        {frame.number, frame.seconds, std::make_shared<const formats::SmallGrey>(formats::smallGrey(frame.picture))});
    if (kept(frame.number))
        return;
    while (m_kept.size() >= m_mostKept)
        m_kept.pop_front();
    m_kept.push_back({frame.number, frame.seconds, std::make_shared<const engine::Image>(std::move(frame.picture))});
}

Result<VideoReader::Kept> VideoReader::frame(int64_t number, const Stop& stop)
{
    if (const Kept* known = kept(number))
        return *known;
    if (m_next < 0 || number < m_next || number - m_next > kDecodedThrough) {
        // Going back a little: the frames before will be asked for next.
        const bool back = m_next > number && m_next - number < int64_t(m_mostKept);
        const int64_t behind = std::min<int64_t>(kBehind, int64_t(m_mostKept) - 2);
        const int64_t from = back ? std::max<int64_t>(0, number - behind) : number;
        m_next = -1;
        TRY(m_source->seek(from));
        m_next = from;
    }
    for (;;) {
        if (stop && stop())
            return Error{ErrorKind::Cancelled, "another frame was asked for"};
        auto next = m_source->next();
        if (!next.ok()) {
            m_next = -1;
            return next.error();
        }
        if (!next.value())
            return Error{ErrorKind::BadData,
                info().name + " ends before frame " + std::to_string(number + 1) + ", though it says it has "
                    + std::to_string(m_frames)};
        const int64_t given = next.value()->number;
        keep(std::move(*std::move(next).value()));
        m_next = given + 1;
        if (given == number)
            return m_kept.back().number == number ? m_kept.back() : *kept(number);
        if (given > number)
            return Error{ErrorKind::BadData,
                "frame " + std::to_string(number + 1) + " of " + info().name + " cannot be decoded"};
    }
}

Result<VideoPair> VideoReader::pair(int64_t number, const Stop& stop, int64_t step)
{
    if (number < 0 || number + step >= m_frames)
        return Error{ErrorKind::Usage,
            info().name + " has " + std::to_string(m_frames) + " frames: no motion begins at frame "
                + std::to_string(number + 1)};
    TRY_ASSIGN(const Kept first, frame(number, stop));
    TRY_ASSIGN(const Kept second, frame(number + step, stop));
    return VideoPair{number, first.seconds, second.seconds, first.picture, second.picture};
}

std::vector<FrameFact> VideoReader::takeFacts()
{
    return std::exchange(m_facts, {});
}

} // namespace app::document
