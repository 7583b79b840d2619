// A power spectrum's figures and picture, from maps small enough to be checked by hand.
#include "app/views/spectrum.h"

#include <QtTest>

using namespace app::views;

class TestSpectrumViews : public QObject {
    Q_OBJECT

private slots:
    void directions_data()
    {
        QTest::addColumn<int>("down");
        QTest::addColumn<int>("across");
        QTest::addColumn<double>("degrees");
        QTest::newRow("upright stripes") << 0 << 3 << 0.0;
        QTest::newRow("level stripes") << 3 << 0 << 90.0;
        QTest::newRow("rising to the right") << -2 << 2 << 45.0; // crests from upper left to lower right
        QTest::newRow("falling to the right") << 2 << 2 << 135.0;
        QTest::newRow("almost level") << -5 << 1 << 78.690067525979787;
    }

    void directions()
    {
        QFETCH(int, down);
        QFETCH(int, across);
        QFETCH(double, degrees);
        engine::HostTensor power({13, 13});
        power.at(6 + down, 6 + across) = power.at(6 - down, 6 - across) = 8;
        power.at(6, 6) = 100; // the constant part is no peak
        power.at(6, 5) = 1;
        const SpectrumFigures figures = spectrumFigures(power, {}, {});
        QCOMPARE(figures.peakCycles, std::hypot(down, across));
        QCOMPARE(std::abs(figures.peakAcross), int64_t(std::abs(across)));
        QCOMPARE(figures.peakAcross * down, figures.peakDown * across);
        QVERIFY2(std::abs(figures.peakDegrees - degrees) < 1e-9, qPrintable(QString::number(figures.peakDegrees)));
        QCOMPARE(figures.energy, 17.0);
        QVERIFY(figures.shareBelow.empty());
        QCOMPARE(figures.bandHolding(0), -1);
    }

    // Twice as wide as high: 2 cycles across are as dense as 1 down.
    void directionIsThatOfThePicture()
    {
        engine::HostTensor power({8, 16});
        power.at(4 - 1, 8 + 2) = 1;
        QCOMPARE(spectrumFigures(power, {}, {}).peakDegrees, 45.0);
    }

    void energyIsSharedOutToBands()
    {
        engine::HostTensor power({16, 16});
        power.at(8, 8) = 1000;
        power.at(8, 9) = 1; // 1 across: on the first band
        power.at(8 + 3, 8) = 2; // 3 down
        power.at(8 + 3, 8 + 3) = 3; // 4.24
        power.at(0, 0) = 4; // 11.3: beyond the last
        const SpectrumFigures figures = spectrumFigures(power, {1, 3, 5, 8}, {1, 3, 5, 8});
        QCOMPARE(figures.shareBelow, (std::vector<double>{0.1, 0.3, 0.6, 0.6}));
        QCOMPARE(figures.bandHolding(0.3), 1);
        QCOMPARE(figures.bandHolding(0.31), 2);
        QCOMPARE(figures.bandHolding(0.8), -1);
        QCOMPARE(figures.halfCycles, int64_t(5));
        // Taller bands reach further down only: 3 down lies within the ellipse of 1 across and 6 down.
        QCOMPARE(spectrumFigures(power, {1}, {6}).shareBelow, std::vector<double>{0.3});
    }

    void profileIsTheMeanOfRings()
    {
        engine::HostTensor power({5, 9}); // 4 cycles across, 2 down
        for (float& value : power.values)
            value = 2;
        power.at(2, 4) = 7;
        power.at(2, 8) = 44; // (0, 4); the ring of 4 holds 14: (0, ±4), (±1, ±4), (±2, ±4) and (±2, ±3)
        const SpectrumFigures figures = spectrumFigures(power, {}, {});
        QCOMPARE(figures.radial, (std::vector<double>{7, 2, 2, 2, 5}));
    }

    void constantMapHasNoWaves()
    {
        for (const engine::Shape& shape : {engine::Shape{1, 1}, engine::Shape{4, 6}}) {
            engine::HostTensor power(shape);
            power.at(shape[0] / 2, shape[1] / 2) = 5;
            const SpectrumFigures figures = spectrumFigures(power, {1, 2}, {1, 2});
            QCOMPARE(figures.energy, 0.0);
            QCOMPARE(figures.shareBelow, (std::vector<double>{0, 0}));
            QCOMPARE(figures.radial.front(), 5.0);
            const PowerRange range = powerRange(power);
            QCOMPARE(range.high, 0.0f);
            const QImage picture = spectrumPicture(power, range, ColourMap::Magma);
            QCOMPARE(picture.size(), QSize(int(shape[1]), int(shape[0])));
            QCOMPARE(picture.pixel(0, 0), colourAt(ColourMap::Magma, 0));
        }
    }

    void pictureIsLogarithmic()
    {
        engine::HostTensor power({1, 9}, {1, 1, 10, 1000, 1e9f, 1000, 10, 1, 1});
        const PowerRange range = powerRange(power);
        QCOMPARE(range.low, 1.0f);
        QCOMPARE(range.high, 1000.0f);
        const QImage picture = spectrumPicture(power, range, ColourMap::Magma);
        QCOMPARE(picture.pixel(0, 0), colourAt(ColourMap::Magma, 0));
        QCOMPARE(picture.pixel(2, 0), colourAt(ColourMap::Magma, 1 / 3.0f));
        QCOMPARE(picture.pixel(3, 0), colourAt(ColourMap::Magma, 1));
        QCOMPARE(picture.pixel(4, 0), colourAt(ColourMap::Magma, 1)); // as its neighbours
        QCOMPARE(powerRange(engine::HostTensor({1, 5}, {0, 1, 5, 1, 0})).low, 1e-8f);
    }
};

QTEST_GUILESS_MAIN(TestSpectrumViews)
#include "test_spectrum_views.moc"
