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
};

struct FlowResult {
    FlowField flow;
    int64_t tiles = 0; // that the network saw
    bool padded = false; // the pictures are smaller than a tile: their rim was repeated, the flow cut back
};

// From `first` to `second`. Usage when the model is no flow model, BadData when the sizes differ or are empty.
Result<FlowResult> opticalFlow(
    const perceiver::Model& model, const Image& first, const Image& second, const FlowOptions& options = {});

// How many tiles opticalFlow will show to the network.
int64_t flowTileCount(const perceiver::Model& model, int64_t height, int64_t width, const FlowOptions& options = {});

// The inputs of the tile whose upper left pixel is (left, top), for questions about attention; where the frames end
// before the tile does, their rim is repeated. Usage when there is no such pixel.
Result<perceiver::Inputs> flowTile(const Image& first, const Image& second, int64_t top = 0, int64_t left = 0);

} // namespace engine::tasks
