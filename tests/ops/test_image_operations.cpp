// Operations on pictures and tiles against plain loops in double precision.
#include "tests/ops/on_device.h"

#include <algorithm>

class TestImageOperations : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { m_device = openTestDevice(); }

    void images()
    {
        constexpr int kHeight = 7, kWidth = 9;
        const HostTensor x = randomTensor({kHeight * kWidth, 3}, 14), flow = randomTensor({kHeight * kWidth, 2}, 15, 3);
        const auto at = [&](int y, int xx, int c) {
            return double(x.at(std::clamp(y, 0, kHeight - 1) * kWidth + std::clamp(xx, 0, kWidth - 1), c));
        };
        HostTensor windows({kHeight * kWidth, 27}), warped({kHeight * kWidth, 3}), middle({kHeight * kWidth, 3});
        for (int y = 0; y < kHeight; ++y)
            for (int xx = 0; xx < kWidth; ++xx)
                for (int c = 0; c < 3; ++c) {
                    const int row = y * kWidth + xx;
                    std::vector<double> around;
                    for (int dy = -2; dy <= 2; ++dy)
                        for (int dx = -2; dx <= 2; ++dx) {
                            around.push_back(at(y + dy, xx + dx, c));
                            const bool inside = y + dy >= 0 && y + dy < kHeight && xx + dx >= 0 && xx + dx < kWidth;
                            if (std::abs(dy) < 2 && std::abs(dx) < 2)
                                windows.at(row, ((dy + 1) * 3 + dx + 1) * 3 + c) = inside ? float(around.back()) : 0.0f;
                        }
                    std::nth_element(around.begin(), around.begin() + 12, around.end());
                    middle.at(row, c) = float(around[12]);
                    const double sx = std::clamp(xx + double(flow.at(row, 0)), 0.0, kWidth - 1.0);
                    const double sy = std::clamp(y + double(flow.at(row, 1)), 0.0, kHeight - 1.0);
                    const int x0 = int(sx), y0 = int(sy);
                    const double tx = sx - x0, ty = sy - y0;
                    warped.at(row, c) = float((1 - ty) * ((1 - tx) * at(y0, x0, c) + tx * at(y0, x0 + 1, c))
                        + ty * ((1 - tx) * at(y0 + 1, x0, c) + tx * at(y0 + 1, x0 + 1, c)));
                }
        const Tensor dx = m_device->upload(x);
        Tensor unfolded = m_device->create(kHeight * kWidth, 27), moved = m_device->create(kHeight * kWidth, 3),
               median = m_device->create(kHeight * kWidth, 3);
        m_device->unfold({.x = dx,
            .y = unfolded,
            .height = kHeight,
            .width = kWidth,
            .outHeight = kHeight,
            .outWidth = kWidth,
            .padTop = 1,
            .padLeft = 1});
        m_device->warp({dx, m_device->upload(flow), moved, kHeight, kWidth});
        m_device->median({dx, median, kHeight, kWidth, 5});
        expectClose(*m_device, unfolded, windows);
        expectClose(*m_device, moved, warped, 2e-5); // positions are rounded to single precision
        expectClose(*m_device, median, middle);

        // Tiles cut out and blended together again are the picture.
        const std::vector<int64_t> rows{0, 2, 3}, columns{0, 4};
        Tensor tiles = m_device->create(int64_t(rows.size() * columns.size()) * 4 * 5, 3),
               back = m_device->create(kHeight * kWidth, 3);
        m_device->cropTiles({dx, tiles, kHeight, kWidth, 4, 5, rows, columns});
        m_device->blendTiles({tiles, back, kHeight, kWidth, 4, 5, rows, columns});
        expectClose(*m_device, back, x);
    }

    // torch.nn.functional.interpolate(mode="bilinear", align_corners=False) of i * i on 7 samples: to 4 with antialias
    // as torch answers, to 10 without by the definition.
    void resize()
    {
        HostTensor x({7, 1});
        for (int i = 0; i < 7; ++i)
            x.at(i, 0) = float(i * i);
        const Tensor dx = m_device->upload(x);
        Tensor small = m_device->create(4, 1), large = m_device->create(10, 1);
        m_device->resize({dx, small, 1, 7, 1, 4, true});
        m_device->resize({dx, large, 1, 7, 1, 10, false});
        expectClose(*m_device, small, HostTensor({4, 1}, {0.6190476f, 4.8f, 15.84f, 30.3333333f}));
        HostTensor expected({10, 1});
        for (int i = 0; i < 10; ++i) {
            const double at = std::clamp((i + 0.5) * 0.7 - 0.5, 0.0, 6.0);
            const int low = int(at), high = std::min(low + 1, 6);
            expected.at(i, 0) = float((1 - (at - low)) * low * low + (at - low) * high * high);
        }
        expectClose(*m_device, large, expected);
    }

    void maxPool()
    {
        constexpr int kHeight = 9, kWidth = 12, kChannels = 5;
        HostTensor x = randomTensor({kHeight * kWidth, kChannels}, 50);
        for (float& v : x.values)
            v = std::abs(v);
        for (const int pad : {0, 1}) {
            const int rows = (kHeight + 2 * pad - 3) / 2 + 1, columns = (kWidth + 2 * pad - 3) / 2 + 1;
            HostTensor expected({rows * columns, kChannels});
            for (int i = 0; i < rows; ++i)
                for (int j = 0; j < columns; ++j)
                    for (int c = 0; c < kChannels; ++c)
                        for (int dy = 0; dy < 3; ++dy)
                            for (int dx = 0; dx < 3; ++dx) {
                                const int y = 2 * i - pad + dy, xx = 2 * j - pad + dx;
                                if (y >= 0 && y < kHeight && xx >= 0 && xx < kWidth)
                                    expected.at(i * columns + j, c)
                                        = std::max(expected.at(i * columns + j, c), x.at(y * kWidth + xx, c));
                            }
            Tensor y = m_device->create(rows * columns, kChannels);
            m_device->maxPool({m_device->upload(x), y, kHeight, kWidth, rows, columns, 3, 2, pad, pad});
            expectClose(*m_device, y, expected);
        }
    }

    void matchingCosts_data()
    {
        QTest::addColumn<int>("height");
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("radius");
        QTest::newRow("lower and narrower than the squares") << 3 << 2 << 2;
        QTest::newRow("some lines") << 8 << 11 << 2;
        QTest::newRow("more lines than one cache holds") << 45 << 53 << 4;
    }

    // The definition in operations.h, for two tiles at once; y is a block of a larger matrix.
    void matchingCosts()
    {
        QFETCH(const int, height);
        QFETCH(const int, width);
        QFETCH(const int, radius);
        constexpr int kBatch = 2, kWindow = 5;
        const int side = 2 * radius + 1;
        const HostTensor a = randomTensor({kBatch * height * width, 3}, 51),
                         b = randomTensor({kBatch * height * width, 3}, 52);
        const auto cost = [&](int tile, int y, int x, int dy, int dx) {
            y = std::clamp(y, 0, height - 1);
            x = std::clamp(x, 0, width - 1);
            const int ty = std::clamp(y + dy, 0, height - 1), tx = std::clamp(x + dx, 0, width - 1);
            double sum = 0;
            for (int c = 0; c < 3; ++c)
                sum += std::abs(
                    double(a.at((tile * height + y) * width + x, c)) - b.at((tile * height + ty) * width + tx, c));
            return sum / 3;
        };
        HostTensor expected({kBatch * height * width, side * side});
        for (int tile = 0; tile < kBatch; ++tile)
            for (int y = 0; y < height; ++y)
                for (int x = 0; x < width; ++x) {
                    std::vector<double> costs;
                    for (int d = 0; d < side * side; ++d) {
                        double sum = 0;
                        for (int i = -kWindow / 2; i <= kWindow / 2; ++i)
                            for (int j = -kWindow / 2; j <= kWindow / 2; ++j)
                                sum += cost(tile, y + i, x + j, d / side - radius, d % side - radius);
                        costs.push_back(sum / (kWindow * kWindow));
                    }
                    double mean = 0, square = 0;
                    for (const double c : costs)
                        mean += c / double(costs.size());
                    for (const double c : costs)
                        square += (c - mean) * (c - mean) / double(costs.size());
                    for (size_t d = 0; d < costs.size(); ++d)
                        expected.at((tile * height + y) * width + x, int64_t(d))
                            = float((costs[d] - mean) / (std::sqrt(square) + 0.01));
                }
        Tensor y = m_device->zeros(kBatch * height * width, side * side + 12).columnBlock(4, side * side);
        m_device->matchingCosts({m_device->upload(a), m_device->upload(b), y, kBatch, height, width, radius, kWindow});
        expectClose(*m_device, y, expected, 2e-5); // differences of sums, divided by their small spread
        expectPadding(*m_device, y);
    }

    void localMotion_data()
    {
        QTest::addColumn<int>("height");
        QTest::addColumn<int>("width");
        QTest::newRow("some lines") << 7 << 10;
        QTest::newRow("more lines than one cache holds") << 75 << 90;
    }

    // The definition in operations.h, for two tiles at once and windows of two sizes; the clipping happens. y is a
    // block of a larger matrix.
    void localMotion()
    {
        QFETCH(const int, height);
        QFETCH(const int, width);
        constexpr int kBatch = 2;
        HostTensor a = randomTensor({kBatch * height * width, 3}, 54), b = randomTensor(a.shape, 55);
        for (size_t i = 0; i < a.values.size() / 2;
             ++i) { // the first tile has a flat part and a ramp, and grows brighter
            a.values[i] = 0.05f * float(std::max(int(i / 3) % width - 4, 0)) + 0.003f * a.values[i];
            b.values[i] = a.values[i] + (i % 2 ? 0.3f : 0.2f);
        }
        const std::vector<int64_t> windows{3, 7};
        const auto at = [&](const HostTensor& frame, int tile, int y, int x, int c) {
            return double(
                frame.at((tile * height + std::clamp(y, 0, height - 1)) * width + std::clamp(x, 0, width - 1), c));
        };
        const auto middle
            = [&](int tile, int y, int x, int c) { return (at(a, tile, y, x, c) + at(b, tile, y, x, c)) / 2; };
        HostTensor expected({a.rows(), 6});
        int clipped = 0;
        for (int tile = 0; tile < kBatch; ++tile)
            for (int y = 0; y < height; ++y)
                for (int x = 0; x < width; ++x)
                    for (size_t w = 0; w < windows.size(); ++w) {
                        const int reach = int(windows[w] / 2);
                        double xx = 0, xy = 0, yy = 0, xt = 0, yt = 0;
                        const double count = double(windows[w] * windows[w]) * 3;
                        for (int i = -reach; i <= reach; ++i)
                            for (int j = -reach; j <= reach; ++j)
                                for (int c = 0; c < 3; ++c) {
                                    const int v = std::clamp(y + i, 0, height - 1);
                                    const int u = std::clamp(x + j, 0, width - 1);
                                    const double ix = (middle(tile, v, u + 1, c) - middle(tile, v, u - 1, c)) / 2;
                                    const double iy = (middle(tile, v + 1, u, c) - middle(tile, v - 1, u, c)) / 2;
                                    const double change = at(b, tile, v, u, c) - at(a, tile, v, u, c);
                                    xx += ix * ix / count;
                                    xy += ix * iy / count;
                                    yy += iy * iy / count;
                                    xt += ix * change / count;
                                    yt += iy * change / count;
                                }
                        const double d = 3e-4, determinant = (xx + d) * (yy + d) - xy * xy;
                        const double u = (xy * yt - (yy + d) * xt) / determinant;
                        const double v = (xy * xt - (xx + d) * yt) / determinant;
                        const double smaller = (xx + yy) / 2 - std::hypot((xx - yy) / 2, xy);
                        clipped += std::abs(u) > 3;
                        const int64_t row = (tile * height + y) * width + x;
                        expected.at(row, int64_t(3 * w)) = float(std::clamp(u, -3.0, 3.0));
                        expected.at(row, int64_t(3 * w + 1)) = float(std::clamp(v, -3.0, 3.0));
                        expected.at(row, int64_t(3 * w + 2)) = float(std::log2(std::max(1.0, smaller / d)) / 4);
                    }
        QVERIFY(clipped > 0 && clipped < kBatch * height * width);
        Tensor y = m_device->zeros(a.rows(), 18).columnBlock(4, 6);
        m_device->localMotion({m_device->upload(a), m_device->upload(b), y, kBatch, height, width, windows});
        expectClose(*m_device, y, expected, 2e-5);
        expectPadding(*m_device, y);
    }

    // A tile that is larger than the picture repeats its rim.
    void tilesBeyondTheRim()
    {
        constexpr int kHeight = 3, kWidth = 4, kTile = 6;
        const HostTensor x = randomTensor({kHeight * kWidth, 3}, 53);
        HostTensor expected({kTile * kTile, 3});
        for (int i = 0; i < kTile * kTile; ++i)
            for (int c = 0; c < 3; ++c)
                expected.at(i, c)
                    = x.at(std::min(i / kTile, kHeight - 1) * kWidth + std::min(i % kTile, kWidth - 1), c);
        Tensor tile = m_device->create(kTile * kTile, 3), back = m_device->create(kHeight * kWidth, 3);
        m_device->cropTiles({m_device->upload(x), tile, kHeight, kWidth, kTile, kTile, {0}, {0}});
        m_device->blendTiles({tile, back, kHeight, kWidth, kTile, kTile, {0}, {0}});
        expectClose(*m_device, tile, expected);
        expectClose(*m_device, back, x);
    }

    // Two tiles of different constants: between them the weights are the distances to their rims (model-spec 5.2).
    void blendingWeights()
    {
        constexpr int kWidth = 8, kTile = 5; // tiles start at 0 and 3: columns 3 and 4 are in both
        HostTensor tiles({2 * kTile, 1});
        for (int i = 0; i < kTile; ++i)
            tiles.at(kTile + i, 0) = 1;
        Tensor y = m_device->create(kWidth, 1);
        m_device->blendTiles({m_device->upload(tiles), y, 1, kWidth, 1, kTile, {0}, {0, 3}});
        HostTensor flat({kWidth, 1}, {0, 0, 0, 0.5f, 0.5f, 1, 1, 1}); // one row: every weight is 1
        expectClose(*m_device, y, flat);
        constexpr int kHigh = 9;
        HostTensor high({2 * kHigh * kTile, 1});
        std::fill(high.values.begin() + kHigh * kTile, high.values.end(), 1.0f);
        Tensor z = m_device->create(kHigh * kWidth, 1);
        m_device->blendTiles({m_device->upload(high), z, kHigh, kWidth, kHigh, kTile, {0}, {0, 3}});
        const auto values = m_device->download(z);
        QVERIFY(values.ok());
        QCOMPARE(values.value().at(4 * kWidth + 3, 0), 1.0f / 3); // weights 2 and 1 in the middle row
        QCOMPARE(values.value().at(4 * kWidth + 4, 0), 2.0f / 3);
        QCOMPARE(values.value().at(0 * kWidth + 3, 0), 0.5f); // 1 and 1 in the first
    }

    void cleanupTestCase()
    {
        m_device.reset();
        expectNoValidationMessages();
    }

private:
    std::unique_ptr<ops::Device> m_device;
};

QTEST_GUILESS_MAIN(TestImageOperations)
#include "test_image_operations.moc"
