// Flow files, pictures and figures: round trips at odd sizes, damaged files, orientation, writing that cannot succeed.
#include "app/formats/atomic_file.h"
#include "app/formats/flow_colour.h"
#include "app/formats/flow_files.h"
#include "app/formats/flow_metrics.h"
#include "app/media/image_reader.h"
#include "engine/engine.h"
#include "engine/tasks/resample.h"

#include <QCryptographicHash>
#include <QImage>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <fstream>

using namespace engine;
namespace fs = std::filesystem;

namespace {

FlowField field(int width, int height)
{
    FlowField flow(width, height);
    for (size_t i = 0; i < flow.uv.size(); ++i)
        flow.uv[i] = float(int(i * 37 % 101) - 50) / 4; // quarters are exact in every format
    return flow;
}

fs::path sample(const char* name)
{
    return fs::path(PERCEIVERSCOPE_SOURCE_DIR) / "assets/samples" / name;
}

} // namespace

class TestFormats : public QObject {
    Q_OBJECT

private slots:
    void flowComesBack_data()
    {
        QTest::addColumn<QString>("extension");
        for (const char* extension : {".flo", ".npy", ".pfm", ".png", ".exr"})
            QTest::newRow(extension) << extension;
    }

    void flowComesBack()
    {
        QFETCH(QString, extension);
        const QTemporaryDir folder;
        const fs::path path = (folder.path() + "/flow" + extension).toStdString();
        for (const auto& [width, height] : {std::pair{1, 1}, {7, 3}, {13, 9}}) {
            FlowField flow = field(width, height);
            if (width > 1)
                flow.uv[2] = flow.uv[3] = NAN; // one vector is unknown
            const auto written = app::formats::writeFlow(path, flow);
            QVERIFY2(written.ok(), written.ok() ? "" : written.error().message.c_str());
            const auto read = app::formats::readFlow(path);
            QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
            QCOMPARE(read.value().width, width);
            QCOMPARE(read.value().height, height);
            for (size_t i = 0; i < flow.uv.size(); ++i)
                if (std::isnan(flow.uv[i]))
                    QVERIFY(std::isnan(read.value().uv[i]));
                else
                    QCOMPARE(read.value().uv[i], flow.uv[i]);
        }
        // Cut short anywhere, it is an error and never a crash.
        const auto bytes = app::formats::readFile(path);
        QVERIFY(bytes.ok());
        for (size_t length = 0; length + 16 < bytes.value().size(); length += 11) {
            QVERIFY(app::formats::writeFile(path, {bytes.value().data(), length}).ok());
            const auto read = app::formats::readFlow(path);
            QVERIFY(!read.ok());
            QCOMPARE(int(read.error().kind), int(ErrorKind::BadData));
        }
    }

    void writingThatCannotSucceedLeavesNothing()
    {
        const QTemporaryDir folder;
        const fs::path path = (folder.path() + "/missing/flow.flo").toStdString();
        const auto written = app::formats::writeFlow(path, field(2, 2));
        QVERIFY(!written.ok());
        QCOMPARE(int(written.error().kind), int(ErrorKind::InputOutput));
        QVERIFY(!fs::exists(path));
        QCOMPARE(int(app::formats::writeFlow((folder.path() + "/flow.tiff").toStdString(), field(2, 2)).error().kind),
            int(ErrorKind::Usage));
        QVERIFY(QDir(folder.path()).isEmpty());
    }

    void errorsAreCounted()
    {
        FlowField flow(4, 1), truth(4, 1);
        flow.uv = {0, 0, 2, 0, 4, 0, 100, 100};
        truth.uv = {0, 0, 0, 0, 0, 0, 1e10f, 1e10f}; // the last is unknown
        const auto errors = app::formats::compareFlow(flow, truth);
        QVERIFY(errors.ok());
        QCOMPARE(errors.value().pixels, int64_t(3));
        QCOMPARE(errors.value().epe, 2.0);
        QVERIFY(std::abs(errors.value().px1 - 200.0 / 3) < 1e-9);
        QVERIFY(std::abs(errors.value().px3 - 100.0 / 3) < 1e-9);
        QCOMPARE(errors.value().px5, 0.0);
        QVERIFY(!app::formats::compareFlow(FlowField(2, 2), FlowField(3, 2)).ok());
    }

    void coloursOfTheWheel()
    {
        FlowField flow(2, 1);
        flow.uv = {0, 0, 1, 0};
        const Image image = app::formats::flowToColour(flow, 1);
        QCOMPARE(QByteArray(reinterpret_cast<const char*>(image.pixel(0, 0)), 3),
            QByteArray("\xff\xff\xff")); // no motion: white
        QCOMPARE(QByteArray(reinterpret_cast<const char*>(image.pixel(1, 0)), 3),
            QByteArray("\xff\x00\x00", 3)); // right: red
    }

    void picturesOfAllKinds()
    {
        const QTemporaryDir folder;
        const QString path = folder.path() + "/picture.png";
        for (const QImage::Format format : {QImage::Format_RGB888, QImage::Format_Grayscale8, QImage::Format_Indexed8,
                 QImage::Format_ARGB32, QImage::Format_RGBX64, QImage::Format_Grayscale16, QImage::Format_Mono}) {
            QImage grey(5, 3, QImage::Format_RGB888);
            grey.fill(Qt::white);
            grey.setPixelColor(4, 2, Qt::black);
            QVERIFY(grey.convertToFormat(format).save(path));
            const auto image = app::media::readImage(path.toStdString());
            QVERIFY2(image.ok(), image.ok() ? "" : image.error().message.c_str());
            QCOMPARE(image.value().width, 5);
            QCOMPARE(int(image.value().pixel(0, 0)[1]), 255);
            QCOMPARE(int(image.value().pixel(4, 2)[1]), 0);
        }
    }

    void orientationIsObeyed()
    {
        // A 4 x 4 JPEG whose EXIF says "turned a quarter" (6): its first column is the picture's first row, reversed.
        const auto read = [](const char* name) {
            return app::media::readImage(fs::path(PERCEIVERSCOPE_SOURCE_DIR) / "tests/fuzz/corpus/fuzz_image" / name);
        };
        const auto plain = read("jpeg"), turned = read("turned");
        QVERIFY(plain.ok() && turned.ok());
        for (int y = 0; y < 4; ++y)
            for (int x = 0; x < 4; ++x)
                QVERIFY(std::equal(
                    turned.value().pixel(x, y), turned.value().pixel(x, y) + 3, plain.value().pixel(y, 3 - x)));
    }

    void picturesThatAreNone()
    {
        QCOMPARE(int(app::media::readImage("/nowhere/picture.png").error().kind), int(ErrorKind::NoInput));
        const QTemporaryDir folder;
        const fs::path path = (folder.path() + "/text.png").toStdString();
        std::ofstream(path) << "no picture";
        QCOMPARE(int(app::media::readImage(path).error().kind), int(ErrorKind::BadData));
        std::ofstream(path, std::ios::binary) << "P6\n0 4\n255\n";
        QCOMPARE(int(app::media::readImage(path).error().kind), int(ErrorKind::BadData));
        // A JPEG whose Huffman table names more codes than there are bytes.
        const auto table
            = app::media::readImage(fs::path(PERCEIVERSCOPE_SOURCE_DIR) / "tests/fuzz/corpus/fuzz_image/large_table");
        QVERIFY(!table.ok() && table.error().message.find("Huffman table") != std::string::npos);
        // A header that claims 20,000 x 20,000 pixels is refused before anything is decoded.
        std::ofstream(path, std::ios::binary) << "P6\n20000 20000\n255\n";
        const auto huge = app::media::readImage(path);
        QVERIFY(!huge.ok() && huge.error().message.find("20000 x 20000") != std::string::npos);
    }

    // SHA-256 of what Pillow 13 gives for crop(box).resize((w, h), BICUBIC) of the sample.
    void bicubicEqualsPillow_data()
    {
        QTest::addColumn<QString>("picture");
        QTest::addColumn<int>("left");
        QTest::addColumn<int>("top");
        QTest::addColumn<int>("side");
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("height");
        QTest::addColumn<QByteArray>("hash");
        QTest::newRow("astronaut.png 448 to 224 x 224")
            << "astronaut.png" << 32 << 32 << 448 << 224 << 224
            << QByteArray("a0c1002cfabe1e57b493ff3d8ebc5404e9a365c2f3bbe02ea0f9ba8a4606d138");
        QTest::newRow("chelsea.png 262 to 224 x 224")
            << "chelsea.png" << 94 << 19 << 262 << 224 << 224
            << QByteArray("e99fbd439ad332b278ca9417684de30d3c9e73c6974061356967fb482e7d9f70");
        QTest::newRow("coffee.png 350 to 224 x 224")
            << "coffee.png" << 125 << 25 << 350 << 224 << 224
            << QByteArray("17494916e7a8505d2fc02ace6cfa71a0172c6feb3650d83c376f80d6e1d82e7d");
        QTest::newRow("coffee.png 101 to 224 x 224")
            << "coffee.png" << 3 << 5 << 101 << 224 << 224
            << QByteArray("93cbf8614a40e27dfa9ce50f7c48f984d71b6336dcbc35e2c512564439bbfbe6");
        QTest::newRow("chelsea.png 300 to 7 x 313")
            << "chelsea.png" << 0 << 0 << 300 << 7 << 313
            << QByteArray("c2ca9682d28ef48e7815796efce81a84c880bed0e832d8cc051bde7296dc7a58");
    }

    void bicubicEqualsPillow()
    {
        QFETCH(QString, picture);
        QFETCH(int, left);
        QFETCH(int, top);
        QFETCH(int, side);
        QFETCH(int, width);
        QFETCH(int, height);
        QFETCH(QByteArray, hash);
        const auto image = app::media::readImage(sample(qPrintable(picture)));
        QVERIFY(image.ok());
        const Image small = tasks::resizeBicubic(tasks::crop(image.value(), left, top, side, side), width, height);
        const QByteArrayView pixels(small.rgb.data(), qsizetype(small.rgb.size()));
        QCOMPARE(QCryptographicHash::hash(pixels.toByteArray(), QCryptographicHash::Sha256).toHex(), hash);
    }

    // The literals of the reference's tokenizer tests.
    void tokens()
    {
        const auto ids = [](const char* text) { return tasks::tokenize(text, true).ids; };
        QCOMPARE(
            ids("Unicode €."), (std::vector<int32_t>{4, 91, 116, 111, 105, 117, 106, 107, 38, 232, 136, 178, 52, 5}));
        QCOMPARE(ids("e è é ê ë"),
            (std::vector<int32_t>{4, 107, 38, 201, 174, 38, 201, 175, 38, 201, 176, 38, 201, 177, 5}));
        QCOMPARE(ids("a [MASK] b"), (std::vector<int32_t>{4, 103, 38, 3, 38, 104, 5}));
        QCOMPARE(ids(""), (std::vector<int32_t>{4, 5}));
        QCOMPARE(tasks::decodeTokens(ids("naïve")), std::string("naïve"));
        QCOMPARE(tasks::toValidUtf8("a\xff"
                                    "b\xe2\x82"),
            std::string("a\xef\xbf\xbd"
                        "b\xef\xbf\xbd"));
    }
};

QTEST_GUILESS_MAIN(TestFormats)
#include "test_formats.moc"
