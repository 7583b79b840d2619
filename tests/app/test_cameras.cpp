// Cameras without one: what a driver lists, by a made driver; sizes and rates, by graphs of filters; one that is
// unplugged and comes back, by a made camera; and recordings, which hold all that was shown.
#include "app/formats/flow_files.h"
#include "app/live/live_session.h"
#include "tests/app/run_pscope.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>
#include <linux/videodev2.h>

using namespace app;
using engine::ErrorKind;
using engine::FlowField;
using engine::Image;
using engine::Result;
using live::RecordChoice;
using media::CameraMode;

namespace {

struct MadeSize {
    uint32_t format, width, height;
    std::vector<v4l2_fract> intervals;
};

// A driver that lists these, formats in the order in which they come first.
media::DeviceCall driver(std::vector<MadeSize> sizes)
{
    return [sizes = std::move(sizes)](unsigned long request, void* argument) {
        std::vector<uint32_t> formats;
        for (const MadeSize& each : sizes)
            if (std::find(formats.begin(), formats.end(), each.format) == formats.end())
                formats.push_back(each.format);
        if (request == VIDIOC_ENUM_FMT) {
            auto& out = *static_cast<v4l2_fmtdesc*>(argument);
            if (out.index >= formats.size() || out.type != V4L2_BUF_TYPE_VIDEO_CAPTURE)
                return -1;
            out.pixelformat = formats[out.index];
            return 0;
        }
        if (request == VIDIOC_ENUM_FRAMESIZES) {
            auto& out = *static_cast<v4l2_frmsizeenum*>(argument);
            uint32_t index = 0;
            for (const MadeSize& each : sizes)
                if (each.format == out.pixel_format && index++ == out.index) {
                    out.type = V4L2_FRMSIZE_TYPE_DISCRETE;
                    out.discrete = {each.width, each.height};
                    return 0;
                }
            return -1;
        }
        auto& out = *static_cast<v4l2_frmivalenum*>(argument);
        for (const MadeSize& each : sizes)
            if (each.format == out.pixel_format && each.width == out.width && each.height == out.height
                && out.index < each.intervals.size()) {
                out.type = V4L2_FRMIVAL_TYPE_DISCRETE;
                out.discrete = each.intervals[out.index];
                return 0;
            }
        return -1;
    };
}

// As a common webcam lists itself.
media::DeviceCall webcam()
{
    return driver({{V4L2_PIX_FMT_YUYV, 640, 480, {{1, 30}, {1, 15}}},
        {V4L2_PIX_FMT_YUYV, 1280, 720, {{1, 10}, {2, 15}}}, {V4L2_PIX_FMT_MJPEG, 640, 480, {{1, 30}}},
        {V4L2_PIX_FMT_MJPEG, 1280, 720, {{1, 30}, {1001, 30000}}}, {V4L2_PIX_FMT_Z16, 320, 240, {}}});
}

// Numbered black frames, 50 a second, until it is pulled out.
class MadeCamera : public media::FrameSource {
public:
    explicit MadeCamera(const std::atomic<bool>& gone) : m_gone(gone) { }
    const media::SourceInfo& info() const override { return m_info; }
    Result<std::optional<media::VideoFrame>> next() override
    {
        if (m_gone)
            return engine::Error{ErrorKind::InputOutput, "no such device"};
        QThread::msleep(20);
        media::VideoFrame frame{.picture = Image(64, 48), .number = m_next, .ticks = m_next, .seconds = m_next / 50.0};
        ++m_next;
        return std::optional(std::move(frame));
    }
    Result<int64_t> count() override { return engine::Error{ErrorKind::Usage, "live"}; }
    Result<void> seek(int64_t) override { return engine::Error{ErrorKind::Usage, "live"}; }

private:
    media::SourceInfo m_info{
        .name = "Made", .width = 64, .height = 48, .timeBase = {1, 1000}, .rate = {50, 1}, .live = true, .streams = {}};
    const std::atomic<bool>& m_gone;
    int m_next = 0;
};

std::vector<double> timesOf(const QString& path)
{
    std::vector<double> times;
    const auto video = media::openFrames(path.toStdString());
    if (video.ok())
        for (auto frame = video.value()->next(); frame.ok() && frame.value(); frame = video.value()->next())
            times.push_back(frame.value()->seconds);
    return times;
}

} // namespace

class TestCameras : public QObject {
    Q_OBJECT

private slots:
    void listed()
    {
        const std::vector<CameraMode> modes = media::modesOf(webcam());
        QCOMPARE(modes.size(), size_t(5));
        QCOMPARE(modes[0].format, std::string("yuyv422"));
        QCOMPARE(modes[1].rates, (std::vector<double>{10, 7.5}));
        QCOMPARE(modes[4].format, std::string());
        const auto sizes = media::sizesOf(modes);
        QCOMPARE(sizes.size(), size_t(3));
        QCOMPARE(
            QString::fromStdString(media::sizeText(sizes[0])), QString("1280 x 720 (30, 29.97, 10, 7.5 a second)"));
        QCOMPARE(QString::fromStdString(media::sizeText(sizes[1])), QString("640 x 480 (30, 15 a second)"));
        QCOMPARE(QString::fromStdString(media::sizeText(sizes[2])), QString("320 x 240"));
        QVERIFY(media::modesOf([](unsigned long, void*) { return -1; }).empty());
        QVERIFY(media::cameraModes("/dev/null").empty() && media::cameraModes("/dev/video99").empty());
    }

    // Anything within bounds, as virtual cameras say; and one whose list has no end.
    void bounds()
    {
        const auto modes = media::modesOf([](unsigned long request, void* argument) {
            if (request == VIDIOC_ENUM_FMT) {
                static_cast<v4l2_fmtdesc*>(argument)->pixelformat = V4L2_PIX_FMT_YUV420;
                return static_cast<v4l2_fmtdesc*>(argument)->index == 0 ? 0 : -1;
            }
            if (request == VIDIOC_ENUM_FRAMESIZES) {
                auto& out = *static_cast<v4l2_frmsizeenum*>(argument);
                out.type = V4L2_FRMSIZE_TYPE_STEPWISE;
                out.stepwise = {320, 1000, 40, 240, 600, 180};
                return 0;
            }
            auto& out = *static_cast<v4l2_frmivalenum*>(argument);
            out.type = V4L2_FRMIVAL_TYPE_CONTINUOUS;
            out.stepwise = {{1, 40}, {1, 12}, {1, 1}};
            return 0;
        });
        const auto sizes = media::sizesOf(modes);
        QCOMPARE(sizes.size(), size_t(3)); // 480 is no step
        QCOMPARE(sizes[0].width, 1000);
        QCOMPARE(sizes[1].width, 800);
        QCOMPARE(sizes[2].height, 240);
        QCOMPARE(sizes[2].rates, (std::vector<double>{40, 30, 25, 24, 15}));
        const auto endless = media::modesOf([](unsigned long request, void* argument) {
            if (request == VIDIOC_ENUM_FMT)
                return static_cast<v4l2_fmtdesc*>(argument)->index < 2 ? 0 : -1;
            if (request == VIDIOC_ENUM_FRAMESIZES)
                static_cast<v4l2_frmsizeenum*>(argument)->type = V4L2_FRMSIZE_TYPE_DISCRETE; // 0 x 0
            return 0;
        });
        QVERIFY(endless.empty());
    }

    void chosen()
    {
        const std::vector<CameraMode> modes = media::modesOf(webcam());
        const auto mode = [&](int width, int height, double rate) {
            return media::chooseMode(modes, width, height, rate, "Webcam");
        };
        QCOMPARE(mode(1280, 720, 0).value().format, std::string("mjpeg")); // the highest rate
        QCOMPARE(mode(1280, 720, 0).value().rates, std::vector<double>{30});
        QCOMPARE(mode(1280, 720, 8).value().format, std::string("yuyv422")); // the nearest
        QCOMPARE(mode(1280, 720, 8).value().rates, std::vector<double>{7.5});
        QCOMPARE(mode(640, 480, 30).value().format, std::string("yuyv422")); // rather not compressed
        QCOMPARE(mode(320, 240, 12).value().rates, std::vector<double>{12}); // not known: as asked
        QVERIFY(mode(0, 0, 0).value().rates.empty() && mode(0, 0, 0).value().format.empty());
        const auto none = mode(500, 400, 0);
        QCOMPARE(int(none.error().kind), int(ErrorKind::Usage));
        QCOMPARE(QString::fromStdString(none.error().message),
            QString("Webcam gives no 500 x 400; it gives 1280 x 720 (30, 29.97, 10, 7.5 a second), 640 x 480 (30, 15 a "
                    "second), 320 x 240"));
        QCOMPARE(media::chooseMode({}, 500, 400, 9, "Other").value().width, 500);
    }

    void sizeAndRate()
    {
        const auto camera = media::openCamera("lavfi:testsrc2=size=400x300:rate=60:duration=1", {320, 240, 15});
        QVERIFY2(camera.ok(), camera.ok() ? "" : camera.error().message.c_str());
        QCOMPARE(camera.value()->info().width, 320);
        QCOMPARE(camera.value()->info().height, 240);
        int count = 0;
        for (auto frame = camera.value()->next(); frame.ok() && frame.value(); frame = camera.value()->next())
            QVERIFY(std::abs(frame.value()->seconds - count++ / 15.0) < 1e-6);
        QCOMPARE(count, 15);
        const QString graph = "lavfi:testsrc2=size=96x64:rate=30:duration=2";
        const Outcome listed = pscope({"cameras", graph, "--json"});
        QCOMPARE(listed.json()["cameras"][0]["sizes"].toArray().size(), 4);
        QCOMPARE(pscope({"cameras"}).code, 0);
        QCOMPARE(pscope({"cameras", "/dev/video99"}).code, 66);
        const Outcome sized = pscope({"flow", graph, "--size", "160x120", "--rate", "15", "-g", "cpu", "--json"});
        QVERIFY2(sized.code == 0, sized.err);
        QCOMPARE(sized.json()["items"][0]["width"].toInt(), 160);
        QVERIFY(sized.json()["items"][0]["captured"].toInt() <= 31);
        for (const char* wrong : {"160", "0x0", "160x120x3", "wide"})
            QCOMPARE(pscope({"flow", graph, "--size", wrong}).code, 2);
        const Outcome no = pscope({"flow", graph, "--size", "161x121", "-g", "cpu"});
        QCOMPARE(no.code, 2);
        QVERIFY2(no.err.contains("it gives 1280 x 720"), no.err);
    }

    // Every answer is in it, every frame in that of the camera, with their own times.
    void recordings()
    {
        const QTemporaryDir folder;
        auto camera = media::openCamera("lavfi:testsrc2=size=64x48:rate=50:duration=2,realtime");
        QVERIFY(camera.ok());
        const media::Ratio base = camera.value()->info().timeBase;
        const auto make = [&](RecordChoice::What what, const char* name) {
            return live::Recorder::create(
                {.what = what, .path = folder.filePath(name).toStdString(), .format = ".npy"}, base);
        };
        const auto side = make(RecordChoice::What::Side, "side.mp4"), all = make(RecordChoice::What::Camera, "all.mkv"),
                   raw = make(RecordChoice::What::Raw, "raw");
        QVERIFY(side.ok() && all.ok() && raw.ok());
        std::vector<double> answered;
        int64_t captured = 0;
        {
            live::LiveFlow flow(
                std::move(camera).value(), {.rate = 0, .onFrame = [&](const media::VideoFrame& frame, double time) {
                                                (void)all.value()->frame(frame, time);
                                                (void)side.value()->frame(frame, time); // wants none
                                            }});
            for (;;) {
                const auto motion = flow.next([](const Image& a, const Image&, const FlowField&) -> Result<FlowField> {
                    QThread::msleep(55);
                    FlowField field(a.width, a.height);
                    std::fill(field.uv.begin(), field.uv.end(), 3.0f);
                    return field;
                });
                QVERIFY(motion.ok());
                if (!motion.value())
                    break;
                answered.push_back(motion.value()->second->seconds);
                QVERIFY(side.value()->answer(*motion.value()).ok() && raw.value()->answer(*motion.value()).ok()
                    && all.value()->answer(*motion.value()).ok());
            }
            captured = flow.figures().captured;
        }
        QVERIFY(captured == 100 && answered.size() > 10 && answered.size() < 60);
        for (const auto* each : {&side, &all, &raw})
            QVERIFY(each->value()->finish().ok());
        const std::vector<double> shown = timesOf(folder.filePath("side.mp4")),
                                  taken = timesOf(folder.filePath("all.mkv"));
        QCOMPARE(shown.size(), answered.size());
        for (size_t i = 0; i < shown.size(); ++i)
            QVERIFY(std::abs(shown[i] - (answered[i] - answered[0])) < 2e-3); // Matroska counts milliseconds
        QCOMPARE(taken.size(), size_t(100));
        for (size_t i = 0; i < taken.size(); ++i)
            QVERIFY(std::abs(taken[i] - double(i) / 50) < 2e-3);
        QFile table(folder.filePath("raw/times.csv"));
        QVERIFY(table.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = table.readAll().trimmed().split('\n');
        QCOMPARE(size_t(lines.size()), answered.size() + 1);
        for (size_t i = 0; i < answered.size(); ++i) {
            const QList<QByteArray> values = lines[qsizetype(i) + 1].split(',');
            const auto flow = formats::readFlow(folder.filePath("raw/" + values[0]).toStdString());
            QVERIFY(flow.ok() && flow.value().uv[0] == 3);
            QVERIFY(std::abs(values[3].toDouble() - values[2].toDouble() - 0.02) < 1e-5); // a frame to the next
            QVERIFY(std::abs(values[3].toDouble() - (answered[i] - answered[0] + 0.02)) < 1e-5);
            QVERIFY(std::abs(values[4].toDouble() - std::hypot(3, 3)) < 1e-3);
        }
        QVERIFY(!make(RecordChoice::What::Raw, "raw").ok()); // holds something
        QCOMPARE(int(make(RecordChoice::What::Raw, "side.mp4").error().kind), int(ErrorKind::InputOutput));
    }

    void recordingsOfPscope()
    {
        const QTemporaryDir folder;
        const QString raw = folder.filePath("raw"), input = folder.filePath("in.mp4");
        const Outcome done = pscope({"flow", "lavfi:testsrc2=size=96x64:rate=30,realtime", "--seconds", "2", "-o", raw,
            "--as", "npy", "--record", input, "-g", "cpu", "--json"});
        QVERIFY2(done.code == 0, done.err);
        const QJsonObject item = done.json()["items"][0].toObject();
        QCOMPARE(QDir(raw).entryList({"*.npy"}).size(), item["answered"].toInt());
        QCOMPARE(int(timesOf(input).size()), item["recorded_frames"].toInt());
        QVERIFY(item["recorded_frames"].toInt() >= item["answered"].toInt());
        QCOMPARE(
            pscope({"flow", "lavfi:testsrc2=size=96x64:rate=30,realtime", "--seconds", "1", "-o", raw, "-g", "cpu"})
                .code,
            74);
    }

    // Gone in the middle of a recording, back after some tries: said, opened again by its name, and recorded on.
    void comesBack()
    {
        const QTemporaryDir folder;
        std::atomic<int> tries = 0;
        std::atomic<bool> gone = false;
        std::string again;
        live::LiveSession session(nullptr,
            [&](const std::string& id,
                const media::CameraOptions& options) -> Result<std::unique_ptr<media::FrameSource>> {
                const int number = tries++;
                if (number == 1)
                    again = id;
                if (number == 3)
                    gone = false;
                if (options.width != 64 || (number > 0 && number < 3))
                    return engine::Error{ErrorKind::NoInput, "there is no camera"};
                return std::unique_ptr<media::FrameSource>(std::make_unique<MadeCamera>(gone));
            });
        QSignalSpy started(&session, &live::LiveSession::started), lost(&session, &live::LiveSession::lost),
            recorded(&session, &live::LiveSession::recorded), failed(&session, &live::LiveSession::failed),
            ended(&session, &live::LiveSession::ended), found(&session, &live::LiveSession::found);
        session.start({.camera = "", .mode = {.width = 64, .height = 48}, .device = "cpu"});
        QTRY_VERIFY_WITH_TIMEOUT(found.size() > 0, 60'000);
        session.record({.what = RecordChoice::What::Camera, .path = folder.filePath("both.mp4").toStdString()});
        const auto before = found.size();
        QTRY_VERIFY_WITH_TIMEOUT(found.size() > before + 5, 60'000);
        gone = true;
        QTRY_COMPARE_WITH_TIMEOUT(lost.size(), 1, 60'000);
        QCOMPARE(lost[0][0].toString(), QString("Made"));
        QVERIFY(session.runs() && session.records());
        QTRY_COMPARE_WITH_TIMEOUT(started.size(), 2, 60'000);
        QCOMPARE(again, std::string("Made"));
        const auto answers = found.size();
        QTRY_VERIFY_WITH_TIMEOUT(found.size() > answers + 5, 60'000);
        session.stop();
        QVERIFY(failed.isEmpty());
        QCOMPARE(ended.size(), 1);
        QCOMPARE(recorded.size(), 1);
        QVERIFY2(recorded[0][2].toString().isEmpty(), qPrintable(recorded[0][2].toString()));
        const std::vector<double> times = timesOf(folder.filePath("both.mp4"));
        QCOMPARE(int(times.size()), recorded[0][1].toInt());
        double longest = 0;
        for (size_t i = 1; i < times.size(); ++i) {
            QVERIFY(times[i] > times[i - 1]);
            longest = std::max(longest, times[i] - times[i - 1]);
        }
        QVERIFY2(longest > 0.9 && longest < 30, qPrintable(QString::number(longest))); // the tries
    }

    // stop() while it is gone does not wait for it.
    void stoppedWhileGone()
    {
        std::atomic<int> tries = 0;
        std::atomic<bool> gone = false;
        live::LiveSession session(nullptr,
            [&](const std::string&, const media::CameraOptions&) -> Result<std::unique_ptr<media::FrameSource>> {
                if (tries++ == 0)
                    return std::unique_ptr<media::FrameSource>(std::make_unique<MadeCamera>(gone));
                return engine::Error{ErrorKind::NoInput, "there is no camera"};
            });
        QSignalSpy lost(&session, &live::LiveSession::lost);
        session.start({.camera = "", .device = "cpu"});
        gone = true;
        QTRY_COMPARE_WITH_TIMEOUT(lost.size(), 1, 60'000);
        QElapsedTimer timer;
        timer.start();
        session.stop();
        QVERIFY(timer.elapsed() < 2000);
    }
};

QTEST_GUILESS_MAIN(TestCameras)
#include "test_cameras.moc"
