// A video as pairs of frames: any of them by its number, the newest that was asked for, what is broken said, cuts and
// the one colour scale. With folders of numbered pictures, which every machine can read.
#include "app/document/video.h"

#include <QImage>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

using namespace app::document;
using engine::ErrorKind;

namespace {

constexpr int kFrames = 40, kWidth = 32, kHeight = 24;

// The grey of a frame is its number; from kCut on the other end of the range.
int greyOf(int64_t frame, int cut)
{
    return int(frame) + (frame >= cut ? 160 : 20);
}

} // namespace

class TestVideo : public QObject {
    Q_OBJECT

private slots:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }

    void anyPairInAnyOrder()
    {
        make(kFrames);
        auto opened = VideoReader::open(m_dir->path().toStdString());
        QVERIFY2(opened.ok(), opened.ok() ? "" : opened.error().message.c_str());
        VideoReader& reader = *opened.value();
        QCOMPARE(reader.frames(), int64_t(kFrames));
        for (const int64_t pair : {0, 1, 30, 29, 28, 5, 6, 38, 0, 20, 19}) {
            const auto found = reader.pair(pair);
            QVERIFY2(found.ok(), found.ok() ? "" : found.error().message.c_str());
            QCOMPARE(found.value().number, pair);
            QCOMPARE(int(found.value().first->rgb[0]), greyOf(pair, kFrames));
            QCOMPARE(int(found.value().second->rgb[0]), greyOf(pair + 1, kFrames));
            QCOMPARE(found.value().seconds, double(pair) / 25);
            QCOMPARE(found.value().nextSeconds, double(pair + 1) / 25);
        }
        for (const int64_t pair : {-1, kFrames - 1, kFrames})
            QCOMPARE(int(reader.pair(pair).error().kind), int(ErrorKind::Usage));
        const auto stopped = reader.pair(12, [] { return true; });
        QCOMPARE(int(stopped.error().kind), int(ErrorKind::Cancelled));
        QCOMPARE(int(reader.pair(12).value().first->rgb[0]), greyOf(12, kFrames)); // and goes on
    }

    // Frames n and n + step, of every n.
    void someFramesApart()
    {
        constexpr int kCut = 20;
        make(kFrames, kCut);
        const auto video = open();
        QSignalSpy paired(video.get(), &Video::paired), failed(video.get(), &Video::failed);
        const auto ask = [&](int64_t pair) {
            const qsizetype before = paired.size();
            video->ask(pair);
            return QTest::qWaitFor([&] { return paired.size() > before; }) ? paired.back()[0].value<VideoPair>()
                                                                           : VideoPair();
        };
        app::views::MotionFigures figures;
        figures.mean = 3;
        video->found(4, figures);
        QCOMPARE(video->figures(4).mean, 3.0f);
        for (const int64_t step : {5, 10, 2}) {
            video->setStep(step);
            QCOMPARE(video->step(), step);
            QCOMPARE(video->pairs(), kFrames - step);
            QCOMPARE(video->figures(4).mean, -1.0f); // of another pair
            for (const int64_t pair : {0, 1, 12, 11, 1000}) {
                const VideoPair found = ask(pair);
                const int64_t expected = std::min(pair, kFrames - 1 - step);
                QCOMPARE(found.number, expected);
                QCOMPARE(int(found.first->rgb[0]), greyOf(expected, kCut));
                QCOMPARE(int(found.second->rgb[0]), greyOf(expected + step, kCut));
                QCOMPARE(found.nextSeconds, double(expected + step) / 25);
            }
        }
        video->setStep(3);
        for (int64_t frame = 15; frame < 25; ++frame)
            ask(frame);
        for (int64_t pair = 12; pair < 24; ++pair)
            QCOMPARE(video->isCut(pair), pair < kCut && pair + 3 >= kCut);
        video->setStep(1000);
        QCOMPARE(video->pairs(), int64_t(1));
        video->setStep(0);
        QCOMPARE(video->step(), int64_t(1));
        // What was asked for is still to come, between other frames.
        video->ask(38);
        video->setStep(4);
        const qsizetype before = paired.size();
        QTRY_COMPARE(paired.size(), before + 1);
        QCOMPARE(paired.back()[0].value<VideoPair>().number, int64_t(kFrames - 5));
        QVERIFY(failed.isEmpty());
    }

    void refused()
    {
        make(1);
        const auto one = VideoReader::open(m_dir->path().toStdString());
        QVERIFY(!one.ok());
        QVERIFY2(QString::fromStdString(one.error().message).contains("one frame only"), one.error().message.c_str());
        QCOMPARE(int(VideoReader::open("/nowhere/a.mp4").error().kind), int(ErrorKind::NoInput));
    }

    void newestWins()
    {
        make(kFrames);
        const auto video = open();
        QSignalSpy paired(video.get(), &Video::paired), failed(video.get(), &Video::failed);
        for (const int64_t pair : {3, 30, 7, 12})
            video->ask(pair);
        QVERIFY(video->reads());
        QTRY_COMPARE(paired.size(), 1);
        QCOMPARE(paired[0][0].value<VideoPair>().number, int64_t(12));
        QVERIFY(!video->reads());
        video->ask(20);
        video->cancel();
        QVERIFY(!video->reads());
        video->ask(21); // what was cancelled does not come in its place
        QTRY_COMPARE(paired.size(), 2);
        QCOMPARE(paired[1][0].value<VideoPair>().number, int64_t(21));
        video->ask(1000); // the last there is
        QTRY_COMPARE(paired.size(), 3);
        QCOMPARE(paired[2][0].value<VideoPair>().number, int64_t(kFrames - 2));
        QVERIFY(failed.isEmpty());
    }

    void goesWhileItReads()
    {
        make(kFrames);
        for (int i = 0; i < 20; ++i) {
            const auto video = open();
            video->ask(i);
        }
        QThreadPool::globalInstance()->waitForDone();
        QCoreApplication::processEvents();
    }

    void brokenFrame()
    {
        make(8);
        QFile broken(m_dir->filePath("4.png"));
        QVERIFY(broken.open(QIODevice::WriteOnly) && broken.write("no picture") > 0);
        broken.close();
        const auto video = open();
        QSignalSpy paired(video.get(), &Video::paired), failed(video.get(), &Video::failed);
        video->ask(2);
        QTRY_COMPARE(paired.size(), 1);
        video->ask(3);
        QTRY_COMPARE(failed.size(), 1);
        QVERIFY2(failed[0][0].toString().contains("4.png"), qPrintable(failed[0][0].toString()));
        video->ask(5); // what follows is still good
        QTRY_COMPARE(paired.size(), 2);
        QCOMPARE(int(paired[1][0].value<VideoPair>().first->rgb[0]), greyOf(5, kFrames));
    }

    void cutsAreFound()
    {
        constexpr int kCut = 10;
        make(20, kCut);
        const auto video = open();
        QSignalSpy paired(video.get(), &Video::paired);
        for (int pair = 0; pair < 19; ++pair) {
            video->ask(pair);
            QTRY_COMPARE(paired.size(), pair + 1);
        }
        for (int pair = 0; pair < 19; ++pair)
            QCOMPARE(video->isCut(pair), pair == kCut - 1);
        QVERIFY(video->knowsSecondsOf(19));
        // The scale of all is for 90 % of the pairs, but for the cut.
        app::views::MotionFigures figures;
        const auto found = [&](int64_t pair, float length) {
            figures.lengths.assign(1001, length);
            figures.known = 1;
            figures.mean = figures.p95 = double(length);
            video->found(pair, figures);
        };
        QCOMPARE(video->fullColour(), 0.0f);
        found(kCut - 1, 80);
        QCOMPARE(video->fullColour(), 100.0f); // nothing else is known
        found(0, 2.4f);
        QCOMPARE(video->fullColour(), 3.0f);
        found(1, 0.5f);
        QCOMPARE(video->fullColour(), 3.0f);
        found(2, 60);
        QCOMPARE(video->fullColour(), 70.0f);
        QCOMPARE(video->fullBar(), 70.0f);
        for (int pair = 3; pair < 9; ++pair)
            found(pair, 4);
        QCOMPARE(video->fullColour(), 70.0f); // one of nine is more than a tenth
        found(10, 4);
        QCOMPARE(video->fullColour(), 5.0f);
        QCOMPARE(video->figures(1).mean, 0.5f);
        QVERIFY(video->figures(12).mean < 0);
    }

    void words()
    {
        QCOMPARE(clockText(0), QString("0:00.000"));
        QCOMPARE(clockText(62.0404), QString("1:02.040"));
        QCOMPARE(clockText(59.9999), QString("1:00.000"));
        QCOMPARE(clockText(3723.5), QString("1:02:03.500"));
        const std::pair<float, float> scales[] = {{0, 0}, {1, 1}, {1.2f, 1.5f}, {0.34f, 0.5f}, {7.1f, 10}, {230, 300}};
        for (const auto& [pixels, full] : scales)
            QVERIFY(std::abs(roundedScale(pixels) - full) <= full * 1e-5f);
    }

private:
    void make(int frames, int cut = kFrames)
    {
        for (int i = 0; i < frames; ++i) {
            QImage picture(kWidth, kHeight, QImage::Format_RGB888);
            picture.fill(qRgb(greyOf(i, cut), greyOf(i, cut), greyOf(i, cut)));
            QVERIFY(picture.save(m_dir->filePath(QString("%1.png").arg(i))));
        }
    }

    std::unique_ptr<Video> open()
    {
        auto reader = VideoReader::open(m_dir->path().toStdString());
        return reader.ok() ? std::make_unique<Video>(reader.value(), m_dir->path().toStdString()) : nullptr;
    }

    std::unique_ptr<QTemporaryDir> m_dir;
};

QTEST_GUILESS_MAIN(TestVideo)
#include "test_video.moc"
