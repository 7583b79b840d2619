// What a camera can give: sizes, rates and how they are coded, as its driver (Video4Linux) lists them. Any thread.
#pragma once

#include "engine/base/result.h"

#include <functional>
#include <string>
#include <vector>

namespace app::media {

struct CameraMode {
    std::string format; // as FFmpeg's v4l2 calls it: "yuyv422", "mjpeg"; empty: it has no name there
    int width = 0, height = 0;
    std::vector<double> rates; // frames a second, the highest first; empty: the driver does not say
};

// One size, in whatever formats it is given, for people to choose from.
struct CameraSize {
    int width = 0, height = 0;
    std::vector<double> rates; // as above
};

// ioctl on an open device; below 0: refused.
using DeviceCall = std::function<int(unsigned long request, void* argument)>;
// All that a driver lists, in its order. Of sizes and rates that may be anything within bounds: the usual ones.
std::vector<CameraMode> modesOf(const DeviceCall& call);
// Of a device such as /dev/video0, also while it is in use; none when it cannot be opened or is no camera.
std::vector<CameraMode> cameraModes(const std::string& device);
// The largest size first.
std::vector<CameraSize> sizesOf(const std::vector<CameraMode>& modes);

// The mode for a size (0 x 0: the camera's own, rates and format as they come) and a rate (0: the highest there is):
// the nearest rate to it; among equals what is not compressed, then what the driver names first. rates then holds the
// one chosen, or none. Usage, with the sizes there are, when the size is not given. Where nothing is known: as asked.
engine::Result<CameraMode> chooseMode(
    const std::vector<CameraMode>& modes, int width, int height, double rate, const std::string& name);

// "640 x 480 (30, 15 a second)"
std::string sizeText(const CameraSize& size);
std::string rateText(double rate); // "30", "7.5"

} // namespace app::media
