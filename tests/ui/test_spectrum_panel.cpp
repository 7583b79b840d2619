// The Spectrum panel without a screen: what it says and draws of a spectrum from the engine. With a folder in
// PERCEIVERSCOPE_SHOTS it leaves pictures there, in the dark and the light look.
#include "engine/engine.h"
#include "ui/panels/radial_profile.h"
#include "ui/panels/spectrum_panel.h"
#include "ui/theme.h"

#include <QLabel>
#include <QtTest>
#include <cmath>
#include <numbers>
#include <random>

namespace {

// As an attention map may be: some soft spots, waves across the whole, and noise.
engine::HostTensor map(int rows, int columns)
{
    engine::HostTensor tensor({rows, columns});
    std::mt19937 random(4);
    std::normal_distribution<float> noise(0, 0.02f);
    for (int r = 0; r < rows; ++r)
        for (int c = 0; c < columns; ++c) {
            const double y = double(r) / rows, x = double(c) / columns;
            double value = 0;
            for (const auto& [cy, cx, size] :
                {std::array{0.3, 0.3, 0.06}, std::array{0.35, 0.62, 0.05}, std::array{0.6, 0.45, 0.09}})
                value += std::exp(-((y - cy) * (y - cy) + (x - cx) * (x - cx)) / (2 * size * size));
            value += 0.15 * std::cos(2 * std::numbers::pi * (20 * x - 14 * y)); // 34.99 degrees, 24.4 cycles
            tensor.at(r, c) = float(value) + noise(random);
        }
    return tensor;
}

std::vector<double> bands(double last, int count)
{
    std::vector<double> all;
    for (int k = 0; k < count; ++k)
        all.push_back(1 + k * (last - 1) / (count - 1));
    return all;
}

} // namespace

class TestSpectrumPanel : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        auto device = engine::devices::openDevice();
        QVERIFY(device.ok());
        m_square = spectrumOf(*device.value(), map(224, 224));
        m_wide = spectrumOf(*device.value(), map(96, 160));
        m_small = spectrumOf(*device.value(), map(14, 14));
        QVERIFY(m_square.size() > 0 && m_wide.size() > 0 && m_small.size() > 0);
    }

    void looks_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::newRow("dark") << true;
        QTest::newRow("light") << false;
    }

    void looks()
    {
        QFETCH(bool, dark);
        wear(dark);
        ui::SpectrumPanel panel;
        panel.resize(320, 560);
        panel.show();
        panel.showSpectrum(m_square, bands(112, 64), bands(112, 64));
        shoot(panel, dark, "square");
        auto* map = panel.findChild<ui::SpectrumMap*>();
        const QImage whole = map->grab().toImage();
        map->setZoom(4);
        QVERIFY(map->grab().toImage() != whole);
        map->pointAt(QPoint(112 + 20, 112 - 14));
        shoot(panel, dark, "closer");
        panel.showSpectrum(m_wide, bands(80, 64), bands(48, 64));
        shoot(panel, dark, "wide");
        panel.resize(260, 500);
        panel.showSpectrum(m_small, {}, {});
        shoot(panel, dark, "small");
        panel.showNothing("Run a model on a picture: its map's spectrum appears here.");
        shoot(panel, dark, "nothing");
        // What is drawn in the look's own colours differs from one to the other.
        const QColor ground = panel.grab().toImage().pixelColor(3, 3);
        QCOMPARE(ground.lightness() < 128, dark);
    }

    void figuresAreSaid()
    {
        ui::SpectrumPanel panel;
        panel.showSpectrum(m_square, bands(112, 64), bands(112, 64));
        const QString words = panel.description();
        QCOMPARE(panel.accessibleDescription(), words);
        QVERIFY(!panel.accessibleName().isEmpty());
        const auto figures = app::views::spectrumFigures(m_square, bands(112, 64), bands(112, 64));
        const int band = figures.bandHolding(0.8);
        QVERIFY(band > 0);
        QVERIFY2(words.contains(QString("Energy up to band %1: %2 %")
                                    .arg(band + 1)
                                    .arg(std::round(figures.shareBelow[size_t(band)] * 100))),
            qPrintable(words));
        QVERIFY2(words.contains(QString("Half of the energy up to %1 cycles").arg(figures.halfCycles)), qPrintable(words));
        panel.showSpectrum(m_small, {}, {});
        QVERIFY2(panel.description().contains("no bands"), qPrintable(panel.description()));
        QVERIFY(panel.minimumSizeHint().width() <= 260);
    }

    void peakIsSaid()
    {
        engine::HostTensor power({64, 64});
        power.at(32 - 14, 32 + 20) = power.at(32 + 14, 32 - 20) = 3;
        ui::SpectrumPanel panel;
        panel.showSpectrum(power, {}, {});
        QVERIFY2(panel.description().contains("Peak at 24 cycles a picture, 35°."), qPrintable(panel.description()));
    }

    void valueUnderTheCursorIsRead()
    {
        ui::SpectrumPanel panel;
        panel.resize(320, 560);
        panel.showSpectrum(m_small, bands(7, 4), bands(7, 4));
        panel.show();
        auto* map = panel.findChild<ui::SpectrumMap*>();
        QTest::mouseMove(map, QPoint(2, 2)); // beside the picture
        QVERIFY(!map->pointedAt());
        QTest::keyClick(map, Qt::Key_Right);
        QTest::keyClick(map, Qt::Key_Right);
        QTest::keyClick(map, Qt::Key_Up);
        QCOMPARE(map->pointedAt().value_or(QPoint()), QPoint(9, 6));
        const QString power = QString("power %1").arg(double(m_small.at(6, 9)), 0, 'g', 3);
        QVERIFY2(readout(panel).contains("2 across, -1 down: 2.2 cycles\nband 2 · " + power), qPrintable(readout(panel)));
        QTest::keyClick(map, Qt::Key_Left, Qt::ShiftModifier); // as far as there is
        QCOMPARE(map->pointedAt().value_or(QPoint()), QPoint(0, 6));
        QTest::keyClick(map, Qt::Key_Escape);
        QVERIFY(!map->pointedAt());
        QVERIFY(readout(panel).startsWith("Point at"));
        QTest::keyClick(map, Qt::Key_Plus);
        QVERIFY(map->zoom() > 1);
        QTest::keyClick(map, Qt::Key_Minus);
        QCOMPARE(map->zoom(), 1.0);
    }

    void nothingIsSaid()
    {
        ui::SpectrumPanel panel;
        panel.showSpectrum(m_small, {}, {});
        panel.showNothing("No map yet.");
        QCOMPARE(panel.description(), QString("No map yet."));
        QCOMPARE(panel.accessibleDescription(), QString("No map yet."));
        engine::HostTensor constant({5, 5});
        constant.at(2, 2) = 7;
        panel.showSpectrum(constant, {1, 2}, {1, 2});
        QVERIFY(panel.description().contains("holds no waves"));
        panel.showSpectrum({}, {}, {});
        QVERIFY(panel.description().contains("no map"));
        panel.showSpectrum(engine::HostTensor({1, 4}, {1, 2, 3, 2}), {1}, {1}); // one row
        QVERIFY(panel.description().contains("Peak at"));
        panel.resize(300, 500);
        QVERIFY(!panel.grab().isNull());
    }

    void ticksAreRound()
    {
        QCOMPARE(ui::tickStep(224, 6), 50.0);
        QCOMPARE(ui::tickStep(7, 6), 2.0);
        QCOMPARE(ui::tickStep(3, 6), 1.0);
        QCOMPARE(ui::tickStep(600, 6), 100.0);
        QCOMPARE(ui::ringsOf(64), (std::vector<size_t>{15, 31, 47, 63}));
        QCOMPARE(ui::ringsOf(3), (std::vector<size_t>{0, 1, 2}));
        QVERIFY(ui::ringsOf(0).empty());
    }

private:
    static engine::HostTensor spectrumOf(engine::ops::Device& device, const engine::HostTensor& map)
    {
        const auto power = engine::tasks::powerSpectrum(device, map, true);
        return power.ok() ? power.value() : engine::HostTensor();
    }

    static QString readout(const ui::SpectrumPanel& panel)
    {
        for (const QLabel* label : panel.findChildren<QLabel*>("quiet"))
            if (label->parentWidget() != &panel)
                return label->text();
        return {};
    }

    // As if the desktop were dark or light.
    static void wear(bool dark)
    {
        QApplication::setPalette(dark ? QPalette(QColor("#202020")) : QPalette(QColor("#f0f0f0")));
        ui::applyTheme();
    }

    static void shoot(QWidget& widget, bool dark, const QString& name)
    {
        QTest::qWait(20); // laid out
        if (const QString folder = qEnvironmentVariable("PERCEIVERSCOPE_SHOTS"); !folder.isEmpty())
            QVERIFY(widget.grab().save(folder + "/spectrum_" + name + (dark ? "_dark.png" : "_light.png")));
    }

    engine::HostTensor m_square, m_wide, m_small;
};

QTEST_MAIN(TestSpectrumPanel)
#include "test_spectrum_panel.moc"
