// The command flow on a camera: live, with the figures that tell how live it is. Main thread.
#pragma once

#include "app/commands/command.h"
#include "app/media/camera.h"

namespace app::commands {

struct FlowCameraArguments {
    std::string camera;
    std::string output, show = "flow", format = "flo"; // a video of what is shown; a folder of raw motion
    std::string input; // a video of all that the camera gave; empty: none
    double seconds = 0, hold = 15; // how long, 0: until Ctrl-C; answers a second to hold
    media::CameraOptions mode;
    int iterations = 1;
    float scale = 0;
    bool warm = false;
};

void addFlowCamera(CLI::App& command, FlowCameraArguments& arguments); // --size, --record
// {"items": [{"input", "width", "height", "captured", "answered", "dropped", "rate", "delay_median", "delay_95",
// "model_seconds", "model_width", "model_height", "mean_motion", "output"?, "recorded"?, "recorded_frames"?}]}. Ctrl-C
// ends it as its time does.
Result<nlohmann::json> flowCamera(const FlowCameraArguments& arguments, Options& options);

} // namespace app::commands
