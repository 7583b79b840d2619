// Operations on tokens whose positions stand on a grid (attention.md 3.2): a token is z_j = [ f_j | position channels
// ], and each position channel depends on one axis. So only the F features are multiplied for each pair; what the
// positions add to a score is a table for each axis, and what they add to a weighted sum follows from marginal sums.
// Position channels are never stored. The same function as with whole tokens, summed in another order.
#pragma once

#include "engine/ops/tensor.h"

#include <vector>

namespace engine::ops {

class Device;

// Consecutive points of a grid of 1 to 3 axes, the last axis fastest: row or column r is point first + r.
struct GridPoints {
    std::vector<int64_t> extents;
    int64_t first = 0;

    int64_t count() const; // of the whole grid
    int64_t block(size_t axis) const; // consecutive points with one index on this axis
};

// Mean and 1/sigma of whole tokens: y[r] = (mean, 1 / sqrt(variance + 1e-5)) over the features x[r] (x none: no
// features) and the position channels of r's point. axes[a] [extent, 2]: sum and sum of squares of the axis' channels.
// y [rows, 2].
struct GridStatistics {
    Tensor x;
    GridPoints points;
    std::vector<Tensor> axes;
    int64_t positionChannels = 0; // of all axes
    Tensor y;
};

// Scores from products of features: with the statistics (mean, 1/sigma) of each point,
//   s = alpha * (s + sum over axes of table - mean * sums) / sigma (+ bias).
// pointsAreColumns: scores [R, points], tables[a] [R, extent], sums [1, R]; no bias. Otherwise scores [points, N],
// tables[a] [extent, N], sums [1, N], bias [1, N] or none. Padding becomes 0.
struct GridScores {
    Tensor scores;
    GridPoints points;
    std::vector<Tensor> tables;
    Tensor statistics, sums, bias;
    bool pointsAreColumns = true;
    float alpha = 1.0f;
};

// Weights [R, points] are multiplied by 1/sigma of their point, in place, and then added up: marginals[a] [R, extent]
// += the sums over the other axes; means [R, 1] += the sum of weight * mean.
struct GridSums {
    Tensor weights;
    GridPoints points;
    Tensor statistics;
    std::vector<Tensor> marginals;
    Tensor means;
};

// Attention of one head over a whole grid of tokens. With w = softmax(scores) / sigma:
//   context [N, F] = sum of w f,  marginals[a] [N, extent] = sums of w over the other axes,  means [N, 1] = sum of w
//   mean.
// q [N, >= F] (its first F columns are the features' part), x [M, F], tables, sums and statistics as for GridScores.
struct AttendGrid {
    Tensor q, x;
    GridPoints points; // first 0, all of the grid
    std::vector<Tensor> tables;
    Tensor statistics, sums;
    Tensor mask; // [1, M] or none
    float alpha = 1.0f;
    Tensor context, maximum, sum, means; // results
    std::vector<Tensor> marginals;
};

// Makes the results and fills them, by the device's own kernel or chunk by chunk.
void attendGrid(Device& device, AttendGrid& op);

} // namespace engine::ops
