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

private:
    std::unique_ptr<ops::Device> m_device;
};

QTEST_GUILESS_MAIN(TestFastProducts)
#include "test_fast_products.moc"
