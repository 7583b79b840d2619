// A pair of a video in a few numbers, for strips and tables. Any thread.
#pragma once

#include "engine/base/image.h"

#include <string>

namespace app::formats {

struct MotionStatistics {
    double mean = 0, median = 0, p95 = 0; // lengths of the known vectors, in pixels
    double p995 = 0; // that of 99.5 %: the pair's own scale of colours
    double difference = 0; // of the frames as they are, the mean over both of their small grey copies, 0 … 255
    bool cut = false; // another scene: the frames differ more than motion makes them
};

// Above this difference two frames are of two scenes. A film's frames differ by 1 to 10, its cuts by 30 to 100.
constexpr double kCutDifference = 25;

MotionStatistics motionStatistics(
    const engine::Image& first, const engine::Image& second, const engine::FlowField& flow);
// The mean difference of two frames of one size, each averaged down to 16 x 16 greys: motion hardly changes those.
double frameDifference(const engine::Image& first, const engine::Image& second);

// A table of them: the heading, and a line a frame (frame: from 1).
std::string motionHeading();
std::string motionLine(int64_t frame, double seconds, const MotionStatistics& statistics);
// One scale of colours for all pairs of a table: what 95 % of their own scales do not exceed. 1 where there are none.
float scaleOfTable(const std::string& table);

} // namespace app::formats
