// A clip with sound from the sample to another place of a video: played in step, stepped, asked about at its pictures
// and its sound, left out, compared, kept in a session; and the sound that a device gets, for as long as it asks.
#include "app/formats/atomic_file.h"
#include "app/media/frame_source.h"
#include "app/media/video_writer.h"
#include "tests/ui/journey.h"
#include "ui/canvas/canvas.h"
#include "ui/scenes/clip_bar.h"
#include "ui/scenes/clip_player.h"
#include "ui/scenes/clip_scene.h"
#include "ui/scenes/sound_loop.h"
#include "ui/task_switch.h"

#include <QAction>
#include <QPushButton>
#include <QSignalSpy>
#include <QSlider>
#include <QToolButton>
#include <QtTest>
#include <cmath>
#include <cstring>
#include <set>

using namespace app::document;
using journey::Journey;
using ui::SoundStrip;

namespace {

constexpr int kFrames = 64; // four clips of the starter model

bool makeVideo(const QString& file)
{
    auto video = app::media::VideoWriter::create(
        file.toStdString(), {.width = 64, .height = 64, .timeBase = {1, 25}, .sampleRate = 8000});
    if (!video.ok())
        return false;
    for (int i = 0; i < kFrames; ++i) {
        const QImage frame = journey::noise({64, 64}, i);
        engine::Image picture(64, 64);
        for (int y = 0; y < 64; ++y)
            std::memcpy(picture.pixel(0, y), frame.constScanLine(y), 64 * 3);
        if (!video.value()->add(picture, i).ok())
            return false;
    }
    std::vector<float> tone(kFrames * 320);
    for (size_t i = 0; i < tone.size(); ++i)
        tone[i] = 0.4f * float(std::sin(double(i) * 0.3));
    return video.value()->addSound(tone).ok() && video.value()->finish().ok();
}

QPoint inSound(const SoundStrip* strip, SoundStrip::Row row, double share)
{
    const double part = row == SoundStrip::Row::Given ? 0.2 : row == SoundStrip::Row::Rebuilt ? 0.5 : 0.85;
    return {int(strip->width() * (0.15 + 0.83 * share)), int(strip->height() * part)};
}

} // namespace

class TestClipJourney : public QObject {
    Q_OBJECT

private slots:
    void sample()
    {
        Journey j;
        QPushButton* card = nullptr;
        for (auto* each : j.window().findChildren<QPushButton*>("card"))
            if (each->accessibleName().contains("Clip"))
                card = each;
        QVERIFY(card);
        QTest::mouseClick(card, Qt::LeftButton);
        QVERIFY(j.answered());
        auto* scene = j.window().findChild<ui::ClipScene*>();
        QCOMPARE(j.window().currentScene(), static_cast<ui::SceneView*>(scene));
        QVERIFY(j.says("answer", "dB"));
        QVERIFY(j.until([&] { return bool(j.document().map()); }));
        QCOMPARE(j.document().map()->shares.size(), size_t(3));
        QVERIFY2(j.words("answer").contains("not learnt"), qPrintable(j.words("answer"))); // as the starter's card says

        // Steps, to the ends and no further.
        QCOMPARE(scene->frame(), int64_t(0));
        j.press(Qt::Key_Period);
        QCOMPARE(scene->frame(), int64_t(1));
        for (int i = 0; i < 20; ++i)
            j.press(Qt::Key_Period);
        QCOMPARE(scene->frame(), int64_t(15));
        j.press(Qt::Key_Comma);
        QCOMPARE(scene->frame(), int64_t(14));

        // Pointing at what was rebuilt asks where it came from, at the sound likewise; a click keeps it.
        ui::Canvas *given = scene->canvas(), *rebuilt = scene->rebuilt();
        const MapPtr pixel = j.mapAfter([&] { j.point(rebuilt, rebuilt->toWidget({20.5, 30.5}).toPoint()); });
        QVERIFY(pixel);
        QCOMPARE(pixel->question.elements,
            std::vector<uint32_t>{pictureElement(j.document().analysis()->clip->outputs, 14, 30, 20)});
        const MapPtr sound
            = j.mapAfter([&] { j.point(scene->sound(), inSound(scene->sound(), SoundStrip::Row::Rebuilt, 0.5)); });
        QVERIFY(sound);
        const ClipPlace place = placeOf(j.document().analysis()->clip->outputs, sound->question.elements.front());
        QCOMPARE(int(place.part), int(ClipPart::Sound));
        QVERIFY(std::abs(double(place.step) / double(place.steps) - 0.5) < 0.1);
        j.press(Qt::Key_2); // input → latents
        const MapPtr patch = j.mapAfter([&] { j.click(given, given->toWidget({9, 5}).toPoint()); });
        QVERIFY(patch && j.document().selection().locked());
        QCOMPARE(patch->question.elements,
            std::vector<uint32_t>{pictureElement(j.document().analysis()->clip->inputs, 14, 1, 2)});

        // Left out: before and after, and back.
        const double before = j.document().analysis()->clip->rebuilt.videoPsnr;
        j.press(Qt::Key_K);
        QVERIFY(j.answered());
        QVERIFY(!j.document().analysis()->without.empty());
        QVERIFY(j.says("answer", "was"));
        QVERIFY(j.document().analysis()->clip->rebuilt.videoPsnr != before);
        j.press(Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(j.until([&] { return !j.document().runs() && j.document().analysis()->without.empty(); }));
        QCOMPARE(j.document().analysis()->clip->rebuilt.videoPsnr, before);

        // What is shown goes into files: the map over the pictures as numbers.
        j.press(Qt::Key_Escape); // unlocks
        j.press(Qt::Key_4);
        QVERIFY(j.until(
            [&] { return j.document().map() && toOf(j.document().map()->question.direction) == Part::Inputs; }));
        QVERIFY2(j.window().exportTo(j.file("shown.png")), qPrintable(j.status()));
        QVERIFY2(j.window().exportTo(j.file("map.npy"), true), qPrintable(j.status()));
        const auto table = app::formats::readFile(j.file("map.npy").toStdString()); // sound and label, too
        QVERIFY(table.ok());
        const auto bytes = int64_t(table.value().size());
        QVERIFY2(bytes > 4 * j.document().map()->weights.size() && bytes < 4 * j.document().map()->weights.size() + 256,
            qPrintable(QString::number(bytes)));
        QVERIFY2(j.window().exportTo(j.file("map.png"), true), qPrintable(j.status()));
        QVERIFY(QImage(j.file("map.png")).height() > 256); // 16 pictures of 16 rows, one below the other
        const QImage shown(j.file("shown.png")); // the scene, not the map alone
        QVERIFY(shown.width() >= scene->width() && shown.height() >= scene->height());
        j.nextFileDialog(j.file("rebuilt.mp4"));
        j.window().action("export clip")->trigger();
        QVERIFY(j.until([&] { return QFile::exists(j.file("rebuilt.mp4")); }));
        const auto video = app::media::openFrames(j.file("rebuilt.mp4").toStdString());
        QVERIFY(video.ok());
        QCOMPARE(video.value()->count().value(), int64_t(16));
        QCOMPARE(video.value()->info().width, 2 * video.value()->info().height); // the original beside it
        Journey::tellLag("a clip");
    }

    void playing()
    {
        Journey j;
        j.window().open({PERCEIVERSCOPE_SOURCE_DIR "/assets/samples/clip"});
        QVERIFY(j.answered());
        auto* scene = j.window().findChild<ui::ClipScene*>();
        ui::ClipPlayer& player = scene->player();
        std::set<int64_t> seen;
        connect(&player, &ui::ClipPlayer::moved, this, [&] { seen.insert(scene->frame()); });
        j.press(Qt::Key_L);
        QVERIFY(player.plays());
        QCOMPARE(j.window().action("play")->text(), QString("Pause"));
        QVERIFY(j.until([&] { return seen.size() == 16; })); // round, and none is left out for ever
        j.press(Qt::Key_L);
        QVERIFY(!player.plays());
        j.press(Qt::Key_L);
        QVERIFY(player.plays());
        j.press(Qt::Key_Escape); // stops it, and nothing else
        QVERIFY(!player.plays() && j.document().isOpen());
        // Not again: to the end, where it stays.
        player.setLoops(false);
        player.seek(0.5);
        j.press(Qt::Key_L);
        QVERIFY(j.until([&] { return !player.plays(); }, 5000));
        QCOMPARE(scene->frame(), int64_t(15));
        QCOMPARE(player.seconds(), 0.64);
        j.press(Qt::Key_L); // from the beginning
        QVERIFY(player.plays() && player.seconds() < 0.5);
        j.press(Qt::Key_Home, Qt::ControlModifier); // nothing plays unseen
        QVERIFY(!player.plays());
    }

    void placesOfAVideo()
    {
        Journey j;
        const QString file = j.file("moves.mp4");
        QVERIFY(makeVideo(file));
        j.window().open({file});
        QVERIFY(j.answered());
        QVERIFY(j.document().video());
        auto* task = j.window().findChild<ui::TaskSwitch*>();
        const int clip = task->findText("clip", Qt::MatchContains);
        QVERIFY(clip >= 0);
        emit task->activated(clip); // as a choice of the list does
        QVERIFY(j.until([&] { return j.document().question().clip && j.answered(); }));
        QVERIFY(!j.document().video());
        auto* scene = j.window().findChild<ui::ClipScene*>();
        QSlider* slider = scene->bar()->slider();
        QVERIFY(slider->isVisible());
        QVERIFY2(std::abs(slider->maximum() - 1920) < 80, qPrintable(QString::number(slider->maximum())));
        const auto first = j.document().question().clip->frames[0].rgb;

        // Another place: what was locked stays, and is asked about there.
        ui::Canvas* given = scene->canvas();
        const MapPtr locked = j.mapAfter([&] {
            j.press(Qt::Key_2);
            j.click(given, given->toWidget({30, 30}).toPoint());
        });
        QVERIFY(locked);
        slider->setValue(1000);
        QVERIFY(j.until([&] { return std::abs(j.document().question().clip->seconds - 1.0) < 1e-6 && j.answered(); }));
        QVERIFY(j.document().question().clip->frames[0].rgb != first);
        QVERIFY(j.document().selection().locked());
        QVERIFY(j.until([&] { return j.document().map() && j.document().map() != locked; }));
        QCOMPARE(j.document().map()->question.elements, locked->question.elements);
        QVERIFY2(j.window().windowTitle().contains("0:01.000"), qPrintable(j.window().windowTitle()));

        // Kept in a session, and back.
        const QString session = j.file("clip.pscope");
        QVERIFY(j.window().saveSession(session));
        j.press(Qt::Key_Home, Qt::ControlModifier);
        j.window().openSession(session);
        QVERIFY(j.answered());
        QVERIFY(j.document().question().clip);
        QVERIFY(std::abs(j.document().question().clip->seconds - 1.0) < 1e-6);

        // Played on: the next clip follows by itself, to the file's end.
        scene->player().setLoops(false);
        QSignalSpy ended(&scene->player(), &ui::ClipPlayer::ended);
        j.press(Qt::Key_L);
        QVERIFY(j.until([&] { return j.document().question().clip->seconds > 1.6 && j.answered(); }));
        QVERIFY(j.until([&] { return ended.size() >= 2 && !scene->player().plays(); }));
        QVERIFY(j.document().question().clip->seconds + 0.64 <= 2.6);

        // And back to its motion, about there.
        const int motion = task->findText("motion", Qt::MatchContains);
        emit task->activated(motion);
        QVERIFY(j.until([&] { return j.document().video() && j.answered(); }));
        QVERIFY(*j.document().question().frame > 20);
    }

    // A model of one's own, with clips of another length and size, is remembered and asked.
    void chosenModelIsRemembered()
    {
        const QString folder = QDir(PERCEIVERSCOPE_SOURCE_DIR "/assets/selftest/multimodal").absolutePath();
        Journey j;
        j.window().settings().addModelFolder(folder);
        j.window().settings().setChosenModel("clip", folder);
        QVERIFY(j.reopen());
        j.window().open({PERCEIVERSCOPE_SOURCE_DIR "/assets/samples/clip"});
        QVERIFY(j.answered());
        QCOMPARE(QString::fromStdString(j.document().analysis()->model), folder);
        const auto size = clipSizeOf(folder.toStdString());
        QVERIFY(size.ok());
        QCOMPARE(j.document().question().clip->size.frames, size.value().frames);
        QCOMPARE(int64_t(j.document().analysis()->clip->rebuilt.frames.size()), size.value().frames);
        j.document().chooseModel("clip", {}); // the starter's clips are longer: it is read again
        QVERIFY(j.until([&] { return j.answered() && j.document().analysis()->model == "clip"; }));
        QCOMPARE(j.document().question().clip->size.frames, int64_t(16));
    }

    // Eight hours of sound as a device takes it, in fast motion: at each moment the sample that belongs there.
    void soundKeepsStepForHours()
    {
        constexpr int64_t kLength = ui::SoundLoop::kRate * 64 / 100; // a clip
        std::vector<float> samples(static_cast<size_t>(kLength));
        for (size_t i = 0; i < samples.size(); ++i)
            samples[i] = float(int(i % 20'000) - 10'000) / 32'767;
        ui::SoundLoop loop(samples, samples.size(), 1000, true);
        std::vector<qint16> got(2 * 4801);
        int64_t at = 1000;
        const int64_t end = int64_t(ui::SoundLoop::kRate) * 3600 * 8;
        while (at < end) {
            const qint64 bytes = loop.read(reinterpret_cast<char*>(got.data()), qint64(got.size() * sizeof(qint16)));
            QCOMPARE(bytes, qint64(got.size() * sizeof(qint16)));
            for (const int64_t frame : {int64_t(0), int64_t(4800)}) {
                const auto wanted = qint16(int((at + frame) % kLength % 20'000) - 10'000);
                QCOMPARE(got[size_t(2 * frame)], wanted);
                QCOMPARE(got[size_t(2 * frame + 1)], wanted);
            }
            at += 4801;
        }
        ui::SoundLoop once({0.5f, 2.0f, -2.0f}, 3, 1, false);
        QVERIFY(once.read(reinterpret_cast<char*>(got.data()), 16) == 16);
        QCOMPARE(got[0], qint16(32767)); // beyond full scale is cut
        QCOMPARE(got[2], qint16(-32767));
        QCOMPARE(got[4], qint16(0)); // and then there is silence
    }
};

int main(int argc, char** argv)
{
    TestClipJourney test;
    return journey::run(argc, argv, test);
}
#include "test_clip_journey.moc"
