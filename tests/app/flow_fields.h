// Flow fields and frames that the tests of flow's views, figures and panel begin with.
#pragma once

#include "app/formats/flow_files.h"
#include "app/media/image_reader.h"

#include <algorithm>
#include <cmath>

namespace fields {

// One vector everywhere.
inline engine::FlowField still(int width, int height, float u = 0, float v = 0)
{
    engine::FlowField flow(width, height);
    for (size_t i = 0; i < flow.uv.size(); i += 2) {
        flow.uv[i] = u;
        flow.uv[i + 1] = v;
    }
    return flow;
}

// A sample of the project; empty when it cannot be read.
inline engine::Image photo(const std::string& name = "rubberwhale1.png")
{
    auto read = app::media::readImage(std::string(PERCEIVERSCOPE_SOURCE_DIR) + "/assets/samples/" + name);
    return read.ok() ? std::move(read).value() : engine::Image();
}

// The flow that leads back from where each vector ends; the faster one where two end, as what is near moves more.
inline engine::FlowField backwardOf(const engine::FlowField& flow)
{
    engine::FlowField back = still(flow.width, flow.height);
    for (int y = 0; y < flow.height; ++y)
        for (int x = 0; x < flow.width; ++x) {
            const float* v = flow.vector(x, y);
            const int toX = x + int(std::lround(v[0])), toY = y + int(std::lround(v[1]));
            if (!app::formats::known(v) || toX < 0 || toY < 0 || toX >= flow.width || toY >= flow.height)
                continue;
            float* b = back.vector(toX, toY);
            if (std::hypot(b[0], b[1]) < std::hypot(v[0], v[1])) {
                b[0] = -v[0];
                b[1] = -v[1];
            }
        }
    return back;
}

// Middlebury's true flow of the sample; an error where the data is not there.
inline engine::Result<engine::FlowField> rubberWhale()
{
    return app::formats::readFlow(
        std::string(PERCEIVERSCOPE_SOURCE_DIR) + "/../shared/data/flow/middlebury/RubberWhale/flow10.flo");
}

// A flow that is somewhat wrong: without detail, and a tenth too long.
inline engine::FlowField coarse(const engine::FlowField& truth)
{
    engine::FlowField flow(truth.width, truth.height);
    for (int y = 0; y < flow.height; ++y)
        for (int x = 0; x < flow.width; ++x)
            for (int k = 0; k < 2; ++k)
                flow.vector(x, y)[k] = truth.vector(x / 6 * 6, y / 6 * 6)[k] * 1.1f;
    return flow;
}

} // namespace fields
