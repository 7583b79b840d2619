// The panel of times without a screen: bars, table, keys and CSV, with the times of a real run. With a folder in
// PERCEIVERSCOPE_SHOTS it leaves pictures there.
#include "tests/ui/fact_cases.h"
#include "ui/panels/number_texts.h"
#include "ui/panels/timings_model.h"
#include "ui/panels/timings_panel.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QListView>
#include <QMimeData>
#include <QPushButton>
#include <QTableView>
#include <QToolButton>
#include <QtTest>
#include <cmath>

using namespace fact_cases;
using ui::TimingsModel;

namespace {

double number(QString text)
{
    return text.remove(',').section(' ', 0, 0).toDouble();
}

std::vector<std::vector<QString>> parsed(const QString& csv)
{
    std::vector<std::vector<QString>> rows;
    for (const QString& line : csv.split("\r\n", Qt::SkipEmptyParts)) {
        std::vector<QString> cells(1);
        bool inside = false;
        for (const QChar c : line) {
            if (c == '"') {
                if (!inside && !cells.back().isEmpty()) // a doubled quote
                    cells.back() += c;
                inside = !inside;
            } else if (c == ',' && !inside) {
                cells.emplace_back();
            } else {
                cells.back() += c;
            }
        }
        rows.push_back(cells);
    }
    return rows;
}

} // namespace

class TestFactPanels : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { setDark(true); }

    void numbersAreShort_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        const std::pair<QString, QString> rows[] = {
            {ui::groupedText(182528), "182,528"},
            {ui::groupedText(7), "7"},
            {ui::threeDigits(0), "0"},
            {ui::threeDigits(0.012345), "0.0123"},
            {ui::threeDigits(1.2345), "1.23"},
            {ui::threeDigits(9.996), "10.0"},
            {ui::threeDigits(99.96), "100"},
            {ui::threeDigits(25746.4), "25,746"},
            {ui::millisecondsText(0.0123), "12.3 ms"},
            {ui::flopText(1887e9), "1.89 TFLOP"},
            {ui::flopText(0.197394432e9), "0.197 GFLOP"},
            {ui::flopText(100), "0.000100 MFLOP"},
            {ui::percentText(0.3755), "37.5 %"},
            {ui::percentText(0.0001), "< 0.1 %"},
            {ui::percentText(0), "0.0 %"},
            {ui::byteText(999), "999 bytes"},
            {ui::byteText(164228536), "164.2 MB"},
            {ui::byteText(999999), "1.0 MB"},
        };
        for (const auto& [text, expected] : rows)
            QTest::newRow(qPrintable(expected)) << text << expected;
    }
    void numbersAreShort()
    {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        QCOMPARE(text, expected);
    }

    void timingsAreAnItemModel()
    {
        TimingsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setPasses(kFlow, kFlowSeconds);
        QCOMPARE(model.rowCount(), 7);
        QPersistentModelIndex latents;
        for (int row = 0; row < 7; ++row)
            if (model.index(row, 0).data() == "latent layers")
                latents = model.index(row, TimingsModel::Uses);
        QCOMPARE(latents.row(), 3);
        model.setOrder(TimingsModel::Order::ByFirstUse);
        QCOMPARE(latents.row(), 4); // what is selected stays selected
        QCOMPARE(latents.data().toString(), QString("636"));
        model.setPasses({}, 0);
        QCOMPARE(model.rowCount(), 0);
    }

    void timingsShowWhatWasGiven()
    {
        TimingsModel model;
        model.setPasses(kFlow, kFlowSeconds);
        double last = 1e9, sum = 0, shares = 0;
        for (int row = 0; row + 1 < model.rowCount(); ++row) {
            const auto at = [&](int column) { return model.index(row, column).data().toString(); };
            const auto pass = std::find_if(
                kFlow.begin(), kFlow.end(), [&](const PassTime& p) { return at(0).toStdString() == p.name; });
            QVERIFY(pass != kFlow.end());
            QVERIFY2(std::abs(number(at(1)) / (pass->seconds * 1000) - 1) < 5e-3, qPrintable(at(1)));
            QVERIFY(pass->seconds <= last);
            last = pass->seconds;
            sum += pass->seconds;
            shares += model.index(row, TimingsModel::Share).data(TimingsModel::ValueRole).toDouble();
            if (pass->flop > 0) {
                QVERIFY2(std::abs(number(at(3)) / (pass->flop / 1e9) - 1) < 5e-3, qPrintable(at(3)));
                QVERIFY2(std::abs(number(at(4)) / (pass->flop / 1e9 / pass->seconds) - 1) < 5e-3, qPrintable(at(4)));
            } else {
                QCOMPARE(at(4), QString("–"));
            }
            QCOMPARE(number(at(5)), double(pass->uses));
            const QString sentence = model.index(row, 0).data(Qt::AccessibleTextRole).toString();
            for (const int column : {0, 1, 2, 5})
                QVERIFY2(sentence.contains(at(column)), qPrintable(sentence));
            QVERIFY(model.index(row, 0).data(Qt::ToolTipRole).toString().startsWith(sentence));
        }
        const QModelIndex rest = model.index(6, TimingsModel::Milliseconds);
        QVERIFY(rest.data(TimingsModel::RestRole).toBool());
        QCOMPARE(rest.data(TimingsModel::ValueRole).toDouble(), (kFlowSeconds - sum) * 1000);
        shares += rest.siblingAtColumn(TimingsModel::Share).data(TimingsModel::ValueRole).toDouble();
        QVERIFY(std::abs(shares - 1) < 1e-12);
        QVERIFY(!model.index(5, 0).data(TimingsModel::RestRole).toBool());
    }

    // A clock that says less than the passes took: they are the whole, and nothing is left over.
    void passesLongerThanTheWhole()
    {
        TimingsModel model;
        model.setPasses({{"a", 2, 0, 1}, {"b", 6, 0, 1}}, 5);
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.index(0, TimingsModel::Share).data(TimingsModel::ValueRole).toDouble(), 0.75);
        model.setPasses({{"a", 0, 0, 0}}, 0);
        QCOMPARE(model.index(0, TimingsModel::Share).data(TimingsModel::ValueRole).toDouble(), 0.0);
    }

    void csvParsesBack()
    {
        TimingsModel model;
        auto passes = kFlow;
        passes.push_back({"a, \"b\"", 0.1, 3e9, 5});
        model.setPasses(passes, kFlowSeconds);
        model.setOrder(TimingsModel::Order::ByFirstUse);
        const auto rows = parsed(model.csv());
        QCOMPARE(rows.size(), passes.size() + 2);
        QCOMPARE(rows[0], (std::vector<QString>{"pass", "seconds", "share", "GFLOP", "GFLOP/s", "uses"}));
        for (size_t i = 0; i < passes.size(); ++i) {
            const auto& row = rows[i + 1];
            QCOMPARE(row[0].toStdString(), passes[i].name);
            QCOMPARE(row[1].toDouble(), passes[i].seconds);
            QCOMPARE(row[2].toDouble(), passes[i].seconds / kFlowSeconds);
            QCOMPARE(row[3].toDouble(), passes[i].flop / 1e9);
            QCOMPARE(row[4].isEmpty(), passes[i].flop == 0);
            QCOMPARE(row[5].toLongLong(), qlonglong(passes[i].uses));
        }
        QCOMPARE(rows.back()[0], QString("in no pass"));
        QVERIFY(rows.back()[5].isEmpty());
    }

    void timingsByKeyboard()
    {
        ui::TimingsPanel panel;
        panel.showTimings(kFlow, kFlowSeconds, "llvmpipe (LLVM 15.0.6, 256 bits)");
        panel.resize(panel.sizeHint());
        panel.show();
        QVERIFY(QTest::qWaitForWindowExposed(&panel));
        auto* bars = panel.findChild<QListView*>("bars");
        QApplication::clipboard()->clear();
        QTest::keyClick(bars, Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QApplication::clipboard()->text(), panel.csv()); // nothing selected: all
        QCOMPARE(QString::fromUtf8(QApplication::clipboard()->mimeData()->data("text/csv")), panel.csv());
        bars->setFocus();
        QTest::keyClick(bars, Qt::Key_Home);
        QTest::keyClick(bars, Qt::Key_Down);
        QCOMPARE(bars->currentIndex().data().toString(), QString("preprocess"));
        QTest::keyClick(bars, Qt::Key_C, Qt::ControlModifier);
        const auto rows = parsed(QApplication::clipboard()->text());
        QCOMPARE(rows.size(), size_t(2));
        QCOMPARE(rows[1][0], QString("preprocess"));

        panel.findChild<QComboBox*>()->setCurrentIndex(1);
        QCOMPARE(panel.model().index(0, 0).data().toString(), QString("image pyramid"));
        QCOMPARE(bars->currentIndex().data().toString(), QString("preprocess"));
        QVERIFY(panel.csv().indexOf("image pyramid") < panel.csv().indexOf("preprocess"));

        QSignalSpy asked(&panel, &ui::TimingsPanel::csvAsked);
        QTest::keyClick(panel.findChild<QPushButton*>(), Qt::Key_Space);
        QCOMPARE(asked.size(), 1);
        panel.showNothing();
        QVERIFY(!bars->isVisible());
        QTest::keyClick(&panel, Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(parsed(QApplication::clipboard()->text()).size(), size_t(2)); // not overwritten by nothing
    }

    // Of each row as long a bar as its share of the whole, in the accent colour.
    void barsAreAsLongAsTheirShares()
    {
        ui::TimingsPanel panel;
        panel.showTimings(kFlow, kFlowSeconds, "device");
        panel.resize(400, 700);
        panel.show();
        QVERIFY(QTest::qWaitForWindowExposed(&panel));
        auto* bars = panel.findChild<QListView*>("bars");
        const QImage image = bars->viewport()->grab().toImage();
        const QRgb accent = panel.palette().color(QPalette::Highlight).rgb(),
                   track = panel.palette().color(QPalette::Mid).rgb();
        for (int row = 0; row < 4; ++row) {
            const QRect place = bars->visualRect(panel.model().index(row, 0));
            int longest = 0, whole = 0;
            for (int y = place.top(); y <= place.bottom(); ++y) {
                int lit = 0, all = 0;
                for (int x = place.left(); x <= place.right(); ++x) {
                    lit += image.pixel(x, y) == accent;
                    all += image.pixel(x, y) == accent || image.pixel(x, y) == track;
                }
                longest = std::max(longest, lit);
                whole = std::max(whole, all);
            }
            const double share = panel.model().index(row, TimingsModel::Share).data(TimingsModel::ValueRole).toDouble();
            QVERIFY2(std::abs(longest - share * whole) <= 3, qPrintable(QString("%1 of %2").arg(longest).arg(whole)));
        }
    }

    // Not a check but for people to look at.
    void shotsOfBoth()
    {
        if (shots().isEmpty())
            QSKIP("PERCEIVERSCOPE_SHOTS names no folder");
        for (const bool dark : {true, false}) {
            setDark(dark);
            const QString look = dark ? "dark" : "light";
            for (const int width : {300, 420, 800}) {
                ui::TimingsPanel panel;
                panel.showTimings(kFlow, kFlowSeconds, "llvmpipe (LLVM 15.0.6, 256 bits)");
                panel.resize(width, 640);
                panel.show();
                QVERIFY(QTest::qWaitForWindowExposed(&panel));
                panel.findChild<QListView*>("bars")->setFocus();
                panel.findChild<QListView*>("bars")->setCurrentIndex(panel.model().index(1, 0));
                for (const double ratio : {1., 2.})
                    shoot(panel, QString("timings-%1-%2").arg(look).arg(width), ratio);
                panel.findChildren<QToolButton*>().at(1)->click();
                shoot(panel, QString("timings-table-%1-%2").arg(look).arg(width));
            }
        }
    }
};

QTEST_MAIN(TestFactPanels)
#include "test_fact_panels.moc"
