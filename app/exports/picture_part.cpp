#include "app/exports/picture_part.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

namespace app::exports {

namespace {

constexpr int kLeastSide = 640; // of the longer side, pixels
constexpr int kMostEnlarged = 16384; // no side grows beyond
constexpr int kLine = 512; // weights beside one another before a line is folded
constexpr float kLevels[] = {0.25f, 0.5f, 0.75f};
constexpr float kSignedLevels[] = {0.125f, 0.25f, 0.75f, 0.875f}; // the same, of each sign's half

// A part of the map's picture and where it goes.
struct Tile {
    QRect cells;
    QRectF place;
};

struct Plan {
    QSize size; // pixels of the ground, or cells
    std::vector<Tile> tiles;
};

int frameCount(const engine::HostTensor& map)
{
    return map.shape.size() == 3 ? int(map.shape[0]) : 1;
}

// Frames in a sheet that is about as wide as it is high in frames.
Plan planFrames(const engine::HostTensor& map)
{
    const int frames = frameCount(map), width = int(map.columns()), height = int(map.rows()) / frames;
    const int across = int(std::ceil(std::sqrt(double(frames)))), down = (frames + across - 1) / across;
    const int gap = frames > 1 ? std::max(1, width / 32) : 0;
    Plan plan{{across * (width + gap) - gap, down * (height + gap) - gap}, {}};
    for (int i = 0; i < frames; ++i)
        plan.tiles.push_back({{0, i * height, width, height},
            QRectF(i % across * (width + gap), i / across * (height + gap), width, height)});
    return plan;
}

Plan planLine(const engine::HostTensor& map)
{
    const int count = int(map.size()), width = std::min(count, kLine), lines = (count + kLine - 1) / kLine;
    const int height = std::max(1, width / 40), gap = height / 3;
    Plan plan{{width, lines * (height + gap) - gap}, {}};
    for (int i = 0; i < lines; ++i) {
        const int length = std::min(kLine, count - i * kLine);
        plan.tiles.push_back({{i * kLine, 0, length, 1}, QRectF(0, i * (height + gap), length, height)});
    }
    return plan;
}

Plan planOver(const ShownMap& shown)
{
    const QRectF crop = shown.crop.isEmpty() ? shown.ground.rect() : shown.crop;
    Plan plan{shown.ground.size(), {}};
    const int frames = frameCount(shown.map), height = int(shown.map.rows()) / frames;
    const double width = crop.width() / frames;
    for (int i = 0; i < frames; ++i)
        plan.tiles.push_back({{0, i * height, int(shown.map.columns()), height},
            QRectF(crop.x() + i * width, crop.y(), width, crop.height())});
    return plan;
}

Plan planFor(const ShownMap& shown)
{
    if (!shown.instead.isNull())
        return {shown.instead.size(), {}};
    if (shown.map.size() == 0)
        return {shown.ground.size(), {}};
    if (!shown.ground.isNull())
        return planOver(shown);
    return shown.map.shape.size() < 2 ? planLine(shown.map) : planFrames(shown.map);
}

int enlargement(const Plan& plan)
{
    const int longer = std::max(plan.size.width(), plan.size.height());
    int times = (kLeastSide + longer - 1) / longer;
    for (const Tile& tile : plan.tiles) // no weight is lost
        times = std::max({times, int(std::ceil(tile.cells.width() / tile.place.width())),
            int(std::ceil(tile.cells.height() / tile.place.height()))});
    return std::max(1, std::min(times, kMostEnlarged / longer));
}

// One after the other, between whole pixels: neighbours meet without a seam.
QRect scaled(const QRectF& place, int times)
{
    const QPoint first(int(std::lround(place.left() * times)), int(std::lround(place.top() * times)));
    const QPoint last(int(std::lround(place.right() * times)), int(std::lround(place.bottom() * times)));
    return {first, last - QPoint(1, 1)};
}

void draw(QPainter& painter, const QImage& image, const QRect& place, bool smooth)
{
    const bool mixed = smooth || image.width() > place.width() || image.height() > place.height();
    painter.drawImage(place.topLeft(),
        image.scaled(place.size(), Qt::IgnoreAspectRatio, mixed ? Qt::SmoothTransformation : Qt::FastTransformation));
}

void addContours(std::vector<QPolygonF>& lines, const ShownMap& shown, const Tile& tile, const QRect& place)
{
    if (tile.cells.height() < 2 || tile.cells.width() < 2)
        return;
    const auto& values = shown.map.values;
    const auto first = values.begin() + std::ptrdiff_t(tile.cells.y()) * shown.map.columns();
    const engine::HostTensor part({tile.cells.height(), tile.cells.width()},
        {first, first + std::ptrdiff_t(tile.cells.height()) * tile.cells.width()});
    const views::MapScale scale = views::scaleFor(shown.colours, shown.scale);
    const views::Range range = views::rangeOf(values, scale, shown.top);
    if (!(range.high > 0))
        return;
    QTransform toPicture = QTransform::fromTranslate(place.x(), place.y());
    toPicture.scale(double(place.width()) / tile.cells.width(), double(place.height()) / tile.cells.height());
    const auto levels = scale.symmetric ? std::span<const float>(kSignedLevels) : std::span<const float>(kLevels);
    for (const float level : levels)
        for (const QPolygonF& line : views::contours(part, views::weightAt(level, range, scale)))
            lines.push_back(toPicture.map(line));
}

} // namespace

PicturePart picturePart(const ShownMap& shown, QColor paper)
{
    const Plan plan = planFor(shown);
    PicturePart part;
    if (plan.size.isEmpty())
        return part;
    const int times = enlargement(plan);
    part.image = QImage(plan.size * times, QImage::Format_RGB32);
    if (part.image.isNull())
        return part;
    part.image.fill(paper);
    QPainter painter(&part.image);
    const QImage& under = shown.instead.isNull() ? shown.ground : shown.instead;
    if (!under.isNull())
        draw(painter, under, part.image.rect(), times > 1);
    if (plan.tiles.empty())
        return part;
    const QImage weights = shown.ground.isNull()
        ? views::mapImage(shown.map, shown.colours, shown.scale, shown.top)
        : views::overlayImage(shown.map, shown.colours, shown.scale, shown.opacity, shown.top);
    for (const Tile& tile : plan.tiles) {
        const QRect place = scaled(tile.place, times);
        draw(painter, weights.copy(tile.cells), place, shown.smooth);
        if (shown.contours)
            addContours(part.contours, shown, tile, place);
    }
    if (!shown.ground.isNull() && !shown.crop.isEmpty() && shown.crop != shown.ground.rect())
        part.crop = scaled(shown.crop, times);
    return part;
}

} // namespace app::exports
