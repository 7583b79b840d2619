#include "app/views/flow_numbers.h"

#include "app/formats/flow_files.h"
#include "app/views/flow_warp.h"

#include <algorithm>
#include <cmath>

namespace app::views {

using engine::FlowField;
using formats::known;

namespace {

// fill(x, y, vector, out): K numbers of a known vector; NaN stays where it writes none.
template <typename Fill> FlowNumbers numbersOf(const FlowField& flow, std::vector<std::string> names, const Fill& fill)
{
    const size_t count = names.size();
    FlowNumbers numbers{
        engine::HostTensor({int64_t(flow.height), int64_t(flow.width), int64_t(count)}), std::move(names)};
    float* out = numbers.values.values.data();
    for (int y = 0; y < flow.height; ++y)
        for (int x = 0; x < flow.width; ++x, out += count) {
            std::fill_n(out, count, NAN);
            if (const float* vector = flow.vector(x, y); known(vector))
                fill(x, y, vector, out);
        }
    return numbers;
}

// The mean over red, green and blue of how far two pixels are apart.
float difference(const uint8_t* a, const uint8_t* b)
{
    return float(std::abs(a[0] - b[0]) + std::abs(a[1] - b[1]) + std::abs(a[2] - b[2])) / 3;
}

} // namespace

FlowNumbers flowNumbers(FlowView view, const FlowShown& shown)
{
    const FlowField& flow = shown.flow;
    if (!lackOf(view, flow, shown.first, shown.second, shown.extras()).empty())
        return {};
    switch (view) {
    case FlowView::Colours:
    case FlowView::Arrows:
        break;
    case FlowView::Magnitude:
        return numbersOf(flow, {"length"}, [](int, int, const float* v, float* out) { *out = std::hypot(v[0], v[1]); });
    case FlowView::Unmoved:
        return numbersOf(flow, {"difference"}, [&](int x, int y, const float*, float* out) {
            *out = difference(shown.first.pixel(x, y), shown.second.pixel(x, y));
        });
    case FlowView::Warped:
    case FlowView::Difference: {
        const WarpedFrame warped = warpBack(shown.second, flow);
        const bool alone = view == FlowView::Warped;
        const std::vector<std::string> names{"red", "green", "blue"};
        return numbersOf(flow, alone ? names : std::vector<std::string>{"difference"},
            [&](int x, int y, const float*, float* out) {
                if (!warped.seen[size_t(y) * size_t(flow.width) + size_t(x)])
                    return;
                const uint8_t *a = shown.first.pixel(x, y), *b = warped.image.pixel(x, y);
                if (alone)
                    std::copy_n(b, 3, out);
                else
                    *out = difference(a, b);
            });
    }
    case FlowView::Occlusion:
        return numbersOf(flow, {"hidden"}, [&](int x, int y, const float*, float* out) {
            *out = formats::occludedAt(flow, *shown.backward, x, y) ? 1.0f : 0.0f;
        });
    case FlowView::Error:
        return numbersOf(flow, {"error"}, [&](int x, int y, const float* v, float* out) {
            if (const float* t = shown.truth->vector(x, y); known(t))
                *out = std::hypot(v[0] - t[0], v[1] - t[1]);
        });
    }
    return numbersOf(flow, {"u", "v"}, [](int, int, const float* v, float* out) { std::copy_n(v, 2, out); });
}

} // namespace app::views
