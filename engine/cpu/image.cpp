#include "engine/cpu/kernels.h"
#include "engine/cpu/operations.h"
#include "engine/cpu/parallel.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace engine::cpu {

namespace {

size_t rowBytes(const Matrix& x)
{
    return size_t(ops::padded(x.columns)) * sizeof(float);
}

// The source range [first, last) of an output index and the triangle filter's centre and width: half-pixel centres.
struct Span {
    int64_t first, last;
    float centre, width;

    Span(int64_t index, int64_t inputs, int64_t outputs, bool antialias)
    {
        const float ratio = float(inputs) / float(outputs);
        width = antialias ? std::max(ratio, 1.0f) : 1.0f;
        centre = (float(index) + 0.5f) * ratio;
        if (!antialias)
            centre = std::clamp(centre, 0.5f, float(inputs) - 0.5f);
        first = std::max<int64_t>(int64_t(centre - width + 0.5f), 0);
        last = std::min<int64_t>(int64_t(centre + width + 0.5f), inputs);
    }
    float weight(int64_t i) const { return std::max(0.0f, 1 - std::abs((float(i) - centre + 0.5f) / width)); }
};

// `count` pixels beside each other, without the gaps between them.
void copyPixels(const float* from, int64_t stride, int64_t count, int64_t channels, float* to)
{
    for (int64_t i = 0; i < count; ++i, from += stride, to += channels)
        if (channels == 3) // most often; a size that the compiler knows
            std::memcpy(to, from, 3 * sizeof(float));
        else
            std::memcpy(to, from, size_t(channels) * sizeof(float));
}

} // namespace

void compute(const ops::Unfold& op)
{
    const Matrix x = matrixOf(op.x), y = matrixOf(op.y);
    overRows(y.rows / op.outWidth, op.outWidth * y.columns, [&](int64_t first, int64_t count) {
        for (int64_t line = first; line < first + count; ++line) {
            const int64_t top = line % op.outHeight * op.stride - op.padTop;
            const int64_t firstRow = std::max<int64_t>(0, -top), lastRow = std::min(op.window, op.height - top);
            const float* picture = x.row(line / op.outHeight * op.height * op.width);
            for (int64_t i = 0; i < op.outWidth; ++i) {
                float* to = y.row(line * op.outWidth + i);
                const int64_t left = i * op.stride - op.padLeft;
                const int64_t from = std::max<int64_t>(0, -left), end = std::min(op.window, op.width - left);
                if (from > 0 || end < op.window || firstRow > 0 || lastRow < op.window)
                    std::memset(to, 0, size_t(y.columns) * sizeof(float));
                for (int64_t c = y.columns; c < ops::padded(y.columns); ++c)
                    to[c] = 0;
                for (int64_t ky = firstRow; ky < lastRow; ++ky)
                    copyPixels(picture + ((top + ky) * op.width + left + from) * x.stride, x.stride, end - from,
                        x.columns, to + (ky * op.window + from) * x.columns);
            }
        }
    });
}

void compute(const ops::MaxPool& op)
{
    const Matrix x = matrixOf(op.x), y = matrixOf(op.y);
    overRows(y.rows, y.columns * op.window * op.window, [&](int64_t first, int64_t count) {
        for (int64_t r = first; r < first + count; ++r) {
            std::memset(y.row(r), 0, rowBytes(y));
            const int64_t top = r / op.outWidth * op.stride - op.padTop,
                          left = r % op.outWidth * op.stride - op.padLeft;
            for (int64_t yy = std::max<int64_t>(top, 0); yy < std::min(top + op.window, op.height); ++yy)
                for (int64_t xx = std::max<int64_t>(left, 0); xx < std::min(left + op.window, op.width); ++xx)
                    larger(x.row(yy * op.width + xx), x.columns, y.row(r));
        }
    });
}

void compute(const ops::Resize& op)
{
    const Matrix x = matrixOf(op.x), y = matrixOf(op.y);
    overRows(y.rows, y.columns * 8, [&](int64_t first, int64_t count) {
        for (int64_t r = first; r < first + count; ++r) {
            const Span v(r / op.outWidth, op.height, op.outHeight, op.antialias);
            const Span h(r % op.outWidth, op.width, op.outWidth, op.antialias);
            std::memset(y.row(r), 0, rowBytes(y));
            float total = 0;
            for (int64_t i = v.first; i < v.last; ++i)
                for (int64_t j = h.first; j < h.last; ++j) {
                    const float w = v.weight(i) * h.weight(j);
                    addScaled(x.row(i * op.width + j), x.columns, w, y.row(r));
                    total += w;
                }
            scale(y.row(r), x.columns, 1 / total);
        }
    });
}

void compute(const ops::Warp& op)
{
    const Matrix image = matrixOf(op.image), flow = matrixOf(op.flow), y = matrixOf(op.y);
    overRows(y.rows, y.columns * 4, [&](int64_t first, int64_t count) {
        for (int64_t r = first; r < first + count; ++r) {
            const float* move = flow.row(r);
            const auto inside = [](float at, int64_t size) { // also what is no number
                return std::fmax(std::fmin(at, float(size - 1)), 0.0f);
            };
            const float ax = inside(float(r % op.width) + move[0], op.width);
            const float ay = inside(float(r / op.width) + move[1], op.height);
            const int64_t x0 = int64_t(ax), y0 = int64_t(ay);
            const int64_t x1 = std::min(x0 + 1, op.width - 1), y1 = std::min(y0 + 1, op.height - 1);
            const float tx = ax - float(x0), ty = ay - float(y0);
            std::memset(y.row(r), 0, rowBytes(y));
            addScaled(image.row(y0 * op.width + x0), image.columns, (1 - ty) * (1 - tx), y.row(r));
            addScaled(image.row(y0 * op.width + x1), image.columns, (1 - ty) * tx, y.row(r));
            addScaled(image.row(y1 * op.width + x0), image.columns, ty * (1 - tx), y.row(r));
            addScaled(image.row(y1 * op.width + x1), image.columns, ty * tx, y.row(r));
        }
    });
}

void compute(const ops::Median& op)
{
    const Matrix x = matrixOf(op.x), y = matrixOf(op.y);
    const int64_t reach = op.window / 2, wide = op.width + 2 * reach, values = ops::padded(x.columns);
    // The picture with its rim repeated, without gaps, so that every neighbour stands at a fixed distance.
    std::vector<float> framed(size_t((op.height + 2 * reach) * wide * values));
    overRows(op.height + 2 * reach, wide * values, [&](int64_t first, int64_t count) {
        for (int64_t r = first; r < first + count; ++r) {
            const int64_t line = std::clamp<int64_t>(r - reach, 0, op.height - 1) * op.width;
            for (int64_t c = 0; c < wide; ++c)
                std::memcpy(framed.data() + (r * wide + c) * values,
                    x.row(line + std::clamp<int64_t>(c - reach, 0, op.width - 1)), size_t(values) * sizeof(float));
        }
    });
    overRows(op.height, op.width * values * op.window * op.window, [&](int64_t first, int64_t count) {
        std::vector<float> medians(size_t(op.width * values));
        for (int64_t r = first; r < first + count; ++r) {
            mediansOf(
                framed.data() + r * wide * values, wide * values, values, op.window, op.width * values, medians.data());
            for (int64_t c = 0; c < op.width; ++c)
                std::memcpy(y.row(r * op.width + c), medians.data() + c * values, size_t(values) * sizeof(float));
        }
    });
}

void compute(const ops::CropTiles& op)
{
    const Matrix x = matrixOf(op.x), y = matrixOf(op.y);
    const int64_t across = int64_t(op.columnStarts.size()), values = ops::padded(x.columns);
    const bool gapless = x.stride == values && y.stride == values;
    overRows(y.rows / op.tileWidth, op.tileWidth * y.columns, [&](int64_t first, int64_t count) {
        for (int64_t line = first; line < first + count; ++line) {
            const int64_t tile = line / op.tileHeight, left = op.columnStarts[size_t(tile % across)];
            const int64_t top = op.rowStarts[size_t(tile / across)] + line % op.tileHeight;
            const float* from = x.row(std::min(top, op.height - 1) * op.width);
            const int64_t together = gapless ? std::clamp<int64_t>(op.width - left, 0, op.tileWidth) : 0;
            std::memcpy(y.row(line * op.tileWidth), from + left * x.stride, size_t(together) * rowBytes(x));
            for (int64_t c = together; c < op.tileWidth; ++c)
                std::memcpy(
                    y.row(line * op.tileWidth + c), from + std::min(left + c, op.width - 1) * x.stride, rowBytes(x));
        }
    });
}

void compute(const ops::BlendTiles& op)
{
    const Matrix tiles = matrixOf(op.tiles), y = matrixOf(op.y);
    const int64_t across = int64_t(op.columnStarts.size());
    // Of the tiles along one axis, those that cover index i: from the first to one past the last.
    const auto cover = [](const std::vector<int64_t>& starts, int64_t tile, int64_t i) {
        return std::pair(std::upper_bound(starts.begin(), starts.end(), i - tile) - starts.begin(),
            std::upper_bound(starts.begin(), starts.end(), i) - starts.begin());
    };
    overRows(y.rows, y.columns * 16, [&](int64_t first, int64_t count) {
        for (int64_t r = first; r < first + count; ++r) {
            const int64_t yy = r / op.width, xx = r % op.width;
            const auto [rowFirst, rowLast] = cover(op.rowStarts, op.tileHeight, yy);
            const auto [columnFirst, columnLast] = cover(op.columnStarts, op.tileWidth, xx);
            std::memset(y.row(r), 0, rowBytes(y));
            float total = 0;
            for (int64_t i = rowFirst; i < rowLast; ++i)
                for (int64_t j = columnFirst; j < columnLast; ++j) {
                    const int64_t ty = yy - op.rowStarts[size_t(i)], tx = xx - op.columnStarts[size_t(j)];
                    const float w
                        = float(std::min(std::min(tx + 1, op.tileWidth - tx), std::min(ty + 1, op.tileHeight - ty)));
                    const int64_t at = ((i * across + j) * op.tileHeight + ty) * op.tileWidth + tx;
                    addScaled(tiles.row(at), y.columns, w, y.row(r));
                    total += w;
                }
            scale(y.row(r), y.columns, 1 / total);
        }
    });
}

} // namespace engine::cpu
