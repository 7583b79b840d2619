// A video from the drop to the session that is opened again: steps, jumps, playing to the end with every pair answered
// once, one scale of colours. The video is made by ffmpeg, where it is installed.
#include "app/views/qt_image.h"
#include "tests/ui/journey.h"
#include "ui/canvas/canvas.h"
#include "ui/scenes/frames_scene.h"
#include "ui/scenes/timeline.h"
#include "ui/scenes/timeline_strip.h"

#include <QAction>
#include <QProcess>
#include <QtTest>
#include <map>

using namespace app::document;
using journey::Journey;

namespace {

constexpr QSize kSize(96, 64);
constexpr int kFrames = 9;

QImage frame(int number)
{
    return journey::noise(kSize, number);
}

// Without loss, so that a frame is known by its pixels.
bool makeVideo(Journey& j, const QString& file)
{
    for (int i = 0; i < kFrames; ++i)
        j.save(QString("made-%1.png").arg(i), frame(i));
    QProcess ffmpeg;
    ffmpeg.start("ffmpeg",
        {"-v", "error", "-y", "-nostdin", "-framerate", "10", "-i", j.file("made-%d.png"), "-c:v", "ffv1", "-pix_fmt",
            "bgr0", file});
    return ffmpeg.waitForFinished(60'000) && ffmpeg.exitCode() == 0;
}

bool isFrame(const engine::Image& picture, int number)
{
    const QImage made = frame(number), given = app::views::toQImage(picture);
    for (int y = 0; y < made.height(); ++y)
        for (int x = 0; x < made.width(); ++x)
            if (qAbs(qRed(made.pixel(x, y)) - qRed(given.pixel(x, y))) > 1)
                return false;
    return made.size() == given.size();
}

} // namespace

class TestVideoJourney : public QObject {
    Q_OBJECT

private slots:
    void video()
    {
        if (QStandardPaths::findExecutable("ffmpeg").isEmpty())
            QSKIP("ffmpeg, which makes the video, is not installed");
        Journey j;
        const QString file = j.file("moves.mkv");
        QVERIFY(makeVideo(j, file));
        QString promise;
        QVERIFY(j.drop({file}, &promise));
        QCOMPARE(promise, QString("A video: the motion from frame to frame"));
        QVERIFY(j.answered());
        QVERIFY(j.document().video());
        QCOMPARE(j.document().video()->frames(), int64_t(kFrames));
        QVERIFY(shows(j, 0));
        auto* scene = j.window().findChild<ui::FramesScene*>();
        ui::Timeline* timeline = scene->timeline();
        QVERIFY(timeline->isVisible());
        QVERIFY2(j.status().contains("9 frames"), qPrintable(j.status()));
        const double first = j.document().analysis()->seconds;
        QVERIFY(first > 0);

        // A pixel that is locked stays so from pair to pair, and is asked about in each.
        ui::Canvas* canvas = scene->canvas();
        const MapPtr map = j.mapAfter([&] { j.click(canvas, canvas->toWidget({40, 30}).toPoint()); });
        QVERIFY(map);
        const auto locked = j.document().selection().view().question.elements;
        QCOMPARE(locked.size(), size_t(1));
        const double zoom = canvas->zoom();
        QVERIFY(j.mapAfter([&] { j.press(Qt::Key_Period); }));
        QVERIFY(j.answered() && shows(j, 1));
        QCOMPARE(j.document().selection().view().question.elements, locked);
        QCOMPARE(canvas->zoom(), zoom);
        j.press(Qt::Key_Period);
        j.press(Qt::Key_Period); // on the way already
        QVERIFY(j.answered() && shows(j, 3));
        j.press(Qt::Key_Comma);
        QVERIFY(j.answered() && shows(j, 2));
        QVERIFY(j.document().selection().release());

        scrubs(j, timeline);
        playsAll(j, timeline);
        framesApart(j, file);
        sessionKeepsTheFrame(j, file);
        Journey::tellLag("a video");

        // Something else has no timeline, and its keys do nothing.
        QVERIFY(j.drop({j.file("made-0.png"), j.file("made-1.png")}));
        QVERIFY(j.until([&] { return j.document().files().size() == 2; }) && j.answered());
        QVERIFY(!timeline->isVisible() && !j.document().video());
        QVERIFY(!j.window().action("play")->isEnabled());
    }

    // A folder of numbered frames, one of them broken: said when it is reached, and what is shown stays.
    void folderOfFrames()
    {
        Journey j;
        QVERIFY(QDir().mkpath(j.file("frames")));
        for (int i = 0; i < 6; ++i)
            QVERIFY(!j.save(QString("frames/f%1.png").arg(i), frame(i)).isEmpty());
        QVERIFY(QFile::resize(j.file("frames/f3.png"), QFileInfo(j.file("frames/f3.png")).size() / 2));
        QVERIFY(j.drop({j.file("frames")}));
        QVERIFY(j.answered() && shows(j, 0));
        auto* timeline = j.window().findChild<ui::Timeline*>();
        j.press(Qt::Key_L); // as far as there are frames
        QVERIFY(timeline->playing());
        QVERIFY(j.until([&] { return !timeline->playing(); }));
        QVERIFY2(j.status().contains("f3.png"), qPrintable(j.status()));
        QVERIFY(j.answered() && shows(j, 1));
        QCOMPARE(timeline->strip()->place(), int64_t(1));
        timeline->show(4);
        QVERIFY(j.answered() && shows(j, 4));
        QVERIFY(j.drop({j.file("frames/f1.png")}));
        QVERIFY(j.until([&] { return j.document().question().pictures.size() == 1; }) && j.answered());
        QVERIFY(!j.document().video());
    }

    void brokenVideos()
    {
        Journey j;
        const QString bad = j.write("bad.mp4", QByteArray(5000, 'x'));
        QVERIFY(j.drop({bad}));
        QVERIFY(j.until([&] { return j.status().contains("bad.mp4"); }, 10'000));
        QVERIFY(!j.document().isOpen());
        QVERIFY2(!j.status().contains("AVERROR"), qPrintable(j.status()));
        const QString empty = j.write("empty.mov", {});
        QVERIFY(j.drop({empty}));
        QVERIFY(j.until([&] { return j.status().contains("empty.mov"); }, 10'000));
        QVERIFY(!j.document().isOpen());
    }

private:
    static bool shows(Journey& j, int number)
    {
        const Question& question = j.document().question();
        return question.frame == number && j.document().analysis() && isFrame(*question.pictures[0], number)
            && isFrame(*question.pictures[1], number + 1);
    }

    static void scrubs(Journey& j, ui::Timeline* timeline)
    {
        ui::TimelineStrip* strip = timeline->strip();
        const auto at = [&](int64_t pair) { return QPoint(int(strip->xOf(pair)), strip->height() / 2); };
        j.drag(strip, at(1), at(6));
        QVERIFY(j.answered());
        QVERIFY(shows(j, 6));
        QCOMPARE(strip->place(), int64_t(6));
        QVERIFY2(strip->accessibleDescription().startsWith("0:00.600 · frame 7 of 9 · mean "),
            qPrintable(strip->accessibleDescription()));
        j.press(Qt::Key_Home); // the strip has the focus
        QVERIFY(j.answered() && shows(j, 0));
    }

    static void playsAll(Journey& j, ui::Timeline* timeline)
    {
        std::map<int64_t, int> answers;
        const QMetaObject::Connection counts = connect(&j.document(), &Document::answered, timeline, [&] {
            if (timeline->playing())
                ++answers[*j.document().question().frame];
        });
        j.press(Qt::Key_End);
        QVERIFY(j.answered() && shows(j, kFrames - 2));
        j.press(Qt::Key_L); // at the end: from the beginning
        QVERIFY(timeline->playing());
        QVERIFY(j.until([&] { return !timeline->playing(); }));
        disconnect(counts);
        QCOMPARE(answers.size(), size_t(kFrames - 1));
        for (const auto& [pair, count] : answers)
            QVERIFY2(count == 1, qPrintable(QString("pair %1: %2 answers").arg(pair).arg(count)));
        QVERIFY(j.answered() && shows(j, kFrames - 2)); // with all passes
        for (int64_t pair = 0; pair < kFrames - 1; ++pair)
            QVERIFY(j.document().video()->figures(pair).mean > 0);
        QCOMPARE(int(j.document().flowScale().mode), int(app::views::FlowScale::Mode::Fixed));
        QCOMPARE(j.document().flowScale().fixed, j.document().video()->fullColour());

        // Paused on the way, it stays where it is.
        j.press(Qt::Key_L);
        QVERIFY(j.until([&] { return j.document().question().frame >= 2; }));
        j.press(Qt::Key_L);
        QVERIFY(!timeline->playing());
        QVERIFY(j.until([&] { return !j.document().runs() && !j.document().reads(); }));
        const int64_t paused = *j.document().question().frame;
        QTest::qWait(200);
        QVERIFY(j.answered() && shows(j, int(paused)));
        QVERIFY(paused < kFrames - 2);
    }

    // Pairs some frames apart, chosen on the way; a session keeps it, another video begins anew.
    static void framesApart(Journey& j, const QString& file)
    {
        auto* timeline = j.window().findChild<ui::Timeline*>();
        timeline->show(5);
        QVERIFY(j.answered() && shows(j, 5));
        QVERIFY(j.window().action("step 1")->isChecked() && j.window().action("step 5")->isEnabled());
        QVERIFY(!j.window().action("step 10")->isEnabled()); // of nine frames
        const double before = j.document().video()->figures(5).mean;
        j.window().action("step 3")->trigger();
        QVERIFY(j.answered());
        QVERIFY(j.window().action("step 3")->isChecked());
        const auto& question = j.document().question();
        QCOMPARE(*question.frame, int64_t(5));
        QVERIFY(isFrame(*question.pictures[0], 5) && isFrame(*question.pictures[1], 8));
        QCOMPARE(j.document().video()->pairs(), int64_t(kFrames - 3));
        QVERIFY(double(j.document().video()->figures(5).mean) > 2 * before); // three pixels in place of one
        QVERIFY(j.document().video()->figures(4).mean < 0);
        j.press(Qt::Key_Period); // there is no later one
        QVERIFY(j.answered());
        QCOMPARE(*question.frame, int64_t(5));
        j.press(Qt::Key_Comma);
        QVERIFY(j.answered());
        QVERIFY(isFrame(*question.pictures[0], 4) && isFrame(*question.pictures[1], 7));
        // In the middle of playing.
        timeline->show(0);
        QVERIFY(j.answered());
        j.press(Qt::Key_L);
        QVERIFY(j.until([&] { return j.document().question().frame >= 1; }));
        j.window().action("step 2")->trigger();
        QVERIFY(!timeline->playing());
        QVERIFY(j.answered());
        QVERIFY(isFrame(*question.pictures[1], int(*question.frame) + 2));
        QVERIFY(j.window().saveSession(j.file("apart.pscope")));
        const int64_t kept = *question.frame;
        QVERIFY(j.drop({file}));
        QVERIFY(j.until([&] { return j.document().video() && j.document().video()->step() == 1; }) && j.answered());
        QVERIFY(j.drop({j.file("apart.pscope")}));
        QVERIFY(j.until([&] { return j.document().video() && j.document().video()->step() == 2; }) && j.answered());
        QCOMPARE(*question.frame, kept);
        QVERIFY(isFrame(*question.pictures[0], int(kept)) && isFrame(*question.pictures[1], int(kept) + 2));
        j.window().action("step 1")->trigger();
        QVERIFY(j.answered());
    }

    static void sessionKeepsTheFrame(Journey& j, const QString& file)
    {
        j.window().findChild<ui::Timeline*>()->show(4);
        QVERIFY(j.answered() && shows(j, 4));
        QVERIFY(j.window().exportTo(j.file("shown.png")));
        QVERIFY(!QImage(j.file("shown.png")).isNull());
        QVERIFY(j.window().saveSession(j.file("s.pscope")));
        j.press(Qt::Key_Home, Qt::ControlModifier);
        QVERIFY(!j.document().isOpen());
        QVERIFY(j.drop({j.file("s.pscope")}));
        QVERIFY(j.until([&] { return j.document().files() == QStringList{file}; }) && j.answered());
        QVERIFY(shows(j, 4));
    }
};

int main(int argc, char** argv)
{
    TestVideoJourney test;
    return journey::run(argc, argv, test);
}

#include "test_video_journey.moc"
