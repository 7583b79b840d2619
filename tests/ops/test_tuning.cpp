// How the kernels for GPUs are chosen: the table and its rule, the measurement at first use (forced here on a software
// driver, with tiny shapes), and what is kept of it between starts.
#include "engine/vulkan/tuning.h"
#include "tests/ops/on_device.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>

using vulkan::SelfTuning;
using vulkan::Tuning;

class TestTuning : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        qunsetenv("PERCEIVERSCOPE_NO_TUNING"); // as CTest sets it
        if (openTestDevice()->info().kind != ops::DeviceKind::Software)
            QSKIP("a real GPU is measured at other shapes");
    }

    void tableHasEveryDevice()
    {
        using ops::DeviceKind;
        for (const uint32_t vendor : {0x10deu, 0x1002u, 0x8086u, 0x13b5u, 0u})
            for (const DeviceKind kind : {DeviceKind::Discrete, DeviceKind::Integrated, DeviceKind::Virtual}) {
                const Tuning guessed = vulkan::tableTuning(vendor, kind, 0);
                QVERIFY(guessed.cores >= 8 && !guessed.coresKnown && guessed.widestKey > 0);
                QVERIFY(std::all_of(guessed.tileRate.begin(), guessed.tileRate.end(), [](double r) { return r > 0; }));
                const Tuning told = vulkan::tableTuning(vendor, kind, 17);
                QVERIFY(told.cores == 17 && told.coresKnown && told.busyGroups() >= told.cores);
            }
    }

    void tileFollowsTheShape_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("columns");
        QTest::addColumn<int>("products");
        QTest::addColumn<int>("lanes");
        QTest::addColumn<int>("tile");
        QTest::newRow("many whole large tiles") << 8192 << 4096 << 1 << 1024 << int(vulkan::kLargeTile);
        QTest::newRow("too few larger tiles for all cores") << 256 << 256 << 1 << 1024 << int(vulkan::kSmallTile);
        QTest::newRow("the same, many times") << 256 << 256 << 256 << 1024 << int(vulkan::kLargeTile);
        QTest::newRow("narrow") << 20000 << 30 << 1 << 1024 << int(vulkan::kSmallTile);
        QTest::newRow("as wide as a medium tile") << 20000 << 60 << 1 << 1024 << int(vulkan::kMediumTile);
        QTest::newRow("few invocations allowed") << 8192 << 4096 << 1 << 128 << int(vulkan::kSmallTile);
        QTest::newRow("one element") << 1 << 1 << 1 << 1024 << int(vulkan::kSmallTile);
    }

    void tileFollowsTheShape()
    {
        QFETCH(int, rows);
        QFETCH(int, columns);
        QFETCH(int, products);
        QFETCH(int, lanes);
        const Tuning tuning{.cores = 40, .tileRate = {0.5, 0.8, 1.0}};
        QTEST(int(vulkan::fastestTile(tuning, rows, columns, products, uint32_t(lanes))), "tile");
    }

    void rateDecidesBetweenTiles()
    {
        Tuning tuning{.cores = 40, .tileRate = {0.5, 1.2, 1.0}};
        QCOMPARE(vulkan::fastestTile(tuning, 8192, 4096, 1, 1024), vulkan::kMediumTile);
        tuning.tileRate = {0.5, vulkan::kLeastTileRate, vulkan::kLeastTileRate}; // both were found wrong
        QCOMPARE(vulkan::fastestTile(tuning, 8192, 4096, 1, 1024), vulkan::kSmallTile);
    }

    void cooperativeTileWaitsForItsMeasurement()
    {
        Tuning tuning = vulkan::tableTuning(0x10de, ops::DeviceKind::Discrete, 40);
        for (const int size : {1, 64, 256, 8192})
            QVERIFY(vulkan::fastestTile(tuning, size, size, 1, 1024, true) != vulkan::kCooperativeTile);
        tuning.tileRate[vulkan::kCooperativeTile] = 4;
        QCOMPARE(vulkan::fastestTile(tuning, 8192, 4096, 1, 1024, true), vulkan::kCooperativeTile);
        QCOMPARE(vulkan::fastestTile(tuning, 8192, 4096, 1, 1024), vulkan::kLargeTile);
    }

    void cooperativeTileIsMeasured()
    {
        const QTemporaryDir folder;
        auto fast = choice(folder, SelfTuning::Forced);
        fast.precision = ops::Precision::Fast;
        fast.fastAnywhere = true;
        const auto device = vulkan::createDevice(fast);
        QVERIFY(device.ok());
        if (device.value()->info().kernels.find("cooperative matrices") == std::string::npos)
            QSKIP("this device, or the compiler of its kernels, has no cooperative matrices of halves");
        const QJsonArray rates = read(folder)["tile_rates"].toArray();
        QCOMPARE(rates.size(), 4);
        QVERIFY(rates[3].toDouble() > vulkan::kLeastTileRate);
        QVERIFY(multiplies(*device.value()));
    }

    void isMeasuredOnceAndKept()
    {
        const QTemporaryDir folder;
        QVERIFY(open(folder, SelfTuning::Forced)->info().kernels.find("just now") != std::string::npos);
        const QJsonObject kept = read(folder);
        QCOMPARE(kept["complete"].toBool(), true);
        QCOMPARE(kept["starts"].toInt(), 1);
        const QJsonArray rates = kept["tile_rates"].toArray();
        QCOMPARE(rates.size(), 4);
        for (int i = 0; i < 3; ++i)
            QVERIFY(rates[i].toDouble() > vulkan::kLeastTileRate); // every kernel was right
        QCOMPARE(rates[3].toDouble(), vulkan::kLeastTileRate); // exact products know no cooperative matrices
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 2); // with the pipelines, and nothing half-written

        QJsonObject other = kept; // as if another start had found this
        other["widest_fused"] = QJsonArray{32, 32};
        write(folder, QJsonDocument(other).toJson());
        const auto device = open(folder, SelfTuning::Forced);
        QVERIFY(device->info().kernels.find("before") != std::string::npos);
        QVERIFY(multiplies(*device));
        QCOMPARE(read(folder), other);
        const auto listed = vulkan::listDevices(choice(folder, SelfTuning::Forced));
        QVERIFY(listed.ok());
        QVERIFY(std::any_of(listed.value().begin(), listed.value().end(),
            [](const auto& one) { return one.info.kernels.find("before") != std::string::npos; }));
    }

    void isMeasuredAnewWhereTheFileDoesNotFit_data()
    {
        QTest::addColumn<QByteArray>("key"); // of an object in the file, or of the file
        QTest::addColumn<QJsonValue>("value");
        QTest::newRow("another driver") << QByteArray("driver") << QJsonValue(77777);
        QTest::newRow("another device") << QByteArray("device") << QJsonValue(77777);
        QTest::newRow("another compiler") << QByteArray("pipeline_cache") << QJsonValue("00");
        QTest::newRow("another version") << QByteArray("version") << QJsonValue(-1);
        QTest::newRow("no rates") << QByteArray("tile_rates") << QJsonValue(QJsonArray{1, 2});
        QTest::newRow("rates that are none") << QByteArray("tile_rates") << QJsonValue(QJsonArray{1, "x", -2});
        QTest::newRow("heads too wide") << QByteArray("widest_fused") << QJsonValue(QJsonArray{4096, 32});
        QTest::newRow("not JSON") << QByteArray() << QJsonValue();
    }

    void isMeasuredAnewWhereTheFileDoesNotFit()
    {
        QFETCH(QByteArray, key);
        QFETCH(QJsonValue, value);
        const QTemporaryDir folder;
        open(folder, SelfTuning::Forced);
        QJsonObject file = read(folder), about = file["for"].toObject();
        if (about.contains(key)) {
            about[QString(key)] = value;
            file["for"] = about;
        } else {
            file[QString(key)] = value;
        }
        write(folder, key.isEmpty() ? QByteArray("{\"for\": {") : QJsonDocument(file).toJson());
        const auto device = open(folder, SelfTuning::Forced);
        QVERIFY(device->info().kernels.find("just now") != std::string::npos);
        QVERIFY(multiplies(*device));
        QCOMPARE(read(folder)["starts"].toInt(), 1); // written anew
        QVERIFY(open(folder, SelfTuning::Forced)->info().kernels.find("before") != std::string::npos);
    }

    // What takes too long is tried at three starts, and then left as the table has it.
    void unfinishedIsTriedThreeTimes()
    {
        const QTemporaryDir folder;
        auto short_ = choice(folder, SelfTuning::Forced);
        short_.tuningSeconds = 0;
        for (int start = 1; start <= 5; ++start) {
            const auto device = vulkan::createDevice(short_);
            QVERIFY(device.ok());
            const bool measured = device.value()->info().kernels.find("just now") != std::string::npos;
            QCOMPARE(measured, start <= 3);
            QCOMPARE(read(folder)["complete"].toBool(), false);
            QCOMPARE(read(folder)["starts"].toInt(), std::min(start, 3));
        }
    }

    void switchedOffKeepsNothing()
    {
        const QTemporaryDir folder;
        for (const SelfTuning off : {SelfTuning::Off, SelfTuning::Automatic}) { // a software driver is never measured
            const auto device = open(folder, off);
            QVERIFY(device->info().kernels.find("table for software drivers") != std::string::npos);
            QVERIFY(multiplies(*device));
        }
        qputenv("PERCEIVERSCOPE_NO_TUNING", "1");
        const std::string kernels = open(folder, SelfTuning::Forced)->info().kernels;
        qunsetenv("PERCEIVERSCOPE_NO_TUNING");
        QVERIFY(kernels.find("table for software drivers") != std::string::npos);
        QVERIFY(QDir(folder.path()).isEmpty());
    }

    void folderThatCannotBeWrittenIsNoError()
    {
        auto nowhere = choice(QTemporaryDir(), SelfTuning::Forced);
        nowhere.cacheFolder = "/dev/null/perceiverscope";
        const auto device = vulkan::createDevice(nowhere);
        QVERIFY(device.ok());
        QVERIFY(multiplies(*device.value()));
    }

    void cleanupTestCase() { expectNoValidationMessages(); }

private:
    static vulkan::DeviceChoice choice(const QTemporaryDir& folder, SelfTuning tuning)
    {
        return {.request = qEnvironmentVariable("PERCEIVERSCOPE_TEST_DEVICE", "llvmpipe").toStdString(),
            .validation = true,
            .tuning = tuning,
            .tuningSeconds = 60,
            .cacheFolder = folder.path().toStdString()};
    }

    static std::unique_ptr<ops::Device> open(const QTemporaryDir& folder, SelfTuning tuning)
    {
        auto device = vulkan::createDevice(choice(folder, tuning));
        if (!device.ok())
            qFatal("%s", device.error().message.c_str());
        return std::move(device).value();
    }

    static QString file(const QTemporaryDir& folder)
    {
        const QStringList found = QDir(folder.path()).entryList({"tuning-*.json"}, QDir::Files);
        return found.size() == 1 ? folder.filePath(found.first()) : QString();
    }

    static QJsonObject read(const QTemporaryDir& folder)
    {
        QFile in(file(folder));
        return in.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(in.readAll()).object() : QJsonObject();
    }

    static void write(const QTemporaryDir& folder, const QByteArray& text)
    {
        QFile out(file(folder));
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write(text);
    }

    static bool multiplies(ops::Device& device) // nothing is left of the measurement
    {
        const ops::Tensor x = device.upload(2, 2, std::vector<float>{1, 2, 3, 4}), y = device.create(2, 2);
        device.gemm({.rows = 2, .columns = 2, .depth = 2, .a = {x}, .b = {x}, .c = {y}});
        const auto values = device.download(y);
        return values.ok() && values.value().values == std::vector<float>{5, 11, 11, 25};
    }
};

QTEST_GUILESS_MAIN(TestTuning)
#include "test_tuning.moc"
