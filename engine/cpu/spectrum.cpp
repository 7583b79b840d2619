// The spectrum as products with tables of sines and cosines: any size as exact as the next, prime ones too, at the
// speed of products (a map of 496 x 368 takes some milliseconds). A Fourier library would be one dependency more for a
// panel that transforms one picture at a time.
#include "engine/cpu/operations.h"
#include "engine/cpu/parallel.h"

#include <cmath>
#include <dnnl.h>
#include <numbers>

namespace engine::cpu {

namespace {

struct Waves {
    std::vector<float> cosines, sines; // [n, n], symmetric
};

Waves wavesOf(int64_t n)
{
    Waves waves{std::vector<float>(size_t(n * n)), std::vector<float>(size_t(n * n))};
    inPieces(n, 16, [&](int64_t first, int64_t count) {
        for (int64_t k = first; k < first + count; ++k)
            for (int64_t x = 0; x < n; ++x) {
                const double angle = 2 * std::numbers::pi * double(k * x % n) / double(n);
                waves.cosines[size_t(k * n + x)] = float(std::cos(angle));
                waves.sines[size_t(k * n + x)] = float(std::sin(angle));
            }
    });
    return waves;
}

// c (+)= alpha a b, a [m, k], b [k, n], without padding but a's.
void multiply(
    int64_t m, int64_t n, int64_t k, float alpha, const float* a, int64_t aStride, const float* b, float beta, float* c)
{
    dnnl_sgemm('N', 'N', m, n, k, alpha, a, aStride, b, n, beta, c, n);
}

} // namespace

void compute(const ops::PowerSpectrum& op)
{
    const Matrix x = matrixOf(op.x), y = matrixOf(op.y);
    const int64_t rows = x.rows, columns = x.columns;
    const size_t size = size_t(rows * columns);
    std::vector<float> re(size), im(size), real(size), imaginary(size);
    {
        const Waves along = wavesOf(columns); // e^(-i a) = cos a - i sin a
        multiply(rows, columns, columns, 1, x.data, x.stride, along.cosines.data(), 0, re.data());
        multiply(rows, columns, columns, -1, x.data, x.stride, along.sines.data(), 0, im.data());
    }
    if (op.rowsAlone) {
        real.swap(re);
        imaginary.swap(im);
    } else {
        const Waves down = wavesOf(rows);
        multiply(rows, columns, rows, 1, down.cosines.data(), rows, re.data(), 0, real.data());
        multiply(rows, columns, rows, 1, down.sines.data(), rows, im.data(), 1, real.data());
        multiply(rows, columns, rows, 1, down.cosines.data(), rows, im.data(), 0, imaginary.data());
        multiply(rows, columns, rows, -1, down.sines.data(), rows, re.data(), 1, imaginary.data());
    }
    const float share = 1.0f / float(rows * columns);
    overRows(rows, columns, [&](int64_t first, int64_t count) {
        for (int64_t r = first; r < first + count; ++r) {
            for (int64_t c = 0; c < columns; ++c) {
                const size_t i = size_t(r * columns + c);
                y.row(r)[c] = (real[i] * real[i] + imaginary[i] * imaginary[i]) * share;
            }
            for (int64_t c = columns; c < ops::padded(columns); ++c)
                y.row(r)[c] = 0;
        }
    });
}

} // namespace engine::cpu
