#include "app/views/map_scale.h"

#include <algorithm>
#include <cmath>

namespace app::views {

namespace {

float size(float weight, bool symmetric)
{
    const float size = symmetric ? std::abs(weight) : weight;
    return size > 0 ? size : 0; // NaN too
}

float curved(float share, MapScale::Curve curve)
{
    switch (curve) {
    case MapScale::Curve::Logarithmic:
        return share > 0 ? std::max(0.0f, 1 + std::log10(share) / kDecades) : 0;
    case MapScale::Curve::Root:
        return std::sqrt(share);
    case MapScale::Curve::Linear:
        break;
    }
    return share;
}

float straightened(float shown, MapScale::Curve curve)
{
    switch (curve) {
    case MapScale::Curve::Logarithmic:
        return shown > 0 ? std::pow(10.0f, (shown - 1) * kDecades) : 0;
    case MapScale::Curve::Root:
        return shown * shown;
    case MapScale::Curve::Linear:
        break;
    }
    return shown;
}

// What is smaller is shown as nothing.
float smallestShown(std::span<const float> weights, const MapScale& scale)
{
    const size_t dropped = size_t(std::clamp(scale.discard, 0.0f, 1.0f) * float(weights.size()));
    if (dropped == 0)
        return 0;
    if (dropped >= weights.size())
        return INFINITY;
    std::vector<float> sizes(weights.size());
    std::transform(
        weights.begin(), weights.end(), sizes.begin(), [&](float weight) { return size(weight, scale.symmetric); });
    std::nth_element(sizes.begin(), sizes.begin() + std::ptrdiff_t(dropped), sizes.end());
    return sizes[dropped];
}

} // namespace

Range rangeOf(std::span<const float> weights, const MapScale& scale, std::optional<float> top)
{
    float high = 0;
    if (scale.global && top)
        high = *top;
    else
        for (const float weight : weights)
            if (std::isfinite(weight))
                high = std::max(high, size(weight, scale.symmetric));
    return {scale.symmetric ? -high : 0, high};
}

std::vector<float> normalised(std::span<const float> weights, const MapScale& scale, std::optional<float> top)
{
    const float high = rangeOf(weights, scale, top).high, least = smallestShown(weights, scale);
    std::vector<float> shown(weights.size());
    for (size_t i = 0; i < weights.size(); ++i) {
        const float weight = size(weights[i], scale.symmetric);
        const float part
            = high > 0 && weight >= least && weight > 0 ? curved(std::min(weight / high, 1.0f), scale.curve) : 0;
        shown[i] = scale.symmetric ? 0.5f + std::copysign(part, weights[i]) / 2 : part;
    }
    return shown;
}

float weightAt(float shown, const Range& range, const MapScale& scale)
{
    if (!scale.symmetric)
        return range.high * straightened(shown, scale.curve);
    const float part = 2 * shown - 1;
    return std::copysign(range.high * straightened(std::abs(part), scale.curve), part);
}

int64_t rankOf(std::span<const float> weights, int64_t index)
{
    const float own = weights[size_t(index)];
    return 1 + std::count_if(weights.begin(), weights.end(), [own](float other) {
        return other > own || (std::isnan(own) && !std::isnan(other));
    });
}

} // namespace app::views
