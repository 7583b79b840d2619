// Sound and pictures of long videos stay in step: a click in the sound where the picture flashes, every half minute, is
// found there by the readers to the end, in what ffmpeg made and in what this program writes.
#include "app/media/frame_source.h"
#include "app/media/video_sound.h"
#include "app/media/video_writer.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>

using namespace app::media;

namespace {

constexpr int kMinutes = 10, kSampleRate = 44'100, kWidth = 32, kHeight = 24;
constexpr double kClick = 0.01; // seconds

struct Rate {
    int numerator, denominator, period; // frames from flash to flash: about half a minute
    double seconds(int64_t frame) const { return double(frame) * denominator / numerator; }
};

bool ffmpeg(const QStringList& arguments)
{
    QProcess process;
    process.start("ffmpeg", QStringList{"-v", "error", "-y", "-nostdin"} + arguments);
    return process.waitForFinished(280'000) && process.exitCode() == 0;
}

// Seconds at which the picture turns white.
std::vector<double> flashes(const QString& path)
{
    std::vector<double> times;
    const auto video = openFrames(path.toStdString());
    bool white = false;
    if (video.ok())
        for (auto frame = video.value()->next(); frame.ok() && frame.value(); frame = video.value()->next())
            if (!std::exchange(white, frame.value()->picture.pixel(16, 12)[0] > 128) && white)
                times.push_back(frame.value()->seconds);
    return times;
}

// Seconds at which the sound sets in after a second of silence.
std::vector<double> clicks(const QString& path)
{
    std::vector<double> times;
    const auto sound = readVideoSound(path.toStdString());
    if (!sound.ok() || !sound.value())
        return times;
    const Sound& read = *sound.value();
    int64_t loud = -read.sampleRate;
    for (int64_t i = 0; i < int64_t(read.samples.size()); ++i)
        if (std::abs(read.samples[size_t(i)]) > 0.4f && i - std::exchange(loud, i) >= read.sampleRate)
            times.push_back(double(i) / double(read.sampleRate));
    return times;
}

} // namespace

class TestInStep : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    void check(const QString& path, const Rate& rate, int64_t frames) const
    {
        const std::vector<double> seen = flashes(path), heard = clicks(path);
        QCOMPARE(int64_t(seen.size()), (frames + rate.period - 1) / rate.period);
        QCOMPARE(heard.size(), seen.size());
        double most = 0;
        for (size_t i = 0; i < seen.size(); ++i) {
            QVERIFY(std::abs(seen[i] - rate.seconds(int64_t(i) * rate.period)) < 2e-3);
            most = std::max(most, std::abs(heard[i] - seen[i]));
        }
        qInfo("at most %.1f ms from each other, a frame is %.1f ms", most * 1e3, rate.seconds(1) * 1e3);
        QVERIFY2(most < rate.seconds(1) / 2, qPrintable(QString("%1 s").arg(most)));
    }

    static void rates()
    {
        QTest::addColumn<int>("numerator");
        QTest::addColumn<int>("denominator");
        QTest::addColumn<QString>("ending");
        QTest::newRow("25, mp4") << 25 << 1 << "mp4";
        QTest::newRow("29.97, mp4") << 30000 << 1001 << "mp4";
        QTest::newRow("30, mkv") << 30 << 1 << "mkv";
    }
    static Rate rateOf()
    {
        const auto of = [](const char* name) { return *static_cast<int*>(QTest::qData(name, qMetaTypeId<int>())); };
        const int numerator = of("numerator"), denominator = of("denominator");
        return {numerator, denominator, int(std::lround(30.0 * numerator / denominator))};
    }

private slots:
    void read_data()
    {
        rates();
        QTest::newRow("30, ts") << 30 << 1 << "ts";
        QTest::newRow("29.97, flv") << 30000 << 1001 << "flv";
        QTest::newRow("25, mkv, gaps") << 25 << 1 << "gaps.mkv"; // in the sound
    }

    void read()
    {
        if (!ffmpeg({"-version"}))
            QSKIP("ffmpeg is not installed: apt-get install ffmpeg");
        QFETCH(QString, ending);
        const Rate rate = rateOf();
        const QString path = m_folder.filePath("made." + ending);
        const auto frames = int64_t(kMinutes * 60.0 * rate.numerator / rate.denominator);
        const QString seconds = QString::number(rate.seconds(frames), 'f', 6),
                      period = QString::number(rate.seconds(rate.period), 'f', 9);
        QVERIFY(ffmpeg({"-f", "lavfi", "-i",
            QString("color=black:size=%1x%2:rate=%3/%4:duration=%5,drawbox=color=white:t=fill:enable='eq(mod(n,%6),0)'")
                .arg(kWidth)
                .arg(kHeight)
                .arg(rate.numerator)
                .arg(rate.denominator)
                .arg(seconds)
                .arg(rate.period),
            "-f", "lavfi", "-i",
            QString("aevalsrc='if(lt(mod(t+1e-7,%1),%2),sin(6283*t),0)':sample_rate=%3:duration=%4")
                .arg(period)
                .arg(kClick)
                .arg(kSampleRate)
                .arg(seconds),
            "-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-c:a", "aac", "-af",
            ending.startsWith("gaps") ? "aselect='not(between(mod(t,100),40,43))'" : "anull", path}));
        check(path, rate, frames);
    }

    void written_data() { rates(); }

    void written()
    {
        QFETCH(QString, ending);
        const Rate rate = rateOf();
        const QString path = m_folder.filePath("written." + ending);
        auto writer = VideoWriter::create(path.toStdString(),
            {.width = kWidth,
                .height = kHeight,
                .timeBase = {rate.denominator, rate.numerator},
                .sampleRate = kSampleRate});
        if (!writer.ok())
            QSKIP(("no video could be written here: " + writer.error().message).c_str());
        const auto frames = int64_t(kMinutes * 60.0 * rate.numerator / rate.denominator);
        engine::Image black(kWidth, kHeight), white(kWidth, kHeight);
        std::fill(white.rgb.begin(), white.rgb.end(), uint8_t(255));
        int64_t sample = 0;
        for (int64_t i = 0; i < frames; ++i) {
            QVERIFY(writer.value()->add(i % rate.period == 0 ? white : black, i).ok());
            std::vector<float> sound;
            for (; sample < std::llround(rate.seconds(i + 1) * kSampleRate); ++sample) {
                const double t = double(sample) / kSampleRate, since = std::fmod(t + 1e-9, rate.seconds(rate.period));
                sound.push_back(since < kClick ? float(std::sin(6283 * t)) : 0.0f);
            }
            QVERIFY(writer.value()->addSound(sound).ok());
        }
        QVERIFY(writer.value()->finish().ok());
        check(path, rate, frames);
    }
};

QTEST_GUILESS_MAIN(TestInStep)
#include "test_in_step.moc"
