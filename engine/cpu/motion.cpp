#include "engine/cpu/kernels.h"
#include "engine/cpu/operations.h"
#include "engine/cpu/parallel.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace engine::cpu {

namespace {

constexpr float kDamping = 3e-4f, kReach = 3.0f; // ops::LocalMotion

// Rows of a batch of pictures, each pixel with its place: work(row, x, y).
template <typename Work> void overPixels(int64_t batch, int64_t height, int64_t width, int64_t cost, const Work& work)
{
    overRows(batch * height * width, cost, [&](int64_t first, int64_t count) {
        for (int64_t r = first; r < first + count; ++r)
            work(r, r % width, r / width % height);
    });
}

// The mean of `window` pixels of `from`, beside each other or one above the other (clamped to the rim), of n values.
struct Box {
    int64_t height, width, window;

    void across(const Matrix& from, int64_t r, int64_t x, int64_t n, float* to) const
    {
        const int64_t reach = window / 2;
        std::memcpy(to, from.row(r + std::max<int64_t>(-reach, -x)), size_t(ops::padded(n)) * sizeof(float));
        for (int64_t d = 1 - reach; d <= reach; ++d)
            add(from.row(r + std::clamp<int64_t>(x + d, 0, width - 1) - x), n, to);
        scale(to, n, 1.0f / float(window));
    }
    void down(const Matrix& from, int64_t r, int64_t y, int64_t n, float* to) const
    {
        const int64_t reach = window / 2;
        std::memcpy(to, from.row(r + std::max<int64_t>(-reach, -y) * width), size_t(ops::padded(n)) * sizeof(float));
        for (int64_t d = 1 - reach; d <= reach; ++d)
            add(from.row(r + (std::clamp<int64_t>(y + d, 0, height - 1) - y) * width), n, to);
        scale(to, n, 1.0f / float(window));
    }
};

// A matrix of this operation alone.
class Temporary {
public:
    Temporary(int64_t rows, int64_t columns)
        : m_values(size_t(rows * ops::padded(columns))), matrix{m_values.data(), rows, columns, ops::padded(columns)}
    {
    }

private:
    std::vector<float> m_values;

public:
    const Matrix matrix;
};

} // namespace

void compute(const ops::MatchingCosts& op)
{
    const Matrix first = matrixOf(op.first), second = matrixOf(op.second), y = matrixOf(op.y);
    const int64_t side = 2 * op.radius + 1, n = side * side;
    const Temporary raw(y.rows, n), across(y.rows, n);
    const Box box{op.height, op.width, op.window};
    overPixels(op.batch, op.height, op.width, n * 4, [&](int64_t r, int64_t px, int64_t py) {
        const float* a = first.row(r);
        float* to = raw.matrix.row(r);
        for (int64_t dy = -op.radius; dy <= op.radius; ++dy) {
            const int64_t line = r - px + (std::clamp<int64_t>(py + dy, 0, op.height - 1) - py) * op.width;
            for (int64_t dx = -op.radius; dx <= op.radius; ++dx) {
                const float* b = second.row(line + std::clamp<int64_t>(px + dx, 0, op.width - 1));
                *to++ = (std::abs(a[0] - b[0]) + std::abs(a[1] - b[1]) + std::abs(a[2] - b[2])) / 3;
            }
        }
    });
    overPixels(op.batch, op.height, op.width, n * op.window,
        [&](int64_t r, int64_t px, int64_t) { box.across(raw.matrix, r, px, n, across.matrix.row(r)); });
    overPixels(op.batch, op.height, op.width, n * op.window, [&](int64_t r, int64_t, int64_t py) {
        box.down(across.matrix, r, py, n, y.row(r));
        const float mean = float(sum(y.row(r), n)) / float(n);
        float squares = 0;
        for (int64_t i = 0; i < n; ++i) {
            y.row(r)[i] -= mean;
            squares += y.row(r)[i] * y.row(r)[i];
        }
        scale(y.row(r), n, 1 / (std::sqrt(squares / float(n)) + 0.01f));
        for (int64_t i = n; i < ops::padded(n); ++i)
            y.row(r)[i] = 0;
    });
}

void compute(const ops::LocalMotion& op)
{
    const Matrix first = matrixOf(op.first), second = matrixOf(op.second), y = matrixOf(op.y);
    constexpr int64_t kProducts = 5; // xx, xy, yy, xt, yt
    const Temporary products(y.rows, kProducts), across(y.rows, kProducts);
    overPixels(op.batch, op.height, op.width, 40, [&](int64_t r, int64_t px, int64_t py) {
        const int64_t left = px > 0 ? -1 : 0, right = px + 1 < op.width ? 1 : 0;
        const int64_t up = py > 0 ? -op.width : 0, below = py + 1 < op.height ? op.width : 0;
        const auto middle = [&](int64_t at, int c) { return 0.5f * (first.row(at)[c] + second.row(at)[c]); };
        float p[kProducts] = {};
        for (int c = 0; c < 3; ++c) {
            const float ix = 0.5f * (middle(r + right, c) - middle(r + left, c));
            const float iy = 0.5f * (middle(r + below, c) - middle(r + up, c));
            const float it = second.row(r)[c] - first.row(r)[c];
            p[0] += ix * ix;
            p[1] += ix * iy;
            p[2] += iy * iy;
            p[3] += ix * it;
            p[4] += iy * it;
        }
        for (int64_t i = 0; i < kProducts; ++i)
            products.matrix.row(r)[i] = p[i] / 3;
    });
    for (size_t i = 0; i < op.windows.size(); ++i) {
        const Box box{op.height, op.width, op.windows[i]};
        overPixels(op.batch, op.height, op.width, 8 * box.window, [&](int64_t r, int64_t px, int64_t) {
            box.across(products.matrix, r, px, kProducts, across.matrix.row(r));
        });
        overPixels(op.batch, op.height, op.width, 8 * box.window, [&](int64_t r, int64_t, int64_t py) {
            float p[8];
            box.down(across.matrix, r, py, kProducts, p);
            const float a = p[0] + kDamping, b = p[2] + kDamping, determinant = a * b - p[1] * p[1];
            float* to = y.row(r) + 3 * i;
            to[0] = std::clamp((p[1] * p[4] - b * p[3]) / determinant, -kReach, kReach);
            to[1] = std::clamp((p[1] * p[3] - a * p[4]) / determinant, -kReach, kReach);
            const float half = 0.5f * (p[0] - p[2]);
            const float smaller = 0.5f * (p[0] + p[2]) - std::sqrt(half * half + p[1] * p[1]);
            to[2] = std::log2(std::max(smaller / kDamping, 1.0f)) / 4;
        });
    }
    overPixels(op.batch, op.height, op.width, 1, [&](int64_t r, int64_t, int64_t) {
        for (int64_t c = y.columns; c < ops::padded(y.columns); ++c)
            y.row(r)[c] = 0;
    });
}

} // namespace engine::cpu
