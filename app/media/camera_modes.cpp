#include "app/media/camera_modes.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace app::media {

using engine::Error;
using engine::ErrorKind;
using engine::Result;

namespace {

constexpr uint32_t kMostListed = 1000; // a driver that never ends its list is not believed
constexpr std::pair<int, int> kUsualSizes[]
    = {{320, 240}, {640, 360}, {640, 480}, {800, 600}, {1280, 720}, {1920, 1080}, {2560, 1440}, {3840, 2160}};
constexpr double kUsualRates[] = {60, 50, 30, 25, 24, 15, 10, 5};

std::string formatName(uint32_t code)
{
    constexpr std::pair<uint32_t, const char*> kNames[]
        = {{V4L2_PIX_FMT_YUYV, "yuyv422"}, {V4L2_PIX_FMT_UYVY, "uyvy422"}, {V4L2_PIX_FMT_NV12, "nv12"},
            {V4L2_PIX_FMT_YUV420, "yuv420p"}, {V4L2_PIX_FMT_YUV422P, "yuv422p"}, {V4L2_PIX_FMT_RGB24, "rgb24"},
            {V4L2_PIX_FMT_BGR24, "bgr24"}, {V4L2_PIX_FMT_GREY, "gray"}, {V4L2_PIX_FMT_MJPEG, "mjpeg"},
            {V4L2_PIX_FMT_JPEG, "mjpeg"}, {V4L2_PIX_FMT_H264, "h264"}};
    for (const auto& [known, name] : kNames)
        if (code == known)
            return name;
    return {};
}

bool compressed(const CameraMode& mode)
{
    return mode.format == "mjpeg" || mode.format == "h264";
}

double rateOf(const v4l2_fract& interval)
{
    return interval.numerator > 0 ? double(interval.denominator) / double(interval.numerator) : 0;
}

void sortRates(std::vector<double>& rates)
{
    std::sort(rates.begin(), rates.end(), std::greater<>());
    const auto same = [](double a, double b) { return std::abs(a - b) < 0.01; };
    rates.erase(std::unique(rates.begin(), rates.end(), same), rates.end());
}

std::vector<double> ratesOf(const DeviceCall& call, uint32_t format, uint32_t width, uint32_t height)
{
    std::vector<double> rates;
    for (uint32_t i = 0; i < kMostListed; ++i) {
        v4l2_frmivalenum each{};
        each.index = i, each.pixel_format = format, each.width = width, each.height = height;
        if (call(VIDIOC_ENUM_FRAMEINTERVALS, &each) < 0)
            break;
        if (each.type == V4L2_FRMIVAL_TYPE_DISCRETE) {
            rates.push_back(rateOf(each.discrete));
            continue;
        }
        const double most = rateOf(each.stepwise.min), least = rateOf(each.stepwise.max);
        rates.push_back(most);
        for (const double usual : kUsualRates)
            if (usual >= least && usual <= most)
                rates.push_back(usual);
        break;
    }
    std::erase(rates, 0.0);
    sortRates(rates);
    return rates;
}

void addSizes(const DeviceCall& call, uint32_t format, std::vector<CameraMode>& modes)
{
    const auto add = [&](uint32_t width, uint32_t height) {
        if (width > 0 && height > 0 && width <= 1 << 16 && height <= 1 << 16)
            modes.push_back({formatName(format), int(width), int(height), ratesOf(call, format, width, height)});
    };
    for (uint32_t i = 0; i < kMostListed; ++i) {
        v4l2_frmsizeenum each{};
        each.index = i, each.pixel_format = format;
        if (call(VIDIOC_ENUM_FRAMESIZES, &each) < 0)
            break;
        if (each.type == V4L2_FRMSIZE_TYPE_DISCRETE) {
            add(each.discrete.width, each.discrete.height);
            continue;
        }
        const v4l2_frmsize_stepwise& all = each.stepwise;
        const auto fits = [](int length, uint32_t least, uint32_t most, uint32_t step) {
            return uint32_t(length) >= least && uint32_t(length) <= most
                && (uint32_t(length) - least) % std::max(1u, step) == 0;
        };
        for (const auto& [width, height] : kUsualSizes)
            if (fits(width, all.min_width, all.max_width, all.step_width)
                && fits(height, all.min_height, all.max_height, all.step_height))
                add(uint32_t(width), uint32_t(height));
        add(all.max_width, all.max_height);
        break;
    }
}

} // namespace

std::vector<CameraMode> modesOf(const DeviceCall& call)
{
    std::vector<CameraMode> modes;
    for (uint32_t i = 0; i < kMostListed; ++i) {
        v4l2_fmtdesc each{};
        each.index = i, each.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
        if (call(VIDIOC_ENUM_FMT, &each) < 0)
            break;
        addSizes(call, each.pixelformat, modes);
    }
    return modes;
}

std::vector<CameraMode> cameraModes(const std::string& device)
{
    const int file = ::open(device.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (file < 0)
        return {};
    const auto modes
        = modesOf([file](unsigned long request, void* argument) { return ::ioctl(file, request, argument); });
    ::close(file);
    return modes;
}

std::vector<CameraSize> sizesOf(const std::vector<CameraMode>& modes)
{
    std::vector<CameraSize> sizes;
    for (const CameraMode& mode : modes) {
        auto same = std::find_if(sizes.begin(), sizes.end(),
            [&](const CameraSize& each) { return each.width == mode.width && each.height == mode.height; });
        if (same == sizes.end())
            same = sizes.insert(sizes.end(), {mode.width, mode.height, {}});
        same->rates.insert(same->rates.end(), mode.rates.begin(), mode.rates.end());
    }
    for (CameraSize& each : sizes)
        sortRates(each.rates);
    std::stable_sort(sizes.begin(), sizes.end(), [](const CameraSize& a, const CameraSize& b) {
        return int64_t(a.width) * a.height > int64_t(b.width) * b.height;
    });
    return sizes;
}

Result<CameraMode> chooseMode(
    const std::vector<CameraMode>& modes, int width, int height, double rate, const std::string& name)
{
    CameraMode asked{.width = width, .height = height, .rates = {}};
    if (rate > 0)
        asked.rates = {rate};
    if (modes.empty() || width <= 0 || height <= 0)
        return asked;
    constexpr double kUnknown = 1e3, kSame = 0.01; // a second
    const CameraMode* best = nullptr;
    double nearest = 0, chosen = 0;
    for (const CameraMode& mode : modes) {
        if (mode.width != width || mode.height != height)
            continue;
        for (const double each : mode.rates.empty() ? std::vector<double>{0} : mode.rates) {
            const double far = each <= 0 ? kUnknown : rate > 0 ? std::abs(each - rate) : -each;
            const bool plainer = best && compressed(*best) && !compressed(mode);
            if (!best || far < nearest - kSame || (plainer && far < nearest + kSame))
                best = &mode, nearest = far, chosen = each > 0 ? each : rate;
        }
    }
    if (!best) {
        std::string sizes;
        for (const CameraSize& each : sizesOf(modes))
            sizes.append(sizes.empty() ? "" : ", ").append(sizeText(each));
        return Error{ErrorKind::Usage,
            name + " gives no " + std::to_string(width) + " x " + std::to_string(height) + "; it gives " + sizes};
    }
    asked.format = best->format;
    if (chosen > 0)
        asked.rates = {chosen};
    return asked;
}

std::string rateText(double rate)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", rate);
    return text;
}

std::string sizeText(const CameraSize& size)
{
    std::string text = std::to_string(size.width) + " x " + std::to_string(size.height), rates;
    for (const double rate : size.rates)
        rates.append(rates.empty() ? "" : ", ").append(rateText(rate));
    return rates.empty() ? text : text + " (" + rates + " a second)";
}

} // namespace app::media
