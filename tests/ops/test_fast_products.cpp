// Products of 16-bit operands (precision Fast) against plain loops in double: near, but not as near as exact ones, in
// every form that the models use, natively (skipped where the processor has none) and by every kernel of Vulkan.
#include "engine/cpu/cpu_device.h"
#include "tests/ops/on_device.h"

namespace {

// Of the largest expected value, for sums of up to a few hundred terms: eight bits on both sides natively, eleven here.
constexpr double kNativeTolerance = 6e-3, kFastTolerance = 1e-3;

struct Way {
    const char* name;
    vulkan::GemmVariant variant;
    int splitK;
};
constexpr Way kWays[] = {{"native", vulkan::GemmVariant::Automatic, -1}, {"large", vulkan::GemmVariant::SharedLarge, 0},
    {"medium", vulkan::GemmVariant::SharedMedium, 0}, {"small", vulkan::GemmVariant::SharedSmall, 0},
    {"small, depth in 3 pieces", vulkan::GemmVariant::SharedSmall, 3},
    {"cooperative", vulkan::GemmVariant::Cooperative, 0},
    {"cooperative, depth in 3 pieces", vulkan::GemmVariant::Cooperative, 3}};

std::unique_ptr<ops::Device> openFast(const Way& way)
{
    return way.splitK < 0
        ? cpu::createDevice(ops::Precision::Fast)
        : openTestDevice(
            {.precision = ops::Precision::Fast, .fastAnywhere = true, .gemm = way.variant, .splitK = way.splitK});
}

// Why a device cannot be what it was asked to be; null where it can.
const char* missing(const Way& way, const ops::Device& device)
{
    if (device.precision() == ops::Precision::Exact)
        return "this processor multiplies no bfloat16";
    if (way.variant == vulkan::GemmVariant::Cooperative
        && device.info().kernels.find("cooperative matrices") == std::string::npos)
        return "this device, or the compiler of its kernels, has no cooperative matrices of halves";
    return nullptr;
}

// a b^T times alpha.
HostTensor product(const HostTensor& a, const HostTensor& b, double alpha = 1)
{
    HostTensor c({a.rows(), b.rows()});
    for (int64_t i = 0; i < a.rows(); ++i)
        for (int64_t j = 0; j < b.rows(); ++j) {
            double sum = 0;
            for (int64_t k = 0; k < a.columns(); ++k)
                sum += double(a.at(i, k)) * double(b.at(j, k));
            c.at(i, j) = float(alpha * sum);
        }
    return c;
}

} // namespace

class TestFastProducts : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        for (const Way& way : kWays)
            m_devices.push_back(openFast(way));
    }

    void gemm_data()
    {
        QTest::addColumn<int>("way");
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("columns");
        QTest::addColumn<int>("depth");
        QTest::addColumn<int>("form");
        for (int way = 0; way < int(std::size(kWays)); ++way) {
            if (missing(kWays[way], *m_devices[size_t(way)])) {
                QTest::addRow("%s", kWays[way].name) << way << 0 << 0 << 0 << 0; // is skipped
                continue;
            }
            for (const auto& [rows, columns, depth] : {std::array{33, 18, 49}, {130, 322, 117}, {2500, 64, 64}})
                for (int form = 0; form < 5; ++form)
                    QTest::addRow("%s, %d x %d x %d, %d", kWays[way].name, rows, columns, depth, form)
                        << way << rows << columns << depth << form;
        }
    }

    void gemm()
    {
        QFETCH(int, way);
        QFETCH(int, rows);
        QFETCH(int, columns);
        QFETCH(int, depth);
        QFETCH(int, form);
        ops::Device& device = *m_devices[size_t(way)];
        if (const char* why = missing(kWays[way], device))
            QSKIP(why);
        const bool normalised = form == 1 || form == 4, weights = form % 2 == 1;
        const HostTensor a = randomTensor({rows, depth}, 1), b = randomTensor({columns, depth}, 2),
                         bias = randomTensor({1, columns}, 3), residual = randomTensor({rows, columns}, 4);
        const Tensor x = device.upload(a),
                     y = weights ? device.uploadOperand(columns, depth, b.values) : device.upload(b);
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
            expectClose(device, c, expected, way == 0 ? kNativeTolerance : kFastTolerance);
            expectPadding(device, c);
        }
        const auto found = device.download(c);
        QVERIFY(found.ok());
        double largest = 0;
        for (size_t i = 0; i < expected.values.size(); ++i)
            largest = std::max(largest, std::abs(double(found.value().values[i]) - double(expected.values[i])));
        QVERIFY2(largest > 1e-4, "it was computed exactly");
    }

    // Weights that only products read take half the memory, as either operand, whole or in part.
    void operandsAreHalves()
    {
        const auto device = openFast(kWays[2]);
        const HostTensor w = randomTensor({64, 132}, 5, 0.02f), x = randomTensor({33, 132}, 6);
        const auto weightBytes = [&] {
            for (const ops::MemoryUse& use : device->memory())
                if (use.name == "weights")
                    return use.bytes;
            return uint64_t(0);
        };
        const Tensor operand = device->uploadOperand(64, 132, w.values);
        QVERIFY(weightBytes() >= 64 * 132 * 2 && weightBytes() < 64 * 132 * 2 + 512);
        const Tensor dx = device->upload(x);
        const auto part
            = [](const HostTensor& t, int64_t firstRow, int64_t rows, int64_t firstColumn, int64_t columns) {
                  HostTensor out({rows, columns});
                  for (int64_t r = 0; r < rows; ++r)
                      for (int64_t c = 0; c < columns; ++c)
                          out.at(r, c) = t.at(firstRow + r, firstColumn + c);
                  return out;
              };
        const HostTensor w1 = part(w, 7, 40, 20, 112), x1 = part(x, 0, 33, 20, 112);
        const Tensor dw1 = operand.rowRange(7, 40).columnRange(20, 112), dx1 = dx.columnRange(20, 112);
        Tensor asB = device->create(33, 40), asA = device->create(40, 33);
        device->gemm({.rows = 33, .columns = 40, .depth = 112, .a = {dx1}, .b = {dw1}, .c = {asB}, .alpha = 0.7f});
        device->gemm({.rows = 40, .columns = 33, .depth = 112, .a = {dw1}, .b = {dx1}, .c = {asA}, .alpha = 0.7f});
        expectClose(*device, asB, product(x1, w1, double(0.7f)), kFastTolerance);
        expectClose(*device, asA, product(w1, x1, double(0.7f)), kFastTolerance);
    }

    // A half ends at 65,504 and begins at 6e-8: weights and softmax's weights are scaled, stronger activations held.
    void strongAndWeakValues_data()
    {
        QTest::addColumn<float>("activations");
        QTest::addColumn<float>("weights");
        QTest::addColumn<float>("bound");
        QTest::newRow("strong activations") << 1e7f << 0.02f << 0.0f;
        QTest::newRow("weak activations") << 1e-3f << 0.02f << 0.0f;
        QTest::newRow("weak attention") << 1e-8f << 1.0f << 1.0f;
        QTest::newRow("strong weights") << 1.0f << 1e7f << 0.0f;
        QTest::newRow("weak weights") << 1.0f << 1e-9f << 0.0f;
    }

    void strongAndWeakValues()
    {
        QFETCH(float, activations);
        QFETCH(float, weights);
        QFETCH(float, bound);
        const HostTensor x = randomTensor({33, 50}, 7, activations), w = randomTensor({20, 50}, 8, weights);
        HostTensor held = x;
        for (float& value : held.values)
            value = std::clamp(value, -65504.0f, 65504.0f);
        for (size_t way = 1; way < std::size(kWays); ++way) {
            ops::Device& device = *m_devices[way];
            if (missing(kWays[way], device))
                continue;
            const Tensor dx = device.upload(x), dw = device.uploadOperand(20, 50, w.values);
            Tensor c = device.create(33, 20);
            device.gemm(
                {.rows = 33, .columns = 20, .depth = 50, .a = {.tensor = dx, .bound = bound}, .b = {dw}, .c = {c}});
            expectClose(device, c, product(held, w), kFastTolerance);
        }
    }

    // Software drivers gain nothing by rounding.
    void softwareDriversDecline()
    {
        const auto device = openTestDevice({.precision = ops::Precision::Fast});
        QVERIFY((device->precision() == ops::Precision::Exact) == (device->info().kind == ops::DeviceKind::Software));
    }

    void cleanupTestCase()
    {
        m_devices.clear();
        expectNoValidationMessages();
    }

private:
    std::vector<std::unique_ptr<ops::Device>> m_devices;
};

QTEST_GUILESS_MAIN(TestFastProducts)
#include "test_fast_products.moc"
