// How the window looks at the size it opens with: what lines up, what fits, and that nothing is cut. Interface thread.
#include "tests/ui/journey.h"
#include "ui/canvas/canvas.h"
#include "ui/panels/model_figure_view.h"
#include "ui/panels/model_panel.h"
#include "ui/panels/models_panel.h"
#include "ui/scenes/byte_bars.h"
#include "ui/scenes/frames_scene.h"
#include "ui/scenes/picture_scene.h"
#include "ui/theme.h"

#include <QAction>
#include <QComboBox>
#include <QDialog>
#include <QDockWidget>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QTableView>
#include <QToolButton>
#include <QtTest>

using namespace app::document;
using journey::Journey;

namespace {

const QString kSamples = PERCEIVERSCOPE_SOURCE_DIR "/assets/samples/";
const QStringList kPicture{kSamples + "chelsea.png"}, kText{kSamples + "gap.txt"},
    kFrames{kSamples + "rubberwhale1.png", kSamples + "rubberwhale2.png"};

ui::Panel* raised(Journey& j, const char* id)
{
    ui::Panel* panel = j.window().panel(id);
    auto* dock = qobject_cast<QDockWidget*>(panel->parentWidget());
    dock->show();
    dock->raise();
    QTest::qWait(50);
    return panel;
}

bool opens(Journey& j, const QStringList& files)
{
    j.window().open(files);
    return j.until([&] { return j.document().files() == files; }) && j.answered();
}

QList<QLabel*> textsIn(QWidget* widget)
{
    QList<QLabel*> shown;
    for (QLabel* label : widget->findChildren<QLabel*>())
        if (label->isVisible() && !label->text().isEmpty())
            shown << label;
    return shown;
}

} // namespace

class TestLooks : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { ui::applyTheme(ui::Theme::Dark); }

    // The sentence stands at one place, whatever stands beside it.
    void statusLineKeepsItsPlace()
    {
        Journey j;
        auto* status = j.window().findChild<QLabel*>("status");
        const auto left = [&] { return status->mapTo(&j.window(), QPoint()).x(); };
        const int start = left();
        QVERIFY2(std::abs(start - ui::kPanelEdge) <= 2, qPrintable(QString::number(start)));
        for (const QStringList& files : {kText, kPicture}) {
            QVERIFY(opens(j, files));
            QTest::qWait(50);
            QCOMPARE(left(), start);
        }
        j.press(Qt::Key_2);
        auto* canvas = j.window().findChild<ui::PictureScene*>()->canvas();
        j.click(canvas, canvas->rect().center());
        QVERIFY(j.document().selection().locked());
        QVERIFY(j.shown("accent").contains("locked"));
        QCOMPARE(left(), start);
    }

    // All keys and gestures are on one sheet; where they do not fit it scrolls, and shows that it does.
    void keysFitTheWindow()
    {
        Journey j;
        j.window().resize(1280, 800);
        j.window().action("keys")->trigger();
        QTest::qWait(100);
        QWidget* sheet = QApplication::activeModalWidget();
        QVERIFY(sheet);
        auto* scroll = sheet->findChild<QScrollArea*>();
        QVERIFY(scroll->verticalScrollBar()->maximum() == 0 || scroll->verticalScrollBar()->isVisible());
        QVERIFY(sheet->height() <= 800);
        static_cast<QDialog*>(sheet)->reject();
    }

    // Every panel's words begin as far from its rim as its title does.
    void panelsHaveOneEdge()
    {
        Journey j;
        QVERIFY(opens(j, kPicture));
        for (const ui::PanelInfo& info : ui::panels()) {
            ui::Panel* panel = raised(j, info.id);
            int least = 1000;
            for (const QLabel* label : textsIn(panel))
                least = std::min(least, label->mapTo(panel, QPoint()).x());
            for (const QToolButton* button : panel->findChildren<QToolButton*>("segment"))
                least = button->isVisible() ? std::min(least, button->mapTo(panel, QPoint()).x()) : least;
            QVERIFY2(least == ui::kPanelEdge, qPrintable(QString("%1: %2").arg(info.id).arg(least)));
        }
    }

    // At the size the window opens with.
    void panelsHaveTheRoomTheyNeed()
    {
        Journey j;
        QCOMPARE(j.window().size(), QSize(1240, 760));
        QVERIFY(opens(j, kPicture));
        QCOMPARE(raised(j, "answer")->findChild<QScrollArea*>()->verticalScrollBar()->maximum(), 0);
        auto* layers = raised(j, "layers")->findChild<QTableView*>();
        QVERIFY(j.until([&] { return layers->model()->rowCount() > 0; }, 20'000));
        QTest::qWait(50);
        QCOMPARE(layers->verticalScrollBar()->maximum(), 0);
        QCOMPARE(layers->horizontalScrollBar()->maximum(), 0);
        auto* model = raised(j, "model")->findChild<ui::ModelFigureView*>();
        QVERIFY2(model->visibleRegion().boundingRect().height() >= model->height() * 3 / 4,
            "most of the figure is seen without scrolling");
        auto* latents = raised(j, "latents")->findChild<QListView*>();
        QVERIFY(latents->viewport()->height() > 72);
        QVERIFY2(j.window().currentScene()->width() > 800 && j.window().currentScene()->height() > 320,
            qPrintable(QString("the picture is the largest thing: %1 x %2")
                           .arg(j.window().currentScene()->width())
                           .arg(j.window().currentScene()->height())));
        Journey frames; // without the list of what was opened
        QVERIFY(opens(frames, kFrames));
        QVERIFY2(raised(frames, "flow")->height() > 300, qPrintable(QString::number(raised(frames, "flow")->height())));
        QVERIFY2(frames.window().currentScene()->width() > 800, "the motion is the largest thing");
        QCOMPARE(raised(frames, "answer")->findChild<QScrollArea*>()->verticalScrollBar()->maximum(), 0);
    }

    // A pinned map of two frames: A, B and A - B over frame 1; without it, frame 2 is there again.
    void framesAreCompared()
    {
        Journey j;
        QVERIFY(
            opens(j, {j.save("one.png", journey::noise({96, 64})), j.save("two.png", journey::noise({96, 64}, 2))}));
        auto* scene = j.window().findChild<ui::FramesScene*>();
        const auto seen = [&](const char* name) {
            for (ui::Canvas* canvas : scene->findChildren<ui::Canvas*>())
                if (canvas->accessibleName() == name)
                    return canvas->isVisible() ? canvas : nullptr;
            return static_cast<ui::Canvas*>(nullptr);
        };
        constexpr const char *kA = "Frame 1 with the pinned map A", *kDifference = "Frame 1 with the difference A − B";
        ui::Canvas* canvas = scene->canvas();
        QVERIFY(!seen(kA) && seen("Frame 2 with the attention"));
        j.press(Qt::Key_4);
        const auto ask = [&](int x, int y) {
            return j.mapAfter([&] { j.point(canvas, canvas->toWidget(QPointF(x + 0.5, y + 0.5)).toPoint()); });
        };
        QVERIFY(ask(30, 30));
        j.document().pin();
        QVERIFY(ask(50, 20));
        QVERIFY(j.until([&] { return seen(kA) && seen(kDifference); }, 5000));
        QVERIFY(!seen("Frame 2 with the attention"));
        QVERIFY(!seen(kA)->overlay().isNull() && !seen(kDifference)->overlay().isNull());
        QVERIFY(seen(kA)->overlay() != seen("Frame 1 with the attention")->overlay());
        const int a = seen(kA)->mapTo(scene, QPoint()).x(),
                  b = seen("Frame 1 with the attention")->mapTo(scene, QPoint()).x(),
                  difference = seen(kDifference)->mapTo(scene, QPoint()).x();
        QVERIFY(a < b && b < difference);
        j.document().pin();
        QVERIFY(j.until([&] { return !seen(kA) && seen("Frame 2 with the attention"); }, 5000));
    }

    // A pinned map of a text: a line of bars each for A, B and A - B, from the middle where it has a sign.
    void textsAreCompared()
    {
        Journey j;
        QVERIFY(opens(j, {j.write("note.txt", "A dull film.")}));
        QVERIFY(j.until([&] { return bool(j.document().map()); }));
        auto* bars = j.window().findChild<ui::ByteBars*>();
        QCOMPARE(bars->rows().size(), size_t(1));
        j.document().pin();
        QVERIFY(j.mapAfter([&] { j.press(Qt::Key_Up, Qt::ControlModifier); }));
        QCOMPARE(bars->rows().size(), size_t(3));
        QCOMPARE(bars->rows()[0].name + bars->rows()[1].name + bars->rows()[2].name, QString("ABA−B"));
        QVERIFY(bars->rows()[2].fromMiddle && !bars->rows()[0].fromMiddle);
        const auto &a = j.document().pinned()->weights.values, &b = j.document().map()->weights.values;
        for (int64_t byte = 0; byte < 12; ++byte) { // the larger one is above the middle
            const uint32_t token = *tokenOfByte(*j.document().analysis(), byte);
            const float shown = bars->rows()[2].shown[size_t(byte)] - 0.5f;
            QVERIFY(shown * (a[token] - b[token]) >= 0);
        }
        j.document().pin();
        QCOMPARE(bars->rows().size(), size_t(1));
    }

    void unmovedDifferenceHasAButton()
    {
        Journey j;
        const QImage first = journey::noise({96, 64});
        QVERIFY(opens(j, {j.save("one.png", first), j.save("two.png", first)}));
        auto* scene = j.window().findChild<ui::FramesScene*>();
        for (QToolButton* pane : scene->findChildren<QToolButton*>("segment"))
            if (pane->text() == "Unmoved")
                pane->click();
        QCOMPARE(int(j.document().selection().view().look.flow), int(app::views::FlowView::Unmoved));
        QVERIFY(j.until([&] { return scene->canvas()->picture().pixel(40, 30) == qRgb(0, 0, 0); }, 5000));
    }

    // A model is drawn before it answers: when it is chosen, pointed at in the bar's list, or picked in the panel.
    void modelIsShownBeforeItAnswers()
    {
        Journey j;
        j.window().open(kPicture);
        QVERIFY(j.until([&] { return j.document().isOpen(); }));
        QVERIFY(!j.document().analysis());
        auto* panel = static_cast<ui::ModelsPanel*>(raised(j, "model"));
        QCOMPARE(panel->shown(), QString("image"));
        QCOMPARE(panel->figure().figureView().facts().kind, std::string("image-conv"));
        QVERIFY(j.words("model").contains("Names one of 10 things"));
        QVERIFY(j.answered());
        const ModelFacts before = panel->figure().figureView().facts();
        QVERIFY(before == j.document().analysis()->facts);

        QComboBox *bar = nullptr, *list = panel->findChild<QComboBox*>();
        for (QComboBox* box : j.window().findChildren<QComboBox*>())
            if (box->accessibleName() == "Model")
                bar = box;
        QVERIFY(bar && list);
        // By the arrow keys in the open list; closing it looks back at what answers.
        bar->showPopup();
        emit bar->highlighted(bar->findText("text · starter"));
        QCOMPARE(panel->shown(), QString("text"));
        bar->hidePopup();
        QVERIFY(j.until([&] { return panel->shown() == "image"; }, 2000));
        // One that answers something else is drawn, too, says so, and cannot be used.
        list->setFocus();
        list->setCurrentIndex(list->findText("flow · starter"));
        emit list->activated(list->currentIndex());
        QCOMPARE(panel->figure().figureView().facts().kind, std::string("optical-flow"));
        QVERIFY2(j.words("model").contains("a picture is open"), qPrintable(j.words("model")));
        auto* use = panel->findChild<QPushButton*>();
        QVERIFY(use->isVisible() && !use->isEnabled());
    }
};

int main(int argc, char** argv)
{
    TestLooks test;
    return journey::run(argc, argv, test);
}

#include "test_looks.moc"
