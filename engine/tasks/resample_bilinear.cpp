#include "engine/tasks/resample.h"

#include <algorithm>
#include <cmath>

namespace engine::tasks {

namespace {

constexpr float kOne = 2048; // 11 bits of coefficient

// Between which two inputs an output lies, and their fixed-point weights.
struct Between {
    int first = 0, second = 0;
    int64_t firstWeight = 0, secondWeight = 0;
};

// inwards: the horizontal pass gives an output outside the inputs' centres the whole weight of one input; the vertical
// pass repeats that input, which rounds otherwise.
std::vector<Between> betweenOf(int inputs, int outputs, bool inwards)
{
    const double scale = 1.0 / (double(outputs) / inputs);
    std::vector<Between> all;
    for (int i = 0; i < outputs; ++i) {
        float fraction = float((i + 0.5) * scale - 0.5);
        int first = int(std::floor(fraction));
        fraction -= float(first);
        if (inwards && (first < 0 || first >= inputs - 1)) {
            fraction = 0;
            first = std::clamp(first, 0, inputs - 1);
        }
        all.push_back({std::clamp(first, 0, inputs - 1), std::clamp(first + 1, 0, inputs - 1),
            std::lrint((1 - fraction) * kOne), std::lrint(fraction * kOne)});
    }
    return all;
}

// Exactly half the size is the mean of four pixels.
Image halved(const Image& image)
{
    Image out(image.width / 2, image.height / 2);
    for (int y = 0; y < out.height; ++y)
        for (int x = 0; x < out.width; ++x)
            for (int c = 0; c < 3; ++c)
                out.pixel(x, y)[c]
                    = uint8_t((image.pixel(2 * x, 2 * y)[c] + image.pixel(2 * x + 1, 2 * y)[c]
                                  + image.pixel(2 * x, 2 * y + 1)[c] + image.pixel(2 * x + 1, 2 * y + 1)[c] + 2)
                        >> 2);
    return out;
}

} // namespace

Image resizeBilinear(const Image& image, int width, int height)
{
    if (image.width == width && image.height == height)
        return image;
    if (image.width == 2 * width && image.height == 2 * height)
        return halved(image);
    const auto across = betweenOf(image.width, width, true), down = betweenOf(image.height, height, false);
    const auto row = [&](int x, int y, int c) {
        const Between& b = across[std::size_t(x)];
        return image.pixel(b.first, y)[c] * b.firstWeight + image.pixel(b.second, y)[c] * b.secondWeight;
    };
    Image out(width, height);
    for (int y = 0; y < height; ++y) {
        const Between& b = down[std::size_t(y)];
        for (int x = 0; x < width; ++x)
            for (int c = 0; c < 3; ++c) {
                const int64_t above = (b.firstWeight * (row(x, b.first, c) >> 4)) >> 16,
                              below = (b.secondWeight * (row(x, b.second, c) >> 4)) >> 16;
                out.pixel(x, y)[c] = uint8_t(std::clamp<int64_t>((above + below + 2) >> 2, 0, 255));
            }
    }
    return out;
}

} // namespace engine::tasks
