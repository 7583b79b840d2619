#include "app/media/camera.h"

#include "app/media/video_decoder.h"

#include <algorithm>

extern "C" {
#include <libavdevice/avdevice.h>
}

namespace app::media {

using engine::Error;
using engine::ErrorKind;
using engine::Result;

namespace {

const std::string kGraph = "lavfi:", kCamera = "camera";

class Camera : public FrameSource {
public:
    explicit Camera(VideoDecoder decoder) : m_decoder(std::move(decoder)) { }

    const SourceInfo& info() const override { return m_info; }
    Result<std::optional<VideoFrame>> next() override;
    Result<int64_t> count() override { return noPlace(); }
    Result<void> seek(int64_t) override { return noPlace(); }

    Result<void> start(const std::string& name);

private:
    Error noPlace() const { return {ErrorKind::Usage, m_info.name + " is live: there is no end and no going back"}; }

    VideoDecoder m_decoder;
    SourceInfo m_info;
    std::optional<int64_t> m_first, m_last;
    int64_t m_number = 0;
    bool m_decoded = false;
};

Result<void> Camera::start(const std::string& name)
{
    TRY_ASSIGN(const bool any, m_decoder.decode());
    if (!any)
        return Error{ErrorKind::InputOutput, name + " gives no pictures"};
    m_decoded = true;
    const AVStream& stream = m_decoder.stream();
    const auto size = m_decoder.size();
    m_info = {.name = name,
        .width = size.width,
        .height = size.height,
        .timeBase = {stream.time_base.num, stream.time_base.den},
        .rate = {stream.avg_frame_rate.num, std::max(1, stream.avg_frame_rate.den)},
        .live = true,
        .streams = {}};
    return {};
}

Result<std::optional<VideoFrame>> Camera::next()
{
    for (;;) {
        if (!std::exchange(m_decoded, false)) {
            TRY_ASSIGN(const bool any, m_decoder.decode());
            if (!any) // a graph ends; a camera that does was unplugged
                return std::optional<VideoFrame>();
        }
        const int64_t ticks = m_decoder.ticks(m_last);
        if (m_last && ticks <= *m_last)
            continue;
        m_last = ticks;
        if (!m_first)
            m_first = ticks;
        VideoFrame frame;
        TRY_ASSIGN(frame.picture, m_decoder.picture());
        frame.number = m_number++;
        frame.ticks = ticks - *m_first;
        frame.seconds = double(frame.ticks) * av_q2d(m_decoder.stream().time_base);
        return std::optional(std::move(frame));
    }
}

// A graph gives what is asked of it.
std::vector<CameraMode> graphModes()
{
    std::vector<CameraMode> modes;
    for (const auto& [width, height] : {std::pair{1280, 720}, {640, 480}, {320, 240}, {160, 120}})
        modes.push_back({{}, width, height, {30, 15}});
    return modes;
}

std::string graphOptions(const CameraMode& mode)
{
    std::string filters;
    if (!mode.rates.empty())
        filters += ",fps=" + rateText(mode.rates[0]);
    if (mode.width > 0 && mode.height > 0)
        filters += ",scale=" + std::to_string(mode.width) + ":" + std::to_string(mode.height) + ",setsar=1";
    return filters;
}

void setOptions(const CameraMode& mode, AVDictionary** options)
{
    if (!mode.format.empty())
        av_dict_set(options, "input_format", mode.format.c_str(), 0);
    if (mode.width > 0 && mode.height > 0)
        av_dict_set(options, "video_size", (std::to_string(mode.width) + "x" + std::to_string(mode.height)).c_str(), 0);
    if (!mode.rates.empty())
        av_dict_set(options, "framerate", rateText(mode.rates[0]).c_str(), 0);
}

std::string namesOf(const std::vector<CameraInfo>& cameras)
{
    std::string names;
    for (const CameraInfo& each : cameras)
        names.append(names.empty() ? "" : ", ").append(each.id).append(" (").append(each.name).append(")");
    return names.empty() ? "there is no camera: plug one in" : "there is " + names;
}

} // namespace

std::vector<CameraInfo> listCameras()
{
    quietFfmpeg();
    avdevice_register_all();
    std::vector<CameraInfo> cameras;
    const AVInputFormat* format = av_find_input_format("v4l2");
    AVDeviceInfoList* list = nullptr;
    if (format && avdevice_list_input_sources(format, nullptr, nullptr, &list) >= 0 && list)
        for (int i = 0; i < list->nb_devices; ++i)
            cameras.push_back({list->devices[i]->device_name, list->devices[i]->device_description});
    avdevice_free_list_devices(&list);
    return cameras;
}

std::vector<CameraSize> cameraSizes(const std::string& id)
{
    return sizesOf(id.starts_with(kGraph) ? graphModes() : cameraModes(id));
}

Result<std::unique_ptr<FrameSource>> openCamera(const std::string& id, const CameraOptions& options)
{
    quietFfmpeg();
    avdevice_register_all();
    const bool graph = id.starts_with(kGraph);
    CameraInfo chosen{graph ? id.substr(kGraph.size()) : id, graph ? "a graph of filters" : id};
    if (!graph) {
        const std::vector<CameraInfo> cameras = listCameras();
        const auto found = std::find_if(cameras.begin(), cameras.end(), [&](const CameraInfo& each) {
            return id.empty() || each.id == id || each.name.find(id) != std::string::npos;
        });
        if (found != cameras.end())
            chosen = *found;
        else if (id.empty() || !std::filesystem::exists(id))
            return Error{
                ErrorKind::NoInput, (id.empty() ? "" : "no camera is called '" + id + "': ") + namesOf(cameras)};
    }
    const AVInputFormat* format = av_find_input_format(graph ? "lavfi" : "v4l2");
    if (!format)
        return Error{ErrorKind::InputOutput, "FFmpeg was built without " + std::string(graph ? "lavfi" : "v4l2")};
    TRY_ASSIGN(const CameraMode mode,
        chooseMode(graph ? graphModes() : cameraModes(chosen.id), options.width, options.height, options.rate,
            graph ? id : chosen.name));
    AVDictionary* wanted = nullptr;
    if (graph)
        chosen.id += graphOptions(mode);
    else
        setOptions(mode, &wanted);
    AVFormatContext* opened = avformat_alloc_context();
    opened->flags |= AVFMT_FLAG_NOBUFFER | AVFMT_FLAG_NONBLOCK; // one that hangs is not waited for without end
    const int code = avformat_open_input(&opened, chosen.id.c_str(), format, &wanted);
    av_dict_free(&wanted);
    if (code < 0)
        return Error{ErrorKind::InputOutput,
            chosen.name + " cannot be opened: " + ffmpegError(code)
                + (code == AVERROR(EBUSY) ? ". Another program uses it: close that one" : "")};
    FormatPtr owner(opened);
    const int stream = av_find_best_stream(opened, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    if (stream < 0)
        return Error{ErrorKind::InputOutput, chosen.name + " gives no pictures"};
    TRY_ASSIGN(VideoDecoder decoder, VideoDecoder::open(std::move(owner), stream, chosen.name));
    auto camera = std::make_unique<Camera>(std::move(decoder));
    TRY(camera->start(chosen.name));
    return std::unique_ptr<FrameSource>(std::move(camera));
}

std::optional<std::string> cameraNamed(const std::string& input)
{
    if (input.starts_with(kGraph))
        return input;
    if (input == kCamera)
        return std::string();
    return input.starts_with(kCamera + ":") ? std::optional(input.substr(kCamera.size() + 1)) : std::nullopt;
}

} // namespace app::media
