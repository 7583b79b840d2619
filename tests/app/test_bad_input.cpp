// What users do by accident: damaged checkpoints, empty texts, tiny and huge pictures, full disks, no driver. Each ends
// with a sentence and an exit code, and leaves no file behind.
#include "tests/app/run_pscope.h"

#include <QFile>
#include <QImage>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>
#include <csignal>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <unistd.h>

using nlohmann::json;

namespace {

QByteArray contents(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

bool put(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

// A checkpoint in parts: the header's JSON and the tensors' bytes.
struct Safetensors {
    json header;
    QByteArray data;

    explicit Safetensors(const QString& path)
    {
        const QByteArray all = contents(path);
        quint64 length = 0;
        std::memcpy(&length, all.constData(), 8);
        header = json::parse(all.constData() + 8, all.constData() + 8 + length, nullptr, false);
        data = all.mid(qsizetype(8 + length));
    }

    QByteArray bytes() const
    {
        const std::string text = header.dump();
        const quint64 length = text.size();
        return QByteArray(reinterpret_cast<const char*>(&length), 8) + QByteArray::fromStdString(text) + data;
    }
};

} // namespace

class TestBadInput : public QObject {
    Q_OBJECT

private slots:
    void checkpoints_data()
    {
        QTest::addColumn<QString>("damage");
        QTest::addColumn<QString>("words");
        QTest::newRow("nan") << "nan"
                             << "latents holds NaN";
        QTest::newRow("infinite") << "infinite"
                                  << "latents holds";
        QTest::newRow("extra tensor") << "extra"
                                      << "something.extra";
        QTest::newRow("missing tensor") << "missing"
                                        << "perceiver.embeddings.latents";
        QTest::newRow("wrong shape") << "shape"
                                     << "expected";
        QTest::newRow("wrong type") << "type"
                                    << "expected";
        QTest::newRow("truncated") << "truncated"
                                   << "model.safetensors";
        QTest::newRow("header too long") << "length"
                                         << "model.safetensors";
        QTest::newRow("config contradicts") << "config"
                                            << "expected";
        QTest::newRow("config is no JSON") << "no json"
                                           << "config.json";
    }

    void checkpoints()
    {
        QFETCH(QString, damage);
        QFETCH(QString, words);
        const QTemporaryDir folder;
        QByteArray config = contents(testCase("masked-lm") + "/config.json");
        Safetensors file(testCase("masked-lm") + "/model.safetensors");
        json& latents = file.header["perceiver.embeddings.latents"];
        const float bad
            = damage == "nan" ? std::numeric_limits<float>::quiet_NaN() : std::numeric_limits<float>::infinity();
        if (damage == "nan" || damage == "infinite")
            std::memcpy(file.data.data() + latents["data_offsets"][0].get<qsizetype>() + 8, &bad, 4);
        if (damage == "extra") {
            file.header["something.extra"]
                = {{"dtype", "F32"}, {"shape", {2}}, {"data_offsets", {file.data.size(), file.data.size() + 8}}};
            file.data += QByteArray(8, '\0');
        }
        if (damage == "missing") {
            file.header["perceiver.embeddings.other"] = latents;
            file.header.erase("perceiver.embeddings.latents");
        }
        if (damage == "shape")
            std::swap(latents["shape"][0], latents["shape"][1]);
        if (damage == "type")
            latents["dtype"] = "I32";
        if (damage == "config")
            config.replace("\"d_latents\": 39", "\"d_latents\": 40");
        if (damage == "no json")
            config = "perceiver";
        QByteArray bytes = file.bytes();
        if (damage == "truncated")
            bytes.chop(1000);
        if (damage == "length")
            bytes.replace(0, 8, QByteArray(8, '\xff'));
        QVERIFY(put(folder.filePath("config.json"), config));
        QVERIFY(put(folder.filePath("model.safetensors"), bytes));
        const Outcome outcome = pscope({"fill", "ab[MASK]", "-m", folder.path()});
        QCOMPARE(outcome.code, 65);
        QVERIFY2(QString::fromUtf8(outcome.err).contains(words), outcome.err.constData());
    }

    void texts()
    {
        const QTemporaryDir folder;
        const QString model = testCase("masked-lm"), path = folder.filePath("text.txt");
        QCOMPARE(pscope({"fill", "", "-m", model}).code, 2);
        QVERIFY(put(path, ""));
        QCOMPARE(pscope({"fill", "-i", path, "-m", model}).code, 65);
        QCOMPARE(pscope({"label-text", "-i", path, "-m", testCase("text-classification")}).code, 65);
        QVERIFY(put(path, QByteArray("a\xff\xfe[MASK]")));
        const Outcome invalid = pscope({"fill", "-i", path, "-m", model, "--json"});
        QCOMPARE(invalid.code, 0);
        QVERIFY(invalid.err.contains("UTF-8"));
        QCOMPARE(invalid.json()["items"].toArray()[0].toObject()["input"].toString(), QString("a\ufffd\ufffd[MASK]"));
        QVERIFY(put(path, QByteArray(60, 'x')));
        const Outcome longText = pscope({"label-text", "-i", path, "-m", testCase("text-classification")});
        QCOMPARE(longText.code, 65);
        QVERIFY2(longText.err.contains("62 tokens"), longText.err.constData());
    }

    void onePixel()
    {
        const QTemporaryDir folder;
        QImage pixel(1, 1, QImage::Format_RGB32);
        pixel.fill(QColor(200, 30, 90));
        const QString path = folder.filePath("one.png");
        QVERIFY(pixel.save(path));
        QCOMPARE(pscope({"classify", path, "-m", testCase("image-learned")}).code, 0);
        const Outcome flow = pscope({"flow", path, path, "-o", folder.filePath("flow.flo")});
        QCOMPARE(flow.code, 0);
        QCOMPARE(QFile(folder.filePath("flow.flo")).size(), qint64(12 + 8));
        const Outcome tile = pscope({"flow", path, path, "-m", testCase("optical-flow")});
        QCOMPARE(tile.code, 0);
        QVERIFY(tile.err.contains("smaller than the model's tile"));
    }

    // 400 million pixels: refused before they are decoded.
    void hugePicture()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath("huge.png");
        {
            QImage huge(20000, 20000, QImage::Format_Mono);
            huge.fill(0);
            QVERIFY(huge.save(path));
        }
        for (const QStringList& command :
            {QStringList{"classify", path, "-m", testCase("image-learned")}, {"flow", path, path}}) {
            const Outcome outcome = pscope(command, [] { // far less than the picture would take
                const rlimit limit{2u << 30, 2u << 30};
                ::setrlimit(RLIMIT_DATA, &limit);
            });
            QVERIFY2(outcome.code == 65, outcome.err.constData());
            QVERIFY2(outcome.err.contains("20000 x 20000"), outcome.err.constData());
        }
    }

    // The disk is full in the middle of the file: a limit of 4 KiB a file does the same.
    void diskFull()
    {
        const QTemporaryDir folder;
        const QString cat = kSource + "/assets/samples/chelsea.png";
        const QImage small = QImage(cat).copy(100, 50, 64, 48);
        QVERIFY(small.save(folder.filePath("frame.png")));
        for (const char* name : {"flow.flo", "flow.npy", "flow.pfm", "flow.exr"}) {
            const Outcome outcome = pscope({"flow", folder.filePath("frame.png"), folder.filePath("frame.png"),
                                               "--iterations", "1", "-o", folder.filePath(name)},
                [] {
                    std::signal(SIGXFSZ, SIG_IGN);
                    const rlimit limit{4096, 4096};
                    ::setrlimit(RLIMIT_FSIZE, &limit);
                });
            QVERIFY2(outcome.code == 74, outcome.err.constData());
            QVERIFY2(outcome.err.contains(name), outcome.err.constData());
            QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList{"frame.png"});
        }
    }

    void outputCannotBeWritten()
    {
        const QTemporaryDir folder;
        const QString cat = kSource + "/assets/samples/chelsea.png";
        QVERIFY(QImage(cat).copy(100, 50, 64, 48).save(folder.filePath("frame.png")));
        const QStringList flow{"flow", folder.filePath("frame.png"), folder.filePath("frame.png"), "--iterations", "1"};
        const Outcome inFile = pscope(flow + QStringList{"-o", folder.filePath("frame.png/flow.flo")});
        QCOMPARE(inFile.code, 74);
        QVERIFY(put(folder.filePath("there.flo"), "precious"));
        const Outcome there = pscope(flow + QStringList{"-o", folder.filePath("there.flo")});
        QCOMPARE(there.code, 74);
        QVERIFY2(there.err.contains("--overwrite"), there.err.constData());
        QCOMPARE(contents(folder.filePath("there.flo")), QByteArray("precious"));
        if (::geteuid() == 0)
            QSKIP("root may write everywhere");
        QVERIFY(QFile::setPermissions(folder.path(), QFile::ReadOwner | QFile::ExeOwner));
        QCOMPARE(pscope(flow + QStringList{"-o", folder.filePath("new.flo")}).code, 74);
        QFile::setPermissions(folder.path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }

    void noDevice()
    {
        const auto hideDrivers = [] {
            ::setenv("VK_ICD_FILENAMES", "/nowhere.json", 1);
            ::setenv("VK_DRIVER_FILES", "/nowhere.json", 1);
        };
        for (const QStringList& command : {QStringList{"selftest"}, {"demo", "-o", "/tmp/never-made"},
                 {"fill", "ab[MASK]", "-m", testCase("masked-lm")}}) {
            const Outcome outcome = pscope(command + QStringList{"-g", "vulkan"}, hideDrivers);
            QCOMPARE(outcome.code, 69);
            QVERIFY2(outcome.err.contains("driver"), outcome.err.constData());
        }
        // The processor is always there.
        QCOMPARE(pscope({"fill", "ab[MASK]", "-m", testCase("masked-lm")}, hideDrivers).code, 0);
        const Outcome listed = pscope({"devices"}, hideDrivers);
        QCOMPARE(listed.code, 0);
        QVERIFY2(listed.out.contains("-g cpu"), listed.out.constData());
    }
};

QTEST_GUILESS_MAIN(TestBadInput)
#include "test_bad_input.moc"
