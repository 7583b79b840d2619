#include "app/formats/flow_colour.h"

#include "app/formats/flow_files.h"
#include "app/formats/flow_metrics.h"

#include <QBuffer>
#include <QImage>
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace app::formats {

using engine::FlowField;
using engine::Image;

namespace {

struct Rgb {
    float r, g, b;
};

// Red, yellow, green, cyan, blue, magenta: as many steps between two as people can tell apart there.
std::array<Rgb, 55> makeWheel()
{
    std::array<Rgb, 55> wheel{};
    constexpr int kSteps[] = {15, 6, 4, 11, 13, 6};
    constexpr Rgb kCorners[]
        = {{255, 0, 0}, {255, 255, 0}, {0, 255, 0}, {0, 255, 255}, {0, 0, 255}, {255, 0, 255}, {255, 0, 0}};
    size_t at = 0;
    for (int i = 0; i < 6; ++i)
        for (int k = 0; k < kSteps[i]; ++k) {
            const float t = std::floor(255.0f * float(k) / float(kSteps[i])) / 255.0f;
            const auto mix = [&](float a, float b) { return a + (b - a) * t; };
            wheel[at++] = {mix(kCorners[i].r, kCorners[i + 1].r), mix(kCorners[i].g, kCorners[i + 1].g),
                mix(kCorners[i].b, kCorners[i + 1].b)};
        }
    return wheel;
}

} // namespace

std::array<uint8_t, 3> vectorColour(float u, float v)
{
    std::array<uint8_t, 3> pixel{};
    static const std::array<Rgb, 55> wheel = makeWheel();
    const float radius = std::hypot(u, v), angle = std::atan2(-v, -u) / std::numbers::pi_v<float>;
    const float at = (angle + 1) / 2 * float(wheel.size() - 1);
    const size_t low = size_t(at), high = (low + 1) % wheel.size();
    const float t = at - float(low);
    const float colours[][2]
        = {{wheel[low].r, wheel[high].r}, {wheel[low].g, wheel[high].g}, {wheel[low].b, wheel[high].b}};
    for (size_t c = 0; c < 3; ++c) {
        float colour = ((1 - t) * colours[c][0] + t * colours[c][1]) / 255;
        colour = radius <= 1 ? 1 - radius * (1 - colour) : colour * 0.75f;
        pixel[c] = uint8_t(std::clamp(colour * 255, 0.0f, 255.0f));
    }
    return pixel;
}

float lengthAt(const FlowField& flow, double share)
{
    std::vector<float> lengths = knownLengths(flow);
    if (lengths.empty())
        return 1;
    const auto place = lengths.begin() + std::ptrdiff_t(share * double(lengths.size() - 1));
    std::nth_element(lengths.begin(), place, lengths.end());
    return std::max(*place, 1e-6f);
}

float colourScale(const FlowField& flow)
{
    return lengthAt(flow, 0.995);
}

Image flowToColour(const FlowField& flow, float largest)
{
    Image image(flow.width, flow.height);
    for (int y = 0; y < flow.height; ++y)
        for (int x = 0; x < flow.width; ++x) {
            const float* v = flow.vector(x, y);
            if (known(v))
                std::ranges::copy(vectorColour(v[0] / largest, v[1] / largest), image.pixel(x, y));
        }
    return image;
}

Image colourWheel(int side)
{
    Image image(side, side);
    std::fill(image.rgb.begin(), image.rgb.end(), uint8_t(255));
    const float radius = float(side) / 2;
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x) {
            const float u = (float(x) + 0.5f - radius) / radius, v = (float(y) + 0.5f - radius) / radius;
            if (std::hypot(u, v) <= 1)
                std::ranges::copy(vectorColour(u, v), image.pixel(x, y));
        }
    return image;
}

Image flowPicture(const FlowField& flow, std::optional<float> largest)
{
    Image image = flowToColour(flow, largest.value_or(colourScale(flow)));
    const int side = std::min(image.width, image.height) / 6, margin = std::max(2, side / 12);
    if (side < 16)
        return image;
    const Image wheel = colourWheel(side);
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x) {
            const float dx = float(x) + 0.5f - float(side) / 2, dy = float(y) + 0.5f - float(side) / 2;
            if (std::hypot(dx, dy) <= float(side) / 2)
                std::copy_n(wheel.pixel(x, y), 3,
                    image.pixel(image.width - margin - side + x, image.height - margin - side + y));
        }
    return image;
}

Image mapToPicture(const engine::HostTensor& map)
{
    // Frames of a clip stand side by side in rows, a line of weights is drawn as a band.
    constexpr int kGap = 2, kBand = 16;
    const bool line = map.shape.size() < 2;
    const int width = int(map.columns()), frames = map.shape.size() == 3 ? int(map.shape[0]) : 1,
              height = int(map.rows()) / std::max(frames, 1);
    const int across = int(std::ceil(std::sqrt(double(frames)))), down = (frames + across - 1) / across;
    const int zoom = std::max(1, 256 / std::max(width, height)), zoomY = line ? std::max(zoom, kBand) : zoom;
    const float most
        = map.values.empty() ? 1 : std::max(*std::max_element(map.values.begin(), map.values.end()), 1e-30f);
    Image image(across * (width * zoom + kGap) - kGap, down * (height * zoomY + kGap) - kGap);
    for (int frame = 0; frame < frames; ++frame)
        for (int y = 0; y < height * zoomY; ++y)
            for (int x = 0; x < width * zoom; ++x) {
                const float weight = map.at(frame * height + y / zoomY, x / zoom) / most;
                std::fill_n(image.pixel(frame % across * (width * zoom + kGap) + x,
                                frame / across * (height * zoomY + kGap) + y),
                    3, uint8_t(std::clamp(weight * 255.0f, 0.0f, 255.0f)));
            }
    return image;
}

Image beside(const Image& left, const Image& right)
{
    Image both(left.width + right.width, left.height);
    for (int y = 0; y < both.height; ++y) {
        std::copy_n(left.pixel(0, y), size_t(left.width) * 3, both.pixel(0, y));
        std::copy_n(right.pixel(0, y), size_t(right.width) * 3, both.pixel(left.width, y));
    }
    return both;
}

void setPngDensity(QImage& image)
{
    constexpr int perMeter = 3780; // 96 an inch
    image.setDotsPerMeterX(perMeter);
    image.setDotsPerMeterY(perMeter);
}

std::vector<uint8_t> encodePng(const Image& image)
{
    QImage view(image.rgb.data(), image.width, image.height, qsizetype(image.width) * 3, QImage::Format_RGB888);
    setPngDensity(view);
    QByteArray png;
    QBuffer buffer(&png);
    buffer.open(QIODevice::WriteOnly);
    view.save(&buffer, "PNG");
    return {png.begin(), png.end()};
}

} // namespace app::formats
