// Attention by products of 16-bit operands (precision Fast, natively) against the exact device, whose own tests are
// against double precision. Skipped where the processor has no such products.
#include "engine/cpu/cpu_device.h"
#include "tests/ops/on_device.h"

class TestFastAttention : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        m_device = cpu::createDevice(ops::Precision::Fast);
        if (m_device->precision() == ops::Precision::Exact)
            QSKIP("this processor multiplies no bfloat16");
    }

    // Widths and counts of the models, and some that fill no tile; a mask; batches; operands that are parts of wider
    // matrices.
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

QTEST_GUILESS_MAIN(TestFastAttention)
#include "test_fast_attention.moc"
