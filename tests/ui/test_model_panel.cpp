// The figure of a model and its panel without a screen: real sizes in it, words apart at every width, keys and pointer,
// costs, card, export. With a folder in PERCEIVERSCOPE_SHOTS it leaves pictures there.
#include "tests/ui/fact_cases.h"
#include "ui/panels/model_figure_view.h"
#include "ui/panels/model_panel.h"
#include "ui/panels/number_texts.h"

#include <QApplication>
#include <QLabel>
#include <QScrollArea>
#include <QTextBrowser>
#include <QToolButton>
#include <QtTest>
#include <cmath>

using namespace fact_cases;
using ui::FigurePart;

class TestModelPanel : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { setDark(true); }

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
            const auto says
                = [&](FigurePart part, const QString& text) { return (words[part] + " ").contains(" " + text + " "); };
            const auto size = [](int64_t rows, int64_t columns) {
                return ui::groupedText(rows) + " × " + ui::groupedText(columns);
            };
            QVERIFY(says(FigurePart::Inputs, size(facts.inputs, facts.inputChannels)));
            QVERIFY(says(FigurePart::Latents, size(facts.latents, facts.latentChannels)));
            QVERIFY(says(FigurePart::Layers, "× " + ui::groupedText(facts.layers)));
            QVERIFY(says(FigurePart::Encoder, QString("%1 head").arg(facts.encoderHeads))
                || says(FigurePart::Encoder, QString("%1 heads").arg(facts.encoderHeads)));
            if (facts.layers > 0)
                QVERIFY(words[FigurePart::Layers].contains(QString("%1 head").arg(facts.latentHeads)));
            if (facts.blocks > 1)
                QVERIFY(words[FigurePart::Layers].contains(QString("%1 layers, run %2 times with the same weights")
                                                               .arg(facts.layers / facts.blocks)
                                                               .arg(facts.blocks)));
            if (name == "bare") {
                QVERIFY(!words.contains(FigurePart::Decoder));
                QVERIFY(says(FigurePart::Outputs, size(facts.latents, facts.latentChannels)));
            } else if (facts.kind == "multimodal") { // of several widths
                QVERIFY(says(FigurePart::Outputs, ui::groupedText(facts.outputs)));
            } else {
                QVERIFY(says(FigurePart::Outputs, size(facts.outputs, facts.outputChannels)));
                QVERIFY(words[FigurePart::Queries].contains(ui::groupedText(facts.outputs)));
                QVERIFY(words[FigurePart::Decoder].contains(QString("%1 head").arg(facts.decoderHeads)));
            }
        }
    }

    // As wide as the table of the released models says (transformers' and DeepMind's code).
    void queriesAreAsWideAsTheModelHasThem()
    {
        const auto widthOf
            = [](const char* name) { return ui::arraySize(kModels.at(name), FigurePart::Queries).second; };
        QCOMPARE(widthOf("language"), int64_t(768));
        QCOMPARE(widthOf("fourier"), int64_t(1024));
        QCOMPARE(widthOf("flow"), int64_t(322));
        QCOMPARE(widthOf("starter-sentiment"), int64_t(192));
        QCOMPARE(widthOf("multimodal"), int64_t(0)); // not in the facts
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
                QVERIFY2(wrong.isEmpty(),
                    qPrintable(QString("%1 at %2 pixels, %3 points: %4").arg(name).arg(width).arg(points).arg(wrong)));
            }
    }

    void arraysGrowWithTheLogarithm()
    {
        const auto layout = ui::layOutFigure(kModels.at("flow"), 420, QApplication::font());
        const auto box = [&](FigurePart part) {
            return std::find_if(layout.boxes.begin(), layout.boxes.end(), [&](const auto& b) {
                return b.part == part;
            })->rect;
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
        panel.showModel(kModels.at("flow"), "Its card", 1200000000);
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
        panel.showModel(kModels.at("flow"),
            "A [link](https://example.org/) and <b>tags</b>\n\n- item\n", 1234567890);
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
        panel.showModel(kModels.at("bare"), "", 0);
        QVERIFY(!head->isVisible() && !card->isVisible());
        QTRY_COMPARE(panel.findChildren<QLabel*>("cost").size(), 4);
        panel.showNothing();
        QVERIFY(!panel.findChild<QScrollArea*>()->isVisible());
    }

    void figureIsExported()
    {
        ui::ModelPanel panel;
        panel.showModel(kModels.at("fourier"), "", 0);
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
                    panel.showModel(
                        facts, "- Data: pairs made from 79 wallpapers.\n- Cost: 41 + 33 minutes.\n", 1234567890);
                    if (name == "starter-flow")
                        panel.findChild<QToolButton*>()->setChecked(true);
                    panel.resize(size);
                    panel.show();
                    QVERIFY(QTest::qWaitForWindowExposed(&panel));
                    if (name == "flow")
                        QTest::mouseMove(panel.findChild<ui::ModelFigureView*>(),
                            panel.figureView().figureLayout().boxes[2].rect.center().toPoint());
                    for (const double ratio : {1., 2.})
                        shoot(panel, QString("model-%1-%2-%3").arg(name, look).arg(size.width()), ratio);
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

QTEST_MAIN(TestModelPanel)
#include "test_model_panel.moc"
