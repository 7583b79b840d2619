// From weights to the 0 to 1 that a colour map takes, and back for a scale bar's numbers. Weights are shares of
// attention (0 or more), or, on a symmetric scale, differences, of which 0 lies in the middle. NaN is shown as nothing.
// Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace app::views {

struct MapScale {
    enum class Curve { Linear, Logarithmic, Root };
    Curve curve = Curve::Linear;
    bool global = false; // up to a given top, the same for many maps; else up to the map's own largest weight
    // The share of the weights, the smallest first, that is shown as nothing (the "discard ratio" of attention
    // rollout); weights as large as the smallest that stays all stay.
    float discard = 0;
    bool symmetric = false; // about zero, for differences

    friend bool operator==(const MapScale&, const MapScale&) = default;
};

// A logarithmic scale shows so many decades below its top.
inline constexpr float kDecades = 4;

// The weights at the ends of the scale: 0 (or -high) and the largest.
struct Range {
    float low = 0, high = 0;
};
// `top` counts on a global scale only; without it that is as if it were the map's own.
Range rangeOf(std::span<const float> weights, const MapScale& scale, std::optional<float> top = std::nullopt);

// 0 to 1 for each weight; on a symmetric scale 0.5 is nothing, on a logarithmic one what is more than kDecades below
// the top is nothing too.
std::vector<float> normalised(
    std::span<const float> weights, const MapScale& scale, std::optional<float> top = std::nullopt);
// The weight that is shown as `shown` (0 to 1): normalised backwards, but for what is discarded.
float weightAt(float shown, const Range& range, const MapScale& scale);

// 1 is the largest; equal weights share the better rank.
int64_t rankOf(std::span<const float> weights, int64_t index);

} // namespace app::views
