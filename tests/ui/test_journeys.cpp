// A picture from the drop to the session that is opened again: by mouse, and by keyboard alone.
#include "app/document/shown_map.h"
#include "app/exports/map_export.h"
#include "tests/ui/export_checks.h"
#include "tests/ui/journey.h"
#include "ui/canvas/canvas.h"
#include "ui/exporter.h"
#include "ui/panels/source_panel.h"
#include "ui/scenes/picture_scene.h"
#include "ui/shortcut_sheet.h"
#include "ui/theme.h"

#include <QAction>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QStackedWidget>
#include <QtTest>

using namespace app::document;
using journey::Journey;

class TestJourneys : public QObject {
    Q_OBJECT

private slots:
    void picture()
    {
        Journey j;
        QString promise;
        const QString cat = PERCEIVERSCOPE_SOURCE_DIR "/assets/samples/chelsea.png";
        QVERIFY(j.drop({cat}, &promise));
        QCOMPARE(promise, QString("A picture: what is in it"));
        QVERIFY(j.answered());
        QVERIFY(j.says("answer", "cat"));
        ui::Canvas* canvas = j.window().findChild<ui::PictureScene*>()->canvas();
        QVERIFY(j.until([&] { return !canvas->overlay().isNull(); }));
        QCOMPARE(j.window().windowTitle().section(' ', 0, 0), QString("chelsea.png"));
        QCOMPARE(canvas->picture().size(), QSize(451, 300));

        // Every direction has its key; the button of the bar follows.
        for (int d = 0; d < kDirections; ++d) {
            j.press(Qt::Key(Qt::Key_1 + d));
            QCOMPARE(int(question(j).direction), d);
            QVERIFY(j.window().action(QString("direction%1").arg(d + 1))->isChecked());
        }
        // Pointing asks, another place is another map, and the readout says where one is.
        j.press(Qt::Key_2);
        const QPoint middle(canvas->width() / 2, canvas->height() / 2);
        const MapPtr first = j.mapAfter([&] { j.point(canvas, middle); });
        QVERIFY(first);
        QCOMPARE(int(first->question.direction), int(Direction::InputToLatents));
        QVERIFY(!j.document().selection().locked());
        const MapPtr second = j.mapAfter([&] { j.point(canvas, middle + QPoint(60, 30)); });
        QVERIFY(second && second->question.elements != first->question.elements);
        QVERIFY2(std::abs(second->sum - 1) < 1e-3 || second->sum > 0, "attention that is none");
        j.press(Qt::Key_5);
        QVERIFY(j.mapAfter([&] { j.point(canvas, middle - QPoint(60, 30)); }));

        // Another direction is shown at once, wherever the mouse rests.
        const MapPtr answers = j.mapAfter([&] { j.press(Qt::Key_4); });
        QVERIFY(answers);
        QCOMPARE(int(answers->question.direction), int(Direction::OutputToInputs));

        // A click keeps the place whatever the mouse does then; with Shift another joins it; a drag takes many.
        j.press(Qt::Key_2);
        j.click(canvas, middle);
        QVERIFY(j.document().selection().locked());
        const auto locked = question(j).elements;
        QCOMPARE(locked.size(), size_t(1));
        j.point(canvas, middle + QPoint(80, 0));
        QCOMPARE(question(j).elements, locked);
        QVERIFY2(j.shown("accent").contains("locked"), qPrintable(j.shown("accent")));
        j.click(canvas, middle + QPoint(80, 0), Qt::ShiftModifier);
        QCOMPARE(question(j).elements.size(), size_t(2));
        j.press(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(question(j).elements, locked);
        QTest::keySequence(j.window().windowHandle(), j.window().action("redo")->shortcut()); // each desktop has its own
        QCOMPARE(question(j).elements.size(), size_t(2));
        j.drag(canvas, middle, middle + QPoint(90, 70));
        QVERIFY(question(j).elements.size() > 3);
        j.press(Qt::Key_Escape);
        QVERIFY(!j.document().selection().locked());
        QVERIFY(j.document().isOpen());

        // How it is drawn.
        j.press(Qt::Key_4);
        QVERIFY(j.until([&] { return !canvas->overlay().isNull(); }));
        const QImage plain = canvas->grab().toImage();
        j.press(Qt::Key_C);
        QVERIFY(look(j).contours);
        QVERIFY(j.until([&] { return canvas->grab().toImage() != plain; }, 5000));
        j.press(Qt::Key_T, Qt::ControlModifier);
        QVERIFY(canvas->overlay().isNull());
        j.press(Qt::Key_T, Qt::ControlModifier);
        QVERIFY(!canvas->overlay().isNull());

        // One layer, one head of it, and all again.
        const MapPtr whole = j.document().map();
        const MapPtr layer = j.mapAfter([&] { j.press(Qt::Key_Up, Qt::ControlModifier); });
        QVERIFY(layer);
        QCOMPARE(int(layer->question.through), int(Through::OneLayer));
        const MapPtr head = j.mapAfter([&] { j.press(Qt::Key_BracketRight); });
        QVERIFY(head);
        QCOMPARE(*head->question.layerHead, 0);
        QVERIFY(j.mapAfter([&] { j.press(Qt::Key_Backslash); }));
        QVERIFY(j.until([&] { return j.document().map()->weights.values == whole->weights.values; }));

        // A, B and their difference.
        j.press(Qt::Key_P);
        QCOMPARE(j.document().pinned(), j.document().map());
        QVERIFY(j.mapAfter([&] { j.press(Qt::Key_1); }));
        View view = j.document().selection().view();
        comparedAreExported(j);
        view.look.compare = Compare::Difference;
        j.document().selection().change(view, "comparison");
        const ShownMap difference = shownMap(j.document());
        QVERIFY2(difference.title.startsWith("A − B"), qPrintable(difference.title));
        for (size_t i = 0; i < difference.weights.values.size(); ++i)
            QCOMPARE(difference.weights.values[i],
                j.document().pinned()->weights.values[i] - j.document().map()->weights.values[i]);
        j.press(Qt::Key_Z, Qt::ControlModifier);
        j.press(Qt::Key_P);
        QVERIFY(!j.document().pinned());

        // Left out: the answer before stands beside the one after.
        j.press(Qt::Key_2);
        j.drag(canvas, middle - QPoint(120, 90), middle + QPoint(120, 90));
        j.press(Qt::Key_K);
        QVERIFY(j.until([&] { return j.document().analysis()->before && !j.document().runs(); }));
        QVERIFY(j.says("answer", "was "));
        QVERIFY(j.says("answer", "Without "));
        QVERIFY(j.document().analysis()->shares.front().probability
            != j.document().analysis()->before->shares.front().probability);
        j.press(Qt::Key_F5);
        QVERIFY(j.until([&] { return j.document().analysis() && !j.document().analysis()->before; }));

        j.press(Qt::Key_4);
        QVERIFY(j.until([&] { return !canvas->overlay().isNull() && !j.document().selection().previews(); }));
        exportsAre(j);
        sessionGivesTheSameView(j);
        Journey::tellLag("picture");
    }

    // No mouse at all: from the start page to a kept place and an exported file.
    void pictureByKeyboard()
    {
        Journey j;
        const auto focused = [&](const char* name) {
            for (int i = 0; i < 60; ++i) {
                QWidget* now = QApplication::focusWidget();
                if (now && now->accessibleName().startsWith(name))
                    return true;
                j.press(Qt::Key_Tab);
            }
            return false;
        };
        QVERIFY(focused("What looks at you?"));
        j.press(Qt::Key_Space);
        QVERIFY(j.answered());
        QVERIFY2(focused("The picture"), "no way to the picture by Tab");
        j.press(Qt::Key_2);
        const MapPtr first = j.mapAfter([&] { j.press(Qt::Key_Right); });
        QVERIFY(first);
        const MapPtr second = j.mapAfter([&] { j.press(Qt::Key_Down, Qt::ShiftModifier); });
        QVERIFY(second && second->question.elements != first->question.elements);
        j.press(Qt::Key_Return);
        QVERIFY(j.document().selection().locked());
        QCOMPARE(question(j).elements, second->question.elements);
        j.press(Qt::Key_Left);
        j.press(Qt::Key_Return, Qt::ShiftModifier);
        QCOMPARE(question(j).elements.size(), size_t(2));
        const QString out = j.file("by keys.csv");
        j.nextFileDialog(out);
        j.press(Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier); // it lies over the latents, not the picture
        QVERIFY2(QFile::exists(out), qPrintable(j.status()));
        j.press(Qt::Key_Escape);
        QVERIFY(!j.document().selection().locked());
        j.press(Qt::Key_Escape);
        QVERIFY(!j.document().isOpen());
        Journey::tellLag("picture by keyboard");
    }

    // What was painted once in the theme's colours is painted again in the next one's.
    void themeIsSwitched()
    {
        Journey j;
        const auto darkAndBright = [&](const QWidget* widget, QRect part) {
            const QImage picture = const_cast<QWidget*>(widget)->grab(part).toImage();
            int low = 255, high = 0;
            for (int y = 0; y < picture.height(); ++y)
                for (int x = 0; x < picture.width(); ++x) {
                    low = std::min(low, qGray(picture.pixel(x, y)));
                    high = std::max(high, qGray(picture.pixel(x, y)));
                }
            return std::pair(low, high);
        };
        QLabel* thumbnail = j.window().findChildren<QLabel*>("thumbnail").last();
        for (const ui::Theme theme : {ui::Theme::Dark, ui::Theme::Light, ui::Theme::Dark}) {
            ui::applyTheme(theme);
            QTest::qWait(20);
            const int ground = qGray(thumbnail->pixmap().toImage().pixel(4, 4));
            QVERIFY2((ground > 128) == (theme == ui::Theme::Light), qPrintable(QString::number(ground)));
        }
        // The chosen line of what was opened can be read in both.
        QVERIFY(j.drop({j.save("a.png", journey::noise({30, 20})), j.save("b.png", journey::noise({31, 20}))}));
        QVERIFY(j.until([&] { return j.window().sources().list().count(ItemState::Done) == 2; }));
        auto* list = j.window().findChild<ui::SourcePanel*>()->findChild<QListView*>();
        QVERIFY(j.until([&] { return list->selectionModel()->hasSelection() && list->isVisible(); }, 5000));
        const QRect chosen = list->visualRect(list->selectionModel()->selectedIndexes().first());
        for (const ui::Theme theme : {ui::Theme::Light, ui::Theme::Dark}) {
            ui::applyTheme(theme);
            QTest::qWait(20);
            const auto [low, high] = darkAndBright(list->viewport(), chosen);
            QVERIFY2(high - low > 120, qPrintable(QString("%1 to %2").arg(low).arg(high)));
        }
        ui::applyTheme();
    }

    // Both of redo's keys, and the sheet under F1 has them.
    void redoByKeys()
    {
        Journey j;
        QVERIFY(j.drop({j.save("one.png", journey::noise({40, 30}))}));
        QVERIFY(j.answered());
        j.press(Qt::Key_C);
        for (const auto& [key, modifiers] : {std::pair(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier),
                 std::pair(Qt::Key_Y, Qt::KeyboardModifiers(Qt::ControlModifier))}) {
            QVERIFY(look(j).contours);
            j.press(Qt::Key_Z, Qt::ControlModifier);
            QVERIFY(!look(j).contours);
            j.press(key, modifiers);
        }
        QVERIFY(look(j).contours);
        ui::ShortcutSheet sheet(j.window().actionList(), {}, nullptr);
        const QString line = sheet.text().section("Redo", 0, 0).section('\n', -1);
        QVERIFY2(line.contains("Ctrl+Shift+Z") && line.contains("Ctrl+Y"), qPrintable(sheet.text()));
    }

private:
    static const MapQuestion& question(Journey& j) { return j.document().selection().view().question; }
    static const Look& look(Journey& j) { return j.document().selection().view().look; }

    static void exportsAre(Journey& j)
    {
        const MapPtr map = j.document().map();
        QVERIFY(map);
        const auto out = [&](const char* extension) { return j.file(QString("out.%1").arg(extension)); };
        for (const char* extension : {"png", "svg", "pdf", "csv", "npy"})
            QVERIFY2(j.window().exportTo(out(extension)), qPrintable(j.status()));
        ui::Exporter exporter(j.document());
        QCOMPARE(QImage(out("png")).size(), app::exports::pagePicture(exporter.shown(*j.window().currentScene())).size());
        QVERIFY(QImage(out("png")).width() > 451);
        QCOMPARE(checks::wrongWithXml(out("svg")), QString());
        QVERIFY(checks::content(out("pdf")).startsWith("%PDF-"));
        const auto csv = checks::readCsv(out("csv"));
        QCOMPARE(csv.count, int64_t(map->weights.size()));
        QVERIFY2(std::abs(csv.sum - map->sum) < 1e-5, qPrintable(QString("%1 %2").arg(csv.sum).arg(map->sum)));
        QCOMPARE(checks::npyShape(out("npy")),
            QString("(%1,%2,)").arg(map->weights.shape[0]).arg(map->weights.shape[1]));
        QVERIFY(checks::content(out("npy")).endsWith(QByteArray(
            reinterpret_cast<const char*>(map->weights.values.data()), qsizetype(map->weights.values.size() * 4))));
    }

    // Three maps beside one another are three columns; a map that is not drawn is not what is shown.
    static void comparedAreExported(Journey& j)
    {
        const auto csv = [&] { return checks::content(j.file("shown.csv")); };
        QVERIFY2(j.window().exportTo(j.file("shown.csv")), qPrintable(j.status()));
        QCOMPARE(csv().split('\n').first(), QByteArray("row,column,A,B,A-B"));
        const QList<QByteArray> first = csv().split('\n').at(1).split(',');
        QCOMPARE(first[2].toFloat(), j.document().pinned()->weights.values[0]);
        QCOMPARE(first[3].toFloat(), j.document().map()->weights.values[0]);
        j.press(Qt::Key_T, Qt::ControlModifier);
        QVERIFY(!j.window().exportTo(j.file("off.csv")));
        QVERIFY2(j.window().exportTo(j.file("map.csv"), true), qPrintable(j.status()));
        QVERIFY(checks::content(j.file("map.csv")).startsWith("row,column,weight\n"));
        j.press(Qt::Key_T, Qt::ControlModifier);
    }

    static void sessionGivesTheSameView(Journey& j)
    {
        ui::Canvas* canvas = j.window().findChild<ui::PictureScene*>()->canvas();
        j.press(Qt::Key_2);
        j.click(canvas, QPoint(canvas->width() / 2, canvas->height() / 2));
        QVERIFY(j.document().selection().locked());
        const View kept = j.document().selection().view();
        QVERIFY(kept.look.contours);
        const QString session = j.file("kept.pscope");
        QVERIFY2(j.window().saveSession(session), qPrintable(j.status()));
        QVERIFY(j.reopen());
        QVERIFY(!j.document().isOpen());
        QVERIFY(j.drop({session}));
        QVERIFY(j.answered());
        QVERIFY(j.until([&] { return j.document().selection().view() == kept && j.document().map()
                    && j.document().map()->question == kept.question; }));
        QCOMPARE(QFileInfo(j.document().files().value(0)).fileName(), QString("chelsea.png"));
    }
};

int main(int argc, char** argv)
{
    TestJourneys test;
    return journey::run(argc, argv, test);
}

#include "test_journeys.moc"
