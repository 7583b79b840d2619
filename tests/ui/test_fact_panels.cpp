// The panels of facts without a screen: where the time of a run went, and the figure of the model. With a folder in
// PERCEIVERSCOPE_SHOTS they leave pictures of themselves there.
#include "tests/ui/fact_cases.h"
#include "ui/panels/model_figure_view.h"
#include "ui/panels/model_panel.h"
#include "ui/panels/number_texts.h"
#include "ui/panels/timings_model.h"
#include "ui/panels/timings_panel.h"
#include "ui/theme.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QListView>
#include <QMimeData>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QTableView>
#include <QTextBrowser>
#include <QToolButton>
#include <QtTest>
#include <cmath>

using namespace fact_cases;
using ui::FigurePart;
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
            const auto pass = std::find_if(kFlow.begin(), kFlow.end(), [&](const PassTime& p) { return at(0).toStdString() == p.name; });
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
        const QRgb accent = panel.palette().color(QPalette::Highlight).rgb(), track = panel.palette().color(QPalette::Mid).rgb();
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

    void everyNumberIsInTheFigure_data() { modelRows(); }
    void everyNumberIsInTheFigure()
    {
        QFETCH(QString, name);
        const ModelFacts& facts = kModels.at(name);
        for (const double width : {300., 900.}) {
            const ui::FigureLayout layout = ui::layOutFigure(facts, width, QApplication::font());
            std::map<FigurePart, QString> words;
            for (const auto& label : layout.labels)
                words[label.part] += " " + QString(label.text).replace('\n', ' ').replace(QChar(0xa0), ' ');
            const auto says = [&](FigurePart part, const QString& text) { return (words[part] + " ").contains(" " + text + " "); };
            const auto size = [](int64_t rows, int64_t columns) { return ui::groupedText(rows) + " × " + ui::groupedText(columns); };
            QVERIFY(says(FigurePart::Inputs, size(facts.inputs, facts.inputChannels)));
            QVERIFY(says(FigurePart::Latents, size(facts.latents, facts.latentChannels)));
            QVERIFY(says(FigurePart::Layers, "× " + ui::groupedText(facts.layers)));
            QVERIFY(says(FigurePart::Encoder, QString("%1 head").arg(facts.encoderHeads)) || says(FigurePart::Encoder, QString("%1 heads").arg(facts.encoderHeads)));
            if (facts.layers > 0)
                QVERIFY(words[FigurePart::Layers].contains(QString("%1 head").arg(facts.latentHeads)));
            if (facts.blocks > 1)
                QVERIFY(words[FigurePart::Layers].contains(QString("%1 layers, run %2 times with the same weights").arg(facts.layers / facts.blocks).arg(facts.blocks)));
            if (name == "bare") {
                QVERIFY(!words.contains(FigurePart::Decoder));
                QVERIFY(says(FigurePart::Outputs, size(facts.latents, facts.latentChannels)));
            } else if (facts.kind == "multimodal") { // of several widths
                QVERIFY(says(FigurePart::Outputs, ui::groupedText(facts.outputs)));
            } else {
                QVERIFY(says(FigurePart::Outputs, size(facts.outputs, facts.outputChannels)));
                QVERIFY(says(FigurePart::Queries, ui::groupedText(facts.outputs)));
                QVERIFY(words[FigurePart::Decoder].contains(QString("%1 head").arg(facts.decoderHeads)));
            }
        }
    }

    // At every width and size of font: no word on another, on an arrow or on a foreign box, none cut or outside.
    void figureKeepsItsWordsApart_data() { modelRows(); }
    void figureKeepsItsWordsApart()
    {
        QFETCH(QString, name);
        for (const double points : {7., 9., 10., 13., 20., 40.})
            for (const double width : {276., 300., 340., 420., 560., 620., 700., 780., 900., 1300., 2400.}) {
                QFont font = QApplication::font();
                font.setPointSizeF(points);
                const ui::FigureLayout layout = ui::layOutFigure(kModels.at(name), width, font);
                const QString wrong = wrongWith(layout);
                QVERIFY2(wrong.isEmpty(), qPrintable(QString("%1 at %2 pixels, %3 points: %4").arg(name).arg(width).arg(points).arg(wrong)));
            }
    }

    void arraysGrowWithTheLogarithm()
    {
        const auto layout = ui::layOutFigure(kModels.at("flow"), 420, QApplication::font());
        const auto box = [&](FigurePart part) {
            return std::find_if(layout.boxes.begin(), layout.boxes.end(), [&](const auto& b) { return b.part == part; })->rect;
        };
        const double cell = box(FigurePart::Latents).height() / 12; // 2048: one and eleven doublings
        QCOMPARE(box(FigurePart::Latents).width(), cell * 10); // 512
        QVERIFY(std::abs(box(FigurePart::Inputs).height() - cell * (1 + std::log2(182528.))) < 1e-6);
        QVERIFY(std::abs(box(FigurePart::Inputs).width() - cell * (1 + std::log2(322.))) < 1e-6);
    }

    void figureGoesSideBySideWhereThereIsRoom()
    {
        const QFont font = QApplication::font();
        QVERIFY(!ui::layOutFigure(kModels.at("flow"), 300, font).wide);
        QVERIFY(!ui::layOutFigure(kModels.at("flow"), 420, font).wide);
        QVERIFY(ui::layOutFigure(kModels.at("flow"), 900, font).wide);
    }

    void modelByKeyboardAndPointer()
    {
        ui::ModelPanel panel;
        panel.showModel(kModels.at("flow"), "Optical flow", "Its card", 1200000000);
        panel.resize(420, 900);
        panel.show();
        QVERIFY(QTest::qWaitForWindowExposed(&panel));
        auto* figure = panel.findChild<ui::ModelFigureView*>();
        QVERIFY(figure->accessibleDescription().contains("182,528 rows of 322 numbers"));
        QVERIFY(figure->accessibleDescription().contains("41,057,134 parameters"));
        const auto lessons = [&](const QString& text) {
            for (const QLabel* label : panel.findChildren<QLabel*>("quiet"))
                if (label->text() == text)
                    return true;
            return false;
        };
        panel.findChild<QToolButton*>()->setFocus();
        QTest::keyClick(panel.findChild<QToolButton*>(), Qt::Key_Tab, Qt::ShiftModifier);
        QVERIFY(figure->hasFocus());
        for (const FigurePart part : ui::figureParts(kModels.at("flow"))) {
            QCOMPARE(figure->lit(), std::optional(part));
            QVERIFY(lessons(ui::partSentence(kModels.at("flow"), part)));
            QCOMPARE(figure->accessibleName(), ui::partSentence(kModels.at("flow"), part));
            QTest::keyClick(figure, Qt::Key_Right);
        }
        QCOMPARE(figure->lit(), std::optional(FigurePart::Outputs)); // it stops there
        QTest::keyClick(figure, Qt::Key_Escape);
        QVERIFY(!figure->lit());
        for (const ui::FigureBox& box : figure->figureLayout().boxes) {
            QTest::mouseMove(figure, box.rect.center().toPoint());
            QCOMPARE(figure->lit(), std::optional(box.part));
        }
    }

    void costsAndCard()
    {
        ui::ModelPanel panel;
        panel.showModel(kModels.at("flow"), "Optical flow", "A [link](https://example.org/) and <b>tags</b>\n\n- item\n", 1234567890);
        panel.resize(420, 900);
        panel.show();
        QVERIFY(QTest::qWaitForWindowExposed(&panel));
        QStringList costs;
        for (const QLabel* label : panel.findChildren<QLabel*>("cost"))
            costs << label->text();
        QCOMPARE(costs, QStringList({"optical-flow", "41,057,134", "164.2 MB", "1.89 TFLOP", "1.2 GB"}));
        auto* card = panel.findChild<QTextBrowser*>();
        auto* head = panel.findChild<QToolButton*>();
        QVERIFY(!card->isVisible());
        QTest::mouseClick(head, Qt::LeftButton);
        QVERIFY(card->isVisible());
        QVERIFY(card->toPlainText().contains("<b>tags</b>")); // a card's HTML is text
        QTRY_VERIFY(card->height() >= card->document()->size().height());
        QSignalSpy asked(&panel, &ui::ModelPanel::linkAsked);
        emit card->anchorClicked(QUrl("https://example.org/"));
        QCOMPARE(asked.size(), 1);
        QVERIFY(card->toPlainText().startsWith("A link")); // it stays
        panel.showModel(kModels.at("bare"), "Bare", "", 0);
        QVERIFY(!head->isVisible() && !card->isVisible());
        QTRY_COMPARE(panel.findChildren<QLabel*>("cost").size(), 4);
        panel.showNothing();
        QVERIFY(!panel.findChild<QScrollArea*>()->isVisible());
    }

    void figureIsExported()
    {
        ui::ModelPanel panel;
        panel.showModel(kModels.at("fourier"), "Fourier", "", 0);
        for (const QSize size : {QSize(420, 800), QSize(900, 500), QSize(800, 200), QSize(200, 800)}) {
            const QImage image = panel.figure(size, 2);
            QCOMPARE(image.size(), size * 2);
            QCOMPARE(image.devicePixelRatio(), 2.0);
            const QRgb ground = panel.palette().color(QPalette::Window).rgb();
            int drawn = 0;
            for (int y = 0; y < image.height(); ++y)
                for (int x = 0; x < image.width(); ++x) {
                    const bool edge = x == 0 || y == 0 || x + 1 == image.width() || y + 1 == image.height();
                    QVERIFY(!edge || image.pixel(x, y) == ground); // nothing is cut off
                    drawn += image.pixel(x, y) != ground;
                }
            QVERIFY(drawn > image.width() * image.height() / 50);
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
            for (const auto& [name, facts] : kModels)
                for (const QSize size : {QSize(300, 1000), QSize(420, 1000), QSize(900, 900)}) {
                    ui::ModelPanel panel;
                    panel.showModel(facts, name, "- Data: pairs made from 79 wallpapers.\n- Cost: 41 + 33 minutes.\n", 1234567890);
                    if (name == "starter-flow")
                        panel.findChild<QToolButton*>()->setChecked(true);
                    panel.resize(size);
                    panel.show();
                    QVERIFY(QTest::qWaitForWindowExposed(&panel));
                    if (name == "flow")
                        QTest::mouseMove(panel.findChild<ui::ModelFigureView*>(), panel.figureView().figureLayout().boxes[2].rect.center().toPoint());
                    for (const double ratio : {1., 2.})
                        shoot(panel, QString("model-%1-%2-%3").arg(name, look).arg(size.width()), ratio);
                }
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

private:
    static void modelRows()
    {
        QTest::addColumn<QString>("name");
        for (const auto& [name, facts] : kModels)
            QTest::newRow(qPrintable(name)) << name;
    }

};

QTEST_MAIN(TestFactPanels)
#include "test_fact_panels.moc"
