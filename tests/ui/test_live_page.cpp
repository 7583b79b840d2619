// A camera in the window: a graph of filters stands for one. Answers come and are figured, a frozen pair is asked about
// like any two frames, what is recorded plays, of every type; its sizes can be chosen; without a camera it is said, and
// so is one that ends.
#include "app/media/frame_source.h"
#include "tests/ui/journey.h"
#include "ui/canvas/canvas.h"
#include "ui/live_page.h"

#include <QComboBox>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QtTest>

using journey::Journey;

namespace {

const QString kCamera = "lavfi:testsrc2=size=96x64:rate=25,realtime";

QPushButton* button(Journey& j, const QString& text)
{
    for (QPushButton* each : j.window().live().findChildren<QPushButton*>())
        if (each->text().startsWith(text))
            return each;
    return nullptr;
}

QComboBox* box(Journey& j, const QString& name)
{
    for (QComboBox* each : j.window().live().findChildren<QComboBox*>())
        if (each->accessibleName() == name)
            return each;
    return nullptr;
}

// In the file dialog that comes: this type of file, then this name.
void record(Journey& j, const QString& type, const QString& name)
{
    QTimer::singleShot(200, &j.window(), [&j, type, name] {
        auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
        QVERIFY(dialog);
        for (const QString& each : dialog->nameFilters())
            if (each.startsWith(type))
                dialog->selectNameFilter(each);
        QVERIFY(dialog->selectedNameFilter().startsWith(type));
        auto* line = dialog->findChild<QLineEdit*>("fileNameEdit");
        line->setText(name);
        QTest::keyClick(line, Qt::Key_Return);
    });
    QTest::mouseClick(button(j, "Record"), Qt::LeftButton);
}

bool says(Journey& j, const QString& words)
{
    return j.until([&] {
        for (const QLabel* each : j.window().live().findChildren<QLabel*>())
            if (each->isVisible() && each->text().contains(words))
                return true;
        return false;
    });
}

} // namespace

class TestLivePage : public QObject {
    Q_OBJECT

private slots:
    void liveThenFrozen()
    {
        Journey j;
        j.window().openCamera(kCamera);
        auto& session = j.window().live().session();
        QVERIFY(session.runs());
        QVERIFY(says(j, "from capture to screen"));
        QVERIFY(j.until([&] { return session.figures().answered > 5; }));
        QVERIFY(session.figures().delayMedian > 0);
        QCOMPARE(j.window().live().canvas()->picture().width(), 192); // picture and motion
        const auto pair = session.latest();
        QTest::mouseClick(button(j, "Freeze"), Qt::LeftButton);
        QVERIFY(j.answered());
        QCOMPARE(j.document().files().size(), 2);
        QCOMPARE(j.document().question().pictures.size(), size_t(2));
        QCOMPARE(j.document().question().pictures[0]->width, 96);
        QVERIFY(j.document().analysis()->flow);
        QVERIFY(!session.runs()); // what is asked has the machine to itself
        j.window().openCamera();
        QVERIFY(says(j, "from capture to screen")); // the same one again
        j.press(Qt::Key_Escape);
        QVERIFY(!session.runs());
        QVERIFY(!j.window().live().isVisible());
    }

    void recording()
    {
        Journey j;
        j.window().openCamera(kCamera);
        auto& session = j.window().live().session();
        QVERIFY(says(j, "from capture to screen"));
        const QString file = j.file("live.mp4");
        j.nextFileDialog(file);
        QTest::mouseClick(button(j, "Record"), Qt::LeftButton);
        QVERIFY(button(j, "Stop recording"));
        const int64_t before = session.figures().answered;
        QVERIFY(j.until([&] { return session.figures().answered > before + 10; }));
        QTest::mouseClick(button(j, "Stop recording"), Qt::LeftButton);
        QVERIFY(j.until([&] { return j.status().startsWith("Recorded"); }));
        const auto video = app::media::openFrames(file.toStdString());
        QVERIFY2(video.ok(), video.ok() ? "" : video.error().message.c_str());
        QCOMPARE(video.value()->info().width, 192);
        QVERIFY(video.value()->count().value() >= 10);
        QVERIFY(session.runs());
    }

    // What the type of file says: the camera's own pictures, all of them; or the raw motion, a file for each answer.
    void recordingsByType()
    {
        Journey j;
        j.window().openCamera(kCamera);
        auto& session = j.window().live().session();
        QVERIFY(says(j, "from capture to screen"));
        record(j, "The camera's picture", j.file("own")); // no ending: it gets one
        QVERIFY(session.records());
        int64_t before = session.figures().captured;
        QVERIFY(j.until([&] { return session.figures().captured > before + 20; }));
        QTest::mouseClick(button(j, "Stop recording"), Qt::LeftButton);
        QVERIFY(j.until([&] { return j.status().startsWith("Recorded"); }));
        const auto video = app::media::openFrames(j.file("own.mp4").toStdString());
        QVERIFY2(video.ok(), video.ok() ? "" : video.error().message.c_str());
        QCOMPARE(video.value()->info().width, 96);
        QVERIFY(video.value()->count().value() >= 20);

        record(j, "Raw motion, a folder of .flo", j.file("motion"));
        before = session.figures().answered;
        QVERIFY(j.until([&] { return session.figures().answered > before + 5; }));
        QTest::mouseClick(button(j, "Stop recording"), Qt::LeftButton);
        QVERIFY(j.until([&] { return j.status().contains("motion"); }));
        QVERIFY(QDir(j.file("motion")).entryList({"*.flo"}).size() >= 5);
        session.record({.what = app::live::RecordChoice::What::Raw, .path = j.write("taken", "a file").toStdString()});
        QVERIFY(j.until([&] { return j.status().startsWith("Nothing is recorded"); }));
        QVERIFY(!session.records() && button(j, "Record"));
    }

    void sizes()
    {
        Journey j;
        j.window().openCamera(kCamera);
        QVERIFY(says(j, "from capture to screen"));
        QComboBox* sizes = box(j, "Size");
        QVERIFY(j.until([&] { return sizes->count() == 9; }));
        QCOMPARE(sizes->currentText(), QString("Its own"));
        const int line = sizes->findText("160 × 120, 15 a second");
        QVERIFY(line > 0);
        sizes->setCurrentIndex(line);
        emit sizes->activated(line);
        auto& session = j.window().live().session();
        QVERIFY(j.until([&] { return session.latest() && session.info()->width == 160; }));
        QVERIFY(j.until([&] { return sizes->currentText() == "160 × 120, 15 a second"; }));
        j.press(Qt::Key_Escape);
        j.window().openCamera(); // as it was
        QVERIFY(j.until([&] { return session.latest() && session.info()->width == 160; }));
        j.window().openCamera("lavfi:testsrc2=size=64x48:rate=25,realtime"); // another one's sizes are not this one's
        QVERIFY(j.until([&] { return session.latest() && session.info()->width == 64; }));
    }

    void noCamera()
    {
        Journey j;
        j.window().openCamera("no such camera");
        QVERIFY(says(j, "o camera is called 'no such camera'"));
        QVERIFY(says(j, "try again"));
        QVERIFY(!j.window().live().session().runs());
        j.window().openCamera("lavfi:testsrc2=size=96x64:rate=25:duration=1");
        QVERIFY(says(j, "no more pictures")); // as one that is unplugged
        QVERIFY(!button(j, "Freeze")->isEnabled());
    }
};

int main(int argc, char** argv)
{
    TestLivePage test;
    return journey::run(argc, argv, test);
}

#include "test_live_page.moc"
