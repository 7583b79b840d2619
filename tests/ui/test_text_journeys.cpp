// Texts from the drop to the session that is opened again: one with hidden bytes, one with a mood.
#include "app/document/shown_map.h"
#include "tests/ui/export_checks.h"
#include "tests/ui/journey.h"
#include "ui/scenes/text_edit.h"

#include <QAction>
#include <QListView>
#include <QToolButton>
#include <QtTest>

using namespace app::document;
using journey::Journey;

class TestTextJourneys : public QObject {
    Q_OBJECT

private slots:
    void hiddenBytes()
    {
        Journey j;
        QString promise;
        QVERIFY(j.drop({j.write("gap.txt", "She opened the door and walked into [MASK][MASK][MASK] house.")}, &promise));
        QCOMPARE(promise, QString("A text"));
        QVERIFY(j.answered());
        QCOMPARE(j.document().analysis()->masked.size(), size_t(3));
        auto* edit = j.window().findChild<ui::TextEdit*>();
        const QString before = edit->toPlainText();

        // A byte that is pointed at asks what it was read by, and where its own guess came from.
        choose(j, "direction4");
        QVERIFY(j.mapAfter([&] { j.point(edit->viewport(), placeOf(edit, 40)); }));
        const MapPtr one = j.document().map();
        const MapPtr other = j.mapAfter([&] { j.point(edit->viewport(), placeOf(edit, 6)); });
        QVERIFY(other && other->question.elements != one->question.elements);
        QVERIFY(j.until([&] { return j.shown("value").contains("byte 6"); }, 5000));
        QVERIFY(!edit->extraSelections().isEmpty());
        for (int d = 0; d < kDirections; ++d) {
            choose(j, QString("direction%1").arg(d + 1));
            QCOMPARE(int(question(j).direction), d);
        }
        QCOMPARE(edit->toPlainText(), before);
        choose(j, "direction4");

        // Hidden by key, asked, guessed, filled in by a click.
        select(j, edit, 4, 10);
        j.press(Qt::Key_M, Qt::ControlModifier);
        QCOMPARE(edit->masks(), (std::vector<ui::TextEdit::Bytes>{{4, 10}}));
        j.press(Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(j.answered());
        QCOMPARE(j.document().analysis()->masked.size(), size_t(6 + 3));
        QVERIFY(j.until([&] { return !j.window().findChildren<QToolButton*>("guess").isEmpty(); }));
        QToolButton* guess = j.window().findChildren<QToolButton*>("guess").first();
        QVERIFY(j.until([&] { return !guess->visibleRegion().isEmpty(); }, 5000));
        const uint8_t byte = j.document().analysis()->masked.front().best.front().byte;
        j.click(guess, guess->rect().center());
        QVERIFY(j.until([&] { return j.document().analysis() && j.document().analysis()->masked.size() == 5 + 3; }));
        QCOMPARE(uint8_t(edit->bytes()[4]), byte);
        QCOMPARE(edit->masks(), (std::vector<ui::TextEdit::Bytes>{{5, 10}}));

        exportsAre(j);
        sessionGivesTheSameView(j);
        Journey::tellLag("text with hidden bytes");
    }

    void mood()
    {
        Journey j;
        QVERIFY(j.drop({PERCEIVERSCOPE_SOURCE_DIR "/assets/samples/review.txt"}));
        QVERIFY(j.answered());
        QVERIFY(j.says("answer", "positive"));
        auto* edit = j.window().findChild<ui::TextEdit*>();
        QVERIFY(j.until([&] { return !edit->extraSelections().isEmpty(); }));

        // The latents, pointed at: another map for another one.
        QListView* latents = nullptr;
        for (QListView* list : j.window().panel("latents")->findChildren<QListView*>())
            if (list->accessibleName() == "Small maps of the latents")
                latents = list;
        QVERIFY(latents);
        QVERIFY(j.until([&] { return latents->model()->rowCount() > 0; }));
        const auto place = [&](int row) { return latents->visualRect(latents->model()->index(row, 0)).center(); };
        const MapPtr one = j.mapAfter([&] { j.point(latents->viewport(), place(0)); });
QVERIFY(one);
        QCOMPARE(int(one->question.direction), int(Direction::LatentToInputs));
        const MapPtr other = j.mapAfter([&] { j.point(latents->viewport(), place(1)); });
        QVERIFY(other && other->question.elements != one->question.elements);
        j.click(latents->viewport(), place(1));
        QVERIFY(j.document().selection().locked());
        j.press(Qt::Key_K);
        QVERIFY(j.until([&] { return j.document().analysis()->before && !j.document().runs(); }));
        QVERIFY(j.says("answer", "Without one latent"));
        QVERIFY(j.says("answer", "was "));
        j.press(Qt::Key_Escape);
        QVERIFY(!j.document().selection().locked());

        // A byte is kept by a click, more of them with Shift.
        choose(j, "direction2");
        j.click(edit->viewport(), placeOf(edit, 3));
        QCOMPARE(question(j).elements.size(), size_t(1));
        j.click(edit->viewport(), placeOf(edit, 12), Qt::ShiftModifier);
        QCOMPARE(question(j).elements.size(), size_t(2));
        QTest::keySequence(j.window().windowHandle(), QKeySequence(Qt::Key_Escape));
        QVERIFY(!j.document().selection().locked());

        // What the colours mean is said of the question that is asked.
        j.click(edit->viewport(), placeOf(edit, 3));
        QVERIFY(j.says("answer", "is not coloured"));
        QVERIFY(!j.words("answer").contains("what the answer looked at"));
        j.press(Qt::Key_Escape);

        // One layer, one head, pinned against all.
        choose(j, "direction4");
        QVERIFY(j.says("answer", "coloured by what the answer looked at"));
        QVERIFY(j.until([&] { return j.document().map() && j.document().map()->question.direction == Direction::OutputToInputs; }));
        choose(j, "pin");
        QVERIFY(j.document().pinned());
        QVERIFY(j.mapAfter([&] { j.press(Qt::Key_Up, Qt::ControlModifier); }));
        View view = j.document().selection().view();
        view.look.compare = Compare::Difference;
        j.document().selection().change(view, "comparison");
        QVERIFY2(shownMap(j.document()).title.startsWith("A − B"), qPrintable(shownMap(j.document()).title));
        exportsAre(j);
        j.window().action("undo")->trigger(); // a session keeps no pinned map, and so no comparison
        QCOMPARE(int(j.document().selection().view().look.compare), int(Compare::B));
        sessionGivesTheSameView(j);
        Journey::tellLag("text with a mood");
    }

    // What is typed in a text is text, whatever the keys mean elsewhere.
    void typing()
    {
        Journey j;
        QVERIFY(j.drop({j.write("note.txt", "A dull film. ")}));
        QVERIFY(j.answered());
        auto* edit = j.window().findChild<ui::TextEdit*>();
        edit->setFocus();
        QTextCursor end = edit->textCursor();
        end.movePosition(QTextCursor::End);
        edit->setTextCursor(end);
        for (const char letter : {'1', '5', 'k', 'p', 'c', 'x', '[', ']', '\\'})
            QTest::keyClick(j.window().windowHandle(), letter);
        QCOMPARE(edit->toPlainText(), QString("A dull film. 15kpcx[]\\"));
        QVERIFY(!j.document().pinned());
        Journey::tellLag("typing");
    }

    // In a text that is typed into, the same keys ask with Alt.
    void keysWithAlt()
    {
        Journey j;
        QVERIFY(j.drop({j.write("note.txt", "A dull film. ")}));
        QVERIFY(j.answered());
        auto* edit = j.window().findChild<ui::TextEdit*>();
        edit->setFocus();
        for (int d : {0, 1, 3}) {
            j.press(Qt::Key(Qt::Key_1 + d), Qt::AltModifier);
            QCOMPARE(int(question(j).direction), d);
        }
        QVERIFY(j.until([&] { return bool(j.document().map()); }));
        j.press(Qt::Key_P, Qt::AltModifier);
        QVERIFY(j.document().pinned());
        QCOMPARE(edit->toPlainText(), QString("A dull film. "));
    }

private:
    static const MapQuestion& question(Journey& j) { return j.document().selection().view().question; }

    // By the bar's button: in a text that is edited, keys without Ctrl are letters.
    static void choose(Journey& j, const QString& id)
    {
        QAction* action = j.window().action(id);
        for (QToolButton* button : j.window().findChildren<QToolButton*>())
            if (button->defaultAction() == action && button->isVisible())
                return j.click(button, button->rect().center());
        QFAIL(qPrintable("no button for " + id));
    }

    // The middle of a letter, by its byte; of texts in ASCII.
    static QPoint placeOf(ui::TextEdit* edit, int position)
    {
        QTextCursor cursor(edit->document());
        cursor.setPosition(position);
        const QRect left = edit->cursorRect(cursor);
        cursor.setPosition(position + 1);
        const QRect right = edit->cursorRect(cursor);
        return {left.left() + std::max(2, (right.left() - left.left()) / 2), left.center().y()};
    }

    static void select(Journey& j, ui::TextEdit* edit, int from, int to)
    {
        QTextCursor cursor(edit->document());
        cursor.setPosition(from);
        const QRect first = edit->cursorRect(cursor);
        cursor.setPosition(to);
        const QRect last = edit->cursorRect(cursor);
        j.drag(edit->viewport(), first.center(), last.center());
        QCOMPARE(edit->textCursor().selectionStart(), from);
        QCOMPARE(edit->textCursor().selectionEnd(), to);
    }

    static void exportsAre(Journey& j)
    {
        QVERIFY(j.until([&] { return bool(j.document().map()); }));
        const auto out = [&](const char* extension) { return j.file(QString("out.%1").arg(extension)); };
        for (const char* extension : {"png", "svg", "pdf"})
            QVERIFY2(j.window().exportTo(out(extension)), qPrintable(j.status()));
        QVERIFY(!QImage(out("png")).isNull());
        QCOMPARE(checks::wrongWithXml(out("svg")), QString());
        QVERIFY(checks::content(out("pdf")).startsWith("%PDF-"));
        for (const char* extension : {"csv", "npy"})
            QVERIFY2(j.window().exportTo(out(extension)), qPrintable(j.status()));
        const ShownMap map = shownMap(j.document());
        const auto csv = checks::readCsv(out("csv"));
        QCOMPARE(csv.count, int64_t(map.weights.size()));
        double sum = 0;
        for (const float weight : map.weights.values)
            sum += double(weight);
        QVERIFY2(std::abs(csv.sum - sum) < 1e-5, qPrintable(QString("%1 %2").arg(csv.sum).arg(sum)));
        QCOMPARE(checks::npyShape(out("npy")), QString("(%1,)").arg(map.weights.size()));
    }

    static void sessionGivesTheSameView(Journey& j)
    {
        auto* edit = j.window().findChild<ui::TextEdit*>();
        const View kept = j.document().selection().view();
        const auto masks = edit->masks();
        const std::string text = edit->bytes();
        const QString session = j.file("kept.pscope");
        QVERIFY2(j.window().saveSession(session), qPrintable(j.status()));
        QVERIFY(j.reopen());
        edit = j.window().findChild<ui::TextEdit*>();
        QVERIFY(j.drop({session}));
        QVERIFY(j.answered());
        QVERIFY(j.until([&] { return j.document().selection().view() == kept; }, 10'000));
        QCOMPARE(edit->bytes(), text);
        QCOMPARE(edit->masks(), masks);
    }
};

int main(int argc, char** argv)
{
    TestTextJourneys test;
    return journey::run(argc, argv, test);
}

#include "test_text_journeys.moc"
