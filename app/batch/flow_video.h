// A finished flow job drawn: frame after frame beside its motion in Middlebury's colours, with one scale for all, as a
// video with the source's own times, or as numbered pictures. One thread.
#pragma once

#include "app/batch/flow_job.h"

namespace app::batch {

enum class FlowShow { Flow, Side, Original };

struct FlowVideoOptions {
    FlowShow show = FlowShow::Flow;
    float scale = 0; // pixels of motion at full colour; 0: by the whole video (formats::scaleOfTable)
    std::string comment; // kept in a video; of pictures what stands beside them, in job.json
};

// source: at its beginning; output: a video's name, or a folder for PNGs, which must not be there. There is one picture
// a pair, at the time of its first frame, from the first one on. told: as FlowJob's.
engine::Result<void> drawFlow(const FlowJob& job, const FlowParameters& parameters, media::FrameSource& source,
    const std::filesystem::path& output, const FlowVideoOptions& options, const FlowJob::Told& told);

// A finished job with the way back, frame by frame, as compositing programs take it (formats::encodeVectors): a folder
// with a file for each frame of a pair, named by its number, the table, and `description` as job.json. The first frame
// has no way back, the last none on. output must not be there.
engine::Result<void> writeVectors(
    const FlowJob& job, const std::filesystem::path& output, const std::string& description, const FlowJob::Told& told);

} // namespace app::batch
