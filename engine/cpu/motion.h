// What compares two tiles of a pair, some lines at a time: pixels are taken apart into planes, so that vectors go along
// the lines, and what a thread works on stays in its cache. Internal to engine/cpu; any thread.
#pragma once

#include "engine/cpu/memory.h"

namespace engine::cpu {

// Lines top … top + lines - 1 of one tile; rows are its pixels.
struct Band {
    Matrix first, second, y;
    int64_t height, width, top, lines;
};

void matchingCosts(const Band& band, int64_t radius, int64_t window); // ops::MatchingCosts
void localMotion(const Band& band, const std::vector<int64_t>& windows); // ops::LocalMotion

} // namespace engine::cpu
