// An 8-bit RGB picture on the host: what every image reader gives and every task takes. A plain value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace engine {

struct Image {
    int width = 0;
    int height = 0;
    std::vector<uint8_t> rgb; // height x width x 3, row-major, top row first

    Image() = default;
    Image(int imageWidth, int imageHeight)
        : width(imageWidth), height(imageHeight), rgb(std::size_t(imageWidth) * std::size_t(imageHeight) * 3)
    {
    }

    const uint8_t* pixel(int x, int y) const
    {
        return rgb.data() + (std::size_t(y) * std::size_t(width) + std::size_t(x)) * 3;
    }
    uint8_t* pixel(int x, int y) { return rgb.data() + (std::size_t(y) * std::size_t(width) + std::size_t(x)) * 3; }
    bool empty() const { return rgb.empty(); }
};

// Motion from frame 1 to frame 2, per pixel of frame 1, in pixels of the frames given: u positive to the right, v
// positive downwards. Row-major, top row first.
struct FlowField {
    int width = 0;
    int height = 0;
    std::vector<float> uv; // height x width x 2

    FlowField() = default;
    FlowField(int fieldWidth, int fieldHeight)
        : width(fieldWidth), height(fieldHeight), uv(std::size_t(fieldWidth) * std::size_t(fieldHeight) * 2)
    {
    }

    const float* vector(int x, int y) const
    {
        return uv.data() + (std::size_t(y) * std::size_t(width) + std::size_t(x)) * 2;
    }
    float* vector(int x, int y) { return uv.data() + (std::size_t(y) * std::size_t(width) + std::size_t(x)) * 2; }
};

} // namespace engine
