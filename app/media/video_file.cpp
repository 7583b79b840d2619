#include "app/media/video_file.h"

#include <algorithm>

namespace app::media {

using engine::Error;
using engine::ErrorKind;
using engine::Result;

namespace {

Result<FormatPtr> openFormat(const std::filesystem::path& path)
{
    FormatPtr format;
    if (const int code = openInput(path, &format); code < 0)
        return Error{code == AVERROR(ENOENT) ? ErrorKind::NoInput : ErrorKind::BadData,
            path.string()
                + (code == AVERROR(ENOENT) ? ": there is no such file"
                                           : " cannot be read as a video: " + ffmpegError(code))};
    if (const int code = avformat_find_stream_info(format.get(), nullptr); code < 0)
        return Error{ErrorKind::BadData, path.string() + " cannot be read as a video: " + ffmpegError(code)};
    return format;
}

std::string tagOf(const AVStream& stream, const char* key)
{
    const AVDictionaryEntry* entry = av_dict_get(stream.metadata, key, nullptr, 0);
    return entry ? entry->value : "";
}

std::vector<StreamInfo> streamsOf(const AVFormatContext& format)
{
    std::vector<StreamInfo> streams;
    for (unsigned i = 0; i < format.nb_streams; ++i) {
        const AVStream& stream = *format.streams[i];
        const AVCodecParameters& codec = *stream.codecpar;
        const bool picture
            = codec.codec_type == AVMEDIA_TYPE_VIDEO && !(stream.disposition & AV_DISPOSITION_ATTACHED_PIC);
        if (!picture && codec.codec_type != AVMEDIA_TYPE_AUDIO)
            continue;
        streams.push_back({.index = int(i),
            .kind = picture ? StreamInfo::Kind::Picture : StreamInfo::Kind::Sound,
            .codec = avcodec_get_name(codec.codec_id),
            .language = tagOf(stream, "language"),
            .title = tagOf(stream, "title"),
            .width = codec.width,
            .height = codec.height,
            .sampleRate = codec.sample_rate,
            .channels = codec.ch_layout.nb_channels});
    }
    return streams;
}

Result<int> pictureStream(
    const AVFormatContext& format, const std::vector<StreamInfo>& streams, int wanted, const std::string& name)
{
    std::string there;
    int best = -1;
    int64_t most = -1;
    for (const StreamInfo& each : streams) {
        there.append(there.empty() ? "" : ", ").append(std::to_string(each.index)).append(": ").append(each.codec);
        if (each.kind == StreamInfo::Kind::Picture)
            there.append(" ").append(std::to_string(each.width)).append(" x ").append(std::to_string(each.height));
        else
            there.append(", sound");
        if (each.kind != StreamInfo::Kind::Picture)
            continue;
        if (each.index == wanted)
            return wanted;
        // The one that the file calls its default, then the largest.
        const bool isDefault = format.streams[each.index]->disposition & AV_DISPOSITION_DEFAULT;
        const int64_t size = int64_t(each.width) * each.height + (isDefault ? int64_t(1) << 40 : 0);
        if (size > most)
            most = size, best = each.index;
    }
    if (wanted >= 0)
        return Error{ErrorKind::Usage,
            name + " has no stream of pictures " + std::to_string(wanted) + "; there is "
                + (there.empty() ? "none" : there)};
    if (best < 0)
        return Error{ErrorKind::BadData, name + " holds no pictures" + (there.empty() ? "" : ", only " + there)};
    return best;
}

} // namespace

VideoFile::VideoFile(std::filesystem::path path, VideoDecoder decoder)
    : m_path(std::move(path)), m_decoder(std::move(decoder))
{
}

Result<std::unique_ptr<FrameSource>> VideoFile::open(const std::filesystem::path& path, const SourceOptions& options)
{
    TRY_ASSIGN(FormatPtr format, openFormat(path));
    std::vector<StreamInfo> streams = streamsOf(*format);
    TRY_ASSIGN(const int stream, pictureStream(*format, streams, options.stream, path.string()));
    TRY_ASSIGN(VideoDecoder decoder, VideoDecoder::open(std::move(format), stream, path.string()));
    std::unique_ptr<VideoFile> file(new VideoFile(path, std::move(decoder)));
    const AVStream& pictures = file->m_decoder.stream();
    SourceInfo& info = file->m_info;
    info.name = path.filename().string();
    info.streams = std::move(streams);
    info.stream = stream;
    info.timeBase = {pictures.time_base.num, pictures.time_base.den};
    info.rate = {pictures.avg_frame_rate.num, std::max(1, pictures.avg_frame_rate.den)};
    if (pictures.duration > 0)
        info.seconds = double(pictures.duration) * av_q2d(pictures.time_base);
    else if (file->m_decoder.format().duration > 0)
        info.seconds = double(file->m_decoder.format().duration) / AV_TIME_BASE;
    // The first frame tells the size, and whether there is anything to see.
    TRY_ASSIGN(const bool any, file->m_decoder.decode());
    if (!any)
        return Error{ErrorKind::BadData, path.string() + " holds no picture that can be decoded"};
    file->m_decoded = true;
    file->m_first = file->m_decoder.ticks({});
    const auto size = file->m_decoder.size();
    info.width = size.width, info.height = size.height;
    return std::unique_ptr<FrameSource>(std::move(file));
}

Result<std::optional<VideoFrame>> VideoFile::next()
{
    int64_t ticks = 0;
    for (bool shown = false; !shown;) {
        if (!std::exchange(m_decoded, false)) {
            TRY_ASSIGN(const bool any, m_decoder.decode());
            if (!any)
                return std::optional<VideoFrame>();
        }
        ticks = m_decoder.ticks(before());
        shown = m_given == 0 || ticks > m_lastTicks; // a broken part may give one time to two frames
        m_decoder.addBroken(!shown);
    }
    if (m_decoder.broken() > 0 && m_times.empty())
        TRY(readTimes()); // frames are missing: numbers come from the file
    if (!m_times.empty()) {
        const auto place = std::lower_bound(m_times.begin(), m_times.end(), ticks);
        m_number = std::max(m_number, int64_t(place - m_times.begin()));
    }
    VideoFrame frame;
    TRY_ASSIGN(frame.picture, m_decoder.picture());
    frame.number = m_number++;
    frame.ticks = ticks - m_first.value_or(ticks);
    frame.seconds = double(frame.ticks) * av_q2d(m_decoder.stream().time_base);
    m_lastTicks = ticks;
    ++m_given;
    return std::optional(std::move(frame));
}

// By a second reader: the decoder's place stays.
Result<void> VideoFile::readTimes()
{
    if (!m_times.empty())
        return {};
    TRY_ASSIGN(const FormatPtr format, openFormat(m_path));
    for (unsigned i = 0; i < format->nb_streams; ++i)
        format->streams[i]->discard = int(i) == m_info.stream ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    const PacketPtr packet(av_packet_alloc());
    while (av_read_frame(format.get(), packet.get()) >= 0) {
        const int64_t time = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
        // Outside of the edit list, or nothing at all: shown never.
        if (packet->stream_index == m_info.stream && !(packet->flags & AV_PKT_FLAG_DISCARD) && packet->size > 0
            && time != AV_NOPTS_VALUE)
            m_times.push_back(time);
        av_packet_unref(packet.get());
    }
    if (m_times.empty())
        m_times.push_back(m_first.value_or(0));
    std::sort(m_times.begin(), m_times.end());
    return {};
}

Result<int64_t> VideoFile::count()
{
    TRY(readTimes());
    return int64_t(m_times.size());
}

// From a key frame that is shown before it: what follows a later one may need what was skipped.
bool VideoFile::jumpBefore(int64_t number)
{
    const int64_t wanted = m_times[size_t(number)];
    const double second = 1 / std::max(av_q2d(m_decoder.stream().time_base), 1e-12);
    for (double back = 0; back < 64; back = back * 4 + 0.25) {
        const int64_t from = wanted - int64_t(back * second);
        const bool first = from <= m_times.front();
        if (!m_decoder.jump(first ? m_times.front() : from))
            return false;
        for (bool begun = false;;) {
            const auto any = m_decoder.decode();
            if (!any.ok() || !any.value())
                break;
            const int64_t ticks = m_decoder.ticks(before());
            if (!std::exchange(begun, true) && (ticks > wanted || (!first && !m_decoder.frame().key_frame)))
                break; // further back
            if (ticks >= wanted)
                return ticks == wanted;
        }
        if (first)
            return false;
    }
    return false;
}

Result<void> VideoFile::seek(int64_t number)
{
    TRY(readTimes());
    if (number < 0 || number >= int64_t(m_times.size()))
        return Error{ErrorKind::Usage,
            m_info.name + " has " + std::to_string(m_times.size()) + " frames: there is no frame "
                + std::to_string(number + 1)};
    m_decoded = false;
    const int64_t broken = m_decoder.broken();
    const bool found = jumpBefore(number);
    m_decoder.addBroken(broken - m_decoder.broken()); // counted when they are passed in order
    m_number = number;
    m_given = 0;
    if (found) {
        m_decoded = true;
        return {};
    }
    // A file that knows no way to jump, or whose frame cannot be decoded: from its beginning.
    TRY_ASSIGN(FormatPtr format, openFormat(m_path));
    TRY_ASSIGN(m_decoder, VideoDecoder::open(std::move(format), m_info.stream, m_path.string()));
    m_decoder.addBroken(broken);
    for (const int64_t wanted = m_times[size_t(number)];;) {
        TRY_ASSIGN(const bool any, m_decoder.decode());
        if (!any)
            return {}; // none is left: next() says so
        if (m_decoder.ticks(before()) >= wanted) {
            m_decoded = true;
            return {};
        }
    }
}

std::vector<std::string> VideoFile::remarks() const
{
    std::vector<std::string> all;
    const int64_t broken = m_decoder.broken();
    if (broken > 0)
        all.push_back(m_info.name + ": " + std::to_string(broken) + (broken == 1 ? " part" : " parts")
            + " could not be decoded and " + (broken == 1 ? "was" : "were") + " passed over");
    if (m_decoder.ended() && m_number < m_decoder.stream().nb_frames && m_times.empty())
        all.push_back(m_info.name + " promises " + std::to_string(m_decoder.stream().nb_frames)
            + " frames and ends after " + std::to_string(m_number) + ": it was cut short");
    if (m_decoder.sizeChanged())
        all.push_back(m_info.name + ": frames of another size were brought to the size of the first");
    return all;
}

} // namespace app::media
