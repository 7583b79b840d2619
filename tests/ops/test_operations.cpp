// Every operation against plain loops in double precision, at sizes that are no multiple of any tile, with every
// variant of the kernels forced in turn. Tolerances are relative to the largest expected value: single precision sums
// of up to a few thousand terms stay below 5e-6.
#include "engine/ops/attend.h"
#include "engine/vulkan/vulkan_device.h"

#include <QtTest>
#include <cmath>
#include <random>

using namespace engine;
using ops::Tensor;

namespace {

constexpr double kTolerance = 5e-6;

HostTensor randomTensor(Shape shape, unsigned seed, float scale = 1)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0, scale);
    HostTensor tensor(std::move(shape));
    for (float& v : tensor.values)
        v = normal(random);
    return tensor;
}

double gelu(double x, ops::Activation activation)
{
    switch (activation) {
    case ops::Activation::GeluErf:
        return x / 2 * (1 + std::erf(x / std::sqrt(2.0)));
    case ops::Activation::GeluTanh:
        return x / 2 * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
    case ops::Activation::Relu:
        return std::max(x, 0.0);
    case ops::Activation::None:
        break;
    }
    return x;
}

// Weights of one row of scores, with a mask.
std::vector<double> softmaxRow(
    const float* scores, int64_t n, const std::vector<float>& mask, double* most, double* total)
{
    std::vector<double> w(static_cast<size_t>(n), 0.0);
    *most = -1e30;
    *total = 0;
    for (int64_t i = 0; i < n; ++i)
        if (mask.empty() || mask[size_t(i)] != 0)
            *most = std::max(*most, double(scores[i]));
    for (int64_t i = 0; i < n; ++i)
        if (mask.empty() || mask[size_t(i)] != 0)
            *total += w[size_t(i)] = std::exp(double(scores[i]) - *most);
    for (double& v : w)
        v = *total > 0 ? v / *total : 0;
    return w;
}

} // namespace

class TestOperations : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { m_device = open({}); }

    void gemm_data()
    {
        QTest::addColumn<int>("variant");
        QTest::addColumn<int>("splitK");
        const std::pair<const char*, vulkan::GemmVariant> kVariants[]
            = {{"registers", vulkan::GemmVariant::Registers}, {"large", vulkan::GemmVariant::SharedLarge},
                {"medium", vulkan::GemmVariant::SharedMedium}, {"small", vulkan::GemmVariant::SharedSmall}};
        for (const auto& [name, variant] : kVariants)
            QTest::newRow(name) << int(variant) << 0;
        QTest::newRow("medium, depth in 3 pieces") << int(vulkan::GemmVariant::SharedMedium) << 3;
    }

    void gemm()
    {
        QFETCH(int, variant);
        QFETCH(int, splitK);
        const auto device = open({.gemm = vulkan::GemmVariant(variant), .splitK = splitK});
        struct Size {
            int64_t m, n, k;
        };
        for (const Size s : {Size{1, 1, 1}, Size{3, 7, 5}, Size{33, 17, 129}, Size{130, 70, 322}, Size{128, 128, 64}}) {
            for (int form = 0; form < 4; ++form) {
                const HostTensor a = randomTensor({s.m, s.k}, 1), b = randomTensor({s.n, s.k}, 2);
                const HostTensor bias = randomTensor({1, s.n}, 3), residual = randomTensor({s.m, s.n}, 4);
                const auto activation = ops::Activation(form);
                const bool extras = form > 0, normalised = form == 2 && s.k > 4;
                Tensor x = device->upload(a), c = extras ? device->upload(residual) : device->create(s.m, s.n),
                       statistics;
                if (normalised) {
                    statistics = device->create(s.m, 2);
                    device->rowStatistics({x, statistics});
                }
                device->gemm({.rows = s.m,
                    .columns = s.n,
                    .depth = s.k,
                    .a = {x},
                    .b = {device->upload(b)},
                    .c = {c},
                    .alpha = extras ? 0.7f : 1.0f,
                    .bias = extras ? device->upload(bias) : Tensor(),
                    .statistics = statistics,
                    .activation = activation,
                    .residual = extras ? c : Tensor()});
                HostTensor expected({s.m, s.n});
                for (int64_t i = 0; i < s.m; ++i) {
                    double mean = 0, variance = 0;
                    for (int64_t k = 0; k < s.k; ++k)
                        mean += a.at(i, k) / double(s.k);
                    for (int64_t k = 0; k < s.k; ++k)
                        variance += (a.at(i, k) - mean) * (a.at(i, k) - mean) / double(s.k);
                    for (int64_t j = 0; j < s.n; ++j) {
                        double sum = 0;
                        for (int64_t k = 0; k < s.k; ++k)
                            sum += (normalised ? (a.at(i, k) - mean) / std::sqrt(variance + 1e-5) : a.at(i, k))
                                * b.at(j, k);
                        expected.at(i, j) = float(
                            extras ? gelu(double(0.7f) * sum + bias.at(0, j), activation) + residual.at(i, j) : sum);
                    }
                }
                expectClose(*device, c, expected);
                expectPadding(*device, c);
            }
        }
        expectBatches(*device);
    }

    void softmax_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("columns");
        QTest::addColumn<bool>("masked");
        for (const auto& [rows, columns] : {std::pair{1, 1}, {5, 7}, {33, 129}, {3, 70001}})
            for (const bool masked : {false, true})
                QTest::newRow(qPrintable(QString("%1 x %2%3").arg(rows).arg(columns).arg(masked ? " masked" : "")))
                    << rows << columns << masked;
    }

    void softmax()
    {
        QFETCH(int, rows);
        QFETCH(int, columns);
        QFETCH(bool, masked);
        const HostTensor scores = randomTensor({rows, columns}, 5, 6);
        std::vector<float> mask;
        for (int i = 0; masked && i < columns; ++i)
            mask.push_back(i % 3 == 1 ? 0.0f : 1.0f);
        const Tensor keep = masked ? m_device->upload(1, columns, mask) : Tensor();
        HostTensor expected({rows, columns}), most({1, rows}), total({1, rows});
        for (int r = 0; r < rows; ++r) {
            double m = 0, t = 0;
            const auto w = softmaxRow(&scores.values[size_t(r) * size_t(columns)], columns, mask, &m, &t);
            most.at(0, r) = float(m);
            total.at(0, r) = float(t);
            std::copy(w.begin(), w.end(), &expected.at(r, 0));
        }
        Tensor whole = m_device->upload(scores), maximum = m_device->create(1, rows), sum = m_device->create(1, rows);
        m_device->softmax({whole, keep, maximum, sum});
        expectClose(*m_device, whole, expected);
        expectClose(*m_device, maximum, most);
        expectClose(*m_device, sum, total);
        expectPadding(*m_device, whole);
        Tensor again = m_device->upload(scores); // from the statistics alone
        m_device->probabilities({again, keep, maximum, sum});
        expectClose(*m_device, again, expected);
    }

    void rowWithoutKeysIsZero()
    {
        Tensor scores = m_device->upload(randomTensor({2, 5}, 6)), mask = m_device->zeros(1, 5),
               sum = m_device->create(1, 2), maximum = m_device->create(1, 2);
        m_device->softmax({scores, mask, maximum, sum});
        expectClose(*m_device, scores, HostTensor({2, 5}));
        expectClose(*m_device, sum, HostTensor({1, 2}));
    }

    void attend_data()
    {
        QTest::addColumn<int>("heads");
        QTest::addColumn<int>("f");
        QTest::addColumn<int>("g");
        QTest::addColumn<int>("keys");
        QTest::addColumn<bool>("masked");
        QTest::newRow("one head of 12") << 1 << 12 << 20 << 37 << false;
        QTest::newRow("three heads, masked") << 3 << 8 << 12 << 67 << true;
        QTest::newRow("20,000 keys") << 2 << 4 << 4 << 20000 << false;
    }

    // The whole attention, and the same with its keys in chunks.
    void attend()
    {
        QFETCH(int, heads);
        QFETCH(int, f);
        QFETCH(int, g);
        QFETCH(int, keys);
        QFETCH(bool, masked);
        constexpr int kQueries = 21;
        const HostTensor q = randomTensor({kQueries, heads * f}, 7), k = randomTensor({keys, heads * f}, 8),
                         v = randomTensor({keys, heads * g}, 9);
        std::vector<float> mask;
        for (int i = 0; masked && i < keys; ++i)
            mask.push_back(i % 4 == 2 ? 0.0f : 1.0f);
        const float scale = 0.6f;
        HostTensor expected({kQueries, heads * g});
        for (int h = 0; h < heads; ++h)
            for (int o = 0; o < kQueries; ++o) {
                std::vector<float> row(static_cast<size_t>(keys));
                for (int i = 0; i < keys; ++i) {
                    double s = 0;
                    for (int c = 0; c < f; ++c)
                        s += double(q.at(o, h * f + c)) * k.at(i, h * f + c);
                    row[size_t(i)] = float(s * scale);
                }
                double most = 0, total = 0;
                const auto w = softmaxRow(row.data(), keys, mask, &most, &total);
                for (int c = 0; c < g; ++c) {
                    double sum = 0;
                    for (int i = 0; i < keys; ++i)
                        sum += w[size_t(i)] * v.at(i, h * g + c);
                    expected.at(o, h * g + c) = float(sum);
                }
            }
        const Tensor keep = masked ? m_device->upload(1, keys, mask) : Tensor();
        const Tensor dq = m_device->upload(q), dk = m_device->upload(k), dv = m_device->upload(v);
        const ops::Attended whole = ops::attend(*m_device,
            {.q = dq,
                .k = dk,
                .v = dv,
                .mask = keep,
                .heads = heads,
                .queries = kQueries,
                .keys = keys,
                .scale = scale});
        expectClose(*m_device, whole.context, expected);
        ops::StreamedAttend streamed(*m_device, dq, heads, g, scale);
        const int64_t step = std::max(1, keys / 5);
        for (int64_t first = 0; first < keys; first += step) {
            const int64_t count = std::min<int64_t>(step, keys - first);
            streamed.add(dk.rowRange(first, count), dv.rowRange(first, count),
                masked ? keep.columnRange(first, count) : Tensor());
        }
        expectClose(*m_device, streamed.end().context, expected);
    }

    void rows()
    {
        const HostTensor x = randomTensor({33, 261}, 10, 3), gain = randomTensor({1, 261}, 11),
                         offset = randomTensor({1, 261}, 12);
        HostTensor normalised({33, 261}), turned({261, 33}), sums({1, 33});
        for (int r = 0; r < 33; ++r) {
            double mean = 0, variance = 0, sum = 0;
            for (int c = 0; c < 261; ++c)
                sum += x.at(r, c);
            mean = sum / 261;
            for (int c = 0; c < 261; ++c)
                variance += (x.at(r, c) - mean) * (x.at(r, c) - mean) / 261;
            for (int c = 0; c < 261; ++c) {
                normalised.at(r, c)
                    = float((x.at(r, c) - mean) / std::sqrt(variance + 1e-5) * gain.at(0, c) + offset.at(0, c));
                turned.at(c, r) = x.at(r, c);
            }
            sums.at(0, r) = float(sum);
        }
        const Tensor dx = m_device->upload(x);
        Tensor y = m_device->create(33, 261), t = m_device->create(261, 33), s = m_device->create(1, 33);
        m_device->layerNorm({dx, m_device->upload(gain), m_device->upload(offset), y});
        m_device->transpose({dx, t, 1});
        m_device->rowSums({dx, s, false});
        expectClose(*m_device, y, normalised);
        expectPadding(*m_device, y);
        expectClose(*m_device, t, turned);
        expectPadding(*m_device, t);
        expectClose(*m_device, s, sums);

        const HostTensor a = randomTensor({3, 33}, 13);
        HostTensor product({3, 261});
        for (int i = 0; i < 3; ++i)
            for (int c = 0; c < 261; ++c) {
                double sum = 0;
                for (int r = 0; r < 33; ++r)
                    sum += double(a.at(i, r)) * x.at(r, c);
                product.at(i, c) = float(sum);
            }
        Tensor p = m_device->create(3, 261);
        m_device->multiplyRows({m_device->upload(a), dx, p});
        expectClose(*m_device, p, product);

        HostTensor fused({11, 261});
        for (int r = 0; r < 11; ++r)
            for (int c = 0; c < 261; ++c)
                fused.at(r, c) = std::max({x.at(r, c), x.at(r + 11, c), x.at(r + 22, c)});
        Tensor most = m_device->create(11, 261);
        m_device->fuseHeads({dx, most, 3, ops::HeadFusion::Max});
        expectClose(*m_device, most, fused);
    }

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

    void assembly()
    {
        const HostTensor table = randomTensor({5, 6}, 16), axis0 = randomTensor({3, 5}, 17),
                         axis1 = randomTensor({4, 5}, 18);
        Tensor y = m_device->zeros(12, 17);
        HostTensor expected({12, 17});
        const std::vector<uint32_t> rows{4, 0, 0, 3, 1, 2, 2, 2, 0, 1, 4, 3};
        Tensor gathered = m_device->create(12, 6);
        m_device->gatherRows({m_device->upload(table), m_device->uploadIndices(rows), gathered});
        m_device->copyColumns({gathered, y, 1});
        m_device->fourierColumns(
            {.axes = {m_device->upload(axis0), m_device->upload(axis1)}, .bands = 2, .first = 2, .y = y, .column = 7});
        for (int r = 0; r < 12; ++r) {
            for (int c = 0; c < 6; ++c)
                expected.at(r, 1 + c) = table.at(rows[size_t(r)], c);
            const int flat = (r + 2) % 12, i = flat / 4, j = flat % 4;
            const float features[] = {axis0.at(i, 0), axis1.at(j, 0), axis0.at(i, 1), axis0.at(i, 2), axis1.at(j, 1),
                axis1.at(j, 2), axis0.at(i, 3), axis0.at(i, 4), axis1.at(j, 3), axis1.at(j, 4)};
            for (int c = 0; c < 10; ++c)
                expected.at(r, 7 + c) = features[c];
        }
        expectClose(*m_device, y, expected);
        expectPadding(*m_device, y);
    }

    void cleanupTestCase()
    {
        m_device.reset();
        const auto messages = vulkan::validationMessages();
        QVERIFY2(messages.empty(), messages.empty() ? "" : messages.front().c_str());
    }

private:
    static std::unique_ptr<ops::Device> open(vulkan::DeviceChoice choice)
    {
        choice.request = qEnvironmentVariable("PERCEIVERSCOPE_TEST_DEVICE", "llvmpipe").toStdString();
        choice.validation = true;
        auto device = vulkan::createDevice(choice);
        if (!device.ok())
            qFatal("%s", device.error().message.c_str());
        return std::move(device).value();
    }

    static void expectClose(
        ops::Device& device, const Tensor& found, const HostTensor& expected, double tolerance = kTolerance)
    {
        const auto values = device.download(found);
        QVERIFY2(values.ok(), values.ok() ? "" : values.error().message.c_str());
        QCOMPARE(values.value().size(), expected.size());
        double largest = 0, difference = 0;
        for (size_t i = 0; i < expected.values.size(); ++i) {
            const double d = std::abs(double(values.value().values[i]) - expected.values[i]);
            difference = d > difference || !std::isfinite(d) ? d : difference;
            largest = std::max(largest, std::abs(double(expected.values[i])));
        }
        QVERIFY2(difference <= tolerance * std::max(largest, 1e-30),
            qPrintable(QString("differs by %1 of %2").arg(difference).arg(largest)));
    }

    // The columns up to the next multiple of four hold zeros.
    static void expectPadding(ops::Device& device, const Tensor& t)
    {
        Tensor turned = device.create(t.rows(), ops::padded(t.columns()));
        const Tensor wide(std::shared_ptr<ops::Storage>(std::shared_ptr<void>(), t.storage()), t.rows(),
            ops::padded(t.columns()), t.stride(), t.offset());
        device.copyColumns({wide, turned, 0});
        const auto values = device.download(turned);
        QVERIFY(values.ok());
        for (int64_t r = 0; r < t.rows(); ++r)
            for (int64_t c = t.columns(); c < ops::padded(t.columns()); ++c)
                QCOMPARE(values.value().at(r, c), 0.0f);
    }

    // Two outer and three inner products side by side in shared matrices, as heads are.
    static void expectBatches(ops::Device& device)
    {
        const HostTensor a = randomTensor({2 * 5, 3 * 8}, 20), b = randomTensor({2 * 6, 3 * 8}, 21);
        HostTensor expected({2 * 3 * 5, 6});
        for (int o = 0; o < 2; ++o)
            for (int i = 0; i < 3; ++i)
                for (int r = 0; r < 5; ++r)
                    for (int c = 0; c < 6; ++c) {
                        double sum = 0;
                        for (int k = 0; k < 8; ++k)
                            sum += double(a.at(o * 5 + r, i * 8 + k)) * b.at(o * 6 + c, i * 8 + k);
                        expected.at((o * 3 + i) * 5 + r, c) = float(sum);
                    }
        const Tensor da = device.upload(a), db = device.upload(b);
        Tensor c = device.create(2 * 3 * 5, 6);
        device.gemm({.rows = 5,
            .columns = 6,
            .depth = 8,
            .outer = 2,
            .inner = 3,
            .a = {da, 5 * da.stride(), 8},
            .b = {db, 6 * db.stride(), 8},
            .c = {c, 15 * c.stride(), 5 * c.stride()}});
        expectClose(device, c, expected);
    }

    std::unique_ptr<ops::Device> m_device;
};

QTEST_GUILESS_MAIN(TestOperations)
#include "test_operations.moc"
