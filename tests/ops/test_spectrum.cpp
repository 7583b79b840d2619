// Power spectra on every device of this machine against a plain transform in double precision.
#include "tests/ops/on_device.h"

#include <clocale>
#include <complex>
#include <numbers>

namespace {

using Complex = std::complex<double>;

// The definition, one axis after the other: first the rows, then the columns.
std::vector<double> powerOf(const HostTensor& x)
{
    const int64_t rows = x.rows(), columns = x.columns();
    const auto turns = [](int64_t n) {
        std::vector<Complex> all;
        for (int64_t i = 0; i < n; ++i)
            all.push_back(std::polar(1.0, -2 * std::numbers::pi * double(i) / double(n)));
        return all;
    };
    const std::vector<Complex> across = turns(columns), down = turns(rows);
    std::vector<Complex> lines(size_t(rows * columns));
    for (int64_t r = 0; r < rows; ++r)
        for (int64_t l = 0; l < columns; ++l)
            for (int64_t c = 0; c < columns; ++c)
                lines[size_t(r * columns + l)] += double(x.at(r, c)) * across[size_t(l * c % columns)];
    std::vector<double> power(lines.size());
    for (int64_t k = 0; k < rows; ++k)
        for (int64_t l = 0; l < columns; ++l) {
            Complex sum = 0;
            for (int64_t r = 0; r < rows; ++r)
                sum += lines[size_t(r * columns + l)] * down[size_t(k * r % rows)];
            power[size_t(k * columns + l)] = std::norm(sum) / double(rows * columns);
        }
    return power;
}

HostTensor exact(const HostTensor& x)
{
    const std::vector<double> power = powerOf(x);
    return HostTensor(x.shape, {power.begin(), power.end()});
}

} // namespace

class TestSpectrum : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        for (const ops::Candidate& candidate : devices::listDevices())
            if (candidate.usable) {
                auto device = candidate.info.uuid.empty()
                    ? devices::openDevice(candidate.request)
                    : vulkan::createDevice({.request = candidate.info.uuid, .validation = true});
                QVERIFY2(device.ok(), device.ok() ? "" : device.error().message.c_str());
                m_devices.push_back(std::move(device).value());
            }
        QVERIFY(!m_devices.empty());
    }

    void isTheTransformsSquare_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("columns");
        constexpr int kSizes[][2] = {{1, 1}, {1, 5}, {9, 1}, {2, 2}, {3, 5}, {7, 13}, {16, 16}, {32, 48}, {61, 127},
            {55, 55}, {3, 4096}, {4093, 2}, {224, 224}, {368, 496}};
        for (const auto& size : kSizes)
            QTest::addRow("%d x %d", size[0], size[1]) << size[0] << size[1];
    }

    // A float transform errs by a few of its last bits of the largest value, whatever the size.
    void isTheTransformsSquare()
    {
        QFETCH(int, rows);
        QFETCH(int, columns);
        const HostTensor x = randomTensor({rows, columns}, 3);
        const HostTensor expected = exact(x);
        for (const auto& device : m_devices) {
            const Tensor y = device->create(rows, columns);
            device->powerSpectrum({device->upload(x), y});
            expectClose(*device, y, expected);
            expectPadding(*device, y);
        }
    }

    // A row's transform for itself is that of a matrix of this one row.
    void rowsAloneAreTransformedAlone()
    {
        for (const auto& size : {std::array<int64_t, 2>{1, 16}, {5, 1}, {7, 30}, {152, 256}, {240, 512}, {3, 61}}) {
            const int64_t rows = size[0], columns = size[1];
            const HostTensor x = randomTensor({rows, columns}, 11);
            HostTensor expected({rows, columns});
            for (int64_t r = 0; r < rows; ++r) {
                const auto first = x.values.begin() + r * columns;
                const std::vector<double> power = powerOf(HostTensor({1, columns}, {first, first + columns}));
                for (int64_t c = 0; c < columns; ++c)
                    expected.at(r, c) = float(power[size_t(c)] / double(rows));
            }
            for (const auto& device : m_devices) {
                const Tensor y = device->create(rows, columns);
                device->powerSpectrum({device->upload(x), y, true});
                expectClose(*device, y, expected);
                expectPadding(*device, y);
                const Tensor both = device->create(rows, columns); // the plans of one size are kept apart
                device->powerSpectrum({device->upload(x), both});
                expectClose(*device, both, exact(x));
            }
        }
    }

    void sineHasTwoPeaks()
    {
        constexpr int kRows = 45, kColumns = 70, kDown = 4, kAcross = 9;
        HostTensor x({kRows, kColumns});
        for (int r = 0; r < kRows; ++r)
            for (int c = 0; c < kColumns; ++c)
                x.at(r, c) = float(
                    std::sin(2 * std::numbers::pi * (double(kDown) * r / kRows + double(kAcross) * c / kColumns)));
        HostTensor expected({kRows, kColumns}); // sin^2 sums to n / 2, half of it at each sign of the frequency
        expected.at(kDown, kAcross) = expected.at(kRows - kDown, kColumns - kAcross) = kRows * kColumns / 4.0f;
        for (const auto& device : m_devices) {
            const Tensor y = device->create(kRows, kColumns);
            device->powerSpectrum({device->upload(x), y});
            expectClose(*device, y, expected);
        }
    }

    // In between other operations, on a part of a tensor, in place, and with more sizes than plans are kept.
    void keepsTheOrderOfOperations()
    {
        for (const auto& device : m_devices) {
            const HostTensor x = randomTensor({30, 24}, 5);
            Tensor all = device->upload(x);
            std::vector<HostTensor> expected;
            std::vector<Tensor> found;
            for (int i = 0; i < 10; ++i) {
                const Tensor part = all.rowRange(i, 10 + i), doubled = device->zeros(10 + i, 24);
                HostTensor values({10 + i, 24});
                for (int r = 0; r < 10 + i; ++r)
                    for (int c = 0; c < 24; ++c)
                        values.at(r, c) = x.at(i + r, c);
                expected.push_back(exact(values));
                for (float& v : expected.back().values)
                    v *= 4; // of twice the values
                device->copyColumns({part, doubled, 0});
                device->add({part, doubled});
                device->powerSpectrum({doubled, doubled});
                found.push_back(doubled);
            }
            for (size_t i = 0; i < found.size(); ++i)
                expectClose(*device, found[i], expected[i]);
            const HostTensor once = exact(x);
            for (int i = 0; i < 3; ++i) { // a kept plan again, three times in flight
                const Tensor y = device->create(30, 24);
                device->powerSpectrum({all, y});
                found.push_back(y);
            }
            for (size_t i = found.size() - 3; i < found.size(); ++i)
                expectClose(*device, found[i], once);
        }
    }

    // VkFFT by itself writes its kernels in the C locale, and takes the whole process there.
    void leavesTheLocaleAlone()
    {
        const std::string before = std::setlocale(LC_ALL, nullptr);
        QVERIFY(std::setlocale(LC_ALL, "C.UTF-8"));
        for (const auto& device : m_devices) {
            const HostTensor x = randomTensor({15, 26}, 9);
            const Tensor y = device->create(15, 26);
            device->powerSpectrum({device->upload(x), y});
            expectClose(*device, y, exact(x));
        }
        QCOMPARE(std::setlocale(LC_ALL, nullptr), "C.UTF-8");
        std::setlocale(LC_ALL, before.c_str());
    }

    // Two large primes: padded to powers of two this is more than many a device binds at once. Said, if so; the next
    // transform is none the worse.
    void tooLargeForTheDeviceIsSaid()
    {
        for (const auto& device : m_devices) {
            device->beginJob(0, nullptr);
            const Tensor large = device->zeros(4093, 4091);
            device->powerSpectrum({large, large});
            const auto done = device->endJob();
            if (!done.ok()) {
                QVERIFY2(QString::fromStdString(done.error().message).contains("4091 x 4093 values needs a buffer of "),
                    done.error().message.c_str());
                QCOMPARE(int(done.error().kind), int(ErrorKind::NoDevice));
            }
            const HostTensor x = randomTensor({3, 5}, 8);
            const Tensor y = device->create(3, 5);
            device->powerSpectrum({device->upload(x), y});
            expectClose(*device, y, exact(x));
        }
    }

    void isCountedAndCancelled()
    {
        for (const auto& device : m_devices) {
            device->takeTimings();
            const Tensor x = device->zeros(64, 64), y = device->create(64, 64);
            device->beginJob(0, nullptr);
            {
                const auto pass = device->pass("spectrum");
                device->powerSpectrum({x, y});
            }
            QVERIFY(device->endJob().ok());
            QCOMPARE(device->flopDone(), 5.0 * 4096 * 12);
            const auto times = device->takeTimings();
            QCOMPARE(times.back().name, std::string("spectrum"));
            QCOMPARE(times.back().flop, 5.0 * 4096 * 12);
            device->beginJob(0, nullptr);
            device->requestCancel();
            device->powerSpectrum({x, y});
            const auto cancelled = device->endJob();
            QVERIFY(!cancelled.ok());
            QCOMPARE(int(cancelled.error().kind), int(ErrorKind::Cancelled));
        }
    }

    void cleanupTestCase()
    {
        m_devices.clear();
        expectNoValidationMessages();
    }

private:
    std::vector<std::unique_ptr<ops::Device>> m_devices;
};

QTEST_GUILESS_MAIN(TestSpectrum)
#include "test_spectrum.moc"
