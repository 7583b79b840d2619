#include "engine/cpu/kernels.h"
#include "engine/cpu/operations.h"
#include "engine/cpu/parallel.h"
#include "engine/cpu/scratch.h"

#include <cmath>
#include <dnnl.h>

namespace engine::cpu {

namespace {

// Scores of one task at a time, which a core's cache holds.
constexpr int64_t kMostQueries = 128, kPoints = 1024;

// Consecutive points of a grid with the same indices on all axes but the last.
struct Run {
    int64_t offset, count; // in the points asked for
    int64_t last; // index of its first point on the last axis
    std::array<int64_t, 2> others; // indices on the axes before
};

std::vector<Run> runsOf(const ops::GridPoints& points, int64_t first, int64_t count)
{
    const int64_t line = points.extents.back();
    std::vector<Run> runs;
    for (int64_t at = first; at < first + count;) {
        const int64_t last = at % line, here = std::min(line - last, first + count - at);
        Run run{at - first, here, last, {}};
        for (size_t a = 0; a + 1 < points.extents.size(); ++a)
            run.others[a] = at / points.block(a) % points.extents[a];
        runs.push_back(run);
        at += here;
    }
    return runs;
}

std::vector<Matrix> matricesOf(const std::vector<ops::Tensor>& tensors)
{
    std::vector<Matrix> matrices;
    for (const ops::Tensor& tensor : tensors)
        matrices.push_back(matrixOf(tensor));
    return matrices;
}

// What the axes before the last add to row r's scores in this run.
float baseOf(const std::vector<Matrix>& tables, const Run& run, int64_t r)
{
    float base = 0;
    for (size_t a = 0; a + 1 < tables.size(); ++a)
        base += tables[a].row(r)[run.others[a]];
    return base;
}

void someQueries(const ops::AttendGrid& op, const Statistics& statistics, int64_t first, int64_t count, int64_t query,
    int64_t queries)
{
    const Matrix q = matrixOf(op.q), x = matrixOf(op.x), context = matrixOf(op.context), means = matrixOf(op.means);
    const std::vector<Matrix> tables = matricesOf(op.tables), marginals = matricesOf(op.marginals);
    const float *sums = matrixOf(op.sums).data, *mask = matrixOf(op.mask).data;
    float *maximum = matrixOf(op.maximum).data, *sum = matrixOf(op.sum).data;
    float* scores = scratch(Scratch::Scores, queries * std::min(kPoints, count));
    for (int64_t at = first; at < first + count; at += kPoints) {
        const int64_t points = std::min(kPoints, first + count - at);
        const std::vector<Run> runs = runsOf(op.points, at, points);
        dnnl_sgemm('N', 'T', queries, points, x.columns, 1.0f, q.row(query), q.stride, x.row(at), x.stride, 0.0f,
            scores, points);
        for (int64_t i = 0; i < queries; ++i) {
            const int64_t r = query + i;
            float* s = scores + i * points;
            const auto lineOf = [&](const Run& run) {
                const int64_t point = at + run.offset;
                return GridLine{tables.back().row(r) + run.last, statistics.mean.data() + point,
                    statistics.scale.data() + point, mask ? mask + point : nullptr};
            };
            float most = maximum[r];
            for (const Run& run : runs)
                most = gridScores(
                    s + run.offset, run.count, lineOf(run), baseOf(tables, run, r), sums[r], op.alpha, most);
            if (const float keep = exponential(maximum[r] - most); keep != 1.0f) {
                scale(context.row(r), context.columns, keep);
                for (const Matrix& marginal : marginals)
                    scale(marginal.row(r), marginal.columns, keep);
                means.row(r)[0] *= keep;
                sum[r] *= keep;
            }
            maximum[r] = most; // also where it grew by so little that keep is 1
            for (const Run& run : runs) {
                const GridWeights found
                    = gridWeights(s + run.offset, run.count, lineOf(run), most, marginals.back().row(r) + run.last);
                sum[r] += float(found.probabilities);
                means.row(r)[0] += float(found.means);
                for (size_t a = 0; a + 1 < marginals.size(); ++a)
                    marginals[a].row(r)[run.others[a]] += float(found.weights);
            }
        }
        dnnl_sgemm('N', 'N', queries, x.columns, points, 1.0f, scores, points, x.row(at), x.stride, 1.0f,
            context.row(query), context.stride);
    }
}

} // namespace

Statistics::Statistics(const ops::Tensor& meanAndScale)
{
    const Matrix rows = matrixOf(meanAndScale);
    for (int64_t r = 0; r < rows.rows; ++r) {
        mean.push_back(rows.row(r)[0]);
        scale.push_back(rows.row(r)[1]);
    }
}

void attendPart(const ops::AttendGrid& op, const Statistics& statistics, int64_t first, int64_t count)
{
    const int64_t n = op.q.rows();
    const int64_t queries = std::clamp<int64_t>((n + 2 * threads() - 1) / (2 * threads()), 16, kMostQueries);
    eachTask((n + queries - 1) / queries, [&](int64_t task) {
        const int64_t query = task * queries;
        someQueries(op, statistics, first, count, query, std::min(queries, n - query));
    });
}

void finishAttend(const ops::AttendGrid& op)
{
    const Matrix context = matrixOf(op.context), means = matrixOf(op.means);
    const float* sum = matrixOf(op.sum).data;
    for (int64_t r = 0; r < context.rows; ++r) {
        const float share = sum[r] > 0 ? 1 / sum[r] : 0.0f;
        scale(context.row(r), context.columns, share);
        scale(means.row(r), 1, share);
        for (const Matrix& marginal : matricesOf(op.marginals))
            scale(marginal.row(r), marginal.columns, share);
    }
}

void compute(const ops::GridStatistics& op)
{
    const Matrix x = matrixOf(op.x), y = matrixOf(op.y);
    const std::vector<Matrix> axes = matricesOf(op.axes);
    const int64_t channels = x.columns + op.positionChannels;
    overRows(y.rows, channels, [&](int64_t first, int64_t count) {
        for (int64_t r = first; r < first + count; ++r) {
            double positions = 0, squares = 0;
            for (size_t a = 0; a < axes.size(); ++a) {
                const int64_t index = (op.points.first + r) / op.points.block(a) % op.points.extents[a];
                positions += double(axes[a].row(index)[0]);
                squares += double(axes[a].row(index)[1]);
            }
            const float* f = x.row(r); // of no columns where there are none
            const double mean = ((x.columns > 0 ? sum(f, x.columns) : 0) + positions) / double(channels);
            double variance = squares - 2 * mean * positions + double(op.positionChannels) * mean * mean;
            for (int64_t c = 0; c < x.columns; ++c)
                variance += (double(f[c]) - mean) * (double(f[c]) - mean);
            y.row(r)[0] = float(mean);
            y.row(r)[1] = float(1 / std::sqrt(variance / double(channels) + 1e-5));
            y.row(r)[2] = y.row(r)[3] = 0;
        }
    });
}

void compute(const ops::GridScores& op)
{
    const Matrix scores = matrixOf(op.scores), statistics = matrixOf(op.statistics);
    const std::vector<Matrix> tables = matricesOf(op.tables);
    const float *sums = matrixOf(op.sums).data, *bias = matrixOf(op.bias).data;
    if (op.pointsAreColumns) {
        const Statistics planar(op.statistics);
        const std::vector<Run> runs = runsOf(op.points, op.points.first, scores.columns);
        return overRows(scores.rows, scores.columns, [&](int64_t first, int64_t count) {
            for (int64_t r = first; r < first + count; ++r) {
                for (const Run& run : runs)
                    gridScores(scores.row(r) + run.offset, run.count,
                        {tables.back().row(r) + run.last, planar.mean.data() + run.offset,
                            planar.scale.data() + run.offset, nullptr},
                        baseOf(tables, run, r), sums[r], op.alpha, ops::kNoMaximum);
                for (int64_t c = scores.columns; c < ops::padded(scores.columns); ++c)
                    scores.row(r)[c] = 0;
            }
        });
    }
    overRows(scores.rows, scores.columns * 2, [&](int64_t first, int64_t count) {
        for (int64_t r = first; r < first + count; ++r) {
            GridPoint point{{}, sums, bias, statistics.row(r)[0], op.alpha * statistics.row(r)[1]};
            for (size_t a = 0; a < tables.size(); ++a)
                point.tables[a] = tables[a].row((op.points.first + r) / op.points.block(a) % op.points.extents[a]);
            gridPointScores(scores.row(r), scores.columns, point);
        }
    });
}

void compute(const ops::GridSums& op)
{
    const Matrix weights = matrixOf(op.weights), means = matrixOf(op.means);
    const std::vector<Matrix> marginals = matricesOf(op.marginals);
    const Statistics planar(op.statistics);
    const std::vector<Run> runs = runsOf(op.points, op.points.first, weights.columns);
    overRows(weights.rows, weights.columns, [&](int64_t first, int64_t count) {
        for (int64_t r = first; r < first + count; ++r)
            for (const Run& run : runs) {
                float* w = weights.row(r) + run.offset;
                float* last = marginals.back().row(r) + run.last;
                double all = 0, mean = 0;
                for (int64_t c = 0; c < run.count; ++c) {
                    w[c] *= planar.scale[size_t(run.offset + c)];
                    last[c] += w[c];
                    all += double(w[c]);
                    mean += double(w[c]) * double(planar.mean[size_t(run.offset + c)]);
                }
                for (size_t a = 0; a + 1 < marginals.size(); ++a)
                    marginals[a].row(r)[run.others[a]] += float(all);
                means.row(r)[0] += float(mean);
            }
    });
}

} // namespace engine::cpu
