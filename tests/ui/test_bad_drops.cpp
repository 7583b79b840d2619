// What goes wrong around the window: files that are none, too many, too large, or vanish; a full disk; damaged settings
// and sessions. Each is said in words, and the window goes on working.
#include "tests/ui/journey.h"
#include "ui/canvas/canvas.h"
#include "ui/panels/panel.h"
#include "ui/scenes/picture_scene.h"
#include "ui/start_page.h"

#include <QAction>
#include <QComboBox>
#include <QDir>
#include <QDragEnterEvent>
#include <QLabel>
#include <QMimeData>
#include <QtTest>
#include <csignal>
#include <sys/resource.h>

using namespace app::document;
using journey::Journey;

class TestBadDrops : public QObject {
    Q_OBJECT

private slots:
    void refused_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("bytes"); // none: a folder
        QTest::addColumn<QString>("sentence");
        QTest::newRow("empty folder") << "folder" << QByteArray() << "holds no picture";
        QTest::newRow("broken picture") << "broken.png" << QByteArray("\x89PNG\r\n\x1a\n and then nothing") << "broken.png";
        QTest::newRow("unknown type") << "sheet.xlsx" << QByteArray("PK") << "of a kind that cannot be opened";
        QTest::newRow("no type") << "something" << QByteArray("words") << "of a kind that cannot be opened";
        QTest::newRow("text of 10 MB") << "long.txt" << QByteArray(10'000'000, 'a') << "a text may have one";
        QTest::newRow("truth alone") << "truth.flo" << QByteArray("PIEH") << "open two frames first";
        QTest::newRow("damaged session") << "damaged.pscope" << QByteArray("{\"version\": 1, ") << "damaged.pscope";
        QTest::newRow("newer session")
            << "newer.pscope" << QByteArray("{\"format\": \"PerceiverScope session\", \"version\": 99}") << "newer.pscope";
        QTest::newRow("session of other JSON") << "other.pscope" << QByteArray("[1, 2, 3]") << "other.pscope";
    }

    // The promise may already say it; after the drop the status line does, and a good file opens next.
    void refused()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, bytes);
        QFETCH(QString, sentence);
        Journey j;
        if (bytes.isNull())
            QVERIFY(QDir().mkpath(j.file(name)));
        else
            QVERIFY(!j.write(name, bytes).isEmpty());
        QVERIFY(j.drop({j.file(name)}));
        QVERIFY2(j.until([&] { return j.status().contains(sentence); }, 10'000), qPrintable(j.status()));
        QVERIFY(!j.document().isOpen());
        QVERIFY(j.window().settings().recent().isEmpty());
        goesOn(j);
        Journey::tellLag(QTest::currentDataTag());
    }

    void folderOfPictures()
    {
        Journey j;
        QVERIFY(QDir().mkpath(j.file("folder")));
        for (const int number : {1, 2, 10})
            QVERIFY(!j.save(QString("folder/%1.png").arg(number), journey::noise({20 + number, 16})).isEmpty());
        QVERIFY(j.drop({j.file("folder")}));
        QVERIFY(j.until([&] { return j.window().sources().list().count(ItemState::Done) == 3; }));
        QCOMPARE(QFileInfo(j.document().files().value(0)).fileName(), QString("10.png"));
    }

    // (No more than a tenth of a second a file is for machines that are busy; a hang would be for ever.)
    void manyFiles()
    {
        Journey j;
        QStringList files;
        for (int i = 0; i < 200; ++i)
            files << j.save(QString("%1.png").arg(i), journey::noise({16 + i % 3, 16}));
        QString promise;
        QVERIFY(j.drop(files, &promise));
        QCOMPARE(promise, QString("200 items, one after another"));
        QVERIFY(j.until([&] { return j.window().sources().list().rowCount() == 200; }));
        QVERIFY(j.until([&] { return j.window().sources().list().count(ItemState::Done) >= 5; }));
        j.press(Qt::Key_Escape); // who stops one of many means all
        QVERIFY(j.until([&] { return j.window().sources().list().count(ItemState::Waiting) == 0; }, 10'000));
        goesOn(j);
        Journey::tellLag("200 files");
    }

    // Names alone say what a drop would do, and so what is not there is no matter yet; what it is, is found later.
    void dragReadsNothing()
    {
        Journey j;
        QString promise;
        QVERIFY(j.drop({j.file("gone.png")}, &promise));
        QCOMPARE(promise, QString("A picture: what is in it"));
        QVERIFY(!j.status().contains("there is no file"));
        QVERIFY(j.until([&] { return j.status().contains("there is no file"); }, 10'000));
        QVERIFY(
            j.drop({j.save("a.png", journey::noise({30, 20})), j.save("b.png", journey::noise({31, 20}))}, &promise));
        QVERIFY2(promise.contains("if they are of one size"), qPrintable(promise));
        QCOMPARE(j.window().sources().list().rowCount(), 0);
        QVERIFY(j.window().sources().looks());
        j.press(Qt::Key_Escape); // while it is looked at
        QTest::qWait(100);
        QVERIFY(!j.document().isOpen() && j.window().sources().list().rowCount() == 0);
        goesOn(j);
    }

    // Esc between two of them, when one is answered and the next still read: it means the rest, not the start page.
    void stoppedBetweenTwo()
    {
        Journey j;
        QStringList files;
        for (int i = 0; i < 5; ++i)
            files << j.save(QString("%1.png").arg(i), journey::noise({20 + i, 16}));
        const SourceList& list = j.window().sources().list();
        int waiting = -1;
        connect(&j.document(), &Document::answered, &j.window(), [&] {
            if (list.count(ItemState::Done) != 2 || waiting >= 0)
                return;
            waiting = list.count(ItemState::Waiting);
            QVERIFY(!j.document().runs()); // the third is being read
            j.window().action("stop")->trigger();
        });
        QVERIFY(j.drop(files));
        QVERIFY(j.until([&] { return waiting >= 0; }));
        QCOMPARE(waiting, 2);
        QCOMPARE(list.count(ItemState::Waiting) + list.count(ItemState::Running), 0);
        QTest::qWait(200);
        QCOMPARE(list.count(ItemState::Done), 2);
        QVERIFY(j.window().currentScene() && j.document().analysis()); // what was answered stays
        QCOMPARE(j.document().files(), QStringList{files[1]});
        QCOMPARE(j.status(), QString("Stopped."));
        QVERIFY(j.words("answer").contains("Image classification"));
        j.press(Qt::Key_Escape);
        QVERIFY(!j.window().currentScene());
        goesOn(j);
    }

    void onePixel()
    {
        Journey j;
        QVERIFY(j.drop({j.save("1x1.png", journey::noise({1, 1}))}));
        QVERIFY(j.answered());
        ui::Canvas* canvas = j.window().findChild<ui::PictureScene*>()->canvas();
        j.press(Qt::Key_2);
        j.point(canvas, QPoint(canvas->width() / 2, canvas->height() / 2));
        j.press(Qt::Key_1, Qt::ControlModifier);
        j.press(Qt::Key_C);
        QVERIFY(!canvas->grab().isNull());
        QVERIFY2(j.window().exportTo(j.file("1x1-map.png")), qPrintable(j.status()));
        const QString frames[] = {j.save("a.png", journey::noise({1, 1})), j.save("b.png", journey::noise({1, 1}, 1))};
        QVERIFY(j.drop({frames[0], frames[1]}));
        QVERIFY(j.until([&] { return !j.document().runs() && (j.document().analysis() || !j.status().isEmpty()); }));
        goesOn(j);
    }

    void vanishesBeforeItIsRead()
    {
        Journey j;
        const QString file = j.save("gone.png", journey::noise({40, 30}));
        QVERIFY(j.drop({file})); // it is read beside this thread, not before the loop runs
        QVERIFY(QFile::remove(file));
        QVERIFY(j.until([&] { return j.document().analysis() || j.status().contains("gone.png"); }));
        // One of three goes while it waits.
        QStringList three;
        for (const int width : {30, 31, 32})
            three << j.save(QString("%1.png").arg(width), journey::noise({width, 20}));
        QVERIFY(j.drop(three));
        QVERIFY(j.until([&] { return !j.window().sources().looks(); }));
        QVERIFY(QFile::remove(three[1]));
        SourceList& list = j.window().sources().list();
        QVERIFY(j.until([&] { return list.count(ItemState::Waiting) + list.count(ItemState::Running) == 0; }));
        const SourceItem& lost = list.item(list.rowCount() - 2);
        QCOMPARE(int(lost.state), int(ItemState::Failed));
        QVERIFY2(lost.note.find("31.png") != std::string::npos, lost.note.c_str());
        goesOn(j);
    }

    void modelFolderVanishes()
    {
        const QString text = PERCEIVERSCOPE_SOURCE_DIR "/assets/starter";
        Journey j;
        QVERIFY(QDir().mkpath(j.file("model")));
        const QDir starter(text + "/image");
        for (const QString& each : starter.entryList(QDir::Files))
            QVERIFY(QFile::copy(starter.filePath(each), j.file("model/" + each)));
        j.window().settings().addModelFolder(j.file("model"));
        j.window().settings().setChosenModel("image", j.file("model"));
        QVERIFY(j.reopen());
        QVERIFY(QDir(j.file("model")).removeRecursively());
        QVERIFY(j.drop({j.save("one.png", journey::noise({40, 30}))}));
        QVERIFY(j.until([&] { return !j.document().runs() && j.document().isOpen(); }));
        QVERIFY(!j.document().analysis());
        QVERIFY(j.says("answer", "model"));
        // Started again without it: the model is listed as missing, and the starter answers.
        QVERIFY(j.reopen());
        QVERIFY(j.drop({j.file("one.png")}));
        QVERIFY2(j.answered(), qPrintable(j.words("answer")));
    }

    void closingInMidRun()
    {
        for (const int after : {0, 50, 300}) {
            Journey j;
            const QString folder = PERCEIVERSCOPE_SOURCE_DIR "/assets/samples/";
            QVERIFY(j.drop({folder + "rubberwhale1.png", folder + "rubberwhale2.png"}));
            QTest::qWait(after);
            QElapsedTimer timer;
            timer.start();
            QVERIFY(j.reopen());
            QVERIFY2(timer.elapsed() < 20'000, qPrintable(QString::number(timer.elapsed())));
        }
        Journey::tellLag("closing in mid-run");
    }

    // What a full disk lets nobody finish leaves nothing behind, and what was there before stays whole.
    void fullDisk()
    {
        Journey j;
        QVERIFY(j.drop({j.save("one.png", journey::noise({90, 60}))}));
        QVERIFY(j.answered());
        QVERIFY(j.until([&] { return bool(j.document().map()); }));
        QVERIFY(QDir().mkpath(j.file("out")));
        const QString old = j.write("out/old.png", "old");
        const auto handler = std::signal(SIGXFSZ, SIG_IGN);
        rlimit before{};
        QCOMPARE(getrlimit(RLIMIT_FSIZE, &before), 0);
        rlimit little = before;
        little.rlim_cur = 200;
        QCOMPARE(setrlimit(RLIMIT_FSIZE, &little), 0);
        QStringList written, unsaid;
        for (const char* name : {"old.png", "new.png", "new.svg", "new.pdf", "new.csv", "new.npy"}) {
            const QString file = j.file(QString("out/") + name);
            if (j.window().exportTo(file))
                written << file;
            else if (!j.status().contains(file))
                unsaid << j.status();
        }
        const bool saved = j.window().saveSession(j.file("out/new.pscope"));
        const QString said = j.status();
        QCOMPARE(setrlimit(RLIMIT_FSIZE, &before), 0);
        std::signal(SIGXFSZ, handler);
        QCOMPARE(written, QStringList());
        QCOMPARE(unsaid, QStringList());
        QVERIFY(!saved);
        QVERIFY2(said.contains("new.pscope"), qPrintable(said));
        QCOMPARE(QDir(j.file("out")).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
            QStringList{"old.png"});
        QFile kept(old);
        QVERIFY(kept.open(QIODevice::ReadOnly));
        QCOMPARE(kept.readAll(), QByteArray("old"));
        QVERIFY2(j.window().exportTo(j.file("out/new.png")), qPrintable(j.status()));
    }

    void damagedSettings_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("noise") << QByteArray("\x00\xff\x17[[[=\n%%%\x01", 13).repeated(40);
        QTest::newRow("wrong values") << QByteArray(
            "[layout]\ngeometry=@ByteArray(xx)\nstate=@ByteArray(\\0\\0\\0\\x7f\\xff\\xff)\n[view]\nopacity=many\n"
            "colours=plaid\n[models]\nfolders=@Invalid()\nchosen\\image=/nowhere/at/all\n");
        QTest::newRow("a picture") << QByteArray("\x89PNG\r\n\x1a\n");
    }

    void damagedSettings()
    {
        QFETCH(QByteArray, bytes);
        Journey j;
        j.reopen();
        QVERIFY(!j.write("settings.ini", bytes).isEmpty());
        j.window().settings(); // the window beneath still holds the old ones
        ui::MainWindow other(j.write("other.ini", bytes));
        other.show();
        QVERIFY(QTest::qWaitForWindowExposed(&other));
        QVERIFY(other.width() > 300 && other.isVisible());
        other.open({j.save("one.png", journey::noise({40, 30}))});
        QVERIFY(j.until([&] { return other.document().isOpen() && !other.document().runs(); }));
        QVERIFY2(other.document().analysis(), qPrintable(other.findChild<QLabel*>("status")->text()));
        QVERIFY(other.close());
    }

    void sessionWhoseFilesAreGone()
    {
        Journey j;
        const QString file = j.save("one.png", journey::noise({40, 30}));
        QVERIFY(j.drop({file}));
        QVERIFY(j.answered());
        QVERIFY(j.window().saveSession(j.file("kept.pscope")));
        QVERIFY(QFile::remove(file));
        QVERIFY(j.reopen());
        QVERIFY(j.drop({j.file("kept.pscope")}));
        QVERIFY2(j.until([&] { return j.status().contains("one.png"); }, 5000), qPrintable(j.status()));
        QVERIFY(!j.document().isOpen());
        goesOn(j);
    }

    // A session's view is for what it opens, not for what comes next when that cannot be read.
    void viewOfARefusedSession()
    {
        Journey j;
        const QString file = j.save("one.png", journey::noise({40, 30}));
        QVERIFY(j.drop({file}));
        QVERIFY(j.answered());
        j.press(Qt::Key_2);
        j.press(Qt::Key_C);
        QVERIFY(j.document().selection().view().look.contours);
        QVERIFY(j.window().saveSession(j.file("kept.pscope")));
        QVERIFY(!j.write("one.png", "no picture").isEmpty());
        QVERIFY(j.reopen());
        QVERIFY(j.drop({j.file("kept.pscope")}));
        QVERIFY2(j.until([&] { return j.status().contains("one.png"); }, 5000), qPrintable(j.status()));
        QVERIFY(j.drop({j.save("two.png", journey::noise({50, 30}))}));
        QVERIFY(j.answered());
        QTest::qWait(100);
        QVERIFY(!j.document().selection().view().look.contours);
    }

    // Back to the start page in the middle of a run: what is dropped then is answered, several things too.
    void startPageInMidRun()
    {
        Journey j;
        const QString folder = PERCEIVERSCOPE_SOURCE_DIR "/assets/samples/";
        QVERIFY(j.drop({folder + "rubberwhale1.png", folder + "rubberwhale2.png"}));
        QVERIFY(j.until([&] { return j.document().runs(); }));
        j.press(Qt::Key_Home, Qt::ControlModifier);
        QVERIFY(!j.document().isOpen());
        QVERIFY(j.drop({j.save("a.png", journey::noise({30, 20})), j.save("b.png", journey::noise({31, 20}))}));
        QVERIFY2(j.until([&] { return j.window().sources().list().count(ItemState::Done) == 2; }, 20'000),
            "what was dropped after a run was left waits for ever");
    }

private:
    // A good file is answered afterwards, whatever came before.
    static void goesOn(Journey& j)
    {
        const QString file = j.save("good.png", journey::noise({64, 48}));
        QVERIFY(j.drop({file}));
        QVERIFY2(j.until([&] { return j.document().files() == QStringList{file} && j.document().analysis()
                         && !j.document().runs(); }), qPrintable(j.status()));
    }
};

int main(int argc, char** argv)
{
    TestBadDrops test;
    return journey::run(argc, argv, test);
}

#include "test_bad_drops.moc"
