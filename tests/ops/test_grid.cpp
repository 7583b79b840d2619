// Operations on tokens of a grid against plain loops in double precision over whole tokens, at awkward sizes: one to
// three axes, chunks that begin and end within a line, features of no multiple of four, masks.
#include "engine/perceiver/linear.h"
#include "engine/perceiver/token_rows.h"
#include "tests/ops/on_device.h"

#include <numeric>

using ops::GridPoints;

namespace {

// Rows [ f | positions | padding ] in double, as the specification has them, and what the grid operations take instead.
struct Tokens {
    std::shared_ptr<const perceiver::RowGrid> grid;
    HostTensor features;
    std::vector<std::vector<double>> whole;
    std::vector<double> means, scales;

    Tokens(ops::Device& device, const Shape& extents, int64_t width, int64_t paddings = 0)
    {
        constexpr int64_t kBands = 5;
        const Shape resolution(extents.size(), 20);
        const HostTensor padding = randomTensor({1, std::max<int64_t>(paddings, 1)}, 9);
        grid = perceiver::rowGrid(
            device, extents, resolution, kBands, width, perceiver::Grid::Closed, paddings > 0 ? &padding : nullptr);
        const int64_t rows = grid->points().count();
        features = randomTensor({rows, width}, 3);
        for (int64_t r = 0; r < rows; ++r) {
            std::vector<double> token(features.values.begin() + r * width, features.values.begin() + (r + 1) * width);
            std::vector<HostTensor> axes;
            std::vector<int64_t> index;
            for (size_t a = 0; a < extents.size(); ++a) {
                axes.push_back(perceiver::fourierAxis(extents[a], resolution[a], kBands, perceiver::Grid::Closed));
                index.push_back(r / grid->points().block(a) % extents[a]);
            }
            for (size_t a = 0; a < axes.size(); ++a)
                token.push_back(axes[a].at(index[a], 0));
            for (const int64_t half : {int64_t(0), kBands})
                for (size_t a = 0; a < axes.size(); ++a)
                    for (int64_t k = 0; k < kBands; ++k)
                        token.push_back(axes[a].at(index[a], 1 + half + k));
            if (paddings > 0)
                token.insert(token.end(), padding.values.begin(), padding.values.end());
            const double mean = std::accumulate(token.begin(), token.end(), 0.0) / double(token.size());
            double variance = 0;
            for (const double v : token)
                variance += (v - mean) * (v - mean) / double(token.size());
            means.push_back(mean);
            scales.push_back(1 / std::sqrt(variance + 1e-5));
            whole.push_back(std::move(token));
        }
    }
    int64_t rows() const { return int64_t(whole.size()); }
    double normalised(int64_t r, size_t c) const
    {
        return (whole[size_t(r)][c] - means[size_t(r)]) * scales[size_t(r)];
    }
    Tensor upload(ops::Device& device) const { return features.columns() > 0 ? device.upload(features) : Tensor(); }
};

const std::vector<Shape> kGrids{{37}, {7, 11}, {3, 5, 7}, {1, 9}, {40, 33}};

} // namespace

class TestGrid : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { m_device = openTestDevice(); }

    void grids_data()
    {
        QTest::addColumn<int>("shape");
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("paddings");
        for (int shape = 0; shape < int(kGrids.size()); ++shape)
            for (const auto& [width, paddings] : {std::pair{3, 0}, {64, 0}, {0, 6}})
                QTest::addRow("%d axes, %d, %d features", int(kGrids[size_t(shape)].size()), shape, width)
                    << shape << width << paddings;
    }

    void grids()
    {
        QFETCH(int, shape);
        QFETCH(int, width);
        QFETCH(int, paddings);
        ops::Device& device = *m_device;
        const Tokens tokens(device, kGrids[size_t(shape)], width, paddings);
        const Tensor features = tokens.upload(device);
        const int64_t rows = tokens.rows(), first = std::min<int64_t>(rows - 1, 5), count = rows - first;

        HostTensor statistics({count, 2}), all({count, int64_t(tokens.whole.front().size())});
        for (int64_t r = 0; r < count; ++r) {
            statistics.at(r, 0) = float(tokens.means[size_t(first + r)]);
            statistics.at(r, 1) = float(tokens.scales[size_t(first + r)]);
            for (int64_t c = 0; c < all.columns(); ++c)
                all.at(r, c) = float(tokens.whole[size_t(first + r)][size_t(c)]);
        }
        const Tensor part = width > 0 ? features.rowRange(first, count) : Tensor();
        expectClose(device, perceiver::rowStatistics(device, *tokens.grid, part, first, count), statistics);
        expectClose(
            device, perceiver::wholeRows(device, *tokens.grid, part, {.first = first, .count = count}), all, 1e-7);

        // Scores with whole rows, points across and points down.
        constexpr int64_t kOthers = 6;
        const HostTensor others = randomTensor({kOthers, all.columns()}, 4), bias = randomTensor({1, kOthers}, 5);
        const Tensor q = device.upload(others), sums = device.create(1, kOthers);
        device.rowSums({q, sums, false});
        std::vector<Tensor> across, down;
        for (const Tensor& wide : tokens.grid->wide) {
            across.push_back(perceiver::apply(device, q, {wide, {}}));
            down.push_back(perceiver::apply(device, wide, {q, {}}));
        }
        HostTensor expected({kOthers, count}), turned({count, kOthers});
        for (int64_t i = 0; i < kOthers; ++i)
            for (int64_t r = 0; r < count; ++r) {
                double score = 0;
                for (int64_t c = 0; c < all.columns(); ++c)
                    score += double(others.at(i, c)) * tokens.normalised(first + r, size_t(c));
                expected.at(i, r) = float(0.7 * score);
                turned.at(r, i) = float(double(0.7f) * score + double(bias.at(0, i)));
            }
        Tensor s = device.zeros(kOthers, count), t = device.zeros(count, kOthers);
        if (width > 0) {
            device.gemm({.rows = kOthers, .columns = count, .depth = width, .a = {q}, .b = {part}, .c = {s}});
            device.gemm({.rows = count, .columns = kOthers, .depth = width, .a = {part}, .b = {q}, .c = {t}});
        }
        const Tensor given = device.upload(statistics);
        device.gridScores({s, tokens.grid->points(first), across, given, sums, {}, true, 0.7f});
        device.gridScores({t, tokens.grid->points(first), down, given, sums, device.upload(bias), false, 0.7f});
        expectClose(device, s, expected);
        expectClose(device, t, turned);
        expectPadding(device, s);
        expectPadding(device, t);
    }

    void sums_data() { grids_data(); }

    void sums()
    {
        QFETCH(int, shape);
        QFETCH(int, width);
        if (width != 3)
            return; // features take no part
        ops::Device& device = *m_device;
        const Tokens tokens(device, kGrids[size_t(shape)], width);
        const GridPoints points = tokens.grid->points(std::min<int64_t>(tokens.rows() - 1, 4));
        const int64_t count = tokens.rows() - points.first;
        constexpr int64_t kRows = 5;
        HostTensor weights = randomTensor({kRows, count}, 6), means({kRows, 1}, std::vector<float>(kRows, 2.0f));
        const Tensor w = device.upload(weights), m = device.upload(means);
        const Tensor statistics = device.create(tokens.rows(), 2);
        device.gridStatistics({tokens.upload(device), tokens.grid->points(), tokens.grid->sums,
            tokens.grid->channels - width, statistics});
        std::vector<Tensor> marginals;
        std::vector<HostTensor> expected;
        for (const int64_t extent : points.extents) { // what stood there counts
            expected.push_back(randomTensor({kRows, extent}, 7));
            marginals.push_back(device.upload(expected.back()));
        }
        device.gridSums({w, points, statistics.rowRange(points.first, count), marginals, m});
        for (int64_t i = 0; i < kRows; ++i) {
            double mean = 2;
            for (int64_t r = 0; r < count; ++r) {
                const size_t point = size_t(points.first + r);
                const double scaled = double(weights.at(i, r)) * tokens.scales[point];
                weights.at(i, r) = float(scaled);
                mean += scaled * tokens.means[point];
                for (size_t a = 0; a < points.extents.size(); ++a) {
                    float& sum = expected[a].at(i, int64_t(point) / points.block(a) % points.extents[a]);
                    sum = float(double(sum) + scaled);
                }
            }
            means.at(i, 0) = float(mean);
        }
        expectClose(device, w, weights);
        expectClose(device, m, means);
        for (size_t a = 0; a < marginals.size(); ++a)
            expectClose(device, marginals[a], expected[a]);
    }

    void attention_data()
    {
        QTest::addColumn<int>("shape");
        QTest::addColumn<bool>("masked");
        for (int shape = 0; shape < int(kGrids.size()); ++shape)
            for (const bool masked : {false, true})
                QTest::addRow("grid %d%s", shape, masked ? " masked" : "") << shape << masked;
    }

    // The weighted sum of whole normalised tokens, put together from what attendGrid gives.
    void attention()
    {
        QFETCH(int, shape);
        QFETCH(bool, masked);
        ops::Device& device = *m_device;
        constexpr int64_t kQueries = 21, kWidth = 13;
        const Tokens tokens(device, kGrids[size_t(shape)], kWidth);
        const int64_t rows = tokens.rows(), channels = tokens.grid->channels;
        const HostTensor queries = randomTensor({kQueries, channels}, 8);
        std::vector<float> mask(size_t(rows), 1.0f);
        for (int64_t r = 0; masked && r < rows; r += 3)
            mask[size_t(r)] = 0;
        const Tensor q = device.upload(queries), features = tokens.upload(device), sums = device.create(1, kQueries);
        device.rowSums({q, sums, false});
        ops::AttendGrid op{.q = q,
            .x = features,
            .points = tokens.grid->points(),
            .statistics = perceiver::rowStatistics(device, *tokens.grid, features, 0, rows),
            .sums = sums,
            .mask = masked ? device.upload(1, rows, mask) : Tensor(),
            .alpha = 0.5f};
        for (const Tensor& wide : tokens.grid->wide)
            op.tables.push_back(perceiver::apply(device, q, {wide, {}}));
        ops::attendGrid(device, op);

        HostTensor maximum({1, kQueries}), sum({1, kQueries}), expected({kQueries, channels});
        for (int64_t i = 0; i < kQueries; ++i) {
            std::vector<double> scores;
            double most = double(ops::kNoMaximum), total = 0;
            for (int64_t r = 0; r < rows; ++r) {
                double score = 0;
                for (int64_t c = 0; c < channels; ++c)
                    score += double(queries.at(i, c)) * tokens.normalised(r, size_t(c));
                scores.push_back(0.5 * score);
                if (mask[size_t(r)] != 0)
                    most = std::max(most, scores.back());
            }
            for (int64_t r = 0; r < rows; ++r)
                total += scores[size_t(r)] = mask[size_t(r)] != 0 ? std::exp(scores[size_t(r)] - most) : 0;
            maximum.at(0, i) = float(most);
            sum.at(0, i) = float(total);
            for (int64_t c = 0; c < channels; ++c) {
                double value = 0;
                for (int64_t r = 0; r < rows && total > 0; ++r)
                    value += scores[size_t(r)] / total * tokens.normalised(r, size_t(c));
                expected.at(i, c) = float(value);
            }
        }
        expectClose(device, op.maximum, maximum);
        expectClose(device, op.sum, sum, 1e-5);
        Tensor context = device.zeros(kQueries, channels),
               minus = device.upload(channels, 1, std::vector<float>(size_t(channels), -1.0f));
        device.copyColumns({op.context, context, 0});
        for (size_t a = 0; a < op.marginals.size(); ++a) {
            Tensor positions = device.create(channels, kGrids[size_t(shape)][a]);
            device.transpose({tokens.grid->wide[a], positions, 1});
            perceiver::applyInto(device, op.marginals[a], {positions, {}}, context, {.residual = context});
        }
        perceiver::applyInto(device, op.means, {minus, {}}, context, {.residual = context});
        expectClose(device, context, expected, 1e-5);
    }

    void cleanupTestCase() { expectNoValidationMessages(); }

private:
    std::unique_ptr<ops::Device> m_device;
};

QTEST_GUILESS_MAIN(TestGrid)
#include "test_grid.moc"
