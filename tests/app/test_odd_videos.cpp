// Videos that are not as they should be, and places that fill up: a size that changes within the file, names that no
// text can say, a disk without room while a camera is recorded. What is promised holds, or a sentence says why not.
#include "app/media/camera.h"
#include "app/media/frame_source.h"
#include "app/media/video_writer.h"
#include "tests/app/run_pscope.h"

#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>
#include <csignal>
#include <sys/resource.h>

using namespace app::media;
using engine::ErrorKind;

namespace {

bool ffmpeg(const QStringList& arguments)
{
    QProcess process;
    process.start("ffmpeg", QStringList{"-v", "error", "-y", "-nostdin"} + arguments);
    return process.waitForFinished(120'000) && process.exitCode() == 0;
}

QByteArray bytesOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// How many frames of it decode, each later than the one before.
int decoded(const QString& path)
{
    const auto video = openFrames(path.toStdString());
    if (!video.ok())
        return -1;
    int frames = 0;
    double before = -1;
    for (auto frame = video.value()->next(); frame.ok() && frame.value(); frame = video.value()->next(), ++frames)
        if (std::exchange(before, frame.value()->seconds) >= frame.value()->seconds)
            return -2;
    return frames;
}

// Files of the process may grow to so many bytes, as on a disk that is full then.
std::function<void()> roomFor(rlim_t bytes)
{
    return [bytes] {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{bytes, bytes};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    };
}

const QString kCamera = "lavfi:testsrc2=size=160x120:rate=5,noise=alls=100:allf=t,realtime"; // noise: many bytes

} // namespace

class TestOddVideos : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QString at(const QString& name) const { return m_folder.filePath(name); }

private slots:
    void initTestCase()
    {
        const QStringList coded{"-c:v", "libx264", "-g", "10", "-bf", "2"};
        const auto part = [&](const char* size, double offset, const QString& name) {
            return ffmpeg(QStringList{"-f", "lavfi", "-i", QString("testsrc2=size=%1:rate=25:duration=1").arg(size)}
                + coded + QStringList{"-output_ts_offset", QString::number(offset), at(name)});
        };
        if (!part("128x96", 0, "first.ts"))
            QSKIP("ffmpeg is not installed: apt-get install ffmpeg");
        QVERIFY(part("64x80", 1.2, "second.ts"));
        QFile both(at("changes.ts"));
        QVERIFY(both.open(QIODevice::WriteOnly));
        both.write(bytesOf(at("first.ts")) + bytesOf(at("second.ts")));
        both.close();
        QVERIFY(ffmpeg({"-i", at("changes.ts"), "-c", "copy", at("changes.mkv")}));
    }

    void cleanupTestCase() { std::filesystem::remove_all(m_folder.path().toStdString()); } // names that Qt cannot say

    // All pictures have the first one's size, wherever reading begins, and it is said.
    void sizeChanges_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("ts") << "changes.ts";
        QTest::newRow("mkv") << "changes.mkv";
    }

    void sizeChanges()
    {
        QFETCH(QString, name);
        const auto video = openFrames(at(name).toStdString());
        QVERIFY2(video.ok(), video.ok() ? "" : video.error().message.c_str());
        std::vector<std::vector<uint8_t>> pictures;
        double before = -1;
        for (;;) {
            const auto frame = video.value()->next();
            QVERIFY2(frame.ok(), frame.ok() ? "" : frame.error().message.c_str());
            if (!frame.value())
                break;
            QCOMPARE(frame.value()->number, int64_t(pictures.size()));
            QVERIFY(std::exchange(before, frame.value()->seconds) < frame.value()->seconds);
            QCOMPARE(frame.value()->picture.width, 128);
            QCOMPARE(frame.value()->picture.height, 96);
            pictures.push_back(frame.value()->picture.rgb);
        }
        QCOMPARE(pictures.size(), size_t(50));
        QCOMPARE(video.value()->count().value(), int64_t(50));
        QCOMPARE(video.value()->remarks().size(), size_t(1));
        QVERIFY2(
            video.value()->remarks()[0].find("another size") != std::string::npos, video.value()->remarks()[0].c_str());
        for (const int64_t wanted : {40, 3, 24, 25, 26, 49, 0}) { // each by a reader that has read nothing yet, too
            const auto fresh = openFrames(at(name).toStdString());
            QVERIFY(fresh.ok());
            for (FrameSource* source : {video.value().get(), fresh.value().get()}) {
                QVERIFY(source->seek(wanted).ok());
                const auto frame = source->next();
                QVERIFY2(frame.ok() && frame.value(), frame.ok() ? "none" : frame.error().message.c_str());
                QCOMPARE(frame.value()->number, wanted);
                QCOMPARE(frame.value()->picture.width, 128);
                QVERIFY2(frame.value()->picture.rgb == pictures[size_t(wanted)], qPrintable(QString::number(wanted)));
            }
        }
    }

    // From the file's name to the folder, the table and the messages.
    void names()
    {
        for (const QByteArray& name : {QByteArray("new\nline"), QByteArray("\xff\xfe bytes"), QByteArray("- %s %d")}) {
            const std::string path = (m_folder.path().toUtf8() + "/" + name + ".ts").toStdString();
            std::filesystem::copy_file(at("second.ts").toStdString(), path);
            // By a shell: Qt gives a program no bytes that are no text.
            qputenv("ODD_INPUT", QByteArray::fromStdString(path));
            const auto flow = [](const QString& output) {
                QProcess process;
                process.start("sh",
                    {"-c", QString("exec '%1' flow \"$ODD_INPUT\" -o %2 -g cpu --step 20 --json").arg(PSCOPE, output)});
                process.waitForFinished(120'000);
                return Outcome{process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
            };
            const QString folder = at("motion of a name");
            QVERIFY(QDir(folder).removeRecursively());
            const Outcome done = flow("'" + folder + "'");
            QVERIFY2(done.code == 0, done.err);
            QVERIFY2(done.json()["items"][0]["pairs"].toInt() == 1, done.out);
            QVERIFY(QFile::exists(folder + "/000001.flo"));
            // Beside it: under that very name, or a sentence.
            const QByteArray out = m_folder.path().toUtf8() + "/" + name + " out";
            qputenv("ODD_OUTPUT", out);
            const Outcome beside = flow("\"$ODD_OUTPUT\"");
            if (QString::fromUtf8(name).toUtf8() == name)
                QVERIFY2(beside.code == 0 && QFile::exists(out + "/000001.flo"), beside.err);
            else
                QVERIFY2(beside.code == 74 && beside.err.contains("no text in UTF-8"), beside.err);
        }
    }

    // What was recorded before the disk was full plays; it is said, with the code of an input/output error.
    void fullDiskWhileRecording_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("mp4") << "full.mp4";
        QTest::newRow("mkv") << "full.mkv";
    }

    void fullDiskWhileRecording()
    {
        QFETCH(QString, name);
        const Outcome full = pscope(
            {"flow", kCamera, "--seconds", "60", "--hold", "30", "-o", at(name), "--show", "side", "-g", "cpu"},
            roomFor(400'000));
        QCOMPARE(full.code, 74);
        QVERIFY2(full.err.contains("cannot write") && full.err.contains("File too large"), full.err);
        QVERIFY2(decoded(at(name)) >= 5, qPrintable(QString::number(decoded(at(name)))));
    }

    // A video that is no recording is there whole or not at all.
    void fullDiskWhileWriting()
    {
        rlimit before{};
        QCOMPARE(::getrlimit(RLIMIT_FSIZE, &before), 0);
        const auto restore = qScopeGuard([&] { ::setrlimit(RLIMIT_FSIZE, &before); });
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit little{40'000, before.rlim_max};
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &little), 0);
        auto writer = VideoWriter::create(at("whole.mp4").toStdString(), {.width = 160, .height = 120});
        QVERIFY2(writer.ok(), writer.ok() ? "" : writer.error().message.c_str());
        uint32_t random = 1;
        engine::Result<void> added;
        for (int i = 0; i < 200 && added.ok(); ++i) {
            engine::Image noise(160, 120);
            for (uint8_t& value : noise.rgb)
                value = uint8_t((random = random * 1664525 + 1013904223) >> 24);
            added = writer.value()->add(noise, i);
        }
        const engine::Result<void> finished = added.ok() ? writer.value()->finish() : added;
        QVERIFY(!finished.ok());
        QCOMPARE(int(finished.error().kind), int(ErrorKind::InputOutput));
        QVERIFY2(finished.error().message.find("cannot write") == 0, finished.error().message.c_str());
        writer.value().reset();
        QVERIFY(!QFile::exists(at("whole.mp4")) && !QFile::exists(at("whole.mp4.partial")));
    }

    void cameras()
    {
        const auto missing = openCamera("/dev/video99");
        QCOMPARE(int(missing.error().kind), int(ErrorKind::NoInput));
        const auto noCamera = openCamera("/dev/null");
        QCOMPARE(int(noCamera.error().kind), int(ErrorKind::InputOutput));
        QVERIFY2(noCamera.error().message.find("/dev/null cannot be opened") == 0, noCamera.error().message.c_str());
        QCOMPARE(pscope({"flow", "camera:/dev/video99", "-g", "cpu"}).code, 66);
    }
};

QTEST_GUILESS_MAIN(TestOddVideos)
#include "test_odd_videos.moc"
