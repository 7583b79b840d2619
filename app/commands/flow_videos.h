// The command flow on videos and folders: any number of them, unattended. Main thread.
#pragma once

#include "app/batch/flow_export.h"
#include "app/commands/command.h"

namespace app::commands {

struct FlowVideoArguments {
    std::vector<std::string> inputs;
    std::string list, output, shard, show = "flow", format = "flo";
    double seconds = 0, hold = 15; // of cameras
    int64_t from = 1, step = 1; // frames, counted from 1
    int stream = -1;
    double rate = 25; // of folders
    int iterations = 0;
    float scale = 0;
    bool warm = false, backward = false, resume = false;
};

// Options that only videos have.
void addFlowVideos(CLI::App& command, FlowVideoArguments& arguments);
// {"items": [{"input", "output", "pairs", "skipped"}, …]}; items that fail are said, and the others go on.
Result<nlohmann::json> flowVideos(const FlowVideoArguments& arguments, Options& options);

} // namespace app::commands
