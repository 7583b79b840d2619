// A map's spectrum as the window shows it: where the zero frequency lies, what is refused; and the frequencies of each
// kind of model's position features, held against the features themselves.
#include "engine/engine.h"
#include "engine/perceiver/positions.h"
#include "tests/test_device.h"

#include <QtTest>
#include <cmath>
#include <limits>
#include <numbers>

using namespace engine;
using tasks::PictureAxis;

class TestMapSpectrum : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { m_device = openTestDevice(); }

    void zeroFrequencyIsInTheMiddle_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("columns");
        for (const auto& [rows, columns] : {std::pair{6, 8}, {7, 9}, {1, 4}, {5, 1}, {1, 1}})
            QTest::addRow("%d x %d", rows, columns) << rows << columns;
    }

    void zeroFrequencyIsInTheMiddle()
    {
        QFETCH(int, rows);
        QFETCH(int, columns);
        const HostTensor map({rows, columns}, std::vector<float>(size_t(rows * columns), 3.0f));
        const auto with = tasks::powerSpectrum(*m_device, map, false);
        QVERIFY2(with.ok(), with.ok() ? "" : with.error().message.c_str());
        QCOMPARE(with.value().shape, map.shape);
        for (int r = 0; r < rows; ++r)
            for (int c = 0; c < columns; ++c) {
                const float wanted = r == rows / 2 && c == columns / 2 ? 9.0f * float(rows * columns) : 0.0f;
                QVERIFY(std::abs(with.value().at(r, c) - wanted) <= 1e-5f * 9.0f * float(rows * columns));
            }
        const auto without = tasks::powerSpectrum(*m_device, map, true);
        QVERIFY(without.ok());
        for (const float value : without.value().values)
            QCOMPARE(value, 0.0f);
    }

    // 3 periods downwards and 2 to the left, on a ground of 10: the two peaks lie opposite each other.
    void waveLiesWhereItsFrequencySays()
    {
        constexpr int kRows = 21, kColumns = 16;
        HostTensor map({kRows, kColumns});
        for (int r = 0; r < kRows; ++r)
            for (int c = 0; c < kColumns; ++c)
                map.at(r, c)
                    = float(10 + std::cos(2 * std::numbers::pi * (3.0 * r / kRows - 2.0 * c / kColumns) + 0.4));
        const auto power = tasks::powerSpectrum(*m_device, map, true);
        QVERIFY(power.ok());
        double total = 0;
        for (const float value : power.value().values)
            total += double(value);
        const double half = kRows * kColumns / 4.0;
        QVERIFY(std::abs(power.value().at(kRows / 2 + 3, kColumns / 2 - 2) - half) < 1e-4 * half);
        QVERIFY(std::abs(power.value().at(kRows / 2 - 3, kColumns / 2 + 2) - half) < 1e-4 * half);
        QVERIFY(std::abs(total - 2 * half) < 1e-4 * half); // nothing is left for any other
    }

    void whatHasNoSpectrumIsSaid()
    {
        HostTensor bad({2, 2}, {1, 2, std::numeric_limits<float>::quiet_NaN(), 4});
        const auto notNumbers = tasks::powerSpectrum(*m_device, bad, true);
        QVERIFY(!notNumbers.ok() && notNumbers.error().kind == ErrorKind::BadData);
        const auto large = tasks::powerSpectrum(*m_device, HostTensor({3, 4097}), true);
        QVERIFY(!large.ok() && large.error().kind == ErrorKind::Usage);
        QVERIFY(large.error().message.find("4097 x 3") != std::string::npos);
        for (const Shape& shape : {Shape{}, Shape{4}, Shape{2, 2, 2}, Shape{0, 3}}) {
            const auto none = tasks::powerSpectrum(*m_device, HostTensor(shape), true);
            QVERIFY(!none.ok() && none.error().kind == ErrorKind::Usage);
        }
        QVERIFY(tasks::powerSpectrum(*m_device, HostTensor({2, 2}), true).ok());
    }

    void bandsAreThePositionFeatures_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("resolutionDown");
        QTest::addColumn<int>("resolutionAcross");
        QTest::addColumn<int>("bands"); // 0: none
        QTest::newRow("Fourier") << "image-fourier" << 224 << 224 << 64;
        QTest::newRow("convolution") << "image-conv-dm" << 56 << 56 << 64;
        QTest::newRow("learned") << "image-learned" << 0 << 0 << 0;
        QTest::newRow("text") << "masked-lm-dm" << 0 << 0 << 0;
        QTest::newRow("bare") << "bare" << 0 << 0 << 0;
        QTest::newRow("flow") << "optical-flow-dm" << -1 << -1 << 64; // as its config.json says
        QTest::newRow("clip") << "multimodal-dm" << -1 << -1 << 32;
    }

    void bandsAreThePositionFeatures()
    {
        QFETCH(QString, name);
        QFETCH(int, resolutionDown);
        QFETCH(int, resolutionAcross);
        QFETCH(int, bands);
        const auto folder = std::filesystem::path(PERCEIVERSCOPE_SOURCE_DIR) / "tests/cases" / name.toStdString();
        const auto checkpoint = weights::Checkpoint::open(folder);
        QVERIFY2(checkpoint.ok(), checkpoint.ok() ? "" : checkpoint.error().message.c_str());
        const auto model = perceiver::Model::load(*m_device, checkpoint.value(), perceiver::Flavour::Dm);
        QVERIFY2(model.ok(), model.ok() ? "" : model.error().message.c_str());
        const weights::Config& config = model.value()->config();
        if (model.value()->kind() == perceiver::Kind::OpticalFlow) {
            resolutionDown = int(config.trainSize[0]);
            resolutionAcross = int(config.trainSize[1]);
        } else if (model.value()->kind() == perceiver::Kind::Multimodal)
            resolutionDown = resolutionAcross = int(config.imageSize);

        for (const auto& [axis, resolution] :
            {std::pair{PictureAxis::Down, resolutionDown}, std::pair{PictureAxis::Across, resolutionAcross}}) {
            const std::vector<double> found = tasks::fourierBands(*model.value(), axis);
            QCOMPARE(int(found.size()), bands);
            if (bands == 0)
                continue;
            QCOMPARE(found.front(), 1.0);
            QCOMPARE(found.back(), resolution / 2.0);
            // 9 points of [-1, 1] and the sine at each
            const HostTensor table = perceiver::fourierAxis(9, resolution, bands, perceiver::Grid::Closed);
            for (int i = 0; i < 9; ++i)
                for (int k = 0; k < bands; ++k) {
                    const double wanted = std::sin(std::numbers::pi * found[size_t(k)] * (-1 + 2.0 * i / 8));
                    QVERIFY(std::abs(table.at(i, 1 + k) - wanted) < 1e-6);
                }
        }
    }

    // A tone of amplitude 0.5 from 0.1 s on, a constant before: each in its row, at its time.
    void toneIsInItsRowFromItsTimeOn()
    {
        constexpr int kRate = 8000, kWindow = 256, kHop = 32, kRow = 32; // 1000 Hz
        std::vector<float> sound(1600, 0.25f);
        for (size_t i = 800; i < sound.size(); ++i)
            sound[i] = float(0.5 * std::sin(2 * std::numbers::pi * kRow * double(i) / kWindow + 0.3));
        const auto found = tasks::spectrogram(*m_device, sound, kWindow, kHop);
        QVERIFY2(found.ok(), found.ok() ? "" : found.error().message.c_str());
        const HostTensor& power = found.value();
        QCOMPARE(power.shape, (Shape{kWindow / 2 + 1, 50}));
        const int in = 35, before = 10, edge = kRate / 10 / kHop; // windows wholly in the tone, before it, at its begin
        QVERIFY(std::abs(power.at(kRow, in) - 0.25f) < 1e-5f);
        QVERIFY(std::abs(power.at(kRow - 1, in) - 0.0625f) < 1e-5f); // a Hann window's neighbour has half the amplitude
        QVERIFY(power.at(kRow - 2, in) < 1e-9f && power.at(0, in) < 1e-9f);
        QVERIFY(std::abs(power.at(0, before) - 0.0625f) < 1e-6f); // a constant counts once
        QVERIFY(power.at(kRow, before) < 1e-9f);
        QVERIFY(power.at(kRow, edge) > 0.03f && power.at(kRow, edge) < 0.1f); // about half of the amplitude
        QVERIFY(power.at(0, 0) < 0.04f); // half of the first window lies before the sound
    }

    void whatHasNoSpectrogramIsSaid()
    {
        const std::vector<float> sound(100, 0.5f);
        for (const auto& [window, hop] : {std::pair{1, 10}, {5000, 10}, {16, 0}, {16, -1}})
            QVERIFY(!tasks::spectrogram(*m_device, sound, window, hop).ok());
        QVERIFY(!tasks::spectrogram(*m_device, {}, 16, 4).ok());
        QVERIFY(!tasks::spectrogram(*m_device, std::vector<float>(8000, 0.5f), 16, 1).ok()); // more windows than may be
        QCOMPARE(
            int(tasks::spectrogram(*m_device, std::vector<float>{1, NAN}, 2, 1).error().kind), int(ErrorKind::BadData));
    }

    void cleanupTestCase()
    {
        m_device.reset();
        const auto messages = vulkan::validationMessages();
        QVERIFY2(messages.empty(), messages.empty() ? "" : messages.front().c_str());
    }

private:
    std::unique_ptr<ops::Device> m_device;
};

QTEST_GUILESS_MAIN(TestMapSpectrum)
#include "test_map_spectrum.moc"
