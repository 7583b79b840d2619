// Products, softmax and attention against plain loops in double precision, at sizes that are no multiple of any tile,
// with every variant of the kernels forced in turn. Tolerances are relative to the largest expected value: single
// precision sums of up to a few thousand terms stay below 5e-6.
#include "engine/ops/attend.h"
#include "tests/ops/on_device.h"

namespace {

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
    void initTestCase() { m_device = openTestDevice(); }

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
        const auto device = openTestDevice({.gemm = vulkan::GemmVariant(variant), .splitK = splitK});
        struct Size {
            int64_t m, n, k;
        };
        for (const Size s : {Size{1, 1, 1}, Size{3, 7, 5}, Size{33, 17, 129}, Size{130, 70, 322}, Size{128, 128, 64},
                 Size{7, 322, 117}, Size{65, 132, 130}}) {
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

    // A software driver ends loops after 65,535 passes: longer ones are split, at every place where a depth, a row or
    // the keys can be that long.
    void longLoops()
    {
        constexpr int64_t kLong = 600'011; // 8 lanes a row still make 75,000 passes
        const HostTensor x = randomTensor({1, kLong}, 30), y = randomTensor({1, kLong}, 31);
        double sum = 0, dot = 0;
        for (int64_t i = 0; i < kLong; ++i) {
            sum += double(x.at(0, i));
            dot += double(x.at(0, i)) * y.at(0, i);
        }
        const Tensor dx = m_device->upload(x), dy = m_device->upload(y);
        Tensor total = m_device->create(1, 1), product = m_device->create(1, 1);
        m_device->rowSums({dx, total, false});
        m_device->gemm({.rows = 1, .columns = 1, .depth = kLong, .a = {dx}, .b = {dy}, .c = {product}});
        expectNear(*m_device, total, {float(sum)}, 0.02); // sums of 600,000 numbers of size 1
        expectNear(*m_device, product, {float(dot)}, 0.02);

        double most = 0, weights = 0;
        const std::vector<double> w = softmaxRow(x.values.data(), kLong, {}, &most, &weights);
        Tensor scores = m_device->upload(x), maximum = m_device->create(1, 1), sums = m_device->create(1, 1);
        m_device->softmax({scores, {}, maximum, sums});
        HostTensor expected({1, kLong});
        std::copy(w.begin(), w.end(), expected.values.begin());
        expectClose(*m_device, scores, expected, 1e-4);

        constexpr int64_t kKeys = 70'001;
        const HostTensor keys = randomTensor({kKeys, 4}, 32);
        const Tensor column = m_device->upload(keys);
        HostTensor ones({1, kKeys});
        std::fill(ones.values.begin(), ones.values.end(), 1.0f);
        Tensor columnSums = m_device->create(1, 4);
        m_device->multiplyRows({m_device->upload(ones), column, columnSums});
        std::vector<float> wanted(4);
        for (int c = 0; c < 4; ++c) {
            double columnSum = 0;
            for (int64_t r = 0; r < kKeys; ++r)
                columnSum += double(keys.at(r, c));
            wanted[size_t(c)] = float(columnSum);
        }
        expectNear(*m_device, columnSums, wanted, 0.01);
    }

    void cleanupTestCase()
    {
        m_device.reset();
        expectNoValidationMessages();
    }

private:
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
