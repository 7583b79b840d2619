// The command flow on a camera: live, with the figures that tell how live it is. Main thread.
#pragma once

#include "app/commands/command.h"

namespace app::commands {

struct FlowCameraArguments {
    std::string camera, output, show = "flow";
    double seconds = 0, rate = 15; // how long, 0: until Ctrl-C; answers a second to hold
    int width = 0, height = 0;
    int iterations = 1;
    float scale = 0;
    bool warm = false;
};

// {"items": [{"input", "width", "height", "captured", "answered", "dropped", "rate", "delay_median", "delay_95",
// "model_seconds", "model_width", "model_height", "mean_motion", "output"?}]}. Ctrl-C ends it as its time does.
Result<nlohmann::json> flowCamera(const FlowCameraArguments& arguments, Options& options);

} // namespace app::commands
