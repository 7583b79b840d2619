// Cuts of a video: found where they were made, and nowhere else; the window, the table of pscope and a run in steps
// find the same ones.
#include "app/batch/frames_ahead.h"
#include "app/document/video.h"
#include "app/media/video_writer.h"
#include "tests/app/run_pscope.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <set>

using namespace app;
using engine::Image;

namespace {

constexpr int kWidth = 96, kHeight = 64;

// A smooth scene that moves to the right.
Image scene(int kind, double moved, int brighter = 0)
{
    Image image(kWidth, kHeight);
    for (int y = 0; y < kHeight; ++y)
        for (int x = 0; x < kWidth; ++x) {
            const double u = (x - moved) * 0.05, v = y * 0.06;
            const double grey = 110 + 70 * std::sin(u * (1 + 0.3 * kind) + 2.1 * kind + std::sin(v * (1.5 + kind)));
            for (int c = 0; c < 3; ++c)
                image.pixel(x, y)[c] = uint8_t(std::clamp(int(grey) + brighter, 0, 255));
        }
    return image;
}

Image mix(const Image& a, const Image& b, double share)
{
    Image out = a;
    for (size_t i = 0; i < out.rgb.size(); ++i)
        out.rgb[i] = uint8_t(std::lround(a.rgb[i] * (1 - share) + b.rgb[i] * share));
    return out;
}

// Frames and the numbers of those that begin a scene.
struct Made {
    std::vector<Image> frames;
    std::set<int64_t> cuts;
};

Made film()
{
    Made film;
    const auto add = [&](int kind, int count, double speed, bool cut) {
        if (cut)
            film.cuts.insert(int64_t(film.frames.size()));
        for (int i = 0; i < count; ++i)
            film.frames.push_back(scene(kind, speed * i));
    };
    add(0, 12, 1, false);
    add(1, 12, 2, true);
    add(2, 3, 1, true); // a short one
    add(3, 14, 1, true);
    for (int i = 1; i <= 10; ++i) // one that comes through the other
        film.frames.push_back(mix(scene(3, 13), scene(4, 0), i / 10.0));
    add(4, 10, 1, false);
    for (int i = 0; i < 2; ++i) // a flash
        film.frames.push_back(scene(4, 10 + i, 100));
    add(4, 10, 1, false);
    add(0, 10, 1, true);
    return film;
}

std::set<int64_t> cutsOf(const std::vector<Image>& frames)
{
    std::vector<formats::SmallGrey> small;
    for (const Image& each : frames)
        small.push_back(formats::smallGrey(each));
    const auto at = [&](int64_t i) { return i >= 0 && i < int64_t(small.size()) ? &small[size_t(i)] : nullptr; };
    std::set<int64_t> cuts;
    for (int64_t i = 0; i < int64_t(small.size()); ++i)
        if (formats::isCutAt(at, i))
            cuts.insert(i);
    return cuts;
}

} // namespace

class TestCuts : public QObject {
    Q_OBJECT

private slots:
    void found()
    {
        const Made made = film();
        QCOMPARE(cutsOf(made.frames), made.cuts);
    }

    // What a fixed bound, or one by the neighbours alone, takes for cuts.
    void noCuts()
    {
        std::vector<Image> pan, strobe, fade;
        for (int i = 0; i < 30; ++i) {
            pan.push_back(scene(2, i < 8 ? 0 : 24 * i)); // begins at once
            strobe.push_back(scene(2, i, i % 7 == 3 || i % 7 == 4 ? 120 : 0));
            fade.push_back(
                mix(scene(2, i), Image(kWidth, kHeight), std::abs(i - 10) < 6 ? 1 - std::abs(i - 10) / 6.0 : 0));
        }
        QCOMPARE(cutsOf(pan), std::set<int64_t>());
        QCOMPARE(cutsOf(strobe), std::set<int64_t>());
        QCOMPARE(cutsOf(fade), std::set<int64_t>());
        const auto nothing = [](int64_t) -> const formats::SmallGrey* { return nullptr; };
        QVERIFY(!formats::isCutAt(nothing, 3));
    }

    void everywhereTheSame()
    {
        const Made made = film();
        const QTemporaryDir folder;
        const QString file = folder.filePath("film.mp4");
        auto writer = media::VideoWriter::create(file.toStdString(), {.width = kWidth, .height = kHeight});
        if (!writer.ok())
            QSKIP(("no video could be written here: " + writer.error().message).c_str());
        for (size_t i = 0; i < made.frames.size(); ++i)
            QVERIFY(writer.value()->add(made.frames[i], int64_t(i)).ok());
        QVERIFY(writer.value()->finish().ok());

        auto reader = document::VideoReader::open(file.toStdString());
        QVERIFY(reader.ok());
        document::Video video(reader.value(), file.toStdString());
        QSignalSpy paired(&video, &document::Video::paired);
        std::set<int64_t> shown;
        for (int64_t i = 0; i < video.pairs(); ++i) {
            video.ask(i);
            QTRY_COMPARE(paired.size(), int(i) + 1);
        }
        for (int64_t i = 0; i < video.pairs(); ++i)
            if (video.isCut(i))
                shown.insert(i + 1);
        QCOMPARE(shown, made.cuts);

        const Outcome outcome
            = pscope({"flow", file, "-o", folder.filePath("motion"), "-g", "cpu", "--iterations", "1"});
        QVERIFY2(outcome.code == 0, outcome.err);
        QFile table(folder.filePath("motion/motion.csv"));
        QVERIFY(table.open(QIODevice::ReadOnly));
        std::set<int64_t> written;
        for (const QByteArray& line : table.readAll().split('\n'))
            if (line.endsWith(",1"))
                written.insert(line.split(',').first().toInt()); // the pair's first frame, from 1
        QCOMPARE(written, made.cuts);
    }

    // Frames in steps: none is lost, errors come where they are.
    void ahead()
    {
        struct Source : media::FrameSource {
            media::SourceInfo made{.name = "made", .width = kWidth, .height = kHeight, .streams = {}};
            int64_t at = 0;
            const media::SourceInfo& info() const override { return made; }
            engine::Result<std::optional<media::VideoFrame>> next() override
            {
                if (at == 23)
                    return engine::Error{engine::ErrorKind::BadData, "broken"};
                media::VideoFrame frame{.picture = scene(at < 12 ? 0 : 1, 0), .number = at};
                ++at;
                return std::optional(std::move(frame));
            }
            engine::Result<int64_t> count() override { return int64_t(23); }
            engine::Result<void> seek(int64_t) override { return {}; }
        } source;
        batch::FramesAhead ahead(source, 0, 2, [] { return true; });
        for (int64_t i = 0; i < 24; i += 2) {
            const auto frame = ahead.next();
            QVERIFY(frame.ok() && frame.value());
            QCOMPARE(frame.value()->number, i);
            QCOMPARE(ahead.cut(), i == 12);
            QCOMPARE(ahead.difference() > 0, i == 12);
        }
        QCOMPARE(int(ahead.next().error().kind), int(engine::ErrorKind::BadData));
    }
};

QTEST_GUILESS_MAIN(TestCuts)
#include "test_cuts.moc"
