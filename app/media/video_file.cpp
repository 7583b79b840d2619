#include "app/media/video_file.h"

#include <algorithm>
#include <cmath>

extern "C" {
#include <libavutil/display.h>
}

namespace app::media {

using engine::Error;
using engine::ErrorKind;
using engine::Result;

namespace {

// The file as this URL is opened by the file protocol whatever its name is: "concat:a" is a name here.
std::string urlOf(const std::filesystem::path& path)
{
    return "file:" + path.string();
}

Result<FormatPtr> openFormat(const std::filesystem::path& path)
{
    AVFormatContext* opened = nullptr;
    if (const int code = avformat_open_input(&opened, urlOf(path).c_str(), nullptr, nullptr); code < 0)
        return Error{code == AVERROR(ENOENT) ? ErrorKind::NoInput : ErrorKind::BadData,
            path.string()
                + (code == AVERROR(ENOENT) ? ": there is no such file"
                                           : " cannot be read as a video: " + ffmpegError(code))};
    FormatPtr format(opened);
    if (const int code = avformat_find_stream_info(opened, nullptr); code < 0)
        return Error{ErrorKind::BadData, path.string() + " cannot be read as a video: " + ffmpegError(code)};
    return format;
}

int turnOf(const AVStream& stream)
{
    const auto* matrix
        = reinterpret_cast<const int32_t*>(av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr));
    if (!matrix)
        return 0;
    const double counterClockwise = av_display_rotation_get(matrix);
    return std::isfinite(counterClockwise) ? -int(std::lround(counterClockwise / 90)) * 90 : 0;
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

void quietFfmpeg()
{
    av_log_set_level(AV_LOG_QUIET);
}

VideoFile::VideoFile(std::filesystem::path path, FormatPtr format, int stream)
    : m_path(std::move(path))
    , m_format(std::move(format))
    , m_stream(m_format->streams[stream])
    , m_frame(av_frame_alloc())
    , m_packet(av_packet_alloc())
{
}

Result<std::unique_ptr<FrameSource>> VideoFile::open(const std::filesystem::path& path, const SourceOptions& options)
{
    quietFfmpeg();
    TRY_ASSIGN(FormatPtr format, openFormat(path));
    std::vector<StreamInfo> streams = streamsOf(*format);
    TRY_ASSIGN(const int stream, pictureStream(*format, streams, options.stream, path.string()));
    std::unique_ptr<VideoFile> file(new VideoFile(path, std::move(format), stream));
    SourceInfo& info = file->m_info;
    info.name = path.filename().string();
    info.streams = std::move(streams);
    info.stream = stream;
    info.timeBase = {file->m_stream->time_base.num, file->m_stream->time_base.den};
    info.rate = {file->m_stream->avg_frame_rate.num, std::max(1, file->m_stream->avg_frame_rate.den)};
    if (file->m_stream->duration > 0)
        info.seconds = double(file->m_stream->duration) * av_q2d(file->m_stream->time_base);
    else if (file->m_format->duration > 0)
        info.seconds = double(file->m_format->duration) / AV_TIME_BASE;
    TRY(file->start());
    // The first frame tells the size, and whether there is anything to see.
    TRY_ASSIGN(const bool any, file->decode());
    if (!any)
        return Error{ErrorKind::BadData, path.string() + " holds no picture that can be decoded"};
    file->m_decoded = true;
    file->m_first = file->ticksOfFrame();
    const auto size = file->m_maker->sizeOf(file->m_frame->width, file->m_frame->height);
    info.width = size.width, info.height = size.height;
    return std::unique_ptr<FrameSource>(std::move(file));
}

Result<void> VideoFile::start()
{
    for (unsigned i = 0; i < m_format->nb_streams; ++i)
        m_format->streams[i]->discard = m_format->streams[i] == m_stream ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    const AVCodecParameters& parameters = *m_stream->codecpar;
    const AVCodec* codec = avcodec_find_decoder(parameters.codec_id);
    if (!codec)
        return Error{ErrorKind::BadData,
            m_path.string() + " is coded as " + avcodec_get_name(parameters.codec_id)
                + ", for which there is no decoder here"};
    m_codec.reset(avcodec_alloc_context3(codec));
    if (avcodec_parameters_to_context(m_codec.get(), &parameters) < 0)
        return Error{ErrorKind::BadData, m_path.string() + " has a stream that makes no sense"};
    m_codec->pkt_timebase = m_stream->time_base;
    m_codec->thread_count = 0;
    if (const int code = avcodec_open2(m_codec.get(), codec, nullptr); code < 0)
        return Error{ErrorKind::BadData, m_path.string() + " cannot be decoded: " + ffmpegError(code)};
    m_maker.emplace(turnOf(*m_stream), av_guess_sample_aspect_ratio(m_format.get(), m_stream, nullptr));
    m_ended = false;
    return {};
}

bool VideoFile::sendPacket()
{
    for (;;) {
        if (av_read_frame(m_format.get(), m_packet.get()) < 0) {
            avcodec_send_packet(m_codec.get(), nullptr); // what the decoder still holds comes
            return false;
        }
        const bool ours = m_packet->stream_index == m_stream->index;
        const bool sent = ours && avcodec_send_packet(m_codec.get(), m_packet.get()) >= 0;
        av_packet_unref(m_packet.get());
        if (sent)
            return true;
        m_broken += ours;
    }
}

Result<bool> VideoFile::decode()
{
    constexpr int64_t kMostInARow = 100'000; // broken ones: a file of nothing else must end
    for (const int64_t before = m_broken; m_broken - before < kMostInARow;) {
        const int code = avcodec_receive_frame(m_codec.get(), m_frame.get());
        if (code == 0)
            return true;
        if (code == AVERROR_EOF || (code != AVERROR(EAGAIN) && m_ended)) {
            m_ended = true;
            return false;
        }
        if (code != AVERROR(EAGAIN))
            ++m_broken;
        else if (!m_ended)
            m_ended = !sendPacket();
        else
            return false;
    }
    return Error{ErrorKind::BadData, m_path.string() + " is broken: nothing of it can be decoded any more"};
}

int64_t VideoFile::ticksOfFrame() const
{
    if (m_frame->best_effort_timestamp != AV_NOPTS_VALUE)
        return m_frame->best_effort_timestamp;
    // No time at all: a frame's length after the one before.
    const AVRational rate = m_stream->avg_frame_rate.num > 0 ? m_stream->avg_frame_rate : AVRational{25, 1};
    return m_given == 0 && !m_first
        ? 0
        : m_lastTicks + std::max<int64_t>(1, av_rescale_q(1, av_inv_q(rate), m_stream->time_base));
}

Result<std::optional<VideoFrame>> VideoFile::next()
{
    int64_t ticks = 0;
    for (bool shown = false; !shown;) {
        if (!std::exchange(m_decoded, false)) {
            TRY_ASSIGN(const bool any, decode());
            if (!any)
                return std::optional<VideoFrame>();
        }
        ticks = ticksOfFrame();
        shown = m_given == 0 || ticks > m_lastTicks; // a broken part may give one time to two frames
        m_broken += !shown;
    }
    if (m_broken > 0 && m_times.empty())
        TRY(readTimes()); // frames are missing: numbers come from the file
    if (!m_times.empty()) {
        const auto place = std::lower_bound(m_times.begin(), m_times.end(), ticks);
        m_number = std::max(m_number, int64_t(place - m_times.begin()));
    }
    VideoFrame frame;
    TRY_ASSIGN(frame.picture, m_maker->picture(*m_frame));
    frame.number = m_number++;
    frame.ticks = ticks - m_first.value_or(ticks);
    frame.seconds = double(frame.ticks) * av_q2d(m_stream->time_base);
    m_lastTicks = ticks;
    ++m_given;
    av_frame_unref(m_frame.get());
    return std::optional(std::move(frame));
}

// By a second reader: the decoder's place stays.
Result<void> VideoFile::readTimes()
{
    if (!m_times.empty())
        return {};
    TRY_ASSIGN(const FormatPtr format, openFormat(m_path));
    for (unsigned i = 0; i < format->nb_streams; ++i)
        format->streams[i]->discard = int(i) == m_stream->index ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    const PacketPtr packet(av_packet_alloc());
    while (av_read_frame(format.get(), packet.get()) >= 0) {
        const int64_t time = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
        // Outside of the edit list, or nothing at all: shown never.
        if (packet->stream_index == m_stream->index && !(packet->flags & AV_PKT_FLAG_DISCARD) && packet->size > 0
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
    const double second = 1 / std::max(av_q2d(m_stream->time_base), 1e-12);
    for (double back = 0; back < 64; back = back * 4 + 0.25) {
        const int64_t from = wanted - int64_t(back * second);
        const bool first = from <= m_times.front();
        if (av_seek_frame(m_format.get(), m_stream->index, first ? m_times.front() : from, AVSEEK_FLAG_BACKWARD) < 0)
            return false;
        avcodec_flush_buffers(m_codec.get());
        m_ended = false;
        for (bool begun = false;;) {
            const auto any = decode();
            if (!any.ok() || !any.value())
                break;
            const int64_t ticks = ticksOfFrame();
            if (!std::exchange(begun, true) && (ticks > wanted || (!first && !m_frame->key_frame)))
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
    const int64_t broken = m_broken;
    const bool found = jumpBefore(number);
    m_broken = broken; // counted when they are passed in order
    m_number = number;
    m_given = 0;
    if (found) {
        m_decoded = true;
        return {};
    }
    // A file that knows no way to jump, or whose frame cannot be decoded: from its beginning.
    TRY_ASSIGN(m_format, openFormat(m_path));
    m_stream = m_format->streams[m_info.stream];
    TRY(start());
    for (const int64_t wanted = m_times[size_t(number)];;) {
        TRY_ASSIGN(const bool any, decode());
        if (!any)
            return {}; // none is left: next() says so
        if (ticksOfFrame() >= wanted) {
            m_decoded = true;
            return {};
        }
    }
}

std::vector<std::string> VideoFile::remarks() const
{
    std::vector<std::string> all;
    if (m_broken > 0)
        all.push_back(m_info.name + ": " + std::to_string(m_broken) + (m_broken == 1 ? " part" : " parts")
            + " could not be decoded and " + (m_broken == 1 ? "was" : "were") + " passed over");
    if (m_ended && m_number < m_stream->nb_frames && m_times.empty())
        all.push_back(m_info.name + " promises " + std::to_string(m_stream->nb_frames) + " frames and ends after "
            + std::to_string(m_number) + ": it was cut short");
    if (m_maker && m_maker->sizeChanged())
        all.push_back(m_info.name + ": frames of another size were brought to the size of the first");
    return all;
}

} // namespace app::media
