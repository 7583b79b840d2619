// The open video's motion exported from the window: the bytes of pscope with the same choices, whatever is chosen; the
// window answers meanwhile; cancelled, it leaves nothing half and goes on to the same bytes; closing asks; what is
// wrong is said.
#include "tests/app/moving_video.h"
#include "tests/app/run_pscope.h"
#include "tests/ui/journey.h"
#include "ui/export_dialog.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QtTest>

using app::batch::ExportSession;
using journey::Journey;
using moving::bytesOf;
using moving::filesOf;

namespace {

constexpr int kFrames = 7, kMany = 240;

ui::ExportDialog* dialogOf(Journey& j)
{
    j.window().action("export video")->trigger();
    return j.window().findChild<ui::ExportDialog*>();
}

template <typename T> T* of(QWidget* parent, const char* name)
{
    return parent->findChild<T*>(name);
}

void choose(QWidget* dialog, const char* name, int row)
{
    of<QComboBox>(dialog, name)->setCurrentIndex(row);
}

// The dialog's command with another name for what comes out.
Outcome sameByCommand(QWidget* dialog, const QString& output)
{
    const QString line = of<QLineEdit>(dialog, "export command")->text();
    QStringList words = QProcess::splitCommand(QString(line).replace('\'', '"'));
    words.removeFirst();
    words[words.indexOf("-o") + 1] = output;
    return pscope(words);
}

bool ends(Journey& j)
{
    return j.until([&] { return !j.window().videoExport().runs(); });
}

// What a cancelled export must not leave.
QStringList halves(const QString& folder)
{
    return QDir(folder).entryList({"*.partial*", "*.mp4.*.mp4"}, QDir::AllEntries | QDir::Hidden);
}

} // namespace

class TestVideoExport : public QObject {
    Q_OBJECT

private:
    // A window with the video, answered.
    static bool opened(Journey& j, int frames = kFrames)
    {
        return moving::write(j.file("moving video.mp4"), frames) && j.drop({j.file("moving video.mp4")}) && j.answered()
            && j.document().video();
    }

private slots:
    void sameBytes_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("show");
        QTest::addColumn<int>("colours");
        QTest::addColumn<int>("step");
        QTest::addColumn<int>("passes");
        QTest::addColumn<bool>("warm");
        QTest::addColumn<bool>("later"); // from the second frame on
        QTest::newRow("video as shown") << "Video (MP4)"
                                        << "out.mp4" << 1 << 0 << 0 << 0 << false << false;
        QTest::newRow("video by all") << "Video (MP4)"
                                      << "out.mp4" << 0 << 1 << 1 << 1 << true << false;
        QTest::newRow("original") << "Video (MP4)"
                                  << "out.mkv" << 2 << 1 << 0 << 1 << false << false;
        QTest::newRow("pictures") << "Pictures (PNG)"
                                  << "out" << 0 << 0 << 0 << 1 << false << false;
        QTest::newRow("flo") << "Flow fields, Middlebury (.flo)"
                             << "out" << 0 << 0 << 0 << 0 << true << false;
        QTest::newRow("npy") << "Flow fields, NumPy (.npy)"
                             << "out" << 0 << 0 << 2 << 1 << false << true;
        QTest::newRow("exr") << "Flow fields, OpenEXR (.exr)"
                             << "out" << 0 << 0 << 0 << 1 << false << true;
        QTest::newRow("st") << "ST maps for compositing (.exr)"
                            << "out" << 0 << 0 << 0 << 1 << false << false;
        QTest::newRow("vectors") << "Motion vectors for compositing (.exr)"
                                 << "out" << 0 << 0 << 0 << 1 << false << false;
        QTest::newRow("figures") << "Figures of each pair (CSV)"
                                 << "out.csv" << 0 << 0 << 0 << 1 << false << false;
    }

    void sameBytes()
    {
        QFETCH(QString, kind);
        QFETCH(QString, name);
        QFETCH(int, show);
        QFETCH(int, colours);
        QFETCH(int, step);
        QFETCH(int, passes);
        QFETCH(bool, warm);
        QFETCH(bool, later);
        Journey j;
        QVERIFY(!j.window().action("export video")->isEnabled());
        QVERIFY(opened(j));
        QVERIFY(j.window().action("export video")->isEnabled());
        if (later)
            j.press(Qt::Key_Period);
        QVERIFY(j.answered());
        auto* dialog = dialogOf(j);
        QVERIFY(dialog);
        choose(dialog, "export range", int(later));
        QCOMPARE(of<QComboBox>(dialog, "export range")->count(), later ? 2 : 1);
        const int row = of<QComboBox>(dialog, "export kind")->findText(kind);
        QVERIFY(row >= 0);
        choose(dialog, "export kind", row);
        choose(dialog, "export show", show);
        choose(dialog, "export colours", colours);
        choose(dialog, "export step", step);
        choose(dialog, "export passes", passes);
        for (QCheckBox* box : dialog->findChildren<QCheckBox*>())
            box->setChecked(warm);
        of<QLineEdit>(dialog, "export name")->setText(j.file(name));
        const Outcome done = sameByCommand(dialog, j.file("by pscope/" + name));
        QVERIFY2(done.code == 0, done.err);
        QVERIFY(of<QPushButton>(dialog, "export")->isEnabled());
        of<QPushButton>(dialog, "export")->click();
        QVERIFY(ends(j));
        QVERIFY2(j.status().startsWith("Exported the motion of") && j.status().contains(name), qPrintable(j.status()));
        if (QFileInfo(j.file(name)).isDir())
            QCOMPARE(filesOf(j.file(name)), filesOf(j.file("by pscope/" + name)));
        else
            QCOMPARE(bytesOf(j.file(name)), bytesOf(j.file("by pscope/" + name)));
        QVERIFY(bytesOf(j.file(name)) != "" && filesOf(j.file(name)).size() != 1);
        QVERIFY(!QFileInfo::exists(j.file(name + ".parts")) && halves(j.file("")).isEmpty());
        QVERIFY(j.window().action("export video")->isEnabled());
        QVERIFY(!of<QWidget>(&j.window(), "export bar")->isVisible());
    }

    void cancelledAndGoneOn_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("name");
        QTest::newRow("video") << "Video (MP4)"
                               << "out.mp4";
        QTest::newRow("folder") << "Flow fields, Middlebury (.flo)"
                                << "out";
    }

    void cancelledAndGoneOn()
    {
        QFETCH(QString, kind);
        QFETCH(QString, name);
        Journey j;
        QVERIFY(opened(j, kMany));
        const auto start = [&] {
            auto* dialog = dialogOf(j);
            choose(dialog, "export kind", of<QComboBox>(dialog, "export kind")->findText(kind));
            choose(dialog, "export passes", 1);
            of<QLineEdit>(dialog, "export name")->setText(j.file(name));
            of<QPushButton>(dialog, "export")->click();
        };
        ExportSession& session = j.window().videoExport();
        start();
        QVERIFY(session.runs());
        QVERIFY(!j.window().action("export video")->isEnabled());
        // It tells how far it is, and the window answers meanwhile.
        QVERIFY(j.until([&] { return session.progress().done >= 3; }));
        QVERIFY(of<QWidget>(&j.window(), "export bar")->isVisible());
        QVERIFY(j.shown("export words").contains(QString("of %1 pairs").arg(kMany - 1)));
        j.press(Qt::Key_Period);
        QVERIFY(j.answered());
        QCOMPARE(*j.document().question().frame, int64_t(1));
        QVERIFY(session.runs());
        QElapsedTimer clock;
        clock.start();
        of<QPushButton>(&j.window(), "cancel export")->click();
        QVERIFY(ends(j));
        QVERIFY2(clock.elapsed() < 1000, qPrintable(QString("%1 ms").arg(clock.elapsed())));
        QVERIFY2(j.status().startsWith("Stopped after"), qPrintable(j.status()));
        QVERIFY(!of<QWidget>(&j.window(), "export bar")->isVisible());
        const QString work = name.endsWith("mp4") ? j.file(name + ".parts") : j.file(name);
        const auto before = filesOf(work);
        QVERIFY(before.size() >= 3 + 2 && before.size() < kMany);
        QVERIFY(halves(j.file("")).isEmpty() && halves(work).isEmpty());
        if (work != j.file(name))
            QVERIFY(!QFileInfo::exists(j.file(name)));
        const QDateTime firstMade = QFileInfo(work + "/" + before.begin()->first).lastModified();

        auto* dialog = dialogOf(j);
        choose(dialog, "export kind", of<QComboBox>(dialog, "export kind")->findText(kind));
        choose(dialog, "export passes", 1);
        of<QLineEdit>(dialog, "export name")->setText(j.file(name));
        QVERIFY(sameByCommand(dialog, j.file("undisturbed " + name)).code == 0);
        dialog->reject();
        int64_t firstTold = -1;
        connect(&session, &ExportSession::progressed, this, [&] {
            if (firstTold < 0)
                firstTold = session.progress().done;
        });
        start();
        QVERIFY(j.until([&] { return firstTold >= 0; }));
        QCOMPARE(QFileInfo(work + "/" + before.begin()->first).lastModified(), firstMade);
        QVERIFY(firstTold >= int64_t(before.size()) - 3);
        QVERIFY(ends(j));
        if (QFileInfo(j.file(name)).isDir())
            QCOMPARE(filesOf(j.file(name)), filesOf(j.file("undisturbed " + name)));
        else
            QCOMPARE(bytesOf(j.file(name)), bytesOf(j.file("undisturbed " + name)));
        QVERIFY(!QFileInfo::exists(j.file(name + ".parts")));
        Journey::tellLag("an export");
    }

    void closingAsks()
    {
        Journey j;
        QVERIFY(opened(j, kMany));
        auto* dialog = dialogOf(j);
        of<QLineEdit>(dialog, "export name")->setText(j.file("out.mp4"));
        of<QPushButton>(dialog, "export")->click();
        QVERIFY(j.until([&] { return j.window().videoExport().progress().done >= 2; }));
        const auto answer = [&](const QString& button) {
            QTimer::singleShot(100, &j.window(), [button] {
                auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
                QVERIFY(box);
                for (QAbstractButton* each : box->buttons())
                    if (each->text() == button)
                        each->click();
            });
            return j.window().close();
        };
        QVERIFY(!answer("Keep it running"));
        QVERIFY(j.window().videoExport().runs());
        QVERIFY(answer("Stop and close"));
        QVERIFY(!j.window().videoExport().runs());
        QVERIFY(!QFileInfo::exists(j.file("out.mp4")) && halves(j.file("")).isEmpty());
        QVERIFY(QFileInfo::exists(j.file("out.mp4.parts/000001.png")));
    }

    // In place, before anything is computed; and what goes wrong later, in the status line.
    void whatIsWrongIsSaid()
    {
        Journey j;
        QVERIFY(opened(j));
        auto* dialog = dialogOf(j);
        const auto says = [&](const QString& name, const QString& words) {
            of<QLineEdit>(dialog, "export name")->setText(name);
            for (const QLabel* label : dialog->findChildren<QLabel*>())
                if (label->text().contains(words))
                    return true;
            return false;
        };
        QVERIFY(QDir().mkpath(j.file("others")));
        j.write("others/letter.txt", "dear");
        j.write("there.mp4", "video");
        auto* button = of<QPushButton>(dialog, "export");
        QVERIFY(says(j.file("missing/out.mp4"), "no folder") && !button->isEnabled());
        QVERIFY(says(j.file("out"), "ends as") && !button->isEnabled());
        QVERIFY(says(j.file("moving video.mp4"), "the video itself") && !button->isEnabled());
        QVERIFY(says("", "needs a name") && !button->isEnabled());
        QVERIFY(says(j.file("there.mp4"), "will be replaced") && button->isEnabled());
        choose(dialog, "export kind", 2);
        QVERIFY(says(j.file("others"), "other things") && !button->isEnabled());
        QVERIFY(says(j.file("flow.mp4"), "no ending") && !button->isEnabled());
        choose(dialog, "export kind", 0);
        QVERIFY(!says(j.file("out.mp4"), "Choose another name") && button->isEnabled());
        QVERIFY(QFile::remove(j.file("moving video.mp4")));
        button->click();
        QVERIFY(ends(j));
        QVERIFY2(
            j.status().startsWith("Not exported: ") && j.status().contains("no such file"), qPrintable(j.status()));
        QVERIFY(!QFileInfo::exists(j.file("out.mp4")));
    }
};

int main(int argc, char** argv)
{
    TestVideoExport test;
    return journey::run(argc, argv, test);
}

#include "test_video_export.moc"
