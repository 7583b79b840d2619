// pscope bench as a script sees it: rows of several models, what fails among them, turns with another program, and the
// folder of curves. No time is judged.
#include "app/commands/model_folder.h"
#include "tests/app/run_pscope.h"

#include <QImage>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>
#include <csignal>
#include <sys/resource.h>

namespace {

// The row of a model's stage.
QJsonObject row(const Outcome& outcome, const QString& model, const QString& stage)
{
    for (const QJsonValue one : outcome.json()["models"].toArray())
        if (one.toObject()["model"].toString() == model && one.toObject()["stage"].toString() == stage)
            return one.toObject();
    return {};
}

QByteArray contents(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestBench : public QObject {
    Q_OBJECT

private slots:
    void severalModels()
    {
        const QString text = testCase("masked-lm"), picture = testCase("image-learned");
        const Outcome outcome = pscope({"bench", "-g", "cpu", "--runs", "1", "-m", text, "-m", picture, "--json"});
        QVERIFY2(outcome.code == 0, outcome.err.constData());
        QVERIFY(!outcome.json()["device"].toString().isEmpty());
        QCOMPARE(outcome.json()["precision"].toString(), "exact");
        for (const QString& model : {text, picture}) {
            const QJsonObject whole = row(outcome, model, "forward");
            for (const char* key : {"seconds", "gflop", "gflops", "share_of_gemm", "peak_bytes", "reference_gflop",
                     "reference_ratio", "gemm_gflops", "load_seconds", "start_to_first_answer_seconds"})
                QVERIFY2(whole[key].toDouble() > 0, key);
            QCOMPARE(whole["runs"].toInt(), 1);
            QVERIFY(whole["difference_from_expected"].toDouble() < 1e-4); // these folders have the expected outputs
            double parts = 0, reference = 0;
            for (const char* stage :
                {"preprocess", "encoder cross-attention", "latent layers", "decoder cross-attention"}) {
                const QJsonObject part = row(outcome, model, stage);
                QVERIFY2(part.contains("reference_gflop") && part.contains("seconds"), stage);
                parts += part["gflop"].toDouble();
                reference += part["reference_gflop"].toDouble();
            }
            QVERIFY(std::abs(parts - whole["gflop"].toDouble()) < 1e-9);
            QVERIFY(std::abs(reference - whole["reference_gflop"].toDouble()) < 1e-9);
        }
        QCOMPARE(row(outcome, picture, "preprocess")["reference_gflop"].toDouble() * 1e9, 16045568.0); // torch's count
    }

    void table()
    {
        const Outcome outcome = pscope({"bench", "-g", "cpu", "--runs", "1", "-m", testCase("masked-lm")});
        QVERIFY2(outcome.code == 0, outcome.err.constData());
        for (const char* words : {"reference", "GFLOP/s", "forward", "latent layers", "start to first answer", "peak"})
            QVERIFY2(outcome.out.contains(words), words);
    }

    void folderOfModels()
    {
        using app::commands::modelsMeant;
        const std::string folder = (kSource + "/assets/selftest").toStdString();
        QCOMPARE(modelsMeant({folder, "flow"}),
            (std::vector<std::string>{folder + "/image-conv", folder + "/masked-lm", folder + "/multimodal",
                folder + "/optical-flow", "flow"}));
        const std::string model = testCase("bare").toStdString();
        QCOMPARE(modelsMeant({model, "nowhere"}), (std::vector<std::string>{model, "nowhere"}));
        QCOMPARE(
            modelsMeant({}), (std::vector<std::string>{"clip", "flow", "flow-live", "image", "sentiment", "text"}));
    }

    // The others are still measured.
    void oneModelFails()
    {
        const Outcome outcome
            = pscope({"bench", "-g", "cpu", "--runs", "1", "-m", "nowhere", "-m", testCase("masked-lm"), "--json"});
        QCOMPARE(outcome.code, 1);
        QVERIFY2(outcome.err.contains("there is no model 'nowhere'"), outcome.err.constData());
        const QJsonObject first = outcome.json()["models"].toArray()[0].toObject();
        QCOMPARE(first["model"].toString(), "nowhere");
        QCOMPARE(first["error"].toObject()["code"].toInt(), 66);
        QVERIFY(row(outcome, testCase("masked-lm"), "forward")["seconds"].toDouble() > 0);
    }

    void errors_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("words");
        const QString model = testCase("masked-lm");
        const QStringList compare{"-g", "cpu", "--runs", "1", "-m", model, "--compare"};
        QTest::newRow("no such model") << QStringList{"-m", "nowhere"} << 66 << "nowhere";
        QTest::newRow("no such models") << QStringList{"-m", "nowhere", "-m", "elsewhere"} << 66 << "could be timed";
        QTest::newRow("no such device") << QStringList{"-g", "no such device"} << 69 << "no such device";
        QTest::newRow("one peer for two models")
            << QStringList{"-m", model, "-m", model, "--compare", "true"} << 2 << "{}";
        QTest::newRow("peer of nothing") << QStringList{"--as-peer"} << 2 << "--model";
        QTest::newRow("no such peer") << compare + QStringList{"/nowhere/at/all"} << 74 << "cannot be started";
        QTest::newRow("peer that ends") << compare + QStringList{"true"} << 74 << "say ready";
        QTest::newRow("peer that babbles")
            << compare + QStringList{"sh -c \"echo ready; while read x; do echo soon; done\""} << 65 << "'soon'";
        QTest::newRow("no such curve") << QStringList{"--curves", "/tmp/x", "--curve", "sine"} << 2 << "latents";
        QTest::newRow("curve without a folder") << QStringList{"--curve", "latents"} << 2 << "--curves";
        QTest::newRow("curves of a model") << QStringList{"--curves", "/tmp/x", "-m", model} << 2 << "--model";
        QTest::newRow("no folder for curves") << QStringList{"--curves", "/nowhere/at/all"} << 74 << "/nowhere/at/all";
        QTest::newRow("curves are there") << QStringList{"--curves", kSource + "/assets"} << 74 << "--overwrite";
        QTest::newRow("no curves are there")
            << QStringList{"--curves", kSource + "/assets", "--overwrite"} << 74 << "other things";
    }

    void errors()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, code);
        QFETCH(QString, words);
        const Outcome outcome = pscope(QStringList{"bench"} + arguments);
        QVERIFY2(outcome.code == code, qPrintable(QString::number(outcome.code) + ": " + outcome.err));
        QVERIFY2(outcome.err.contains(words.toUtf8()), outcome.err.constData());
        QVERIFY(outcome.out.isEmpty());
    }

    // This program against itself; {} is the model's folder.
    void turns()
    {
        const QString peer = QString("\"%1\" bench --as-peer -g cpu -m {}").arg(PSCOPE); // there may be spaces
        const Outcome outcome
            = pscope({"bench", "-g", "cpu", "--runs", "2", "-m", testCase("masked-lm"), "--compare", peer, "--json"});
        QVERIFY2(outcome.code == 0, outcome.err.constData());
        const QJsonObject compared = row(outcome, testCase("masked-lm"), "forward")["compared"].toObject();
        QCOMPARE(compared["command"].toString(), peer);
        for (const char* key : {"seconds", "ratio", "least_ratio", "most_ratio", "load_seconds", "start_ratio"})
            QVERIFY2(compared[key].toDouble() > 0, key);
        QVERIFY(compared["least_ratio"].toDouble() <= compared["most_ratio"].toDouble());
        QVERIFY(compared["start_to_first_answer_seconds"].toDouble() > compared["load_seconds"].toDouble());
    }

    void curves()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath("curves");
        const QStringList arguments{
            "bench", "-g", "cpu", "--runs", "1", "--curves", path, "--curve", "outputs", "--json"};
        const Outcome outcome = pscope(arguments);
        QVERIFY2(outcome.code == 0, outcome.err.constData());
        QCOMPARE(QDir(path).entryList(QDir::Files),
            QStringList({"curves.csv", "curves.json", "outputs.png", "outputs.svg"}));
        QCOMPARE(QDir(folder.path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot), QStringList{"curves"});
        const QJsonObject stored = QJsonDocument::fromJson(contents(path + "/curves.json")).object();
        QCOMPARE(stored, outcome.json());
        const QJsonObject curve = stored["curves"].toArray()[0].toObject();
        const QJsonArray points = curve["points"].toArray();
        QCOMPARE(points.size(), 8);
        double size = 0, bytes = 0;
        for (const QJsonValue point : points) {
            QVERIFY(point["size"].toDouble() > size && point["peak_bytes"].toDouble() > bytes);
            QVERIFY(point["seconds"].toDouble() > 0);
            size = point["size"].toDouble();
            bytes = point["peak_bytes"].toDouble();
        }
        QCOMPARE(curve["time"]["coefficients"].toArray().size(), 2);
        QVERIFY(curve["memory"]["r2"].toDouble() > 0.99); // memory is no matter of the clock
        QCOMPARE(contents(path + "/curves.csv").split('\n').size(), 10); // heading, points, and the end
        QVERIFY(contents(path + "/curves.csv").startsWith("curve,size,round,seconds,peak_bytes\noutputs,2048,1,"));
        QCOMPARE(QImage(path + "/outputs.png").width(), 1680);
        QVERIFY(contents(path + "/outputs.svg").contains(">outputs decoded<"));
        QCOMPARE(pscope(arguments).code, 74); // they are there already
    }

    // Nothing can be written beyond 4 KiB a file: the made model already cannot.
    void diskFull()
    {
        const QTemporaryDir folder;
        const Outcome outcome = pscope(
            {"bench", "-g", "cpu", "--runs", "1", "--curves", folder.filePath("curves"), "--curve", "latents"}, [] {
                std::signal(SIGXFSZ, SIG_IGN);
                const rlimit limit{4096, 4096};
                ::setrlimit(RLIMIT_FSIZE, &limit);
            });
        QVERIFY2(outcome.code == 74, outcome.err.constData());
        QVERIFY2(outcome.err.contains("model.safetensors"), outcome.err.constData());
        QVERIFY(QDir(folder.path()).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestBench)
#include "test_bench.moc"
