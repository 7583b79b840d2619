#include "app/views/map_picture.h"

#include <algorithm>
#include <cmath>

namespace app::views {

MapScale scaleFor(ColourMap colours, MapScale scale)
{
    scale.symmetric |= colours == ColourMap::Signed;
    return scale;
}

QImage mapImage(const engine::HostTensor& map, ColourMap colours, const MapScale& scale, std::optional<float> top)
{
    QImage image(int(map.columns()), int(map.rows()), QImage::Format_RGB32);
    const std::vector<float> shown = normalised(map.values, scaleFor(colours, scale), top);
    for (int y = 0; y < image.height(); ++y) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
        const float* row = shown.data() + std::ptrdiff_t(y) * image.width();
        std::transform(row, row + image.width(), line, [colours](float value) { return colourAt(colours, value); });
    }
    return image;
}

QImage overlayImage(
    const engine::HostTensor& map, ColourMap colours, const MapScale& scale, float opacity, std::optional<float> top)
{
    QImage image(int(map.columns()), int(map.rows()), QImage::Format_ARGB32_Premultiplied);
    const MapScale used = scaleFor(colours, scale);
    const std::vector<float> shown = normalised(map.values, used, top);
    for (int y = 0; y < image.height(); ++y) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int x = 0; x < image.width(); ++x) {
            const float value = shown[size_t(y) * size_t(image.width()) + size_t(x)];
            const float seen = used.symmetric ? std::abs(2 * value - 1) : value;
            const int alpha = int(std::lround(std::clamp(opacity, 0.0f, 1.0f) * seen * 255));
            const QRgb colour = colourAt(colours, value);
            line[x] = qPremultiply(qRgba(qRed(colour), qGreen(colour), qBlue(colour), alpha));
        }
    }
    return image;
}

std::pair<std::vector<float>, std::vector<float>> marginals(const engine::HostTensor& map)
{
    std::vector<double> columns(size_t(map.columns())), rows(size_t(map.rows()));
    for (int64_t row = 0; row < map.rows(); ++row)
        for (int64_t column = 0; column < map.columns(); ++column) {
            columns[size_t(column)] += double(map.at(row, column));
            rows[size_t(row)] += double(map.at(row, column));
        }
    return {{columns.begin(), columns.end()}, {rows.begin(), rows.end()}};
}

} // namespace app::views
