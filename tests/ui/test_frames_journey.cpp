// Two small frames from the drop to the session that is opened again, with the truth, what is hidden, and the files.
#include "app/document/shown_map.h"
#include "app/formats/flow_files.h"
#include "tests/ui/export_checks.h"
#include "tests/ui/journey.h"
#include "ui/canvas/canvas.h"
#include "ui/exporter.h"
#include "ui/scenes/frames_scene.h"

#include <QAction>
#include <QToolButton>
#include <QtTest>

using namespace app::document;
using app::views::FlowView;
using journey::Journey;

namespace {

constexpr QSize kSize(96, 64);
constexpr int kMoved = 2;

} // namespace

class TestFramesJourney : public QObject {
    Q_OBJECT

private slots:
    void frames()
    {
        Journey j;
        QString promise;
        const QStringList pair{
            j.save("one.png", journey::noise(kSize)), j.save("two.png", journey::noise(kSize, kMoved))};
        QVERIFY(j.drop(pair, &promise));
        QCOMPARE(promise, QString("Two pictures: the motion from the first to the second, if they are of one size"));
        QVERIFY(j.answered());
        auto* scene = j.window().findChild<ui::FramesScene*>();
        QCOMPARE(static_cast<ui::SceneView*>(scene), j.window().currentScene());
        QVERIFY(j.says("answer", "Mean motion"));
        QVERIFY(scene->shown());
        ui::Canvas* canvas = scene->canvas();
        QCOMPARE(canvas->picture().size(), kSize);
        canvasAnswers(j, canvas);
        panesAreSwitched(j, scene);

        // A truth that was dropped: the error is shown, and the Motion panel has its figures.
        engine::FlowField truth(kSize.width(), kSize.height());
        for (size_t i = 0; i < truth.uv.size(); i += 2)
            truth.uv[i] = kMoved;
        QVERIFY(app::formats::writeFlow(j.file("truth.flo").toStdString(), truth).ok());
        QVERIFY(j.drop({j.file("truth.flo")}, &promise));
        QCOMPARE(promise, QString("A flow field: the ground truth of the two frames"));
        QVERIFY(j.until([&] { return scene->shown()->truth.has_value(); }, 5000));
        QCOMPARE(int(look(j).flow), int(FlowView::Error));
        QVERIFY2(j.status().contains("truth.flo"), qPrintable(j.status()));
        const auto& errors = scene->shown()->figures.errors;
        QVERIFY(errors);
        QVERIFY(std::isfinite(errors->epe) && errors->epe > 0);
        const QString epe = QString::number(errors->epe, 'f', 2);
        QVERIFY(j.says("flow", epe));
        j.point(canvas, QPoint(canvas->width() / 2, canvas->height() / 2));
        QVERIFY(j.until([&] { return j.shown("value").contains("truth"); }, 5000));

        // The way back, and what it says.
        QVERIFY(j.window().action("occlusion")->isEnabled());
        j.window().action("occlusion")->trigger();
        QVERIFY(j.until([&] { return j.document().analysis()->backward && !j.document().runs(); }));
        QCOMPARE(int(look(j).flow), int(FlowView::Occlusion));
        QVERIFY(scene->shown()->figures.occludedShare);
        QVERIFY(scene->shown()->truth); // is still compared

        exportsAre(j);
        sessionGivesTheSameView(j, canvas, pair);
        Journey::tellLag("two frames");
    }

private:
    static const MapQuestion& question(Journey& j) { return j.document().selection().view().question; }
    static const Look& look(Journey& j) { return j.document().selection().view().look; }
    static QPoint at(ui::Canvas* canvas, int x, int y) { return canvas->toWidget(QPointF(x + 0.5, y + 0.5)).toPoint(); }

    static void canvasAnswers(Journey& j, ui::Canvas* canvas)
    {
        j.press(Qt::Key_4);
        const MapPtr first = j.mapAfter([&] { j.point(canvas, at(canvas, 40, 30)); });
        QVERIFY(first);
        QCOMPARE(first->question.elements, std::vector<uint32_t>{30 * 96 + 40});
        QVERIFY(j.until([&] { return j.shown("value").contains("x 40 y 30"); }, 5000));
        const MapPtr second = j.mapAfter([&] { j.point(canvas, at(canvas, 60, 20)); });
        QVERIFY(second && second->weights.values != first->weights.values);
        // Both frames beneath show it.
        int overlaid = 0;
        for (ui::Canvas* pane : j.window().findChildren<ui::Canvas*>())
            overlaid += pane->accessibleName().contains("with the attention") && !pane->overlay().isNull();
        QCOMPARE(overlaid, 2);
        for (const Qt::Key key : {Qt::Key_2, Qt::Key_3, Qt::Key_5}) {
            j.press(key);
            QCOMPARE(int(question(j).direction), int(key) - int(Qt::Key_1));
            QVERIFY(j.mapAfter([&] { j.point(canvas, at(canvas, 30 + int(key) % 7, 40)); }));
        }
        QVERIFY(j.mapAfter([&] { j.press(Qt::Key_1); }));
        j.press(Qt::Key_4);
        j.click(canvas, at(canvas, 40, 30));
        QVERIFY(j.document().selection().locked());
        j.click(canvas, at(canvas, 50, 30), Qt::ShiftModifier);
        QCOMPARE(question(j).elements.size(), size_t(2));
        j.press(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(question(j).elements.size(), size_t(1));
        j.drag(canvas, at(canvas, 20, 20), at(canvas, 27, 23));
        QCOMPARE(question(j).elements.size(), size_t(8 * 4));
        QVERIFY(j.until([&] { return j.document().map() && j.document().map()->question == question(j); }));
        // Over several tiles, latents are one tile's: it is said which.
        const auto latentsAre = [&] {
            return j.document().map() && toOf(j.document().map()->question.direction) == Part::Latents
                && j.document().map()->question == question(j);
        };
        j.press(Qt::Key_3);
        QVERIFY(j.until(latentsAre));
        QVERIFY(!j.shown("accent").contains("tile"));
        j.drag(canvas, at(canvas, 2, 2), at(canvas, 90, 60));
        QVERIFY(j.until(latentsAre));
        QVERIFY(j.document().map()->tiles > 1);
        QVERIFY2(j.shown("accent").contains("tiles the one at x 0 y 0"), qPrintable(j.shown("accent")));
        QVERIFY(j.says("map", "tiles the one at x 0 y 0, about"));
        QVERIFY(shownMap(j.document()).more.contains("tiles the one at x 0 y 0"));
        j.press(Qt::Key_4);
        j.drag(canvas, at(canvas, 20, 20), at(canvas, 27, 23));
        QVERIFY(j.until([&] { return j.document().map() && j.document().map()->question == question(j); }));
        QVERIFY(!j.shown("accent").contains("tile"));
        // Left out, this tile is run again.
        j.press(Qt::Key_K);
        QVERIFY(j.until([&] { return j.document().analysis()->before && !j.document().runs(); }));
        QVERIFY(j.document().analysis()->changed);
        QVERIFY(j.says("answer", "Without it the motion in this tile changes by"));
        j.press(Qt::Key_F5);
        QVERIFY(j.until([&] { return j.document().analysis() && !j.document().analysis()->before; }));
        j.click(canvas, at(canvas, 40, 30));
        j.press(Qt::Key_Escape);
        QVERIFY(!j.document().selection().locked());
        QVERIFY(j.document().isOpen());
    }

    static void panesAreSwitched(Journey& j, ui::FramesScene* scene)
    {
        QStringList seen;
        for (QToolButton* button : scene->findChildren<QToolButton*>("segment")) {
            j.click(button, button->rect().center());
            QVERIFY2(button->isChecked(), qPrintable(button->text()));
            QVERIFY(!scene->shot().isNull());
            seen << button->text();
        }
        QCOMPARE(seen.size(), 12);
        QCOMPARE(int(look(j).frames), int(FramesPane::Slider));
        j.press(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(int(look(j).frames), int(FramesPane::Blink));
        const QImage first = scene->canvas()->picture();
        QVERIFY(j.until([&] { return scene->canvas()->picture() != first; }, 3000)); // it does blink
        QToolButton* motion = scene->findChildren<QToolButton*>("segment").first();
        j.click(motion, motion->rect().center());
    }

    static void exportsAre(Journey& j)
    {
        j.press(Qt::Key_4);
        auto* canvas = j.window().findChild<ui::FramesScene*>()->canvas();
        j.click(canvas, at(canvas, 40, 30));
        QVERIFY(j.until([&] { return j.document().map() && j.document().map()->question == question(j); }));
        const auto out = [&](const char* name) { return j.file(QString("out%1").arg(name)); };
        for (const char* name : {".png", ".svg", ".pdf"})
            QVERIFY2(j.window().exportTo(out(name)), qPrintable(j.status()));
        QVERIFY(!QImage(out(".png")).isNull());
        QCOMPARE(checks::wrongWithXml(out(".svg")), QString());
        QVERIFY(checks::content(out(".pdf")).startsWith("%PDF-"));
        tablesHoldWhatIsDrawn(j);
        for (const char* name : {"-map.csv", "-map.npy", "-map.png"})
            QVERIFY2(j.window().exportTo(out(name), true), qPrintable(j.status()));
        const MapPtr map = j.document().map();
        const auto& part = *map->part;
        QCOMPARE(checks::npyShape(out("-map.npy")), QString("(%1,%2,)").arg(part.height).arg(part.width));
        const auto csv = checks::readCsv(out("-map.csv"));
        QCOMPARE(csv.count, int64_t(part.width) * part.height);
        QVERIFY2(std::abs(csv.sum - map->sum) < 1e-4, qPrintable(QString("%1 %2").arg(csv.sum).arg(map->sum)));
        j.nextFileDialog(out(".flo"));
        j.window().action("export motion")->trigger();
        const auto flow = app::formats::readFlow(out(".flo").toStdString());
        QVERIFY(flow.ok());
        QCOMPARE(flow.value().uv, j.document().analysis()->flow->uv);
    }

    // The large pane's numbers, whatever map lies on the frames beneath; none of a frame as it is.
    static void tablesHoldWhatIsDrawn(Journey& j)
    {
        ui::Exporter exporter(j.document());
        const auto look = [&](FramesPane pane, FlowView view) {
            View v = j.document().selection().view();
            v.look.frames = pane;
            v.look.flow = view;
            j.document().selection().change(v, "pane");
            return exporter.numbers(*j.window().currentScene());
        };
        const QString csv = j.file("pane.csv"), npy = j.file("pane.npy");
        const auto head = [&] { return checks::content(csv).split('\n').first(); };
        QCOMPARE(look(FramesPane::Flow, FlowView::Occlusion), QString("hidden"));
        QVERIFY2(j.window().exportTo(csv) && j.window().exportTo(npy), qPrintable(j.status()));
        QCOMPARE(head(), QByteArray("row,column,hidden"));
        QCOMPARE(checks::npyShape(npy), QString("(%1,%2,)").arg(kSize.height()).arg(kSize.width()));
        QCOMPARE(look(FramesPane::Flow, FlowView::Colours), QString("u, v"));
        QVERIFY2(j.window().exportTo(csv) && j.window().exportTo(npy), qPrintable(j.status()));
        QCOMPARE(head(), QByteArray("row,column,u,v"));
        QCOMPARE(checks::readCsv(csv).count, int64_t(kSize.width()) * kSize.height());
        QCOMPARE(checks::npyShape(npy), QString("(%1,%2,2,)").arg(kSize.height()).arg(kSize.width()));
        const auto& uv = j.document().analysis()->flow->uv;
        QVERIFY(checks::content(npy).endsWith(
            QByteArray(reinterpret_cast<const char*>(uv.data()), qsizetype(uv.size() * sizeof(float)))));
        QCOMPARE(look(FramesPane::Slider, FlowView::Colours), QString());
        QVERIFY(!j.window().exportTo(csv));
        QVERIFY2(j.status().contains("without numbers"), qPrintable(j.status()));
        QVERIFY2(j.window().exportTo(j.file("pane.png")), qPrintable(j.status()));
        look(FramesPane::Flow, FlowView::Occlusion);
    }

    static void sessionGivesTheSameView(Journey& j, ui::Canvas* canvas, const QStringList& pair)
    {
        j.press(Qt::Key_C);
        j.click(canvas, at(canvas, 48, 32));
        const View kept = j.document().selection().view();
        QVERIFY(j.document().selection().locked() && kept.look.contours);
        const QString session = j.file("kept.pscope");
        QVERIFY2(j.window().saveSession(session), qPrintable(j.status()));
        QVERIFY(j.reopen());
        QVERIFY(j.drop({session}));
        QVERIFY(j.answered());
        QVERIFY(j.until([&] { return j.document().selection().view() == kept && j.document().map()
                    && j.document().map()->question == kept.question; }));
        QCOMPARE(j.document().files(), pair);
    }
};

int main(int argc, char** argv)
{
    TestFramesJourney test;
    return journey::run(argc, argv, test);
}

#include "test_frames_journey.moc"
