// Motion from a camera, live: a graph of filters stands for one. The motion is the one that was made, frames that come
// too fast are dropped and counted, the delay is bounded, the size adapts to hold a rate; a recording plays.
#include "app/live/live_flow.h"
#include "app/media/camera.h"
#include "engine/engine.h"
#include "tests/app/run_pscope.h"

#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>

using namespace app;
using engine::FlowField;
using engine::Image;
using engine::Result;

namespace {

// A photo that moves to the right by `pixels` a frame; it comes in again at the left.
std::string moving(int width, int height, int pixels, int rate, const char* more = ",realtime")
{
    return "lavfi:movie=" + std::string(PERCEIVERSCOPE_SOURCE_DIR) + "/assets/samples/coffee.png,scale="
        + std::to_string(width) + ":" + std::to_string(height) + ",setsar=1,format=rgb24,loop=-1:1,settb=1/"
        + std::to_string(rate) + ",setpts=N,scroll=h=-" + std::to_string(double(pixels) / width) + more;
}

} // namespace

class TestLive : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        const auto camera = media::openCamera(moving(64, 48, 1, 30));
        if (!camera.ok())
            QSKIP(("no camera can be made of filters here: " + camera.error().message).c_str());
    }

    void framesAndTimes()
    {
        const auto camera = media::openCamera("lavfi:testsrc2=size=64x48:rate=50:duration=1");
        QVERIFY(camera.ok());
        QVERIFY(camera.value()->info().live);
        for (int i = 0; i < 50; ++i) {
            const auto frame = camera.value()->next();
            QVERIFY(frame.ok() && frame.value());
            QCOMPARE(frame.value()->number, int64_t(i));
            QVERIFY(std::abs(frame.value()->seconds - i / 50.0) < 1e-6);
        }
        QVERIFY(!camera.value()->next().value());
        QVERIFY(!camera.value()->seek(0).ok());
    }

    // The model that is meant for it, and the motion that was made: away from the rim, where the photo comes in again.
    void knownMotion()
    {
        auto device = engine::devices::openDevice("cpu");
        QVERIFY(device.ok());
        const auto checkpoint
            = engine::weights::Checkpoint::open(PERCEIVERSCOPE_SOURCE_DIR "/assets/starter/flow-live");
        QVERIFY(checkpoint.ok());
        auto model
            = engine::perceiver::Model::load(*device.value(), checkpoint.value(), engine::perceiver::Flavour::Hf);
        QVERIFY(model.ok());
        auto camera = media::openCamera(moving(160, 120, 2, 30));
        QVERIFY2(camera.ok(), camera.ok() ? "" : camera.error().message.c_str());
        live::LiveFlow flow(std::move(camera).value(), {.rate = 0});
        double sum = 0, still = 0, u = 0;
        int64_t count = 0;
        for (int i = 0; i < 3; ++i) {
            const auto motion = flow.next([&](const Image& a, const Image& b, const FlowField&) -> Result<FlowField> {
                TRY_ASSIGN(auto found, engine::tasks::opticalFlow(*model.value(), a, b, {.iterations = 1}));
                return std::move(found.flow);
            });
            QVERIFY(motion.ok() && motion.value());
            QCOMPARE(motion.value()->second->number, motion.value()->first->number + 1);
            for (int y = 8; y < 112; ++y)
                for (int x = 16; x < 144; ++x, ++count) {
                    const float* v = motion.value()->flow.vector(x, y);
                    sum += std::hypot(v[0] - 2, v[1]), u += double(v[0]);
                    still += 2;
                }
        }
        QVERIFY2(sum / double(count) < 0.2,
            qPrintable(QString("end-point error %1, mean motion %2").arg(sum / double(count)).arg(u / double(count))));
        qInfo("end-point error %.3f px of 2 px motion", sum / double(count));
        QVERIFY(still / double(count) > 1.9);
        model.value().reset();
    }

    // A model that takes 60 ms, a camera of 50 frames a second: some are dropped, none is answered twice, and an answer
    // is never older than a frame and the model's time.
    void newestWins()
    {
        auto camera = media::openCamera("lavfi:testsrc2=size=64x48:rate=50:duration=3,realtime");
        QVERIFY(camera.ok());
        live::LiveFlow flow(std::move(camera).value(), {.rate = 0});
        int64_t last = -1, answers = 0;
        for (;;) {
            const auto motion = flow.next([](const Image& a, const Image&, const FlowField&) -> Result<FlowField> {
                QThread::msleep(60);
                return FlowField(a.width, a.height);
            });
            QVERIFY(motion.ok());
            if (!motion.value())
                break;
            QVERIFY(motion.value()->second->number > last);
            last = motion.value()->second->number;
            ++answers;
        }
        const live::LiveFigures figures = flow.figures();
        QCOMPARE(figures.answered, answers);
        QVERIFY(figures.captured >= 140 && figures.captured <= 150);
        QVERIFY(figures.dropped > 0 && figures.dropped == figures.captured - 1 - answers);
        QVERIFY2(figures.delayMedian < 0.2,
            qPrintable(QString::number(figures.delayMedian))); // not the sum of all that waits
    }

    // A model whose time is in proportion to the area: it is shown as much as the rate allows, in the frame's own
    // pixels.
    void holdsTheRate()
    {
        auto camera = media::openCamera("lavfi:testsrc2=size=160x120:rate=100:duration=4,realtime");
        QVERIFY(camera.ok());
        live::LiveFlow flow(std::move(camera).value(), {.rate = 10});
        int smallest = 160, widthAtEnd = 0;
        double perPixel = 0.3 / (160 * 120); // too slow: 300 ms for a whole frame
        for (int i = 0;; ++i) {
            if (i == 8)
                perPixel = 0.02 / (160 * 120); // and then quick
            const auto motion = flow.next([&](const Image& a, const Image&, const FlowField&) -> Result<FlowField> {
                QThread::usleep(unsigned(perPixel * a.width * a.height * 1e6));
                FlowField field(a.width, a.height);
                for (size_t k = 0; k < field.uv.size(); k += 2)
                    field.uv[k] = float(a.width) / 160; // one pixel of the whole frame
                return field;
            });
            QVERIFY(motion.ok());
            if (!motion.value())
                break;
            QCOMPARE(motion.value()->flow.width, 160);
            QVERIFY(std::abs(motion.value()->flow.vector(80, 60)[0] - 1) < 0.05f);
            smallest = std::min(smallest, motion.value()->modelWidth);
            widthAtEnd = motion.value()->modelWidth;
        }
        QVERIFY2(smallest <= 96, qPrintable(QString::number(smallest)));
        QCOMPARE(widthAtEnd, 160);
    }

    // Hours of frames in fast motion (PERCEIVERSCOPE_SOAK_FRAMES=864000: eight hours of 30 a second): memory stays
    // flat.
    void manyFrames()
    {
        const int64_t frames = std::max(20'000, qEnvironmentVariableIntValue("PERCEIVERSCOPE_SOAK_FRAMES"));
        const auto residentMegabytes = [] {
            QFile file("/proc/self/statm");
            return file.open(QIODevice::ReadOnly) ? file.readAll().split(' ')[1].toDouble() * 4096 / 1e6 : 0;
        };
        auto camera = media::openCamera(
            "lavfi:testsrc=size=32x24:rate=30:duration=" + std::to_string(double(frames) / 30 + 0.01));
        QVERIFY(camera.ok());
        live::LiveFlow flow(std::move(camera).value(), {.rate = 15, .warm = true});
        double early = 0;
        for (;;) {
            const auto motion = flow.next([](const Image& a, const Image&, const FlowField&) -> Result<FlowField> {
                return FlowField(a.width, a.height);
            });
            QVERIFY(motion.ok());
            if (!motion.value())
                break;
            if (early == 0 && motion.value()->second->number > frames / 10)
                early = residentMegabytes();
        }
        QVERIFY(flow.figures().captured >= frames);
        const double late = residentMegabytes();
        qInfo("%lld frames, %lld answered; %.1f MB after a tenth of them, %.1f MB at the end",
            static_cast<long long>(flow.figures().captured), static_cast<long long>(flow.figures().answered), early,
            late);
        QVERIFY2(late < early + 8, qPrintable(QString("%1 MB, then %2 MB").arg(early).arg(late)));
    }

    void commandAndRecording()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath("live.mp4");
        const Outcome outcome = pscope({"flow", QString::fromStdString(moving(96, 64, 1, 30)), "--seconds", "3", "-o",
            file, "--show", "side", "--json", "-g", "cpu"});
        QVERIFY2(outcome.code == 0, outcome.err);
        const QJsonObject item = outcome.json()["items"][0].toObject();
        QVERIFY(item["answered"].toInt() > 2);
        const auto video = media::openFrames(file.toStdString());
        QVERIFY(video.ok());
        QCOMPARE(video.value()->info().width, 192);
        int frames = 0;
        double before = -1;
        for (auto frame = video.value()->next(); frame.ok() && frame.value(); frame = video.value()->next(), ++frames) {
            QVERIFY(frame.value()->seconds > before);
            before = frame.value()->seconds;
        }
        QCOMPARE(frames, item["answered"].toInt());
        QVERIFY(before > 1.5 && before < 3.1); // true times
        QCOMPARE(pscope({"flow", "camera:no such camera"}).code, 66);
        QVERIFY(pscope({"flow", "lavfi:nonsense"}).code == 74);
    }

    // Killed in the middle: what was recorded plays.
    void recordingSurvives()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath("cut.mp4");
        QProcess process;
        process.start(PSCOPE,
            {"flow", QString::fromStdString(moving(96, 64, 1, 30)), "--seconds", "60", "-o", file, "-g", "cpu"});
        QVERIFY(process.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo(file).size() > 30'000, 30'000);
        process.kill();
        process.waitForFinished();
        const auto video = media::openFrames(file.toStdString());
        QVERIFY2(video.ok(), video.ok() ? "" : video.error().message.c_str());
        QVERIFY(video.value()->count().value() >= 29);
    }
};

QTEST_GUILESS_MAIN(TestLive)
#include "test_live.moc"
