#include "engine/base/assert.h"
#include "engine/vulkan/record.h"

#include <algorithm>

namespace engine::vulkan {

namespace {

using shaders::KernelId;

uint32_t u(int64_t value)
{
    return uint32_t(value);
}

int64_t groups(const ops::Tensor& t)
{
    return t.rows() * (ops::padded(t.columns()) / 4);
}

shaders::Image push(const ops::Tensor& x, const ops::Tensor& y, int64_t height, int64_t width)
{
    return {.channels = u(x.columns()),
        .height = u(height),
        .width = u(width),
        .batch = 1,
        .xStride = u(x.stride()),
        .yStride = u(y.stride())};
}

// Of an operation on strided windows.
template <typename Operation> shaders::Image pushWindows(const Operation& op)
{
    shaders::Image p = push(op.x, op.y, op.height, op.width);
    p.outHeight = u(op.outHeight);
    p.outWidth = u(op.outWidth);
    p.window = u(op.window);
    p.stride = u(op.stride);
    p.padTop = u(op.padTop);
    p.padLeft = u(op.padLeft);
    return p;
}

// For each index of an axis, the first tile that covers it and one past the last.
std::vector<uint32_t> cover(const std::vector<int64_t>& starts, int64_t tile, int64_t n)
{
    std::vector<uint32_t> ranges;
    ranges.reserve(size_t(2 * n));
    for (int64_t i = 0; i < n; ++i) {
        const auto first = std::upper_bound(starts.begin(), starts.end(), i - tile);
        const auto last = std::upper_bound(starts.begin(), starts.end(), i);
        ENGINE_ASSERT(first < last, "every pixel is in a tile");
        ranges.push_back(uint32_t(first - starts.begin()));
        ranges.push_back(uint32_t(last - starts.begin()));
    }
    return ranges;
}

ops::Indices upload(Recorder& r, const std::vector<int64_t>& values)
{
    const std::vector<uint32_t> narrow(values.begin(), values.end());
    return r.uploadIndices(narrow);
}

} // namespace

void recordOp(Recorder& r, const ops::Unfold& op)
{
    shaders::Image p = pushWindows(op);
    p.batch = u(op.batch);
    record(r, KernelId::unfold, {reads(op.x), writes(op.y)}, p, elementGrid(groups(op.y) * 4, 64, 4));
}

void recordOp(Recorder& r, const ops::MaxPool& op)
{
    const shaders::Image p = pushWindows(op);
    Work work = elementGrid(groups(op.y), 64, double(op.window * op.window) * 2);
    work.trips = op.window * op.window;
    record(r, KernelId::max_pool, {reads(op.x), writes(op.y)}, p, work);
}

void recordOp(Recorder& r, const ops::Resize& op)
{
    shaders::Image p = push(op.x, op.y, op.height, op.width);
    p.outHeight = u(op.outHeight);
    p.outWidth = u(op.outWidth);
    p.mode = op.antialias;
    const auto taps = [&](int64_t in, int64_t out) { return op.antialias ? 2 * (in / out + 2) : 2; };
    const int64_t window = taps(op.height, op.outHeight) * (taps(op.width, op.outWidth) + 1);
    Work work = elementGrid(groups(op.y), 64, double(window) * 4);
    work.trips = window;
    record(r, KernelId::resize, {reads(op.x), writes(op.y)}, p, work);
}

void recordOp(Recorder& r, const ops::Warp& op)
{
    shaders::Image p = push(op.image, op.y, op.height, op.width);
    p.flowStride = u(op.flow.stride());
    record(r, KernelId::warp, {reads(op.image), reads(op.flow), writes(op.y)}, p, elementGrid(groups(op.y), 64, 20));
}

void recordOp(Recorder& r, const ops::MatchingCosts& op)
{
    shaders::Image p = push(op.first, op.y, op.height, op.width);
    p.batch = u(op.batch);
    p.radius = u(op.radius);
    p.window = u(op.window);
    const ops::Tensor raw = r.create(op.y.rows(), op.y.columns()), across = r.create(op.y.rows(), op.y.columns());
    p.yStride = u(raw.stride());
    record(r, KernelId::matching_costs, {reads(op.first), reads(op.second), writes(raw)}, p,
        elementGrid(groups(raw) * 4, 64, 4));
    p.mode = 1;
    Work mean = elementGrid(groups(raw), 64, double(op.window) * 4);
    mean.trips = op.window + 4;
    record(r, KernelId::matching_costs, {reads(raw), reads(raw), writes(across)}, p, mean);
    p.channels = u(op.y.columns());
    p.xStride = u(across.stride());
    p.yStride = u(op.y.stride());
    Work down = elementGrid(op.y.rows(), 8, double(op.y.columns() * op.window) * 2);
    down.constants = {u(ops::padded(op.y.columns()) / 4)};
    down.trips = (op.window + 4) * (op.y.columns() / 4 + 1);
    record(r, KernelId::normalise_costs, {reads(across), writes(op.y)}, p, down);
}

void recordOp(Recorder& r, const ops::LocalMotion& op)
{
    const int64_t pixels = op.first.rows();
    const ops::Tensor products = r.create(pixels, 8), across = r.create(pixels, 8);
    shaders::Image p = push(op.first, products, op.height, op.width);
    p.batch = u(op.batch);
    record(r, KernelId::local_motion, {reads(op.first), reads(op.second), writes(products)}, p,
        elementGrid(pixels, 64, 40));
    for (size_t i = 0; i < op.windows.size(); ++i) {
        const int64_t window = op.windows[i];
        Work work = elementGrid(pixels, 64, double(window) * 8);
        work.trips = window + 4;
        p = push(products, across, op.height, op.width);
        p.batch = u(op.batch);
        p.window = u(window);
        p.mode = 1;
        record(r, KernelId::local_motion, {reads(products), reads(products), writes(across)}, p, work);
        p.mode = 2;
        p.yStride = u(op.y.stride());
        p.radius = u(3 * int64_t(i));
        p.channels = u(op.y.columns());
        p.elements = u(ops::padded(op.y.columns()));
        record(r, KernelId::local_motion, {reads(across), reads(across), writes(op.y)}, p, work);
    }
}

void recordOp(Recorder& r, const ops::Median& op)
{
    shaders::Image p = push(op.x, op.y, op.height, op.width);
    p.window = u(op.window);
    const int64_t count = op.window * op.window;
    Work work = elementGrid(groups(op.y), 8, double(count * count) / 2);
    work.constants = {u(count)};
    work.trips = count * count;
    record(r, KernelId::median, {reads(op.x), writes(op.y)}, p, work);
}

void recordOp(Recorder& r, const ops::CropTiles& op)
{
    shaders::Image p = push(op.x, op.y, op.height, op.width);
    p.tileHeight = u(op.tileHeight);
    p.tileWidth = u(op.tileWidth);
    p.tileRows = u(int64_t(op.rowStarts.size()));
    p.tileColumns = u(int64_t(op.columnStarts.size()));
    const ops::Indices rows = upload(r, op.rowStarts), columns = upload(r, op.columnStarts);
    record(r, KernelId::crop_tiles, {reads(op.x), reads(rows.bits), reads(columns.bits), writes(op.y)}, p,
        elementGrid(groups(op.y), 64, 8));
}

void recordOp(Recorder& r, const ops::BlendTiles& op)
{
    shaders::Image p = push(op.tiles, op.y, op.height, op.width);
    p.tileHeight = u(op.tileHeight);
    p.tileWidth = u(op.tileWidth);
    p.tileRows = u(int64_t(op.rowStarts.size()));
    p.tileColumns = u(int64_t(op.columnStarts.size()));
    const ops::Indices rows = upload(r, op.rowStarts), columns = upload(r, op.columnStarts);
    const ops::Indices rowCover = r.uploadIndices(cover(op.rowStarts, op.tileHeight, op.height));
    const ops::Indices columnCover = r.uploadIndices(cover(op.columnStarts, op.tileWidth, op.width));
    Work work = elementGrid(groups(op.y), 64, 24);
    work.trips = int64_t(std::min<size_t>(op.rowStarts.size() * op.columnStarts.size(), 50000));
    record(r, KernelId::blend_tiles,
        {reads(op.tiles), reads(rows.bits), reads(columns.bits), reads(rowCover.bits), reads(columnCover.bits),
            writes(op.y)},
        p, work);
}

} // namespace engine::vulkan
