// Cameras, through libavdevice: Video4Linux's, and in place of one a graph of FFmpeg's lavfi filters, for tests and for
// who has none. Listing from any thread; a camera belongs to one thread at a time.
#pragma once

#include "app/media/camera_modes.h"
#include "app/media/frame_source.h"

namespace app::media {

struct CameraInfo {
    std::string id; // what openCamera takes: "/dev/video0"
    std::string name; // for people
};

// Those that are plugged in now.
std::vector<CameraInfo> listCameras();
// What one of them gives; id: a device or "lavfi:GRAPH".
std::vector<CameraSize> cameraSizes(const std::string& id);

struct CameraOptions {
    int width = 0, height = 0; // 0: the camera's own
    double rate = 0; // frames a second, the nearest that it gives; 0: its own, of a size that is named the highest
    friend bool operator==(const CameraOptions&, const CameraOptions&) = default;
};

// id: empty for the first camera; a device; a part of a name; or "lavfi:GRAPH", as in
// "lavfi:testsrc2=size=320x240:rate=30,realtime". NoInput when there is none, with those there are; InputOutput when it
// is busy or gives no pictures; Usage, with those there are, when it does not give the size. The source is live: next()
// waits for the camera, an error says that it has gone.
engine::Result<std::unique_ptr<FrameSource>> openCamera(const std::string& id, const CameraOptions& options = {});

// Whether an input's name means a camera: "camera", "camera:ID", "lavfi:GRAPH". Its id.
std::optional<std::string> cameraNamed(const std::string& input);

} // namespace app::media
