// The item models behind the window's lists and tables, watched by Qt's own tester while answers, maps and files come
// and go.
#include "tests/ui/journey.h"
#include "ui/canvas/canvas.h"
#include "ui/panels/latents_panel.h"
#include "ui/panels/layers_panel.h"
#include "ui/panels/table_panel.h"
#include "ui/scenes/picture_scene.h"

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QDockWidget>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QtTest>

using namespace app::document;
using journey::Journey;

class TestLiveModels : public QObject {
    Q_OBJECT

private slots:
    void models()
    {
        Journey j;
        auto* latents = static_cast<ui::LatentsPanel*>(j.window().panel("latents"));
        auto* layers = static_cast<ui::LayersPanel*>(j.window().panel("layers"));
        auto* table = static_cast<ui::TablePanel*>(j.window().panel("table"));
        QAbstractItemModel* shelf = nullptr;
        for (QComboBox* box : j.window().findChildren<QComboBox*>())
            if (box->accessibleName() == "Model")
                shelf = box->model();
        QVERIFY(shelf);
        std::vector<std::unique_ptr<QAbstractItemModelTester>> testers;
        const auto watch = [&](QAbstractItemModel* model) {
            testers.push_back(std::make_unique<QAbstractItemModelTester>(
                model, QAbstractItemModelTester::FailureReportingMode::QtTest));
        };
        for (QAbstractItemModel* model : std::initializer_list<QAbstractItemModel*>{&latents->model(), &layers->model(),
                 &table->model(), &j.window().sources().list(), shelf})
            watch(model);
        for (QSortFilterProxyModel* proxy : j.window().findChildren<QSortFilterProxyModel*>())
            watch(proxy);

        const QString folder = PERCEIVERSCOPE_SOURCE_DIR "/assets/samples/";
        const QStringList openings[] = {{folder + "chelsea.png"}, {folder + "review.txt"},
            {j.save("one.png", journey::noise({96, 64})), j.save("two.png", journey::noise({96, 64}, 2))},
            {folder + "gap.txt"}};
        for (const QStringList& files : openings) {
            QVERIFY(j.drop(files));
            QVERIFY(j.until([&] { return j.document().files() == files && j.document().analysis() && !j.document().runs(); }));
            for (const char* panel : {"layers", "table", "latents"}) {
                auto* dock = qobject_cast<QDockWidget*>(j.window().panel(panel)->parentWidget());
                QVERIFY(dock);
                dock->show();
                dock->raise();
                QTest::qWait(20);
            }
            for (int d = 0; d < kDirections; ++d) {
                j.document().selection().setDirection(Direction(d));
                const bool one = fromOf(Direction(d)) == Part::Outputs && j.document().analysis()->outputs == 1;
                j.document().selection().point(fromOf(Direction(d)), {one ? 0 : uint32_t(1 + d)});
                const MapQuestion asked = *j.document().selection().asked();
                QVERIFY(j.until([&] { return j.document().map() && j.document().map()->question == asked; }));
            }
            QVERIFY(j.until([&] { return latents->model().rowCount() > 0; }));
            j.document().selection().leave();
        }
        QVERIFY(j.drop({folder + "chelsea.png", folder + "review.txt", folder + "coffee.png"}));
        SourceList& list = j.window().sources().list();
        QVERIFY(j.until([&] { return list.rowCount() == 4 + 3; }));
        QVERIFY(j.until([&] { return list.count(ItemState::Waiting) + list.count(ItemState::Running) == 0; }));
        j.window().sources().show(0);
        QVERIFY(j.answered());
        j.window().sources().clear();
        QCOMPARE(list.rowCount(), 0);
        Journey::tellLag("models watched");
    }
};

int main(int argc, char** argv)
{
    TestLiveModels test;
    return journey::run(argc, argv, test);
}

#include "test_live_models.moc"
