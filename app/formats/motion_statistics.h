// A pair of a video in a few numbers, for strips and tables. Any thread.
#pragma once

#include "engine/base/image.h"

#include <string>

namespace app::formats {

struct MotionStatistics {
    double mean = 0, median = 0, p95 = 0; // lengths of the known vectors, in pixels
    double p995 = 0; // that of 99.5 %: the pair's own scale of colours
    double difference = 0; // of the two frames, as formats::difference says
    bool cut = false; // another scene begins with the second
};

MotionStatistics motionStatistics(const engine::FlowField& flow); // all but the last two

// A table of them: the heading, and a line a frame (frame: from 1).
std::string motionHeading();
std::string motionLine(int64_t frame, double seconds, const MotionStatistics& statistics);
// One scale of colours for all pairs of a table: what 95 % of their own scales do not exceed. 1 where there are none.
float scaleOfTable(const std::string& table);

} // namespace app::formats
