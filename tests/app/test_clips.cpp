// Clips with sound: pictures in a folder, WAV in and out, and the whole way through a tiny model.
#include "app/formats/atomic_folder.h"
#include "app/media/clip_folder.h"
#include "app/media/image_reader.h"
#include "app/media/resample_sound.h"
#include "engine/tasks/resample.h"

#include <QCryptographicHash>
#include <QImage>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <cstring>
#include <fstream>

namespace fs = std::filesystem;
namespace media = app::media;

namespace {

const QString kSource = PERCEIVERSCOPE_SOURCE_DIR;

// What the tiny model takes: 3 frames, 20 samples a frame, 500 a second.
void writeClip(const QTemporaryDir& folder, int frames, int samples, int rate)
{
    const QImage cat(kSource + "/assets/samples/chelsea.png");
    for (int i = 0; i < frames; ++i)
        QVERIFY(cat.copy(i * 4, 0, 60, 40).save(folder.filePath(QString("frame%1.png").arg(i + 1))));
    media::Sound sound{.sampleRate = rate};
    for (int i = 0; i < samples; ++i)
        sound.samples.push_back(0.5f * float(std::sin(i * 0.3)));
    const auto wav = media::encodeWav(sound);
    QVERIFY(wav.ok());
    std::ofstream out(folder.filePath("sound.wav").toStdString(), std::ios::binary);
    out.write(reinterpret_cast<const char*>(wav.value().data()), std::streamsize(wav.value().size()));
}

struct Outcome {
    int code = -1;
    QByteArray out, err;
};

Outcome autoencode(const QStringList& arguments)
{
    QProcess process;
    process.start(PSCOPE, QStringList{"autoencode", "-m", kSource + "/assets/selftest/multimodal"} + arguments);
    if (!process.waitForFinished(300000) || process.exitStatus() != QProcess::NormalExit)
        return {};
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

} // namespace

class TestClips : public QObject {
    Q_OBJECT

private slots:
    void soundRoundTrip()
    {
        const media::Sound sound{.sampleRate = 48000, .samples = {0, 0.25f, -0.5f, -1, 2, 32767.0f / 32768}};
        const auto wav = media::encodeWav(sound);
        QVERIFY(wav.ok());
        const auto back = media::decodeSound(wav.value(), "wav");
        QVERIFY(back.ok());
        QCOMPARE(back.value().sampleRate, 48000);
        QCOMPARE(back.value().samples, (std::vector<float>{0, 0.25f, -0.5f, -1, 32767.0f / 32768, 32767.0f / 32768}));
    }

    void channelsAreAveraged()
    {
        const uint8_t stereo[] = "RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0\1\0\2\0\xf4\1\0\0\xd0\7\0\0\4\0\x10\0data\x8\0\0\0"
                                 "\0\x40\0\x20\0\x80\0\0";
        const auto sound = media::decodeSound({stereo, sizeof stereo - 1}, "stereo");
        QVERIFY2(sound.ok(), sound.ok() ? "" : sound.error().message.c_str());
        QCOMPARE(sound.value().sampleRate, 500);
        QCOMPARE(sound.value().samples, (std::vector<float>{0.375f, -0.5f}));
    }

    void badSound()
    {
        const auto message = [](std::string_view bytes) {
            const auto sound
                = media::decodeSound({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, "a.wav");
            return sound.ok() ? QString() : QString::fromStdString(sound.error().message);
        };
        QVERIFY(message("").contains("WAV or FLAC"));
        QVERIFY(message("OggSxxxxxxxxxxxx").contains("WAV or FLAC"));
        QVERIFY(message("RIFFxxxxWAVE").contains("damaged"));
        const auto empty = media::encodeWav({.sampleRate = 48000, .samples = {}});
        QVERIFY(empty.ok());
        QVERIFY(!media::decodeSound(empty.value(), "empty").ok());
    }

    // A tone stays where it is in time; one beyond the new rate's reach is gone.
    void soundAtAnotherRate()
    {
        for (const int64_t rate : {int64_t(8000), int64_t(44100), int64_t(500)}) {
            media::Sound sound{.sampleRate = 48000};
            for (int i = 0; i < 30720; ++i)
                sound.samples.push_back(0.5f * std::sin(float(i) * 100 * 6.2831853f / 48000));
            const auto out = media::resampled(sound, rate);
            QVERIFY(out.ok());
            QCOMPARE(out.value().sampleRate, rate);
            QCOMPARE(int64_t(out.value().samples.size()), 30720 * rate / 48000);
            double worst = 0;
            for (size_t i = 40; i + 40 < out.value().samples.size(); ++i)
                worst = std::max(worst,
                    std::abs(out.value().samples[i] - 0.5 * std::sin(double(i) * 100 * 6.2831853 / double(rate))));
            QVERIFY2(worst < 0.005, qPrintable(QString("%1 at %2").arg(worst).arg(rate)));
        }
        media::Sound high{.sampleRate = 48000};
        for (int i = 0; i < 30720; ++i)
            high.samples.push_back(std::sin(float(i) * 9000 * 6.2831853f / 48000));
        const auto low = media::resampled(high, 8000);
        QVERIFY(low.ok());
        for (size_t i = 40; i + 40 < low.value().samples.size(); ++i)
            QVERIFY(std::abs(low.value().samples[i]) < 0.01f);
    }

    void framesInOrder()
    {
        const QTemporaryDir folder;
        writeClip(folder, 11, 10, 500);
        const auto clip = media::findClip(folder.path().toStdString(), {});
        QVERIFY(clip.ok());
        QCOMPARE(clip.value().frames.size(), size_t(11));
        QCOMPARE(clip.value().frames[1].filename().string(), "frame2.png");
        QCOMPARE(clip.value().frames[10].filename().string(), "frame11.png");
        QCOMPARE(clip.value().sound.filename().string(), "sound.wav");
        QVERIFY(!media::findClip("/nowhere", {}).ok());
        QImage(5, 5, QImage::Format_RGB888).save(folder.filePath("frame4.png"));
        QVERIFY(!media::readFrames(clip.value(), 0, 11).ok());
    }

    // SHA-256 of what OpenCV 4.8 and 5.0 give for resize(crop, (w, h), INTER_LINEAR) of the sample.
    void bilinearEqualsOpenCv_data()
    {
        QTest::addColumn<int>("side");
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("height");
        QTest::addColumn<QByteArray>("hash");
        QTest::newRow("300 to 224 x 224")
            << 300 << 224 << 224 << QByteArray("de8c22bb6c3b60acb2d967dd16e465ebd7d7976b0ec8e0ccedc1a2ebfe715e7e");
        QTest::newRow("64 to 32 x 32") << 64 << 32 << 32
                                       << QByteArray(
                                              "44ad70ea63d9bb1e4e20c9bbabbac3fd577266ff321bc7bbd4f61b41d79d045b");
        QTest::newRow("101 to 224 x 224")
            << 101 << 224 << 224 << QByteArray("42487b540c44aa1086fe873020829d431559f2112540df1d46a973a004f0e11a");
        QTest::newRow("7 to 50 x 3") << 7 << 50 << 3
                                     << QByteArray("aaeb9c57884911da7b2787ef27ace66ece0a77be135eedd33e419ca5edc28388");
        QTest::newRow("255 to 17 x 31") << 255 << 17 << 31
                                        << QByteArray(
                                               "49b55c370bf3c85ca394a6b3040a8c5b5a020599fbb62bfa241105a195e27a9c");
    }

    void bilinearEqualsOpenCv()
    {
        QFETCH(int, side);
        QFETCH(int, width);
        QFETCH(int, height);
        QFETCH(QByteArray, hash);
        const auto image = media::readImage((kSource + "/assets/samples/chelsea.png").toStdString());
        QVERIFY(image.ok());
        const engine::Image small
            = engine::tasks::resizeBilinear(engine::tasks::crop(image.value(), 10, 0, side, side), width, height);
        const QByteArrayView pixels(small.rgb.data(), qsizetype(small.rgb.size()));
        QCOMPARE(QCryptographicHash::hash(pixels.toByteArray(), QCryptographicHash::Sha256).toHex(), hash);
    }

    // Two clips of three frames and one frame too many.
    void wholeWay()
    {
        const QTemporaryDir folder, results;
        writeClip(folder, 7, 130, 500);
        const QString target = results.filePath("rebuilt");
        const Outcome outcome = autoencode({folder.path(), "-o", target, "--json", "--top", "2"});
        QVERIFY2(outcome.code == 0, outcome.err.constData());
        QVERIFY(outcome.err.contains("last 1 of 7"));
        const QJsonArray items = QJsonDocument::fromJson(outcome.out).object()["items"].toArray();
        QCOMPARE(items.size(), 2);
        QCOMPARE(items[1].toObject()["first_frame"].toInt(), 3);
        QCOMPARE(items[1].toObject()["top"].toArray().size(), 2);
        QCOMPARE(QDir(target).entryList(QDir::Files).join(' '),
            "000001.png 000002.png 000003.png 000004.png 000005.png 000006.png sound.wav");
        QCOMPARE(QImage(target + "/000006.png").size(), QSize(12, 8));
        const auto sound = media::readSound((target + "/sound.wav").toStdString());
        QVERIFY(sound.ok());
        QCOMPARE(sound.value().samples.size(), size_t(120));
        QCOMPARE(QDir(results.path()).entryList(QDir::Dirs | QDir::NoDotAndDotDot), QStringList{"rebuilt"});

        QCOMPARE(autoencode({folder.path(), "-o", target}).code, 74); // it is there already
        const QTemporaryDir faster;
        writeClip(faster, 3, 6000, 48000);
        const Outcome converted = autoencode({faster.path(), "--json"});
        QVERIFY(converted.code == 0 && converted.err.contains("48000 samples a second; this model takes 500"));
        const Outcome without = autoencode({folder.path(), "--json", "--without", "input:0-23"});
        QVERIFY(
            QJsonDocument::fromJson(without.out).object()["items"].toArray()[0].toObject().contains("video_psnr_full"));
    }

    void badClips()
    {
        const QTemporaryDir folder, empty, results;
        writeClip(folder, 2, 130, 500);
        const auto fails = [&](const QStringList& arguments, int code, const char* words) {
            const Outcome outcome = autoencode(arguments + QStringList{"-o", results.filePath("out")});
            return outcome.code == code && outcome.err.contains(words) && QDir(results.path()).isEmpty();
        };
        QVERIFY(fails({folder.path()}, 65, "2 pictures; this model takes 3"));
        QVERIFY(fails({empty.path()}, 65, "no pictures"));
        QVERIFY(fails({"/nowhere"}, 66, "/nowhere"));
        writeClip(folder, 3, 130, 500);
        QVERIFY(fails({folder.path(), "--sound", "/no.wav"}, 66, "/no.wav"));
        QVERIFY(fails({folder.path(), "--without", "latent:9", "--sound", kSource + "/LICENSE"}, 65, "WAV"));
    }
};

QTEST_GUILESS_MAIN(TestClips)
#include "test_clips.moc"
