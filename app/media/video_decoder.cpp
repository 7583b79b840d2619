#include "app/media/video_decoder.h"

#include "app/media/image_reader.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

extern "C" {
#include <libavutil/display.h>
}

namespace app::media {

using engine::Error;
using engine::ErrorKind;
using engine::Result;

namespace {

constexpr auto kNap = std::chrono::milliseconds(1);
constexpr auto kPatience = std::chrono::seconds(5); // for a camera's next picture

int turnOf(const AVStream& stream)
{
    const auto* matrix
        = reinterpret_cast<const int32_t*>(av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr));
    if (!matrix)
        return 0;
    const double counterClockwise = av_display_rotation_get(matrix);
    return std::isfinite(counterClockwise) ? -int(std::lround(counterClockwise / 90)) * 90 : 0;
}

} // namespace

VideoDecoder::VideoDecoder(FormatPtr format, AVStream* stream, CodecPtr codec, PictureMaker maker, std::string name)
    : m_format(std::move(format))
    , m_stream(stream)
    , m_codec(std::move(codec))
    , m_maker(std::move(maker))
    , m_frame(av_frame_alloc())
    , m_packet(av_packet_alloc())
    , m_name(std::move(name))
{
}

Result<VideoDecoder> VideoDecoder::open(FormatPtr format, int index, const std::string& name)
{
    AVStream* stream = format->streams[index];
    for (unsigned i = 0; i < format->nb_streams; ++i)
        format->streams[i]->discard = int(i) == index ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    const AVCodecParameters& parameters = *stream->codecpar;
    const AVCodec* decoder = avcodec_find_decoder(parameters.codec_id);
    if (!decoder)
        return Error{ErrorKind::BadData,
            name + " is coded as " + avcodec_get_name(parameters.codec_id) + ", for which there is no decoder here"};
    CodecPtr codec(avcodec_alloc_context3(decoder));
    if (avcodec_parameters_to_context(codec.get(), &parameters) < 0)
        return Error{ErrorKind::BadData, name + " has a stream that makes no sense"};
    codec->pkt_timebase = stream->time_base;
    codec->thread_count = 0;
    codec->max_pixels = kMostPixels; // before memory is taken for them
    if (const int code = avcodec_open2(codec.get(), decoder, nullptr); code < 0)
        return Error{ErrorKind::BadData, name + " cannot be decoded: " + ffmpegError(code)};
    PictureMaker maker(turnOf(*stream), av_guess_sample_aspect_ratio(format.get(), stream, nullptr));
    return VideoDecoder(std::move(format), stream, std::move(codec), std::move(maker), name);
}

bool VideoDecoder::sendPacket()
{
    for (auto waiting = std::chrono::milliseconds();;) {
        const int read = av_read_frame(m_format.get(), m_packet.get());
        if (read == AVERROR(EAGAIN) && waiting < kPatience) { // a camera that is not to be waited for
            std::this_thread::sleep_for(kNap);
            waiting += kNap;
            continue;
        }
        if (read < 0) {
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

Result<bool> VideoDecoder::decode()
{
    constexpr int64_t kMostInARow = 100'000; // broken ones: a file of nothing else must end
    for (const int64_t before = m_broken; m_broken - before < kMostInARow;) {
        const int code = avcodec_receive_frame(m_codec.get(), m_frame.get());
        if (code == 0) {
            m_maker.begin(*m_frame);
            return true;
        }
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
    return Error{ErrorKind::BadData, m_name + " is broken: nothing of it can be decoded any more"};
}

int64_t VideoDecoder::ticks(std::optional<int64_t> before) const
{
    if (m_frame->best_effort_timestamp != AV_NOPTS_VALUE)
        return m_frame->best_effort_timestamp;
    const AVRational rate = m_stream->avg_frame_rate.num > 0 ? m_stream->avg_frame_rate : AVRational{25, 1};
    return before ? *before + std::max<int64_t>(1, av_rescale_q(1, av_inv_q(rate), m_stream->time_base)) : 0;
}

bool VideoDecoder::jump(int64_t ticks)
{
    if (av_seek_frame(m_format.get(), m_stream->index, ticks, AVSEEK_FLAG_BACKWARD) < 0)
        return false;
    avcodec_flush_buffers(m_codec.get());
    m_ended = false;
    return true;
}

} // namespace app::media
