// Where tiles start along an axis. Host only; any thread.
#pragma once

#include <cstdint>
#include <vector>

namespace engine::tasks {

// The released models' grid (model-spec 5.1, corrected rule): steps of tile - 20, the last tile ends with the axis. An
// axis shorter than a tile has one tile that starts at 0.
std::vector<int64_t> steppedStarts(int64_t length, int64_t tile);

// As many tiles as that rule would give for this overlap, evenly spread (the starter models' inference).
std::vector<int64_t> evenStarts(int64_t length, int64_t tile, int64_t overlap);

} // namespace engine::tasks
