// pscope flow on videos and folders: every pair once; killed at any moment and run again, to the same bytes; shares of
// several processes together are the whole; what is finished is left alone; bad input is said and the rest goes on.
#include "app/formats/flow_files.h"
#include "app/media/frame_source.h"
#include "tests/app/moving_video.h"
#include "tests/app/run_pscope.h"

#include <QImage>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>
#include <csignal>
#include <unistd.h>

using engine::Image;
using moving::bytesOf;
using moving::filesOf;
using moving::write;

class TestFlowVideos : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QString at(const QString& name) const { return m_folder.filePath(name); }

private slots:
    void initTestCase()
    {
        QVERIFY(write(at("moving.mp4"), 9));
        const Outcome whole = pscope({"flow", at("moving.mp4"), "-o", at("whole"), "-g", "cpu", "--json"});
        QVERIFY2(whole.code == 0, whole.err);
        QCOMPARE(whole.json()["items"][0]["pairs"].toInt(), 8);
    }

    // As the pairs one by one; the motion is what it is.
    void everyPair()
    {
        const auto opened = app::media::openFrames(at("moving.mp4").toStdString());
        QVERIFY(opened.ok());
        std::vector<QString> pictures;
        std::vector<double> times;
        for (auto frame = opened.value()->next(); frame.ok() && frame.value(); frame = opened.value()->next()) {
            const Image& image = frame.value()->picture;
            pictures.push_back(at(QString("%1.png").arg(frame.value()->number)));
            times.push_back(frame.value()->seconds);
            QVERIFY(QImage(image.rgb.data(), image.width, image.height, 3 * image.width, QImage::Format_RGB888)
                        .save(pictures.back()));
        }
        QCOMPARE(pictures.size(), size_t(9));
        const QList<QByteArray> lines = bytesOf(at("whole/motion.csv")).trimmed().split('\n');
        QCOMPARE(lines.size(), 9);
        for (const size_t i : {size_t(0), size_t(5), size_t(7)}) {
            QVERIFY(
                pscope({"flow", pictures[i], pictures[i + 1], "-o", at("pair.flo"), "--overwrite", "-g", "cpu"}).code
                == 0);
            QCOMPARE(bytesOf(at(QString("whole/%1.flo").arg(int(i) + 1, 6, 10, QChar('0')))), bytesOf(at("pair.flo")));
            const QList<QByteArray> values = lines[qsizetype(i) + 1].split(',');
            QCOMPARE(values[0].toInt(), int(i) + 1);
            QVERIFY(std::abs(values[1].toDouble() - times[i]) < 1e-6);
            QVERIFY2(std::abs(values[2].toDouble() - 2) < 0.5, values[2].constData()); // mean length
            QCOMPARE(values[7].toInt(), 0); // no cut
        }
    }

    void killedAndResumed_data()
    {
        QTest::addColumn<QStringList>("more");
        QTest::addColumn<QString>("output");
        QTest::newRow("folder") << QStringList{} << "killed";
        QTest::newRow("folder, warm") << QStringList{"--warm", "--both-ways"} << "killed warm";
        QTest::newRow("video") << QStringList{"--show", "side"} << "killed.mp4";
    }

    void killedAndResumed()
    {
        QFETCH(QStringList, more);
        QFETCH(QString, output);
        if (!QFile::exists(at("longer.mp4")))
            QVERIFY(write(at("longer.mp4"), 60));
        const QString undisturbed = at("undisturbed " + output), killed = at(output);
        const QStringList common = QStringList{"flow", at("longer.mp4"), "-g", "cpu", "--resume"} + more;
        QVERIFY(pscope(common + QStringList{"-o", undisturbed}).code == 0);
        uint32_t random = 3;
        int kills = 0;
        bool finished = false;
        for (int i = 0; i < 60 && !finished; ++i) {
            QProcess process;
            process.start(PSCOPE, common + QStringList{"-o", killed});
            QVERIFY(process.waitForStarted());
            random = random * 1664525 + 1013904223;
            const bool hard = i % 2 == 0; // SIGKILL and SIGTERM in turn
            if (kills < 10 && !process.waitForFinished(int(100 + (random >> 8) % 200))) {
                ::kill(pid_t(process.processId()), hard ? SIGKILL : SIGTERM);
                ++kills;
            }
            QVERIFY(process.state() == QProcess::NotRunning || process.waitForFinished(120'000));
            if (process.exitStatus() == QProcess::NormalExit) {
                finished = process.exitCode() == 0;
                QVERIFY2(finished || process.exitCode() == 75 || (!hard && process.exitCode() == 15),
                    qPrintable(QString::number(process.exitCode()) + process.readAllStandardError()));
            }
        }
        QVERIFY(finished && kills > 0); // a quick machine may be done before the tenth
        qInfo("killed %d times", kills);
        if (output.endsWith(".mp4")) {
            QCOMPARE(bytesOf(killed), bytesOf(undisturbed));
            QVERIFY(!QDir(killed + ".parts").exists());
        } else {
            QCOMPARE(filesOf(killed), filesOf(undisturbed));
        }
    }

    // Finished: by content and parameters, not by name.
    void leftAlone()
    {
        const QStringList again{"flow", at("moving.mp4"), "-o", at("whole"), "-g", "cpu", "--json"};
        QVERIFY(pscope(again).json()["items"][0]["skipped"].toBool());
        const Outcome other = pscope(again + QStringList{"--step", "2"});
        QCOMPARE(other.code, 74);
        QVERIFY2(other.err.contains("other parameters"), other.err);
        QVERIFY(write(at("other.mp4"), 5, 40));
        QFile::rename(at("moving.mp4"), at("kept.mp4"));
        QVERIFY(QFile::copy(at("other.mp4"), at("moving.mp4")));
        const Outcome changed = pscope(again);
        QFile::remove(at("moving.mp4"));
        QFile::rename(at("kept.mp4"), at("moving.mp4"));
        QCOMPARE(changed.code, 74);
        // Unfinished, and nothing was said about going on.
        QVERIFY(QDir(at("whole")).remove("000007.flo"));
        const Outcome unfinished = pscope(again);
        QCOMPARE(unfinished.code, 74);
        QVERIFY2(unfinished.err.contains("--resume"), unfinished.err);
        QVERIFY(pscope(again + QStringList{"--resume"}).code == 0);
        QVERIFY(QFile::exists(at("whole/000007.flo")));
    }

    void sharesAreTheWhole()
    {
        QStringList names;
        QFile list(at("list.txt"));
        QVERIFY(list.open(QIODevice::WriteOnly));
        for (int i = 0; i < 5; ++i) {
            names << at(QString("video %1.mp4").arg(i));
            QVERIFY(write(names.back(), 3, 10 * i));
            list.write(names.back().toUtf8() + "\n");
        }
        list.close();
        QVERIFY(pscope(QStringList{"flow", "-g", "cpu", "-o", at("one")} + names).code == 0);
        for (int share = 0; share < 2; ++share)
            QVERIFY(pscope({"flow", "-g", "cpu", "-o", at("shared"), "--list", at("list.txt"), "--shard",
                               QString("%1/2").arg(share)})
                        .code
                == 0);
        qputenv("SLURM_ARRAY_TASK_COUNT", "2");
        qputenv("SLURM_ARRAY_TASK_MIN", "4"); // arrays may begin anywhere
        for (const char* index : {"4", "5"}) {
            qputenv("SLURM_ARRAY_TASK_ID", index);
            QVERIFY(pscope({"flow", "-g", "cpu", "-o", at("by slurm"), "--list", at("list.txt")}).code == 0);
        }
        for (const char* name : {"SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_ID"})
            qunsetenv(name);
        const QStringList folders = QDir(at("one")).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
        QCOMPARE(folders.size(), 5);
        for (const QString& shared : {at("shared"), at("by slurm")}) {
            QCOMPARE(QDir(shared).entryList(QDir::Dirs | QDir::NoDotAndDotDot), folders);
            for (const QString& each : folders)
                QCOMPARE(filesOf(shared + "/" + each), filesOf(at("one/" + each)));
        }
        QCOMPARE(pscope({"flow", "-g", "cpu", "-o", at("x"), "--list", at("list.txt"), "--shard", "2/2"}).code, 2);
    }

    void oneOfSeveralIsBad()
    {
        QFile(at("bad.mp4")).open(QIODevice::WriteOnly);
        QVERIFY(write(at("good.mp4"), 2));
        QVERIFY(write(at("single.mp4"), 1));
        const Outcome some = pscope(
            {"flow", at("bad.mp4"), at("single.mp4"), at("good.mp4"), "-o", at("some"), "-g", "cpu", "--json"});
        QCOMPARE(some.code, 1);
        QVERIFY2(
            some.json()["items"][0]["error"]["message"].toString().contains("cannot be read as a video"), some.out);
        QVERIFY(some.json()["items"][1]["error"]["message"].toString().contains("motion takes two"));
        QCOMPARE(some.json()["items"][2]["pairs"].toInt(), 1);
        QCOMPARE(pscope({"flow", at("missing.mp4"), "-o", at("none")}).code, 66);
        QCOMPARE(pscope({"flow", at("good.mp4")}).code, 2);
        QCOMPARE(pscope({"flow", at("good.mp4"), at("bad.mp4"), "-o", at("two.mp4")}).code, 2);
    }

    void drawnTimes()
    {
        QVERIFY(pscope({"flow", at("moving.mp4"), "-o", at("drawn.mkv"), "-g", "cpu", "--step", "2"}).code == 0);
        const auto source = app::media::openFrames(at("moving.mp4").toStdString()),
                   drawn = app::media::openFrames(at("drawn.mkv").toStdString());
        QVERIFY(source.ok());
        QVERIFY2(drawn.ok(), drawn.ok() ? "" : drawn.error().message.c_str());
        for (int i = 0; i < 4; ++i) {
            const auto frame = drawn.value()->next();
            QVERIFY(frame.ok() && frame.value());
            const auto from = source.value()->next();
            QVERIFY(from.ok() && from.value() && source.value()->next().ok());
            QVERIFY(std::abs(frame.value()->seconds - from.value()->seconds) < 1e-3);
        }
        QVERIFY(!drawn.value()->next().value());
    }
};

QTEST_GUILESS_MAIN(TestFlowVideos)
#include "test_flow_videos.moc"
