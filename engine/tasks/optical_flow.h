// Optical flow of two pictures: the released models tile by tile at full size (model-spec 5), starter models coarse to
// fine (image pyramid, warp, residual, median; the starter models' README, "How it is run"). Pyramid, warp, matching
// costs, tiles and median run on the device. Engine thread.
#pragma once

#include "engine/base/image.h"
#include "engine/perceiver/model.h"

namespace engine::tasks {

struct FlowOptions {
    std::optional<int64_t> iterations; // per pyramid level; the model's own by default (2 for stills, 1 for live)
    perceiver::KnockOut without; // left out of every tile; inputs are numbered within the tile
    // Coarse to fine: what the coarsest level begins with, brought to its size, such as the motion of the pair before in
    // a video; of the frames' size. Empty: no motion.
    FlowField start;
    // Coarse to fine: what is known after each coarser level, made as large as the frames. It costs a download a level.
    std::function<void(FlowField)> onCoarser;
};

struct FlowResult {
    FlowField flow;
    int64_t tiles = 0; // that the network saw
    bool padded = false; // the pictures are smaller than a tile: their rim was repeated, the flow cut back
    FlowField beforeLast; // coarse to fine: what the last pass began with; else empty, which counts as no motion
};

// From `first` to `second`. Usage when the model is no flow model, BadData when the sizes differ or are empty.
Result<FlowResult> opticalFlow(
    const perceiver::Model& model, const Image& first, const Image& second, const FlowOptions& options = {});

// How many tiles opticalFlow will show to the network.
int64_t flowTileCount(const perceiver::Model& model, int64_t height, int64_t width, const FlowOptions& options = {});

// The last pass over one tile again, kept for questions about attention. A token is the patch of both frames at a pixel
// of the tile, the second frame warped by `beforeLast`; inputs and outputs are its pixels, row by row.
struct FlowTile {
    int64_t top = 0, left = 0, height = 0, width = 0; // it may reach beyond small frames
};
struct FlowTileRun {
    perceiver::Run run;
    FlowTile tile;
    FlowField motion; // what this pass adds, in pixels, [height, width]; empty where it is not wanted
};
// The tile whose middle is nearest to pixel (row, column) of frames of this size.
FlowTile flowTileAt(const perceiver::Model& model, int64_t height, int64_t width, int64_t row, int64_t column);
// That tile's last pass, of what it reads of the frames alone. without: left out of this pass. withMotion: false spares
// the decoder. Usage when there is no such pixel or beforeLast is of another size, else as opticalFlow.
Result<FlowTileRun> lastFlowPass(const perceiver::Model& model, const Image& first, const Image& second,
    const FlowField& beforeLast, int64_t row, int64_t column, const perceiver::KnockOut& without = {},
    bool withMotion = true);

// The inputs of the tile whose upper left pixel is (left, top), for questions about attention; where the frames end
// before the tile does, their rim is repeated. Usage when there is no such pixel.
Result<perceiver::Inputs> flowTile(const Image& first, const Image& second, int64_t top = 0, int64_t left = 0);

} // namespace engine::tasks
