// Products of 16-bit operands (precision Fast) against plain loops in double: near, but not as near as exact ones, in
// every form that the models use. Skipped where the processor has none.
#include "engine/cpu/cpu_device.h"
#include "tests/ops/on_device.h"

class TestFastProducts : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        m_device = cpu::createDevice(ops::Precision::Fast);
        if (m_device->precision() == ops::Precision::Exact)
            QSKIP("this processor multiplies no bfloat16");
    }

    void gemm_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("columns");
        QTest::addColumn<int>("depth");
        QTest::addColumn<int>("form");
        for (const auto& [rows, columns, depth] : {std::array{33, 18, 49}, {130, 322, 117}, {2500, 64, 64}})
            for (int form = 0; form < 5; ++form)
                QTest::addRow("%d x %d x %d, %d", rows, columns, depth, form) << rows << columns << depth << form;
    }

    void gemm()
    {
        QFETCH(int, rows);
        QFETCH(int, columns);
        QFETCH(int, depth);
        QFETCH(int, form);
        ops::Device& device = *m_device;
        const bool normalised = form == 1 || form == 4, weights = form % 2 == 1;
        const HostTensor a = randomTensor({rows, depth}, 1), b = randomTensor({columns, depth}, 2),
                         bias = randomTensor({1, columns}, 3), residual = randomTensor({rows, columns}, 4);
        const Tensor x = device.upload(a),
                     y = weights ? device.uploadWeights(columns, depth, b.values) : device.upload(b);
        Tensor c = form == 3 ? device.upload(residual) : device.create(rows, columns), statistics;
        if (normalised) {
            statistics = device.create(rows, 2);
            device.rowStatistics({x, statistics});
        }
        const ops::Gemm op{.rows = rows,
            .columns = columns,
            .depth = depth,
            .a = {x},
            .b = {y},
            .c = {c},
            .alpha = 0.7f,
            .bias = form > 0 ? device.upload(bias) : Tensor(),
            .statistics = statistics,
            .activation = form == 4 ? ops::Activation::Relu : ops::Activation::None,
            .residual = form == 2 ? device.upload(residual)
                : form == 3       ? c
                                  : Tensor()};
        HostTensor expected({rows, columns});
        for (int64_t i = 0; i < rows; ++i) {
            double mean = 0, variance = 0;
            for (int64_t k = 0; k < depth; ++k)
                mean += double(a.at(i, k)) / depth;
            for (int64_t k = 0; k < depth; ++k)
                variance += (double(a.at(i, k)) - mean) * (double(a.at(i, k)) - mean) / depth;
            for (int64_t j = 0; j < columns; ++j) {
                double sum = 0;
                for (int64_t k = 0; k < depth; ++k)
                    sum += (normalised ? (double(a.at(i, k)) - mean) / std::sqrt(variance + 1e-5) : double(a.at(i, k)))
                        * double(b.at(j, k));
                sum = 0.7 * sum + (form > 0 ? double(bias.at(0, j)) : 0);
                sum = form == 4 ? std::max(sum, 0.0) : sum;
                expected.at(i, j) = float(sum + (form == 2 || form == 3 ? double(residual.at(i, j)) : 0));
            }
        }
        const int times = form == 3 ? 1 : 2; // what is kept of the weights gives the same again
        for (int i = 0; i < times; ++i) {
            device.gemm(op);
            expectClose(device, c, expected, 6e-3);
            expectPadding(device, c);
        }
        const auto found = device.download(c);
        QVERIFY(found.ok());
        double largest = 0;
        for (size_t i = 0; i < expected.values.size(); ++i)
            largest = std::max(largest, std::abs(double(found.value().values[i]) - double(expected.values[i])));
        QVERIFY2(largest > 1e-4, "it was computed exactly");
    }

    // Against the exact device: its own tests are against double precision. Widths and counts of the models, and some
    // that fill no tile; a mask; batches; operands that are parts of wider matrices.
    void attend_data()
    {
        QTest::addColumn<std::vector<int>>("sizes"); // batch, heads, queries, keys, channels of a key and of a value
        QTest::addColumn<bool>("masked");
        QTest::newRow("flow's latents") << std::vector{1, 4, 512, 512, 32, 32} << false;
        QTest::newRow("image's latents") << std::vector{1, 2, 512, 512, 128, 128} << false;
        QTest::newRow("text's encoder, padded") << std::vector{1, 2, 256, 700, 32, 160} << true;
        QTest::newRow("nothing whole") << std::vector{1, 3, 70, 333, 20, 44} << true;
        QTest::newRow("batches") << std::vector{3, 2, 50, 70, 16, 16} << false;
    }

    void attend()
    {
        QFETCH(std::vector<int>, sizes);
        QFETCH(bool, masked);
        const int batch = sizes[0], heads = sizes[1], queries = sizes[2], keys = sizes[3], f = sizes[4], g = sizes[5];
        const HostTensor q = randomTensor({batch * queries, heads * f + 8}, 1),
                         kv = randomTensor({batch * keys, heads * (f + g) + 4}, 2);
        std::vector<float> mask;
        for (int i = 0; masked && i < keys; ++i)
            mask.push_back(float(i % 5 != 2 && i < keys - 9));
        const auto exact = cpu::createDevice(ops::Precision::Exact);
        std::vector<HostTensor> found;
        for (ops::Device* device : {exact.get(), m_device.get()}) {
            const Tensor dq = device->upload(q), dkv = device->upload(kv);
            const ops::Attend op{.q = dq.columnRange(4, heads * f),
                .k = dkv.columnRange(0, heads * f),
                .v = dkv.columnRange(heads * f, heads * g),
                .context = device->create(batch * queries, heads * g),
                .mask = masked ? device->upload(1, keys, mask) : Tensor(),
                .maximum = device->create(1, batch * heads * queries),
                .sum = device->create(1, batch * heads * queries),
                .batch = batch,
                .heads = heads,
                .queries = queries,
                .keys = keys,
                .scale = 0.6f};
            QVERIFY(device->attendFused(op));
            for (const Tensor& result : {op.context, op.maximum, op.sum}) {
                const auto values = device->download(result);
                QVERIFY(values.ok());
                found.push_back(values.value());
            }
        }
        const auto farthest = [&](size_t i) {
            double most = 0, largest = 0;
            for (size_t j = 0; j < found[i].values.size(); ++j) {
                const double d = std::abs(double(found[i + 3].values[j]) - double(found[i].values[j]));
                most = std::isfinite(d) ? std::max(most, d) : d;
                largest = std::max(largest, std::abs(double(found[i].values[j])));
            }
            return most / largest;
        };
        QVERIFY2(farthest(0) <= 4e-3, qPrintable(QString("contexts differ by %1").arg(farthest(0))));
        QVERIFY2(farthest(1) <= 3e-5 && farthest(2) <= 1e-4,
            qPrintable(QString("statistics differ by %1, %2").arg(farthest(1)).arg(farthest(2))));
    }

private:
    std::unique_ptr<ops::Device> m_device;
};

QTEST_GUILESS_MAIN(TestFastProducts)
#include "test_fast_products.moc"
