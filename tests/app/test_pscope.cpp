// The command line as a script sees it: help, exit codes, sentences, JSON, and the main job on real frames.
#include "tests/app/run_pscope.h"

#include <QImage>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>
#include <csignal>

class TestPscope : public QObject {
    Q_OBJECT

private slots:
    void helpAndVersion()
    {
        QCOMPARE(pscope({"--version"}).code, 0);
        const Outcome help = pscope({"--help"});
        QCOMPARE(help.code, 0);
        for (const char* command : {"classify", "fill", "label-text", "flow", "attention", "autoencode", "forward",
                 "inspect", "devices", "selftest", "bench", "demo"}) {
            QVERIFY2(help.out.contains(command), command);
            QCOMPARE(pscope({command, "--help"}).code, 0);
        }
    }

    void errors_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("words");
        const QString whale = kSource + "/assets/samples/rubberwhale1.png",
                      cat = kSource + "/assets/samples/chelsea.png";
        QTest::newRow("nothing") << QStringList{} << 2 << "subcommand";
        QTest::newRow("unknown command") << QStringList{"dance"} << 2 << "";
        QTest::newRow("no such frame") << QStringList{"flow", "nowhere.png", whale} << 66 << "nowhere.png";
        QTest::newRow("no picture") << QStringList{"flow", kSource + "/LICENSE", whale} << 65 << "not a picture";
        QTest::newRow("different sizes") << QStringList{"flow", whale, cat} << 65 << "different sizes";
        QTest::newRow("unknown device") << QStringList{"flow", whale, whale, "-g", "no such device"} << 69
                                        << "no such device";
        QTest::newRow("unknown format") << QStringList{"flow", whale, whale, "-o", "flow.gif"} << 2 << ".flo";
        QTest::newRow("no such model") << QStringList{"inspect", "nowhere"} << 66 << "nowhere";
        QTest::newRow("wrong model") << QStringList{"classify", whale, "-m", testCase("masked-lm")} << 2 << "masked-lm";
        QTest::newRow("text too long") << QStringList{"fill", QString(100, 'x') + "[MASK]", "-m", testCase("masked-lm")}
                                       << 65 << "103 tokens";
        QTest::newRow("nothing masked") << QStringList{"fill", "abc", "-m", testCase("masked-lm")} << 2 << "[MASK]";
        QTest::newRow("no such latent") << QStringList{"attention", "abc", "--from", "latent:99", "-m",
            testCase("masked-lm")} << 2 << "latent 99";
        QTest::newRow("no selection") << QStringList{"attention", "abc", "--from", "latent:x", "-m",
            testCase("masked-lm")} << 2
                                      << "3,7,10-20";
        QTest::newRow("no such part") << QStringList{"attention", "--inputs",
            testCase("multimodal") + "/inputs.safetensors", "--from", "output:smell:0", "-m", testCase("multimodal")}
                                      << 2 << "audio, image, label";
        QTest::newRow("no preprocessor") << QStringList{"attention", "abc", "--from", "latent:1", "-m",
            testCase("bare")} << 2 << "--inputs";
        QTest::newRow("no such tile") << QStringList{"attention", whale, whale, "--from", "latent:1", "--tile",
            "0,9999"} << 2 << "column 9999";
        QTest::newRow("output folder missing")
            << QStringList{"flow", whale, whale, "-o", "/nowhere/at/all.flo", "--iterations", "1"} << 74 << "no folder";
    }

    void errors()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, code);
        QFETCH(QString, words);
        const Outcome outcome = pscope(arguments);
        QVERIFY2(outcome.code == code, qPrintable(QString::number(outcome.code) + ": " + outcome.err));
        QVERIFY2(QString::fromUtf8(outcome.err).contains(words), outcome.err.constData());
        QVERIFY(outcome.out.isEmpty());
    }

    void errorsAsJson()
    {
        const Outcome outcome = pscope({"inspect", "nowhere", "--json"});
        QCOMPARE(outcome.code, 66);
        QCOMPARE(outcome.json()["error"].toObject()["code"].toInt(), 66);
    }

    // One picture of three is missing: the others are answered.
    void someFailed()
    {
        const QString cat = kSource + "/assets/samples/chelsea.png";
        const Outcome outcome
            = pscope({"classify", cat, "nowhere.png", cat, "-m", testCase("image-learned"), "--json"});
        QCOMPARE(outcome.code, 1);
        const QJsonArray items = outcome.json()["items"].toArray();
        QCOMPARE(items.size(), 3);
        QCOMPARE(items[1].toObject()["error"].toObject()["code"].toInt(), 66);
        QVERIFY(!items[2].toObject()["top"].toArray().isEmpty());
        QCOMPARE(pscope({"classify", "nowhere.png", "-m", testCase("image-learned")}).code, 66);
    }

    // Ctrl-C in the middle of a long run: its own exit code, and no file, not even a part of one.
    void interrupt()
    {
        const QTemporaryDir folder;
        QProcess process;
        const QString frames = kSource + "/assets/samples/rubberwhale";
        process.start(PSCOPE,
            {"flow", frames + "1.png", frames + "2.png", "--iterations", "50", "-o", folder.filePath("flow.flo"),
                "--progress", "json"});
        QByteArray heard; // progress tells that the device is at work
        process.setReadChannel(QProcess::StandardError);
        while (!heard.contains("seconds_left") && process.waitForReadyRead(60000))
            heard += process.readAllStandardError();
        QVERIFY2(heard.contains("\"progress\":"), heard.constData());
        ::kill(pid_t(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(60000));
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 75);
        QVERIFY(QDir(folder.path()).isEmpty());
    }

    void hubCache()
    {
        const QTemporaryDir home;
        const QString snapshot = home.filePath("hub/models--some-body--tiny/snapshots/0123abcd");
        QVERIFY(QDir().mkpath(snapshot));
        for (const char* file : {"/config.json", "/model.safetensors"})
            QVERIFY(QFile::link(testCase("masked-lm") + file, snapshot + file));
        qputenv("HF_HOME", home.path().toLocal8Bit());
        const Outcome found = pscope({"inspect", "some-body/tiny", "--json"});
        const Outcome missing = pscope({"inspect", "some-body/else"});
        qunsetenv("HF_HOME");
        QCOMPARE(found.json()["task"].toString(), "masked-lm");
        QCOMPARE(missing.code, 66);
        QVERIFY(missing.err.contains("flow")); // what is built in
    }

    void devices()
    {
        const Outcome outcome = pscope({"devices", "--json"});
        QCOMPARE(outcome.code, 0);
        const QJsonArray devices = outcome.json()["devices"].toArray();
        QVERIFY(!devices.isEmpty());
        QVERIFY(devices[0].toObject()["chosen"].toBool());
    }

    // Stored results on this machine's device; other weights than the published ones fail with a sentence.
    void selftest()
    {
        const Outcome outcome = pscope(
            {"selftest", "-g", "llvmpipe", testCase("masked-lm-bin"), testCase("text-classification"), "--json"});
        QCOMPARE(outcome.code, 1);
        const QJsonArray cases = outcome.json()["devices"].toArray()[0].toObject()["cases"].toArray();
        QCOMPARE(cases.size(), 4);
        for (const QJsonValue one : cases)
            QVERIFY2(one.toObject()["passed"].toBool(), outcome.out.constData());
        const QJsonArray models = outcome.json()["models"].toArray();
        QVERIFY(models[0].toObject()["checked"].toBool() && !models[0].toObject()["passed"].toBool());
        QVERIFY(!models[1].toObject()["checked"].toBool());
        QCOMPARE(pscope({"selftest", "-g", "llvmpipe"}).code, 0);
    }

    // A head that is left out changes the flow, and by how much is said.
    void flowWithout()
    {
        const QTemporaryDir folder;
        const QImage whale(kSource + "/assets/samples/rubberwhale1.png");
        QVERIFY(whale.copy(200, 100, 64, 48).save(folder.filePath("1.png")));
        QVERIFY(whale.copy(199, 100, 64, 48).save(folder.filePath("2.png")));
        const Outcome outcome = pscope({"flow", folder.filePath("1.png"), folder.filePath("2.png"), "--without",
            "latent:0-40", "--iterations", "1", "--json"});
        QVERIFY2(outcome.code == 0, outcome.err.constData());
        QVERIFY(outcome.json()["items"].toArray()[0].toObject()["change"].toDouble() > 0.01);
    }

    void inspect()
    {
        const QJsonObject info = pscope({"inspect", testCase("optical-flow"), "--json"}).json();
        QCOMPARE(info["task"].toString(), "optical-flow");
        QCOMPARE(info["num_latents"].toInt(), 7);
        QVERIFY(info["gflop"].toDouble() > 0);
    }

    void mixedUpCheckpointIsRefused()
    {
        const QTemporaryDir folder;
        QVERIFY(QFile::copy(testCase("masked-lm") + "/config.json", folder.filePath("config.json")));
        QVERIFY(QFile::copy(testCase("optical-flow") + "/model.safetensors", folder.filePath("model.safetensors")));
        const Outcome outcome = pscope({"inspect", folder.path()});
        QCOMPARE(outcome.code, 65);
        QVERIFY2(outcome.err.contains("tensor") && outcome.err.contains("expected"), outcome.err.constData());
    }

    // The sum of each map is 1, and what is left out by nothing changes nothing.
    void attention()
    {
        for (const QString from : {"output:3", "latent:2"}) {
            const Outcome outcome = pscope(
                {"attention", "some text", "--from", from, "--to", "inputs", "-m", testCase("masked-lm"), "--json"});
            QCOMPARE(outcome.code, 0);
            QVERIFY(std::abs(outcome.json()["sum"].toDouble() - 1) < 1e-5);
            QCOMPARE(outcome.json()["shape"].toArray()[0].toInt(), 11); // nine bytes between [CLS] and [SEP]
        }
    }

    // A map in each kind of file; those for people carry what was asked.
    void attentionInFiles()
    {
        const QTemporaryDir folder;
        for (const QString extension : {"npy", "csv", "png", "svg", "pdf"}) {
            const QString path = folder.filePath("map." + extension);
            const Outcome outcome
                = pscope({"attention", "some text", "--from", "output:3", "-m", testCase("masked-lm"), "-o", path});
            QVERIFY2(outcome.code == 0, outcome.err.constData());
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray bytes = file.readAll();
            if (extension == "csv")
                QCOMPARE(bytes.count('\n'), 12); // eleven weights
            else if (extension == "svg")
                QVERIFY2(bytes.contains(">output:3 to inputs, head mean, rollout."), bytes.constData());
            else
                QVERIFY(bytes.startsWith(extension == "png" ? "\x89PNG" : extension == "pdf" ? "%PDF" : "\x93NUMPY"));
        }
        const Outcome refused = pscope({"attention", "some text", "--from", "output:3", "-o", "map.gif"});
        QCOMPARE(refused.code, 2);
        QVERIFY2(refused.err.contains(".svg"), refused.err.constData());
    }

    // A clip has three kinds of inputs and outputs: each can be asked about, and their shares add up.
    void attentionOfAClip()
    {
        const QString model = testCase("multimodal");
        const auto ask = [&](const QString& from, const QString& to) {
            return pscope({"attention", "--inputs", model + "/inputs.safetensors", "--from", from, "--to", to, "-m",
                              model, "--json"})
                .json();
        };
        const QJsonObject whole = ask("output:label:0", "inputs");
        double shares = 0, audio = 0;
        for (const QJsonValue part : whole["segments"].toArray()) {
            shares += part["share"].toDouble();
            if (part["name"].toString() == "audio")
                audio = part["share"].toDouble();
        }
        QCOMPARE(whole["segments"].toArray().size(), 3);
        QVERIFY(std::abs(shares - 1) < 1e-6);
        const QJsonObject heard = ask("output:300", "inputs:audio"); // the label is the last of the outputs
        QVERIFY(std::abs(heard["sum"].toDouble() - audio) < 1e-6);
        QCOMPARE(ask("latent:1", "outputs:image")["shape"].toArray(), (QJsonArray{3, 8, 12}));
    }

    void attentionOfABareModel()
    {
        const QString model = testCase("bare");
        const QJsonObject seen = pscope(
            {"attention", "--inputs", model + "/inputs.safetensors", "--from", "latent:0", "-m", model, "--json"})
                                     .json();
        QVERIFY(std::abs(seen["sum"].toDouble() - 1) < 1e-5);
    }

    // Two passes of the starter model over real frames, small so that the software driver takes seconds; the true
    // motion of the pair is a shift by one pixel.
    void flowFindsAShift()
    {
        const QTemporaryDir folder;
        const QImage whale(kSource + "/assets/samples/rubberwhale1.png");
        QVERIFY(whale.copy(200, 100, 96, 72).save(folder.filePath("1.png")));
        QVERIFY(whale.copy(199, 100, 96, 72).save(folder.filePath("2.png")));
        QFile truth(folder.filePath("truth.flo"));
        QVERIFY(truth.open(QIODevice::WriteOnly));
        const float magic = 202021.25f, vector[] = {1, 0};
        const qint32 size[] = {96, 72};
        truth.write(reinterpret_cast<const char*>(&magic), 4);
        truth.write(reinterpret_cast<const char*>(size), 8);
        for (int i = 0; i < 96 * 72; ++i)
            truth.write(reinterpret_cast<const char*>(vector), 8);
        truth.close();
        const Outcome outcome = pscope({"flow", folder.filePath("1.png"), folder.filePath("2.png"), "--truth",
            truth.fileName(), "-o", folder.filePath("flow.flo"), "--color", folder.filePath("flow.png"), "--json"});
        QVERIFY2(outcome.code == 0, outcome.err.constData());
        const QJsonObject item = outcome.json()["items"].toArray()[0].toObject();
        QVERIFY2(item["epe"].toDouble() < 0.2, outcome.out.constData()); // measured: see the test's output
        QCOMPARE(QImage(folder.filePath("flow.png")).size(), QSize(96, 72));
        QCOMPARE(QFile(folder.filePath("flow.flo")).size(), 12 + 96 * 72 * 8);
    }

    // The end-point errors that the starter model's README states, where the development data is present.
    void flowOfMiddlebury()
    {
        const QString folder = kSource + "/../shared/data/flow/middlebury/RubberWhale/";
        if (!QFile::exists(folder + "flow10.flo"))
            QSKIP("the Middlebury pair is not here");
        const Outcome outcome = pscope(
            {"flow", folder + "frame10.png", folder + "frame11.png", "--truth", folder + "flow10.flo", "--json"});
        QVERIFY2(outcome.code == 0, outcome.err.constData());
        const double epe = outcome.json()["items"].toArray()[0].toObject()["epe"].toDouble();
        QVERIFY2(std::abs(epe - 0.201) < 0.01, qPrintable(QString::number(epe)));
    }
};

QTEST_GUILESS_MAIN(TestPscope)
#include "test_pscope.moc"
