// What a flow says in numbers: its lengths and directions, how much is hidden, how far it is from the truth. Lengths
// are pixels of the frames. Directions are degrees as one sees them on the screen: 0 to the right, 90 up, 180 to the
// left, 270 down (u is positive to the right, v positive downwards, so the angle is atan2(-v, u)); an arrow drawn on
// the colour wheel from its middle at that angle ends on the vector's colour. Any thread.
#pragma once

#include "app/formats/flow_metrics.h"

#include <memory>
#include <optional>
#include <string>

namespace app::views {

// The length drawn at full colour.
struct FlowScale {
    enum class Mode {
        Auto, // what 99.5 % of the vectors do not exceed
        Fixed, // `fixed` pixels: the same for every frame of a video
        Percentile, // what `percentile` per cent of the vectors do not exceed, to a tenth of a per cent
    };
    Mode mode = Mode::Auto;
    float fixed = 10;
    float percentile = 99;

    bool operator==(const FlowScale&) const = default;
};

// At least 1e-6 pixels.
float largestOf(const engine::FlowField& flow, const FlowScale& scale);

// What may be known beside the flow, each of the flow's size. Not owned.
struct FlowExtras {
    const engine::FlowField* truth = nullptr;
    const engine::FlowField* backward = nullptr; // from frame 2 to frame 1
};

constexpr size_t kLengthBins = 32, kDirectionBins = 36;

// Over the known vectors; all zero when there is none.
struct MotionFigures {
    double mean = 0, median = 0, p95 = 0, largest = 0;
    int64_t known = 0, unknown = 0;
    // Bins of one width from 0 to what 99.5 % do not exceed; the last one also takes what is longer. They sum to
    // `known`.
    std::vector<int64_t> magnitudeHistogram;
    std::vector<double> magnitudeEdges; // one more than bins; the last is `largest` where that is longer
    // Bin k holds the sum of the lengths, in pixels, of directions from 10 k - 5 to 10 k + 5 degrees.
    std::vector<double> directionHistogram;
    std::vector<float> lengths; // that 0, 0.1, … 100 % of the vectors do not exceed: 1001, or none
    std::optional<double> occludedShare; // 0 … 1 of the known vectors, when the flow backward is known
    std::optional<formats::FlowErrors> errors; // over the pixels known in both
    std::string errorsLack; // why there are none though a truth was given
};

MotionFigures motionFigures(const engine::FlowField& flow, const FlowExtras& extras = {});
// As largestOf for the flow they were made of, without a look at every vector.
float largestOf(const MotionFigures& figures, const FlowScale& scale);

// 0 … 360, below 360.
double directionOf(float u, float v);

// "x 238 y 212  u −2.31 v +0.84  2.46 px 200°  truth −2.28 +0.86  error 0.04", and "occluded" where the flow backward
// says so; "unknown" in place of what is not known; nothing outside the picture.
std::string valueAt(const engine::FlowField& flow, const FlowExtras& extras, int x, int y);

// All that is on show of one pair, finished and immutable: share it as std::shared_ptr<const FlowShown>.
struct FlowShown {
    engine::Image first, second;
    engine::FlowField flow;
    std::optional<engine::FlowField> truth, backward;
    std::string truthName; // of its file
    MotionFigures figures; // filled by shown()

    FlowExtras extras() const;
};

// Finds the figures of what is filled in. To add a truth or a flow backward: copy the old one, fill it in, call again.
std::shared_ptr<const FlowShown> shown(FlowShown parts);

} // namespace app::views
