// One video's motion from its file to what is wanted of it, as the command and the window both do it: the same choice
// gives the same bytes. What is found on the way stays in a folder until all is there, and is gone on with. One thread.
#pragma once

#include "app/batch/flow_video.h"
#include "engine/engine.h"

namespace app::batch {

struct FlowExport {
    std::filesystem::path input; // a video or a folder of pictures
    // With an ending a file: .csv is the table alone, anything else a video; else a folder, of what `as` says.
    std::filesystem::path output;
    // flo, png, npy, pfm, exr, st (formats::writeFlow), vectors (writeVectors), picture (drawn, PNG).
    std::string as = "flo";
    FlowShow show = FlowShow::Flow; // of what is drawn
    float scale = 0; // of what is drawn, as FlowVideoOptions has it
    int64_t first = 0, step = 1; // frames
    bool warm = false, backward = false;
    int iterations = 0; // passes over each level; 0: the model's own
    int stream = -1;
    double rate = 25; // pictures a second of a folder
    // Whether to go on with what an earlier run left; and whether what is there may go, where that is not possible.
    bool resume = false, overwrite = false;
};

// By what.
struct FlowComputing {
    std::string model = "flow"; // as commands::modelFolder takes it
    std::string device; // as engine::devices takes it
    bool fast = false;
};

enum class FlowStage { Finding, Writing }; // the motion; what is made of it

// What the caller adds. All are needed.
struct FlowExportParts {
    std::function<engine::Result<FlowJob::Estimate>()> estimator; // asked before the first pair
    // Who is told of a stage's pairs.
    std::function<FlowJob::Told(FlowStage stage, const std::string& name)> told;
    std::function<void(const std::string& sentence)> remark; // about what was wrong with the input and could be helped
    std::function<bool()> stop; // while files are read to know them again
};

struct FlowExported {
    int64_t pairs = 0;
    bool skipped = false; // it was there, finished, of the same input, model and parameters
};

// model: what identifies it (modelIdentity). Cancelled: run again to go on; else the errors of FlowJob and drawFlow.
engine::Result<FlowExported> exportFlow(
    const FlowExport& what, const nlohmann::json& model, const FlowExportParts& parts);
nlohmann::json modelIdentity(const std::string& digest, bool fast, const std::string& flavour);
// How each pair is to be estimated.
engine::tasks::FlowOptions flowOptions(const FlowExport& what, const engine::FlowField& start);
// The same as arguments of pscope, from "flow" on.
std::vector<std::string> commandOf(const FlowExport& what, const FlowComputing& computing);
// Where what is found stays until all is there.
std::filesystem::path workFolder(const FlowExport& what);

} // namespace app::batch
