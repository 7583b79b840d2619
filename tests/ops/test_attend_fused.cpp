// The fused attention, forced on whatever device there is, against double-precision loops: both tiles, the keys in one
// piece and in several, widths that are no multiple of a tile, masks, batches, and operands that are parts of wider
// matrices; exactly, and with operands rounded to 16 bits. Tolerances are relative to the largest expected value.
#include "engine/ops/device.h"
#include "engine/vulkan/vulkan_device.h"

#include <QtTest>
#include <cmath>
#include <random>

using namespace engine;
using ops::Tensor;

namespace {

constexpr double kTolerance = 5e-6, kFastTolerance = 5e-3;

HostTensor randomTensor(Shape shape, unsigned seed)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    HostTensor tensor(std::move(shape));
    for (float& v : tensor.values)
        v = normal(random);
    return tensor;
}

enum Mask { All, Some, FirstHalf, None };

struct Case {
    const char* name;
    int batch, heads, queries, keys, f, g;
    Mask mask;
};
constexpr Case kCases[] = {
    {"one of everything", 1, 1, 1, 1, 4, 4, All},
    {"small tile, a tail everywhere", 1, 3, 21, 67, 12, 20, Some},
    {"large tile, a tail everywhere", 1, 2, 70, 131, 36, 44, Some},
    {"latent layers of flow", 1, 2, 128, 128, 32, 32, All},
    {"text's encoder", 1, 2, 65, 90, 32, 160, FirstHalf},
    {"image classifiers", 1, 2, 64, 96, 128, 128, All},
    {"widest", 1, 1, 33, 40, 256, 256, All},
    {"batched tiles, few keys", 3, 2, 50, 48, 16, 16, All},
    {"batched tiles, many keys", 2, 2, 24, 200, 16, 16, All},
    {"no keys at all", 1, 2, 40, 70, 8, 8, None},
    {"20,000 keys", 1, 1, 5, 20000, 4, 4, All},
};

} // namespace

class TestAttendFused : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        for (const bool fast : {false, true})
            for (const int64_t splits : {0, 1, 3})
                m_devices[{fast, splits}] = open({.precision = fast ? ops::Precision::Fast : ops::Precision::Exact,
                    .fastAnywhere = true,
                    .attend = vulkan::AttendVariant::Fused,
                    .splitK = splits});
    }

    void attend_data()
    {
        QTest::addColumn<int>("index");
        QTest::addColumn<int>("splits");
        QTest::addColumn<bool>("fast");
        for (const bool fast : {false, true})
            for (int i = 0; i < int(std::size(kCases)); ++i)
                for (const int splits : {0, 1, 3})
                    QTest::addRow("%s, pieces: %d%s", kCases[i].name, splits, fast ? ", rounded" : "")
                        << i << splits << fast;
    }

    void attend()
    {
        QFETCH(int, index);
        QFETCH(int, splits);
        QFETCH(bool, fast);
        const Case& c = kCases[index];
        ops::Device& device = *m_devices[{fast, splits}];
        const float scale = 0.6f;
        // Queries, keys and values as a layer has them: columns of one product, padded by something else.
        const int width = c.heads * (2 * c.f + c.g) + 4;
        const HostTensor q = randomTensor({c.batch * c.queries, width}, 1),
                         kv = randomTensor({c.batch * c.keys, width}, 2);
        const int firstK = c.heads * c.f, firstV = 2 * c.heads * c.f;
        std::vector<float> mask;
        for (int i = 0; c.mask != All && i < c.keys; ++i)
            mask.push_back(c.mask == Some ? float(i % 4 != 2) : float(c.mask == FirstHalf && i < c.keys / 2));

        HostTensor context({c.batch * c.queries, c.heads * c.g}), maximum({1, c.batch * c.heads * c.queries}),
            sum({1, c.batch * c.heads * c.queries});
        std::vector<double> weights(size_t(c.keys), 0.0);
        for (int b = 0; b < c.batch; ++b)
            for (int h = 0; h < c.heads; ++h)
                for (int o = 0; o < c.queries; ++o) {
                    const int row = (b * c.heads + h) * c.queries + o;
                    double most = ops::kNoMaximum, total = 0;
                    for (int i = 0; i < c.keys; ++i) {
                        double s = 0;
                        for (int x = 0; x < c.f; ++x)
                            s += double(q.at(b * c.queries + o, h * c.f + x))
                                * kv.at(b * c.keys + i, firstK + h * c.f + x);
                        weights[size_t(i)] = s * double(scale);
                        if (mask.empty() || mask[size_t(i)] != 0)
                            most = std::max(most, weights[size_t(i)]);
                    }
                    for (int i = 0; i < c.keys; ++i) {
                        double& w = weights[size_t(i)];
                        w = mask.empty() || mask[size_t(i)] != 0 ? std::exp(w - most) : 0;
                        total += w;
                    }
                    for (int x = 0; x < c.g && total > 0; ++x) {
                        double value = 0;
                        for (int i = 0; i < c.keys; ++i)
                            value += weights[size_t(i)] * kv.at(b * c.keys + i, firstV + h * c.g + x);
                        context.at(b * c.queries + o, h * c.g + x) = float(value / total);
                    }
                    maximum.at(0, row) = float(most);
                    sum.at(0, row) = float(total);
                }

        const Tensor dq = device.upload(q), dkv = device.upload(kv);
        ops::Attend op{.q = dq.columnRange(0, c.heads * c.f),
            .k = dkv.columnRange(firstK, c.heads * c.f),
            .v = dkv.columnRange(firstV, c.heads * c.g),
            .context = device.create(context.rows(), context.columns()),
            .mask = mask.empty() ? Tensor() : device.upload(1, c.keys, mask),
            .maximum = device.create(1, maximum.columns()),
            .sum = device.create(1, sum.columns()),
            .batch = c.batch,
            .heads = c.heads,
            .queries = c.queries,
            .keys = c.keys,
            .scale = scale};
        if (c.batch > 1)
            QVERIFY(mask.empty());
        QVERIFY2(device.attendFused(op), "the forced variant was not taken");
        const double tolerance = fast ? kFastTolerance : kTolerance;
        expectClose(device, op.context, context, tolerance);
        expectClose(device, op.maximum, maximum, tolerance);
        expectClose(device, op.sum, sum, tolerance);
    }

    // What the automatic choice leaves to the streamed way.
    void widerHeadsAreLeft()
    {
        ops::Device& device = *m_devices[{false, 0}];
        const Tensor x = device.zeros(40, 260);
        const ops::Attend op{.q = x,
            .k = x,
            .v = x,
            .context = device.create(40, 260),
            .maximum = device.create(1, 40),
            .sum = device.create(1, 40),
            .queries = 40,
            .keys = 40};
        QVERIFY(!device.attendFused(op));
    }

    void cleanupTestCase()
    {
        m_devices.clear();
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

    static void expectClose(ops::Device& device, const Tensor& found, const HostTensor& expected, double tolerance)
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

    std::map<std::pair<bool, int64_t>, std::unique_ptr<ops::Device>> m_devices;
};

QTEST_GUILESS_MAIN(TestAttendFused)
#include "test_attend_fused.moc"
