#include "app/formats/flow_metrics.h"

#include "app/formats/flow_files.h"

#include <algorithm>
#include <cmath>

namespace app::formats {

using engine::Error;
using engine::ErrorKind;
using engine::FlowField;

engine::Result<FlowErrors> compareFlow(const FlowField& flow, const FlowField& truth)
{
    if (flow.width != truth.width || flow.height != truth.height)
        return Error{ErrorKind::BadData,
            "the true flow is " + std::to_string(truth.width) + " x " + std::to_string(truth.height)
                + ", the pictures are " + std::to_string(flow.width) + " x " + std::to_string(flow.height)};
    FlowErrors errors;
    for (size_t i = 0; i < flow.uv.size(); i += 2) {
        if (!known(&truth.uv[i]))
            continue;
        const double error = std::hypot(double(flow.uv[i]) - truth.uv[i], double(flow.uv[i + 1]) - truth.uv[i + 1]);
        const double length = std::hypot(double(truth.uv[i]), double(truth.uv[i + 1]));
        ++errors.pixels;
        errors.epe += error;
        errors.px1 += error > 1;
        errors.px3 += error > 3;
        errors.px5 += error > 5;
        errors.flAll += error > 3 && error > 0.05 * length;
    }
    if (errors.pixels == 0)
        return Error{ErrorKind::BadData, "the true flow has no known vector"};
    errors.epe /= double(errors.pixels);
    for (double* rate : {&errors.px1, &errors.px3, &errors.px5, &errors.flAll})
        *rate *= 100.0 / double(errors.pixels);
    return errors;
}

std::vector<float> knownLengths(const FlowField& flow)
{
    std::vector<float> lengths;
    for (size_t i = 0; i < flow.uv.size(); i += 2)
        if (known(&flow.uv[i]))
            lengths.push_back(std::hypot(flow.uv[i], flow.uv[i + 1]));
    return lengths;
}

double meanMotion(const FlowField& flow)
{
    double sum = 0;
    int64_t count = 0;
    for (size_t i = 0; i < flow.uv.size(); i += 2)
        if (known(&flow.uv[i])) {
            sum += std::hypot(double(flow.uv[i]), double(flow.uv[i + 1]));
            ++count;
        }
    return count ? sum / double(count) : 0;
}

bool occludedAt(const FlowField& forward, const FlowField& backward, int x, int y)
{
    const float* f = forward.vector(x, y);
    const float tx = float(x) + f[0], ty = float(y) + f[1];
    if (!(tx >= 0 && ty >= 0 && tx <= float(forward.width - 1) && ty <= float(forward.height - 1)))
        return true;
    const int x0 = int(tx), y0 = int(ty);
    const int x1 = std::min(x0 + 1, forward.width - 1), y1 = std::min(y0 + 1, forward.height - 1);
    const float ax = tx - float(x0), ay = ty - float(y0);
    float b[2];
    for (int k = 0; k < 2; ++k)
        b[k] = (1 - ay) * ((1 - ax) * backward.vector(x0, y0)[k] + ax * backward.vector(x1, y0)[k])
            + ay * ((1 - ax) * backward.vector(x0, y1)[k] + ax * backward.vector(x1, y1)[k]);
    const float dx = f[0] + b[0], dy = f[1] + b[1];
    return dx * dx + dy * dy > 0.01f * (f[0] * f[0] + f[1] * f[1] + b[0] * b[0] + b[1] * b[1]) + 0.5f;
}

engine::Image occlusion(const FlowField& forward, const FlowField& backward)
{
    engine::Image out(forward.width, forward.height);
    for (int y = 0; y < forward.height; ++y)
        for (int x = 0; x < forward.width; ++x)
            std::fill_n(out.pixel(x, y), 3, uint8_t(occludedAt(forward, backward, x, y) ? 255 : 0));
    return out;
}

} // namespace app::formats
