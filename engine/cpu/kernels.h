// The innermost loops, over one row at a time, in the widest vectors that this machine has (Highway chooses at run
// time, from SSE4 or NEON to AVX-512). n: true columns; rows may be read, and where said are written, up to the next
// multiple of four. Single precision; sums over lanes, then over blocks in double. Internal to engine/cpu; any thread.
#pragma once

#include "engine/ops/operations.h"

#include <array>

namespace engine::cpu {

// out[0] = mean, out[1] = 1 / sqrt(variance + 1e-5), in two passes (model-spec 2.1).
void statisticsOf(const float* x, int64_t n, float* out);
// y = (x - mean) * scale * gain + offset, padding 0; gain, offset may be none; y may be x.
void normalise(const float* x, int64_t n, const float* meanAndScale, const float* gain, const float* offset, float* y);
// c = activation(c + bias) + residual; bias, residual may be none; residual may be c. Padding 0 where `pads`.
void finishRow(float* c, int64_t n, const float* bias, ops::Activation activation, const float* residual, bool pads);

void scale(float* x, int64_t n, float factor); // a factor of 0 gives 0, whatever stood there
void add(const float* x, int64_t n, float* y); // y += x
void addScaled(const float* x, int64_t n, float factor, float* y); // y += factor x
void larger(const float* x, int64_t n, float* y); // y = max(x, y)
void smaller(const float* x, int64_t n, float* y); // y = min(x, y)
double sum(const float* x, int64_t n);
double dot(const float* x, const float* y, int64_t n);

// The largest of x and `least`, where mask is not 0; mask may be none.
float maximumOf(const float* x, int64_t n, const float* mask, float least);
// x = exp(x - maximum), 0 where the mask is 0; padding stays. The sum.
double exponentials(float* x, int64_t n, const float* mask, float maximum);
float exponential(float x); // the same function
void timesLogarithms(const float* x, int64_t n, float* y); // y = x ln x, 0 where x is not above 0; x ends anywhere

// y[i] = the median of window x window values: x[i + line * dy + step * dx], dx and dy from 0 on. n a multiple of four.
void mediansOf(const float* x, int64_t line, int64_t step, int64_t window, int64_t n, float* y);

// Points of one line of a grid (ops::GridScores): s = (s + table + base - mean * sum) * alpha * scale. The largest of
// `least` and those whose mask is not 0; mask may be none. No padding is read or written, here and below.
struct GridLine {
    const float *table, *mean, *scale, *mask;
};
float gridScores(float* s, int64_t n, const GridLine& line, float base, float sum, float alpha, float least);
// The same for one point and the others beside it: s = (s + table rows - mean * sums) * scale (+ bias); tables beyond
// the last are none. Padding becomes 0.
struct GridPoint {
    std::array<const float*, 3> tables{};
    const float *sums, *bias;
    float mean, scale;
};
void gridPointScores(float* s, int64_t n, const GridPoint& point);
struct GridWeights {
    double probabilities = 0; // sum of the exponentials
    double weights = 0, means = 0; // sums of s, and of s * mean
};
// s = exp(s - maximum) * scale, 0 where the mask is 0; marginal += s.
GridWeights gridWeights(float* s, int64_t n, const GridLine& line, float maximum, float* marginal);

} // namespace engine::cpu
