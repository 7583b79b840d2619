#include "app/media/video_sound.h"

#include "app/media/ffmpeg.h"

#include <algorithm>
#include <cmath>

extern "C" {
#include <libavutil/channel_layout.h>
#include <libswresample/swresample.h>
}

namespace app::media {

using engine::Error;
using engine::ErrorKind;
using engine::Result;

namespace {

constexpr double kLeadIn = 1; // seconds
constexpr double kLeastGap = 0.02, kMostGap = 10, kMostBefore = 1e6; // seconds

struct SoundReader {
    const std::filesystem::path& path;
    FormatPtr format;
    AVStream* stream = nullptr;
    CodecPtr codec;
    std::unique_ptr<SwrContext, FreedByAddress<swr_free>> toFloats;
    int rate = 0; // that toFloats is for
    AVChannelLayout layout{};
    double begin = 0; // seconds: of the first sample that is wanted; what the file's clock jumps by is added
    Sound sound;
    bool any = false;
    int64_t behind = 0; // samples that come next and are not wanted: their time has passed

    Error refused(const std::string& what) const
    {
        return {ErrorKind::BadData, "the sound of " + path.string() + " cannot be read: " + what};
    }
    Result<void> add(const AVFrame& frame);
    Result<void> place(const AVFrame& frame);
    Result<void> convert(const AVFrame& frame);
};

// Frames as one channel of floats at the stream's rate; a stream may change its form.
Result<void> SoundReader::convert(const AVFrame& frame)
{
    if (!toFloats || frame.sample_rate != rate || av_channel_layout_compare(&layout, &frame.ch_layout) != 0) {
        AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;
        SwrContext* made = nullptr;
        AVChannelLayout from{};
        av_channel_layout_copy(&from, &frame.ch_layout);
        if (from.order == AV_CHANNEL_ORDER_UNSPEC)
            av_channel_layout_default(&from, frame.ch_layout.nb_channels);
        const int code = swr_alloc_set_opts2(&made, &mono, AV_SAMPLE_FMT_FLT, int(sound.sampleRate), &from,
            AVSampleFormat(frame.format), frame.sample_rate, 0, nullptr);
        toFloats.reset(made);
        if (code < 0 || !toFloats)
            return refused("its channels make no sense");
        // The mean of the channels, as sound files are read, too: not a downmix with weights.
        const int channels = from.nb_channels;
        const std::vector<double> weights(size_t(channels), 1.0 / channels);
        if (swr_set_matrix(made, weights.data(), channels) < 0 || swr_init(made) < 0)
            return refused("its channels make no sense");
        rate = frame.sample_rate;
        av_channel_layout_uninit(&layout);
        av_channel_layout_copy(&layout, &frame.ch_layout);
    }
    std::vector<float> part(size_t(swr_get_out_samples(toFloats.get(), frame.nb_samples)) + 32);
    auto* to = reinterpret_cast<uint8_t*>(part.data());
    const int got = swr_convert(
        toFloats.get(), &to, int(part.size()), const_cast<const uint8_t**>(frame.extended_data), frame.nb_samples);
    if (got < 0)
        return refused(ffmpegError(got));
    const int64_t left = std::min<int64_t>(behind, got);
    behind -= left;
    sound.samples.insert(sound.samples.end(), part.begin() + left, part.begin() + got);
    return {};
}

// A frame goes where its time is: silence fills gaps, what lies before the beginning or comes twice is left out.
Result<void> SoundReader::place(const AVFrame& frame)
{
    const bool first = !std::exchange(any, true);
    if (first)
        sound.sampleRate = frame.sample_rate;
    if (frame.best_effort_timestamp == AV_NOPTS_VALUE)
        return {};
    const double second = double(sound.sampleRate), there = (double(sound.samples.size()) - double(behind)) / second;
    const double late = double(frame.best_effort_timestamp) * av_q2d(stream->time_base) - begin - there;
    if (first && late * second > double(kMostSamples))
        return refused("it begins an hour after the pictures");
    if (std::abs(late) < kLeastGap && !first)
        return {}; // times are rounded
    if (std::abs(late) > kMostGap && !first) { // the clock was set anew
        begin += late;
        return {};
    }
    const int64_t samples = std::llround(std::max(late, -kMostBefore) * second) - behind;
    sound.samples.insert(sound.samples.end(), size_t(std::max<int64_t>(samples, 0)), 0.0f);
    behind = std::max<int64_t>(-samples, 0);
    return {};
}

Result<void> SoundReader::add(const AVFrame& frame)
{
    if (frame.sample_rate <= 0 || frame.ch_layout.nb_channels <= 0)
        return {};
    TRY(place(frame));
    if (int64_t(sound.samples.size()) > kMostSamples)
        return refused("it is longer than an hour");
    return convert(frame);
}

} // namespace

Result<std::optional<Sound>> readVideoSound(const std::filesystem::path& path, double from, double lasting)
{
    SoundReader reader{.path = path};
    if (const int code = openInput(path, &reader.format); code < 0)
        return code == AVERROR(ENOENT) ? Error{ErrorKind::NoInput, path.string() + ": there is no such file"}
                                       : reader.refused(ffmpegError(code));
    AVFormatContext* opened = reader.format.get();
    if (avformat_find_stream_info(opened, nullptr) < 0)
        return reader.refused("its streams make no sense");
    const AVCodec* decoder = nullptr;
    const int index = av_find_best_stream(opened, AVMEDIA_TYPE_AUDIO, -1, -1, &decoder, 0);
    if (index < 0 || !decoder)
        return std::optional<Sound>();
    const int pictures = av_find_best_stream(opened, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    for (unsigned i = 0; i < opened->nb_streams; ++i)
        opened->streams[i]->discard = int(i) == index ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    reader.stream = opened->streams[index];
    if (pictures >= 0 && opened->streams[pictures]->start_time != AV_NOPTS_VALUE)
        reader.begin = double(opened->streams[pictures]->start_time) * av_q2d(opened->streams[pictures]->time_base);
    reader.codec.reset(avcodec_alloc_context3(decoder));
    reader.codec->pkt_timebase = reader.stream->time_base;
    if (avcodec_parameters_to_context(reader.codec.get(), reader.stream->codecpar) < 0
        || avcodec_open2(reader.codec.get(), decoder, nullptr) < 0)
        return reader.refused("there is no decoder for it");
    reader.begin += from;
    if (from > kLeadIn) { // decoders need a little before what they are asked for
        const auto target = int64_t((reader.begin - kLeadIn) / av_q2d(reader.stream->time_base));
        (void)av_seek_frame(opened, index, target, AVSEEK_FLAG_BACKWARD); // else all from the beginning is left out
    }
    const PacketPtr packet(av_packet_alloc());
    const FramePtr frame(av_frame_alloc());
    const auto enough = [&] {
        return lasting > 0 && double(reader.sound.samples.size()) >= lasting * double(reader.sound.sampleRate)
            && reader.any;
    };
    for (bool more = true; more;) {
        more = !enough() && av_read_frame(opened, packet.get()) >= 0;
        if (more && packet->stream_index != index) {
            av_packet_unref(packet.get());
            continue;
        }
        avcodec_send_packet(reader.codec.get(), more ? packet.get() : nullptr); // a broken one gives no frame
        av_packet_unref(packet.get());
        while (avcodec_receive_frame(reader.codec.get(), frame.get()) >= 0) {
            TRY(reader.add(*frame));
            av_frame_unref(frame.get());
        }
    }
    av_channel_layout_uninit(&reader.layout);
    if (!reader.any)
        return std::optional<Sound>();
    return std::optional(std::move(reader.sound));
}

} // namespace app::media
