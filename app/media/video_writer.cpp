#include "app/media/video_writer.h"

#include "app/media/ffmpeg.h"

#include <algorithm>

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
}

namespace app::media {

using engine::Error;
using engine::ErrorKind;
using engine::Image;
using engine::Result;

namespace {

struct FreedMuxer {
    void operator()(AVFormatContext* context) const
    {
        avio_closep(&context->pb);
        avformat_free_context(context);
    }
};

int even(int length)
{
    return length + length % 2;
}

} // namespace

struct VideoWriter::State {
    std::filesystem::path path, partial;
    WrittenVideo video;
    std::unique_ptr<AVFormatContext, FreedMuxer> muxer;
    CodecPtr pictures, sounds;
    AVStream *pictureStream = nullptr, *soundStream = nullptr;
    FramePtr frame{av_frame_alloc()}, soundFrame{av_frame_alloc()};
    PacketPtr packet{av_packet_alloc()};
    ScalerPtr scaler;
    std::vector<uint8_t> padded; // a picture of even size, with room beyond
    std::vector<float> waiting; // samples that fill no frame of sound yet
    int64_t samples = 0;
    int64_t lastTicks = -1, keyTicks = 0; // of the last picture, of the last key frame that was asked for
    bool finished = false;

    Error failure(const std::string& what, int code) const
    {
        return {ErrorKind::InputOutput, "cannot write " + path.string() + ": " + what + ffmpegError(code)};
    }
    Result<CodecPtr> encoder(std::initializer_list<const char*> names) const;
    Result<AVStream*> add(AVCodecContext& codec);
    Result<void> open();
    Result<void> encode(AVCodecContext& codec, AVStream& stream, const AVFrame* one);
    Result<void> sendSound(int64_t count);
};

// The first of them that there is.
Result<CodecPtr> VideoWriter::State::encoder(std::initializer_list<const char*> names) const
{
    for (const char* name : names)
        if (const AVCodec* codec = avcodec_find_encoder_by_name(name)) {
            CodecPtr context(avcodec_alloc_context3(codec));
            context->flags |= AV_CODEC_FLAG_BITEXACT;
            if (muxer->oformat->flags & AVFMT_GLOBALHEADER)
                context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
            context->thread_count = 1; // more of them give other bytes
            return context;
        }
    return Error{ErrorKind::InputOutput,
        "cannot write " + path.string() + ": FFmpeg was built without the encoder " + *names.begin()};
}

Result<AVStream*> VideoWriter::State::add(AVCodecContext& codec)
{
    if (const int code = avcodec_open2(&codec, nullptr, nullptr); code < 0)
        return failure("its encoder does not open: ", code);
    AVStream* stream = avformat_new_stream(muxer.get(), nullptr);
    avcodec_parameters_from_context(stream->codecpar, &codec);
    stream->time_base = codec.time_base;
    return stream;
}

Result<void> VideoWriter::State::open()
{
    AVFormatContext* made = nullptr;
    if (const int code = avformat_alloc_output_context2(&made, nullptr, nullptr, path.string().c_str()); code < 0)
        return Error{ErrorKind::Usage,
            "cannot write " + path.string() + ": its ending names no kind of video; say .mp4 or .mkv"};
    muxer.reset(made);
    muxer->flags |= AVFMT_FLAG_BITEXACT;
    TRY_ASSIGN(pictures, encoder({"libx264", "mpeg4"}));
    pictures->width = even(video.width), pictures->height = even(video.height);
    pictures->pix_fmt = AV_PIX_FMT_YUV420P;
    pictures->time_base = {int(video.timeBase.numerator), int(video.timeBase.denominator)};
    pictures->colorspace = AVCOL_SPC_BT709;
    pictures->color_primaries = AVCOL_PRI_BT709;
    pictures->color_trc = AVCOL_TRC_BT709;
    pictures->color_range = AVCOL_RANGE_MPEG;
    if (video.inPieces) { // a key frame ends a piece
        pictures->gop_size = 30;
        pictures->max_b_frames = 0;
        av_opt_set(pictures->priv_data, "tune", "zerolatency", 0);
        muxer->flags |= AVFMT_FLAG_FLUSH_PACKETS;
    }
    av_opt_set(pictures->priv_data, "preset", "veryfast", 0);
    av_opt_set(pictures->priv_data, "crf", "18", 0);
    if (pictures->codec_id == AV_CODEC_ID_MPEG4)
        pictures->flags |= AV_CODEC_FLAG_QSCALE, pictures->global_quality = 2 * FF_QP2LAMBDA;
    TRY_ASSIGN(pictureStream, add(*pictures));
    if (video.sampleRate > 0) {
        TRY_ASSIGN(sounds, encoder({"aac"}));
        sounds->sample_fmt = AV_SAMPLE_FMT_FLTP;
        sounds->sample_rate = int(video.sampleRate);
        av_channel_layout_default(&sounds->ch_layout, 1);
        sounds->bit_rate = 128'000;
        sounds->time_base = {1, int(video.sampleRate)};
        TRY_ASSIGN(soundStream, add(*sounds));
    }
    av_dict_set(&muxer->metadata, "comment", video.comment.c_str(), 0);
    if (const int code = avio_open(&muxer->pb, fileUrl(partial).c_str(), AVIO_FLAG_WRITE); code < 0)
        return failure("", code);
    AVDictionary* wanted = nullptr;
    if (video.inPieces && std::string(muxer->oformat->name) == "mp4")
        av_dict_set(&wanted, "movflags", "frag_keyframe+empty_moov+default_base_moof", 0);
    const int written = avformat_write_header(muxer.get(), &wanted);
    av_dict_free(&wanted);
    if (written < 0)
        return failure("", written);
    scaler.reset(sws_getContext(even(video.width), even(video.height), AV_PIX_FMT_RGB24, pictures->width,
        pictures->height, AV_PIX_FMT_YUV420P, SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP | SWS_BITEXACT,
        nullptr, nullptr, nullptr));
    if (!scaler)
        return Error{ErrorKind::InputOutput, "cannot write " + path.string() + ": its pictures cannot be converted"};
    const int* space = sws_getCoefficients(SWS_CS_ITU709);
    sws_setColorspaceDetails(scaler.get(), space, 1, space, 0, 0, 1 << 16, 1 << 16);
    frame->format = AV_PIX_FMT_YUV420P;
    frame->width = pictures->width, frame->height = pictures->height;
    if (const int code = av_frame_get_buffer(frame.get(), 0); code < 0)
        return failure("", code);
    return {};
}

Result<void> VideoWriter::State::encode(AVCodecContext& codec, AVStream& stream, const AVFrame* one)
{
    int code = avcodec_send_frame(&codec, one);
    while (code >= 0) {
        code = avcodec_receive_packet(&codec, packet.get());
        if (code == AVERROR(EAGAIN) || code == AVERROR_EOF)
            return {};
        if (code < 0)
            break;
        packet->stream_index = stream.index;
        if (&codec == pictures.get()) // the last one's counts: without it, it would lie behind the end
            packet->duration = video.lastTicks;
        av_packet_rescale_ts(packet.get(), codec.time_base, stream.time_base);
        code = av_interleaved_write_frame(muxer.get(), packet.get());
        if (code >= 0 && muxer->pb->error < 0)
            code = muxer->pb->error;
    }
    return failure("", code);
}

Result<void> VideoWriter::State::sendSound(int64_t count)
{
    av_frame_unref(soundFrame.get());
    soundFrame->format = AV_SAMPLE_FMT_FLTP;
    soundFrame->nb_samples = int(count);
    soundFrame->sample_rate = int(video.sampleRate);
    av_channel_layout_default(&soundFrame->ch_layout, 1);
    if (const int code = av_frame_get_buffer(soundFrame.get(), 0); code < 0)
        return failure("", code);
    std::copy_n(waiting.begin(), count, reinterpret_cast<float*>(soundFrame->data[0]));
    waiting.erase(waiting.begin(), waiting.begin() + count);
    soundFrame->pts = std::exchange(samples, samples + count);
    return encode(*sounds, *soundStream, soundFrame.get());
}

VideoWriter::VideoWriter(std::unique_ptr<State> state) : m_state(std::move(state)) { }

Result<std::unique_ptr<VideoWriter>> VideoWriter::create(const std::filesystem::path& path, const WrittenVideo& video)
{
    quietFfmpeg();
    if (video.width < 1 || video.height < 1)
        return Error{ErrorKind::Usage, "a video needs pictures"};
    auto state = std::make_unique<State>();
    state->path = path;
    state->partial = path.string() + (video.inPieces ? "" : ".partial");
    state->video = video;
    std::unique_ptr<VideoWriter> writer(new VideoWriter(std::move(state)));
    TRY(writer->m_state->open());
    return writer;
}

VideoWriter::~VideoWriter()
{
    if (m_state->finished)
        return;
    if (m_state->video.inPieces) { // what was recorded stays
        if (m_state->muxer && m_state->muxer->pb)
            (void)finish();
        return;
    }
    m_state->muxer.reset();
    std::error_code ignored;
    std::filesystem::remove(m_state->partial, ignored);
}

Result<void> VideoWriter::add(const Image& picture, int64_t ticks)
{
    State& s = *m_state;
    if (picture.width != s.video.width || picture.height != s.video.height || ticks <= s.lastTicks)
        return Error{ErrorKind::Usage, "a video's pictures have one size, and each is later than the one before"};
    const int width = even(picture.width), height = even(picture.height);
    const size_t line = size_t(width) * 3;
    s.padded.resize(line * size_t(height) + 64);
    for (int y = 0; y < height; ++y) {
        const uint8_t* from = picture.pixel(0, std::min(y, picture.height - 1));
        uint8_t* to = std::copy_n(from, size_t(picture.width) * 3, s.padded.data() + line * size_t(y));
        if (width > picture.width)
            std::copy_n(from + size_t(picture.width - 1) * 3, 3, to);
    }
    if (const int code = av_frame_make_writable(s.frame.get()); code < 0)
        return s.failure("", code);
    const uint8_t* from[4] = {s.padded.data()};
    const int lines[4] = {int(line)};
    sws_scale(s.scaler.get(), from, lines, 0, height, s.frame->data, s.frame->linesize);
    s.frame->pts = s.lastTicks = ticks;
    // A second is a piece, however few its pictures are.
    const bool ends = s.video.inPieces && double(ticks - s.keyTicks) * s.video.timeBase.value() >= 1;
    s.frame->pict_type = ends ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    if (ends)
        s.keyTicks = ticks;
    s.frame->quality = s.pictures->global_quality;
    return s.encode(*s.pictures, *s.pictureStream, s.frame.get());
}

Result<void> VideoWriter::addSound(std::span<const float> samples)
{
    State& s = *m_state;
    if (!s.sounds)
        return Error{ErrorKind::Usage, "this video was begun without sound"};
    for (const float sample : samples)
        s.waiting.push_back(std::clamp(sample, -1.0f, 1.0f));
    while (int64_t(s.waiting.size()) >= s.sounds->frame_size)
        TRY(s.sendSound(s.sounds->frame_size));
    return {};
}

Result<void> VideoWriter::finish()
{
    State& s = *m_state;
    TRY(s.encode(*s.pictures, *s.pictureStream, nullptr));
    if (s.sounds) {
        if (!s.waiting.empty())
            TRY(s.sendSound(int64_t(s.waiting.size())));
        TRY(s.encode(*s.sounds, *s.soundStream, nullptr));
    }
    int code = av_write_trailer(s.muxer.get());
    if (code >= 0)
        code = avio_closep(&s.muxer->pb); // tells of a full disk
    if (code < 0)
        return s.failure("", code);
    std::error_code failed;
    if (s.partial != s.path)
        std::filesystem::rename(s.partial, s.path, failed);
    if (failed)
        return Error{ErrorKind::InputOutput, "cannot write " + s.path.string() + ": " + failed.message()};
    s.finished = true;
    return {};
}

std::string commentOf(const std::filesystem::path& path)
{
    FormatPtr format;
    if (openInput(path, &format) < 0)
        return {};
    const AVDictionaryEntry* entry = av_dict_get(format->metadata, "comment", nullptr, 0);
    return entry ? entry->value : "";
}

} // namespace app::media
