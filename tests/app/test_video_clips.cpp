// Clips cut from videos: the picture that is shown at each 25th of a second, and the sound beneath it, from any place
// on; what is rebuilt, written as a video, comes back with as many pictures and samples.
#include "app/media/clip.h"
#include "app/media/video_sound.h"
#include "app/media/video_writer.h"
#include "tests/app/run_pscope.h"

#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>

using namespace app::media;
using engine::Image;

namespace {

constexpr int64_t kRate = 48000;

Image flat(int grey)
{
    Image image(32, 32);
    std::fill(image.rgb.begin(), image.rgb.end(), uint8_t(grey));
    return image;
}

// Which frame a picture is: frames are flat greys, ten levels apart.
int indexOf(const Image& image)
{
    return int(std::lround((image.pixel(16, 16)[1] - 20) / 10.0));
}

double loudness(const ClipSound& sound)
{
    double sum = 0;
    for (const float sample : sound.samples)
        sum += double(sample) * double(sample);
    return std::sqrt(sum / double(sound.samples.size()));
}

} // namespace

class TestVideoClips : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QString at(const QString& name) const { return m_folder.filePath(name); }

    // `frames` greys a 1 / rate second each; a tone from one second on.
    void write(const QString& name, int frames, int rate, bool sound = true)
    {
        auto video = VideoWriter::create(at(name).toStdString(),
            {.width = 32, .height = 32, .timeBase = {1, rate}, .sampleRate = sound ? kRate : 0});
        QVERIFY2(video.ok(), video.ok() ? "" : video.error().message.c_str());
        for (int i = 0; i < frames; ++i)
            QVERIFY(video.value()->add(flat(20 + 10 * i), i).ok());
        std::vector<float> tone(size_t(kRate * frames / rate));
        for (size_t i = size_t(kRate); i < tone.size(); ++i)
            tone[i] = 0.5f * float(std::sin(double(i) * 2 * M_PI * 440 / double(kRate)));
        if (sound)
            QVERIFY(video.value()->addSound(tone).ok());
        QVERIFY(video.value()->finish().ok());
    }

private slots:
    void pictures_data()
    {
        QTest::addColumn<int>("rate");
        for (const int rate : {10, 25, 50})
            QTest::addRow("%d a second", rate) << rate;
    }

    void pictures()
    {
        QFETCH(int, rate);
        write("v.mkv", 20, rate);
        for (const double start : {0.0, 0.12}) {
            auto clip = Clip::open(at("v.mkv").toStdString(), {}, start);
            QVERIFY2(clip.ok(), clip.ok() ? "" : clip.error().message.c_str());
            const auto images = clip.value().next(1000);
            QVERIFY(images.ok());
            QCOMPARE(int64_t(images.value().size()), std::llround(std::ceil((20.0 / rate - start) * 25 - 1e-3)));
            for (size_t i = 0; i < images.value().size(); ++i)
                QCOMPARE(indexOf(images.value()[i]), int(std::floor((start + double(i) / 25) * rate + 1e-3)));
            QVERIFY(clip.value().next(1).value().empty());
        }
    }

    void sound()
    {
        write("tone.mp4", 20, 10); // two seconds, the tone in the second one
        for (const double start : {0.0, 0.5}) {
            auto clip = Clip::open(at("tone.mp4").toStdString(), {}, start);
            QVERIFY(clip.ok());
            const int64_t begin = std::llround((1 - start) * 8000); // at 8 kHz
            for (const auto& [first, count, loud] :
                {std::tuple(int64_t(0), begin - 400, false), std::tuple(begin + 400, int64_t(4000), true)}) {
                const auto part = clip.value().sound(8000, first, count);
                QVERIFY(part.ok());
                QCOMPARE(int64_t(part.value().samples.size()), count);
                QCOMPARE(part.value().fileRate, kRate);
                const double expected = loud ? 0.5 / std::sqrt(2.0) : 0;
                QVERIFY2(std::abs(loudness(part.value()) - expected) < 0.02,
                    qPrintable(QString::number(loudness(part.value()))));
            }
            const auto behind = clip.value().sound(8000, 20000, 100);
            QVERIFY(behind.ok() && behind.value().shorter && loudness(behind.value()) == 0);
        }
        write("silent.mp4", 20, 10, false);
        QVERIFY(!readVideoSound(at("silent.mp4").toStdString()).value());
        auto silent = Clip::open(at("silent.mp4").toStdString(), {});
        QVERIFY(silent.ok());
        QCOMPARE(silent.value().sound(8000, 0, 10).value().fileRate, int64_t(0));
        auto borrowed = Clip::open(at("silent.mp4").toStdString(), at("tone.mp4").toStdString());
        QVERIFY(borrowed.ok());
        QCOMPARE(borrowed.value().sound(8000, 0, 10).value().fileRate, kRate);
    }

    void wholeWay()
    {
        write("long.mp4", 24, 12); // 50 pictures at 25 a second: three clips of the starter model and two pictures
        const Outcome outcome
            = pscope({"autoencode", at("long.mp4"), "-o", at("rebuilt.mp4"), "--beside", "--json", "-g", "cpu"});
        QVERIFY2(outcome.code == 0, outcome.err);
        QVERIFY2(outcome.err.contains("last 2 of 50"), outcome.err);
        QCOMPARE(outcome.json()["items"].toArray().size(), 3);
        const auto rebuilt = openFrames(at("rebuilt.mp4").toStdString());
        QVERIFY(rebuilt.ok());
        QCOMPARE(rebuilt.value()->count().value(), int64_t(48));
        QCOMPARE(rebuilt.value()->info().width, 2 * rebuilt.value()->info().height);
        const auto sound = readVideoSound(at("rebuilt.mp4").toStdString());
        QVERIFY(sound.ok() && sound.value());
        const double seconds = double(sound.value()->samples.size()) / double(sound.value()->sampleRate);
        QVERIFY2(std::abs(seconds - 48.0 / 25) < 0.15, qPrintable(QString::number(seconds))); // whole frames of AAC
        QCOMPARE(pscope({"autoencode", at("long.mp4"), "--start", "1", "--clips", "1", "--json", "-g", "cpu"})
                     .json()["items"]
                     .toArray()
                     .size(),
            1);
        QCOMPARE(pscope({"autoencode", at("long.mp4"), "--start", "9", "-g", "cpu"}).code, 65);
        const Outcome map = pscope({"attention", at("long.mp4"), "--start", "1", "--from", "output:0", "--to", "inputs",
            "--json", "-g", "cpu"});
        QVERIFY2(map.code == 0, map.err);
        QVERIFY(std::abs(map.json()["sum"].toDouble() - 1) < 1e-4);
    }
};

QTEST_GUILESS_MAIN(TestVideoClips)
#include "test_video_clips.moc"
