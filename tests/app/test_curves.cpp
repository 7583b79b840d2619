// Curves without measuring: the fit, the chart and its words, and the files.
#include "app/commands/curve_files.h"

#include <QFile>
#include <QFontMetricsF>
#include <QImage>
#include <QTemporaryDir>
#include <QtTest>
#include <csignal>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

using namespace app;

namespace {

const commands::CurveKind& kindOf(const std::string& name)
{
    return *std::find_if(
        commands::kCurves.begin(), commands::kCurves.end(), [&](const auto& kind) { return kind.name == name; });
}

// 10 ms and 2 µs a byte; 5 MB and 1 kB a byte.
commands::Curve straight()
{
    commands::Curve curve{.kind = &kindOf("bytes"), .device = "A processor"};
    std::vector<double> sizes, seconds, bytes;
    for (const int64_t size : curve.kind->sizes) {
        const double time = 0.01 + 2e-6 * double(size);
        curve.points.push_back({.size = size,
            .seconds = {time * 0.9, time, time * 1.2},
            .median = time,
            .least = time * 0.9,
            .most = time * 1.2,
            .peakBytes = uint64_t(5'000'000 + 1000 * size)});
        sizes.push_back(double(size));
        seconds.push_back(time);
        bytes.push_back(double(curve.points.back().peakBytes));
    }
    curve.time = views::leastSquares(sizes, seconds, 1);
    curve.memory = views::leastSquares(sizes, bytes, 1);
    return curve;
}

QStringList filesIn(const QTemporaryDir& folder)
{
    return QDir(folder.path()).entryList(QDir::Files);
}

} // namespace

class TestCurves : public QObject {
    Q_OBJECT

private slots:
    void leastSquaresIsExact()
    {
        const std::vector<double> x{2048, 4096, 8192, 16384};
        std::vector<double> line, parabola;
        for (const double v : x) {
            line.push_back(3 - 0.5 * v);
            parabola.push_back(1 + 2e-3 * v + 4e-7 * v * v);
        }
        const auto one = views::leastSquares(x, line, 1);
        QCOMPARE(one.coefficients.size(), size_t(2));
        QVERIFY(std::abs(one.coefficients[0] - 3) < 1e-9 && std::abs(one.coefficients[1] + 0.5) < 1e-12);
        QCOMPARE(one.r2, 1.0);
        const auto two = views::leastSquares(x, parabola, 2);
        QVERIFY(std::abs(two.coefficients[0] - 1) < 1e-9 && std::abs(two.coefficients[2] / 4e-7 - 1) < 1e-9);
        QVERIFY(std::abs(two.at(10000) - 61) < 1e-9);
        QVERIFY(views::leastSquares(x, parabola, 1).r2 < 0.99);
    }

    // y = x + 2 / 3 has the least squares through (0, 1), (1, 1), (2, 3), and leaves 2 / 3 of 8 / 3.
    void leastSquaresByHand()
    {
        const auto fit = views::leastSquares({0, 1, 2}, {1, 1, 3}, 1);
        QVERIFY(std::abs(fit.coefficients[0] - 2.0 / 3) < 1e-12 && std::abs(fit.coefficients[1] - 1) < 1e-12);
        QVERIFY(std::abs(fit.r2 - 0.75) < 1e-12);
    }

    // What would take less time than nothing is left out.
    void costsAreNotNegative()
    {
        const auto line = views::costFit({1, 2, 3}, {1, 3, 5}, 1); // y = 2 x - 1 would be exact
        QCOMPARE(line.coefficients[0], 0.0);
        QVERIFY(std::abs(line.coefficients[1] - 22.0 / 14) < 1e-12); // sum of x y over sum of x x
        QVERIFY(line.r2 < 1);
        const auto parabola = views::costFit({1, 2, 3, 4}, {3, 6, 11, 18}, 2); // 2 + x x
        QVERIFY(std::abs(parabola.coefficients[0] - 2) < 1e-9 && std::abs(parabola.coefficients[1]) < 1e-9);
        QVERIFY(std::abs(parabola.coefficients[2] - 1) < 1e-9);
        QCOMPARE(views::costFit({1, 2, 3}, {3, 2, 1}, 2).coefficients, (std::vector<double>{2, 0, 0}));
    }

    void leastSquaresOfLittle()
    {
        const auto point = views::leastSquares({5, 5}, {2, 4}, 2);
        QCOMPARE(point.coefficients, std::vector<double>{3});
        const auto level = views::leastSquares({1, 2, 3}, {7, 7, 7}, 1);
        QCOMPARE(level.at(10), 7.0);
        QCOMPARE(level.r2, 1.0);
    }

    void ticks()
    {
        QCOMPARE(exports::tickStep(100), 20.0);
        QCOMPARE(exports::tickStep(1), 0.2);
        QCOMPARE(exports::tickStep(70778), 10000.0);
        QCOMPARE(exports::tickStep(0.41), 0.1);
        for (const double most : {1e-7, 0.3, 8.0, 9.99, 12345.0}) {
            const double count = most / exports::tickStep(most);
            QVERIFY2(count >= 4 && count <= 10, qPrintable(QString::number(most)));
        }
        QCOMPARE(exports::tickText(20000, 20000), "20,000");
        QCOMPARE(exports::tickText(0.4, 0.2), "0.4");
        QCOMPARE(exports::tickText(2, 0.05), "2.00");
        QCOMPARE(exports::tickText(0, 0.05), "0");
    }

    void chartSaysWhatWasMeasured()
    {
        commands::Curve curve = straight();
        const exports::Chart chart = commands::chartOf(curve);
        QCOMPARE(chart.axis, "bytes of text");
        QVERIFY2(chart.caption.contains("straight lines") && chart.caption.contains("A processor: medians of 3 runs"),
            qPrintable(chart.caption));
        QCOMPARE(chart.panels.size(), size_t(2));
        QCOMPARE(chart.panels[0].heading, "Time, milliseconds");
        QCOMPARE(chart.panels[0].fitWords, QString::fromUtf8("10.0\u00a0ms + 2.00\u00a0µs per byte"));
        curve.time.coefficients[0] = 0;
        QCOMPARE(commands::chartOf(curve).panels[0].fitWords, QString::fromUtf8("2.00\u00a0µs per byte"));
        QCOMPARE(chart.panels[0].quality, QString::fromUtf8("R² = 1.0000"));
        QCOMPARE(chart.panels[0].points[0].y, 10 + 2048 * 2e-3);
        QCOMPARE(chart.panels[1].heading, "Peak memory, megabytes");
        QCOMPARE(chart.panels[1].fitWords, QString::fromUtf8("5.00\u00a0MB + 1.00\u00a0kB per byte"));
        QVERIFY(
            commands::chartOf({.kind = &kindOf("latents"), .points = straight().points}).caption.contains("square"));
    }

    void wordsFitBesideOneAnother()
    {
        for (const commands::CurveKind& kind : commands::kCurves) {
            commands::Curve curve = straight();
            curve.kind = &kind;
            curve.time.coefficients = {0.458, 80.7e-6, 108e-9};
            for (const exports::ChartPanel& panel : commands::chartOf(curve).panels) {
                const double width = (840.0 - 2 * 20 - 32) / 2; // of a panel
                QVERIFY(QFontMetricsF(exports::sheetFont(12)).horizontalAdvance(panel.fitWords) < width);
                QVERIFY(QFontMetricsF(exports::sheetFont(14)).horizontalAdvance(panel.heading + panel.quality) < width);
            }
        }
    }

    // Nothing is cut: the margin is empty on all sides, for every curve's words.
    void chartStaysInsideItsMargin()
    {
        for (const commands::CurveKind& kind : commands::kCurves) {
            commands::Curve curve = straight();
            curve.kind = &kind;
            const auto picture = exports::sheetPicture(exports::chartSheet(commands::chartOf(curve)));
            QVERIFY(picture.ok());
            const QImage& image = picture.value();
            int drawn = 0;
            for (int y = 0; y < image.height(); ++y)
                for (int x = 0; x < image.width(); ++x) {
                    const bool margin = x < 30 || y < 30 || x >= image.width() - 30 || y >= image.height() - 30;
                    const bool white = image.pixelColor(x, y) == Qt::white;
                    QVERIFY2(!margin || white, qPrintable(QString("%1: %2, %3").arg(kind.name).arg(x).arg(y)));
                    drawn += !white;
                }
            QVERIFY(drawn > 10000);
        }
    }

    void files()
    {
        const QTemporaryDir folder;
        const nlohmann::json result{{"curves", {commands::jsonOf(straight())}}};
        const auto written = commands::writeCurves(folder.path().toStdString(), {straight()}, result);
        QVERIFY2(written.ok(), written.ok() ? "" : written.error().message.c_str());
        QCOMPARE(filesIn(folder), QStringList({"bytes.png", "bytes.svg", "curves.csv", "curves.json"}));
        QFile table(folder.filePath("curves.csv"));
        QVERIFY(table.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = table.readAll().split('\n');
        QCOMPARE(lines.size(), 1 + 8 * 3 + 1);
        QVERIFY(lines[1].startsWith("bytes,2048,1,0.0126") && lines[1].endsWith(",7048000"));
    }

    // The disk refuses the picture: a sentence with its name, and no part of it.
    void diskFull()
    {
        const QTemporaryDir folder;
        rlimit before{};
        ::getrlimit(RLIMIT_FSIZE, &before);
        const auto handler = std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{8192, before.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        const auto written = commands::writeCurves(folder.path().toStdString(), {straight()}, nlohmann::json::object());
        ::setrlimit(RLIMIT_FSIZE, &before);
        std::signal(SIGXFSZ, handler);
        QVERIFY(!written.ok());
        QCOMPARE(written.error().kind, engine::ErrorKind::InputOutput);
        QVERIFY2(written.error().message.find("bytes.png") != std::string::npos, written.error().message.c_str());
        QCOMPARE(filesIn(folder), QStringList({"curves.csv", "curves.json"}));
    }
};

QTEST_MAIN(TestCurves)
#include "test_curves.moc"
