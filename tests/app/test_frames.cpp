// Videos and folders frame by frame: as many as FFmpeg's own program counts, at the same times, also after jumps;
// broken ones say what is wrong. Files are made by ffmpeg, where it is installed.
#include "app/media/frame_source.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

using namespace app::media;
using engine::ErrorKind;

namespace {

const QString kData = PERCEIVERSCOPE_SOURCE_DIR "/../shared/data/";

QByteArray output(const QString& program, const QStringList& arguments, bool* good)
{
    QProcess process;
    process.start(program, arguments);
    *good = process.waitForFinished(120'000) && process.exitCode() == 0;
    return process.readAllStandardOutput();
}

bool ffmpeg(const QStringList& arguments)
{
    bool good = false;
    output("ffmpeg", QStringList{"-v", "error", "-y", "-nostdin"} + arguments, &good);
    return good;
}

// Times in seconds of the frames that ffprobe decodes, from the first on.
std::vector<double> probed(const QString& file, int stream)
{
    bool good = false;
    const QByteArray text = output("ffprobe",
        {"-v", "quiet", "-select_streams", QString::number(stream), "-show_entries", "frame=best_effort_timestamp_time",
            "-of", "csv=p=0", file},
        &good);
    std::vector<double> times;
    for (const QByteArray& line : text.split('\n'))
        if (const QByteArray value = line.split(',').first().trimmed(); !value.isEmpty())
            times.push_back(value.toDouble());
    for (size_t i = times.size(); i-- > 0;)
        times[i] -= times[0];
    return times;
}

struct Shown {
    int64_t number;
    double seconds;
    std::vector<uint8_t> rgb;
};

std::vector<Shown> allOf(FrameSource& source, QString* wrong = nullptr)
{
    std::vector<Shown> all;
    for (;;) {
        auto frame = source.next();
        if (!frame.ok()) {
            if (wrong)
                *wrong = QString::fromStdString(frame.error().message);
            return all;
        }
        if (!frame.value())
            return all;
        all.push_back({frame.value()->number, frame.value()->seconds, std::move(frame.value()->picture.rgb)});
    }
}

} // namespace

class TestFrames : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QString at(const QString& name) const { return m_folder.filePath(name); }

private slots:
    void initTestCase()
    {
        bool good = false;
        output("ffmpeg", {"-version"}, &good);
        if (!good)
            QSKIP("ffmpeg is not installed: apt-get install ffmpeg");
        const QStringList source{"-f", "lavfi", "-i", "testsrc2=size=128x96:rate=25:duration=2"};
        QVERIFY(ffmpeg(source + QStringList{"-c:v", "libx264", "-g", "12", "-bf", "3", at("b frames.mp4")}));
        QVERIFY(ffmpeg(source
            + QStringList{"-vf", "select='not(eq(mod(n,5),2))*not(between(n,20,26))'", "-vsync", "vfr", "-c:v",
                "libx264", "-g", "10", at("variable.mkv")}));
        QVERIFY(ffmpeg(source + QStringList{"-c:v", "libx264", "-pix_fmt", "yuv420p10le", at("ten bits.mkv")}));
        QVERIFY(
            ffmpeg({"-f", "lavfi", "-i", "testsrc2=size=101x57:rate=30:duration=1", "-c:v", "ffv1", at("odd.mkv")}));
        QVERIFY(ffmpeg({"-ss", "0.5", "-i", at("b frames.mp4"), "-c", "copy", at("edit list.mp4")}));
        QVERIFY(ffmpeg(source + QStringList{"-c:v", "mpeg4", "-g", "15", at("divx.avi")}));
        QVERIFY(ffmpeg({"-i", at("b frames.mp4"), "-frames:v", "1", at("one.mp4")}));
        QVERIFY(ffmpeg({"-i", at("b frames.mp4"), "-c", "copy", "-f", "mpegts", at("stream.ts")}));
        QVERIFY(ffmpeg({"-display_rotation", "90", "-i", at("b frames.mp4"), "-c", "copy", at("turned.mp4")})
            || ffmpeg({"-i", at("b frames.mp4"), "-c", "copy", "-metadata:s:v:0", "rotate=90", at("turned.mp4")}));
        QVERIFY(ffmpeg(source + QStringList{"-vf", "setsar=2/1", "-c:v", "libx264", at("wide pixels.mkv")}));
        QVERIFY(ffmpeg({"-i", at("b frames.mp4"), "-c", "copy", "-movflags", "faststart", at("fast.mp4")}));
        QFile whole(at("fast.mp4")), cut(at("cut.mp4"));
        QVERIFY(whole.open(QIODevice::ReadOnly) && cut.open(QIODevice::WriteOnly));
        const QByteArray bytes = whole.readAll();
        cut.write(bytes.left(bytes.size() * 6 / 10));
        QFile broken(at("broken.ts")), stream(at("stream.ts"));
        QVERIFY(stream.open(QIODevice::ReadOnly) && broken.open(QIODevice::WriteOnly));
        QByteArray half = stream.readAll();
        for (qsizetype i = half.size() * 4 / 10; i < half.size() * 6 / 10; ++i)
            half[i] = char(i * 37);
        broken.write(half);
    }

    void everyFrame_data()
    {
        QTest::addColumn<QString>("file");
        for (const char* name : {"b frames.mp4", "variable.mkv", "ten bits.mkv", "odd.mkv", "edit list.mp4", "divx.avi",
                 "one.mp4", "stream.ts", "turned.mp4", "wide pixels.mkv"})
            QTest::newRow(name) << at(name);
        for (const char* name :
            {"ship/tree.avi", "ship/realshort.mp4", "video/bbb_480p_30s.mp4", "video/torchcodec_nasa_13013.mp4"})
            if (QFile::exists(kData + name))
                QTest::newRow(name) << kData + name;
    }

    void everyFrame()
    {
        QFETCH(QString, file);
        auto opened = openFrames(file.toStdString());
        QVERIFY2(opened.ok(), opened.ok() ? "" : opened.error().message.c_str());
        FrameSource& source = *opened.value();
        const std::vector<double> expected = probed(file, source.info().stream);
        QVERIFY(!expected.empty());
        int64_t count = 0;
        for (;; ++count) {
            auto frame = source.next();
            QVERIFY2(frame.ok(), frame.ok() ? "" : frame.error().message.c_str());
            if (!frame.value())
                break;
            QCOMPARE(frame.value()->number, count);
            QVERIFY(size_t(count) < expected.size());
            QVERIFY2(std::abs(frame.value()->seconds - expected[size_t(count)]) < 2e-6,
                qPrintable(
                    QString("%1: %2, not %3").arg(count).arg(frame.value()->seconds).arg(expected[size_t(count)])));
            QCOMPARE(frame.value()->picture.width, source.info().width);
            QCOMPARE(frame.value()->picture.height, source.info().height);
        }
        QCOMPARE(size_t(count), expected.size());
        QCOMPARE(source.count().value(), count);
        QVERIFY(source.remarks().empty());
    }

    // A jump anywhere gives the very picture that reading in order gives.
    void jumps_data()
    {
        QTest::addColumn<QString>("file");
        for (const char* name : {"b frames.mp4", "variable.mkv", "ten bits.mkv", "odd.mkv", "edit list.mp4", "divx.avi",
                 "one.mp4", "stream.ts"})
            QTest::newRow(name) << at(name);
    }

    void jumps()
    {
        QFETCH(QString, file);
        auto opened = openFrames(file.toStdString());
        QVERIFY(opened.ok());
        const std::vector<Shown> all = allOf(*opened.value());
        QVERIFY(!all.empty());
        uint32_t random = 7;
        for (int i = 0; i < 25; ++i) {
            random = random * 1664525 + 1013904223;
            const int64_t wanted = i == 0 ? int64_t(all.size()) - 1 : i == 1 ? 0 : int64_t((random >> 8) % all.size());
            QVERIFY(opened.value()->seek(wanted).ok());
            for (int64_t n = wanted; n < std::min(wanted + 2, int64_t(all.size())); ++n) {
                const auto frame = opened.value()->next();
                QVERIFY(frame.ok() && frame.value());
                QCOMPARE(frame.value()->number, n);
                QCOMPARE(frame.value()->seconds, all[size_t(n)].seconds);
                QVERIFY2(frame.value()->picture.rgb == all[size_t(n)].rgb, qPrintable(QString("frame %1").arg(n)));
            }
        }
        QCOMPARE(opened.value()->seek(int64_t(all.size())).error().kind, ErrorKind::Usage);
    }

    void uprightAndSquare()
    {
        const auto turned = openFrames(at("turned.mp4").toStdString());
        QVERIFY(turned.ok());
        QCOMPARE(turned.value()->info().width, 96);
        QCOMPARE(turned.value()->info().height, 128);
        const auto wide = openFrames(at("wide pixels.mkv").toStdString());
        QVERIFY(wide.ok());
        QCOMPARE(wide.value()->info().width, 256);
        QCOMPARE(wide.value()->info().height, 96);
        // As FFmpeg's own program turns it.
        QVERIFY(ffmpeg({"-i", at("turned.mp4"), "-frames:v", "1", "-sws_flags",
            "bicubic+accurate_rnd+full_chroma_int+bitexact", at("upright.png")}));
        const QImage expected = QImage(at("upright.png")).convertToFormat(QImage::Format_RGB888);
        const auto frame = turned.value()->next();
        QVERIFY(frame.ok() && frame.value());
        double difference = 0;
        for (int y = 0; y < 128; ++y)
            for (int x = 0; x < 96 * 3; ++x)
                difference += std::abs(int(expected.constScanLine(y)[x]) - int(frame.value()->picture.pixel(0, y)[x]));
        QVERIFY2(difference / (96 * 128 * 3) < 3,
            qPrintable(QString::number(difference / (96 * 128 * 3)))); // other rounding
    }

    void damaged()
    {
        for (const char* name : {"cut.mp4", "broken.ts"}) {
            const auto opened = openFrames(at(name).toStdString());
            QVERIFY2(opened.ok(), opened.ok() ? "" : opened.error().message.c_str());
            const std::vector<Shown> all = allOf(*opened.value());
            QVERIFY(all.size() > 10 && all.size() <= 50);
            for (size_t i = 1; i < all.size(); ++i)
                QVERIFY2(all[i].number > all[i - 1].number && all[i].seconds > all[i - 1].seconds,
                    qPrintable(QString("%1: frame %2 at %3 after %4 at %5")
                                   .arg(name)
                                   .arg(all[i].number)
                                   .arg(all[i].seconds)
                                   .arg(all[i - 1].number)
                                   .arg(all[i - 1].seconds)));
            QVERIFY2(!opened.value()->remarks().empty(), name);
        }
    }

    void refused_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("says");
        QFile(at("empty.mp4")).open(QIODevice::WriteOnly);
        QFile sparse(at("sparse.mp4"));
        QVERIFY(sparse.open(QIODevice::WriteOnly) && sparse.resize(100'000'000'000LL));
        QFile text(at("text.mp4"));
        QVERIFY(text.open(QIODevice::WriteOnly));
        text.write("This is no video.");
        QVERIFY(ffmpeg({"-f", "lavfi", "-i", "sine=duration=1", at("sound.wav")}));
        QVERIFY(QDir(m_folder.path()).mkdir("no pictures"));
        QTest::newRow("missing") << at("missing.mp4") << "no such file";
        QTest::newRow("empty") << at("empty.mp4") << "cannot be read as a video";
        QTest::newRow("100 GB of nothing") << at("sparse.mp4") << "cannot be read as a video";
        QTest::newRow("text") << at("text.mp4") << "cannot be read as a video";
        QTest::newRow("sound") << at("sound.wav") << "holds no pictures";
        QTest::newRow("folder") << at("no pictures") << "holds no pictures";
    }

    void refused()
    {
        QFETCH(QString, file);
        QFETCH(QString, says);
        QElapsedTimer timer;
        timer.start();
        const auto opened = openFrames(file.toStdString());
        QVERIFY(!opened.ok());
        QVERIFY2(timer.elapsed() < 10'000, qPrintable(QString::number(timer.elapsed()))); // whatever its size
        QVERIFY2(QString::fromStdString(opened.error().message).contains(says), opened.error().message.c_str());
    }

    void names()
    {
        for (const QByteArray& name : {QByteArray("a b.mp4"), QByteArray("new\nline.mp4"), QByteArray("concat:x.mp4"),
                 QByteArray("\xff\xfe.mp4"), QByteArray("%d.mp4")}) {
            const std::string path = (m_folder.path().toUtf8() + "/" + name).toStdString();
            std::filesystem::copy_file(at("one.mp4").toStdString(), path);
            const auto opened = openFrames(path);
            QVERIFY2(opened.ok(), opened.ok() ? "" : opened.error().message.c_str());
            QVERIFY(opened.value()->next().value());
        }
    }

    void cleanupTestCase() { std::filesystem::remove_all(m_folder.path().toStdString()); } // names that Qt cannot say

    void folder()
    {
        QVERIFY(QDir(m_folder.path()).mkdir("numbered"));
        QVERIFY(ffmpeg({"-i", at("odd.mkv"), "-frames:v", "12", "-start_number", "1", at("numbered/%d.png")}));
        const auto opened = openFrames(at("numbered").toStdString(), {.rate = {10, 1}});
        QVERIFY(opened.ok());
        QCOMPARE(opened.value()->count().value(), int64_t(12));
        const std::vector<Shown> all = allOf(*opened.value());
        QCOMPARE(all.size(), size_t(12));
        QCOMPARE(all[11].seconds, 1.1);
        const auto video = openFrames(at("odd.mkv").toStdString());
        QVERIFY(video.ok());
        const std::vector<Shown> same = allOf(*video.value());
        QVERIFY(same[9].rgb.size() == all[9].rgb.size());
        QImage other(64, 64, QImage::Format_RGB888);
        other.fill(0);
        QVERIFY(other.save(at("numbered/5.png")));
        QVERIFY(opened.value()->seek(3).ok());
        QString wrong;
        QCOMPARE(allOf(*opened.value(), &wrong).size(), size_t(1));
        QVERIFY2(wrong.contains("5.png") && wrong.contains("64 x 64"), qPrintable(wrong));
    }
};

QTEST_GUILESS_MAIN(TestFrames)
#include "test_frames.moc"
