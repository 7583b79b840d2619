#include "engine/tasks/resample.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace engine::tasks {

namespace {

constexpr int kPrecisionBits = 32 - 8 - 2;

double bicubic(double x)
{
    constexpr double a = -0.5;
    x = std::abs(x);
    if (x < 1)
        return ((a + 2) * x - (a + 3)) * x * x + 1;
    if (x < 2)
        return (((x - 5) * x + 8) * x - 4) * a;
    return 0;
}

// For each output index: the first input and the fixed-point weights.
struct Taps {
    int first = 0;
    std::vector<int> weights;
};

std::vector<Taps> tapsOf(int inputs, int outputs)
{
    const double scale = double(inputs) / outputs, filterScale = std::max(scale, 1.0), support = 2.0 * filterScale;
    std::vector<Taps> all(static_cast<std::size_t>(outputs));
    for (int i = 0; i < outputs; ++i) {
        const double centre = (i + 0.5) * scale, inverse = 1.0 / filterScale;
        const int first = std::max(int(centre - support + 0.5), 0);
        const int count = std::min(int(centre + support + 0.5), inputs) - first;
        std::vector<double> weights;
        double sum = 0;
        for (int x = 0; x < count; ++x) {
            weights.push_back(bicubic((x + first - centre + 0.5) * inverse));
            sum += weights.back();
        }
        Taps& taps = all[std::size_t(i)];
        taps.first = first;
        for (const double w : weights) {
            const double fixed = (sum != 0 ? w / sum : w) * (1 << kPrecisionBits);
            taps.weights.push_back(int(fixed < 0 ? fixed - 0.5 : fixed + 0.5));
        }
    }
    return all;
}

uint8_t clip8(int value)
{
    return uint8_t(std::clamp(value >> kPrecisionBits, 0, 255));
}

} // namespace

Image crop(const Image& image, int left, int top, int width, int height)
{
    Image out(width, height);
    for (int y = 0; y < height; ++y)
        std::memcpy(out.pixel(0, y), image.pixel(left, top + y), std::size_t(width) * 3);
    return out;
}

Image resizeBicubic(const Image& image, int width, int height)
{
    Image across(width, image.height);
    const auto horizontal = tapsOf(image.width, width);
    if (width == image.width)
        across = image;
    else
        for (int y = 0; y < image.height; ++y)
            for (int x = 0; x < width; ++x)
                for (int c = 0; c < 3; ++c) {
                    const Taps& taps = horizontal[std::size_t(x)];
                    int sum = 1 << (kPrecisionBits - 1);
                    for (std::size_t k = 0; k < taps.weights.size(); ++k)
                        sum += image.pixel(taps.first + int(k), y)[c] * taps.weights[k];
                    across.pixel(x, y)[c] = clip8(sum);
                }
    if (height == image.height)
        return across;
    Image out(width, height);
    const auto vertical = tapsOf(image.height, height);
    for (int y = 0; y < height; ++y) {
        const Taps& taps = vertical[std::size_t(y)];
        for (int x = 0; x < width; ++x)
            for (int c = 0; c < 3; ++c) {
                int sum = 1 << (kPrecisionBits - 1);
                for (std::size_t k = 0; k < taps.weights.size(); ++k)
                    sum += across.pixel(x, taps.first + int(k))[c] * taps.weights[k];
                out.pixel(x, y)[c] = clip8(sum);
            }
    }
    return out;
}

} // namespace engine::tasks
