// The palette of commands, the sheet of shortcuts and the about box, without a screen. With a folder in
// PERCEIVERSCOPE_SHOTS it leaves pictures of them and of a gallery of all widgets there, in both looks.
#include "tests/ui/gallery.h"
#include "ui/about.h"
#include "ui/action_facts.h"
#include "ui/command_model.h"
#include "ui/command_palette.h"
#include "ui/fuzzy_match.h"
#include "ui/shortcut_sheet.h"
#include "ui/theme.h"

#include <QAbstractItemModelTester>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QPointer>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QtTest>

namespace {

const QList<ui::Gesture> kGestures = {{"hover", "previews where an answer came from"}, {"click", "locks it"},
    {"shift-click", "adds to the selection"}, {"drag", "selects a rectangle, or a span of the text"},
    {"wheel", "zooms at the pointer"}, {"middle drag", "moves the picture"}};

QStringList rows(const QAbstractItemModel& model)
{
    QStringList texts;
    for (int i = 0; i < model.rowCount(); ++i)
        texts << model.index(i, 0).data().toString();
    return texts;
}

} // namespace

class TestPalette : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        QCoreApplication::setApplicationVersion("1.2.3");
        ui::applyTheme();
    }

    void init()
    {
        ui::CommandModel::forgetAll();
        m_window = std::make_unique<QWidget>();
        m_window->setGeometry(50, 40, 1000, 700);
        m_window->show();
        m_actions = gallery::makeActions(m_window.get());
    }

    void matchesInOrder_data()
    {
        QTest::addColumn<QString>("word");
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("kind"); // of a hundred; -1: none
        QTest::addColumn<QList<int>>("letters");
        QTest::newRow("start") << "op" << "Open camera" << 0 << QList<int> {0, 1};
        QTest::newRow("start of a later word") << "CAM" << "Open camera" << 0 << QList<int> {5, 6, 7};
        QTest::newRow("word start before an earlier inside") << "in" << "Main input" << 0 << QList<int> {5, 6};
        QTest::newRow("inside") << "amer" << "Open camera" << 1 << QList<int> {6, 7, 8, 9};
        QTest::newRow("letters") << "oc" << "Open camera" << 2 << QList<int> {0, 5};
        QTest::newRow("the tightest letters") << "ca" << "c xx xc xa" << 2 << QList<int> {6, 9};
        QTest::newRow("accents") << "tete" << "Tête 3" << 0 << QList<int> {0, 1, 2, 3};
        QTest::newRow("wrong order") << "po" << "Open" << -1 << QList<int>();
        QTest::newRow("too long") << "opens" << "Open" << -1 << QList<int>();
        QTest::newRow("no text") << "a" << "" << -1 << QList<int>();
    }

    void matchesInOrder()
    {
        QFETCH(QString, word);
        QFETCH(QString, text);
        const auto match = ui::fuzzyMatch(word, text);
        QTEST(match ? match->cost / 100 : -1, "kind");
        if (match)
            QTEST(match->letters, "letters");
    }

    void knowsItsActions()
    {
        QAction action("&Cut && paste…", this);
        QCOMPARE(ui::actionText(action), QString("Cut & paste…"));
        QCOMPARE(ui::actionTip(action), QString());
        action.setShortcut(QKeySequence("Ctrl+Shift+P"));
        action.setToolTip("Moves it (Ctrl+Shift+P)");
        QCOMPARE(ui::actionTip(action), QString("Moves it"));
        QCOMPARE(ui::keysOf(action.shortcut()), QStringList({"Ctrl", "Shift", "P"}));
        QCOMPARE(ui::keysOf(QKeySequence("Ctrl++")), QStringList({"Ctrl", "+"}));
        QCOMPARE(ui::keysOf(QKeySequence("Ctrl+K, G")), QStringList({"Ctrl", "K", "G"}));
        QAction separator(this);
        separator.setSeparator(true);
        QAction nameless(this);
        QCOMPARE(ui::commandsAmong({&action, &separator, &nameless, nullptr, &action}), QList<QAction*> {&action});
    }

    void modelFollowsItsActions()
    {
        ui::CommandModel model(m_actions);
        ui::CommandFilter filter(&model);
        QAbstractItemModelTester testsModel(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QAbstractItemModelTester testsFilter(&filter, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const qsizetype all = m_actions.size();
        QCOMPARE(filter.rowCount(), int(all));
        m_actions[2]->setVisible(false);
        QCOMPARE(filter.rowCount(), int(all) - 1);
        m_actions[2]->setVisible(true);
        delete m_actions.takeAt(1);
        QCOMPARE(filter.rowCount(), int(all) - 1);
        m_actions[0]->setText("Zebra");
        filter.setQuery("zeb");
        QCOMPARE(rows(filter), QStringList("Zebra"));
        m_actions[0]->setText("Horse");
        QCOMPARE(filter.rowCount(), 0);
        filter.setQuery("");
        QCOMPARE(filter.rowCount(), int(all) - 1);
    }

    void ranks()
    {
        ui::CommandModel model(m_actions);
        ui::CommandFilter filter(&model);
        filter.setQuery("in");
        const QStringList found = rows(filter);
        // Words that begin with it, as "inputs"; then those inside of a word, as "again"; letters in order at last.
        QVERIFY(found.indexOf("Latent → inputs") < found.indexOf("Run again"));
        QVERIFY(found.indexOf("Output → inputs") < found.indexOf("Run again"));
        QVERIFY(found.contains("Run again"));
        filter.setQuery("inputs lat");
        QCOMPARE(rows(filter).first(), QString("Latent → inputs"));
        filter.setQuery("lat inputs");
        QCOMPARE(rows(filter).first(), QString("Latent → inputs"));
        filter.setQuery("attention knock"); // one is its category
        QCOMPARE(rows(filter), QStringList("Knock out the selection"));
        filter.setQuery("caption"); // only its tooltip says so
        QCOMPARE(rows(filter), QStringList("Export what is shown…"));
        filter.setQuery("qqq");
        QCOMPARE(filter.rowCount(), 0);
    }

    void runsWhatWasChosen()
    {
        QPointer<ui::CommandPalette> palette = open();
        QSignalSpy spy(m_actions[6], &QAction::triggered);
        bool wasOpen = true;
        connect(m_actions[6], &QAction::triggered, this, [&] { wasOpen = palette && palette->isVisible(); });
        QTest::keyClicks(line(palette), "reset");
        QTest::keyClick(line(palette), Qt::Key_Return);
        QTRY_COMPARE(spy.size(), 1);
        QVERIFY(!wasOpen);
        QTRY_VERIFY(!palette);

        palette = open();
        QCOMPARE(current(palette), QString("Reset the layout")); // used last
        QTest::keyClick(line(palette), Qt::Key_Down);
        QCOMPARE(current(palette), QString("Open…"));
        palette->close();
    }

    void keysChoose()
    {
        QPointer<ui::CommandPalette> palette = open();
        QTest::keyClick(line(palette), Qt::Key_Up);
        QCOMPARE(current(palette), QString("Commands")); // around
        QTest::keyClick(line(palette), Qt::Key_Down);
        QCOMPARE(current(palette), QString("Open…"));
        QTest::keyClick(line(palette), Qt::Key_PageDown);
        const int page = list(palette)->currentIndex().row();
        QVERIFY2(page > 2 && page < m_actions.size() - 1, qPrintable(QString::number(page)));
        for (int i = 0; i < 5; ++i)
            QTest::keyClick(line(palette), Qt::Key_PageDown);
        QCOMPARE(current(palette), QString("Commands")); // the end, not around
        QTest::keyClick(line(palette), Qt::Key_PageUp);
        QCOMPARE(list(palette)->currentIndex().row(), int(m_actions.size()) - 1 - page);
        QVERIFY(line(palette)->accessibleDescription().startsWith(current(palette)));
        QTest::keyClick(line(palette), Qt::Key_Escape);
        QTRY_VERIFY(!palette);
    }

    void whatIsDisabledDoesNothing()
    {
        QPointer<ui::CommandPalette> palette = open();
        QSignalSpy spy(m_actions[13], &QAction::triggered);
        QTest::keyClicks(line(palette), "cancel");
        QCOMPARE(current(palette), QString("Cancel"));
        QTest::keyClick(line(palette), Qt::Key_Return);
        clickRow(palette, 0);
        QTest::qWait(20);
        QVERIFY(palette && palette->isVisible());
        QCOMPARE(spy.size(), 0);
        QVERIFY(list(palette)->currentIndex().data(Qt::AccessibleTextRole).toString().contains("not available"));
        m_actions[13]->setEnabled(true); // a run began meanwhile
        QTest::keyClick(line(palette), Qt::Key_Return);
        QTRY_COMPARE(spy.size(), 1);
    }

    void mouseChooses()
    {
        QPointer<ui::CommandPalette> palette = open();
        QSignalSpy spy(m_actions[1], &QAction::triggered);
        clickRow(palette, 1);
        QTRY_COMPARE(spy.size(), 1);
        QTRY_VERIFY(!palette);
    }

    void actionsMayGo()
    {
        QPointer<ui::CommandPalette> palette = open();
        clickRow(palette, 1);
        delete m_actions.takeAt(1); // before its turn came
        QTRY_VERIFY(!palette);
        palette = open();
        m_actions.clear();
        const auto children = m_window->findChildren<QAction*>();
        qDeleteAll(children);
        QCOMPARE(list(palette)->model()->rowCount(), 0);
        QTest::keyClick(line(palette), Qt::Key_Down);
        QTest::keyClick(line(palette), Qt::Key_Return);
        QVERIFY(palette->isVisible());
        palette->close();
    }

    void paletteStandsNearTheTop()
    {
        QPointer<ui::CommandPalette> palette = open();
        const QRect window = m_window->geometry();
        QVERIFY(palette->height() <= window.height() * 6 / 10);
        QVERIFY(std::abs(palette->geometry().center().x() - window.center().x()) <= 1);
        QVERIFY(palette->y() > window.top() && palette->y() < window.top() + window.height() / 4);
        const int high = palette->height();
        QTest::keyClicks(line(palette), "reset");
        QVERIFY(palette->height() < high / 2);
        QTest::keyClicks(line(palette), "qqq");
        QVERIFY(!list(palette)->isVisible());
        QVERIFY(palette->findChild<QLabel*>("quiet")->isVisible());
        for (const QWidget* widget : std::initializer_list<QWidget*> {palette, line(palette), list(palette)})
            QVERIFY(!widget->accessibleName().isEmpty());
        palette->close();
    }

    void sheetShowsWhatHasKeys()
    {
        ui::ShortcutSheet sheet(m_actions, kGestures, m_window.get());
        sheet.setAttribute(Qt::WA_DeleteOnClose, false);
        sheet.show();
        const QString text = sheet.text();
        for (const char* part : {"File\n  Ctrl+O        Open…\n  Ctrl+Shift+C  Open camera\n", "Esc / Ctrl+.", "Mouse\n",
                 "Shift+click  adds to the selection"})
            QVERIFY2(text.contains(part), qPrintable(text));
        QVERIFY(!text.contains("Reset the layout")); // it has none
        QLineEdit* search = sheet.findChild<QLineEdit*>();
        QCOMPARE(seenLines(sheet), QStringList()
                << "Open…" << "Open camera" << "Export what is shown…" << "Save session" << "Fit" << "Pixel grid"
                << "Latent → inputs" << "Output → inputs" << "Knock out the selection" << "Pin as A" << "Run again"
                << "Cancel" << "Keys and gestures" << "Commands" << "previews where an answer came from" << "locks it"
                << "adds to the selection" << "selects a rectangle, or a span of the text" << "zooms at the pointer"
                << "moves the picture");
        search->setText("shift");
        QCOMPARE(seenLines(sheet), QStringList({"Open camera", "Commands", "adds to the selection"}));
        search->setText("ctrl+shift p");
        QCOMPARE(seenLines(sheet), QStringList({"Open camera", "Commands"})); // p: of "Open", too
        search->setText("nothing like this");
        QCOMPARE(seenLines(sheet), QStringList());
        QCOMPARE(sheet.text(), text);
    }

    void sheetScrollsWhenSmall()
    {
        ui::ShortcutSheet sheet(m_actions, kGestures, m_window.get());
        sheet.setAttribute(Qt::WA_DeleteOnClose, false);
        sheet.resize(1100, 600);
        sheet.show();
        const auto columns = [&] {
            QSet<int> lefts;
            for (const QLabel* heading : sheet.findChildren<QLabel*>("heading"))
                lefts << heading->mapTo(&sheet, QPoint(0, 0)).x();
            return int(lefts.size());
        };
        QTRY_COMPARE(columns(), 3);
        const auto* area = sheet.findChild<QScrollArea*>();
        QCOMPARE(area->verticalScrollBar()->maximum(), 0);
        sheet.resize(400, 320);
        QTRY_COMPARE(columns(), 1);
        QTRY_VERIFY(area->verticalScrollBar()->maximum() > 0);
        QVERIFY(area->widget()->width() <= area->viewport()->width()); // nothing is cut at the side
    }

    void aboutNamesWhatItUses()
    {
        ui::showAbout(m_window.get());
        QPointer<QMessageBox> box = m_window->findChild<QMessageBox*>();
        QVERIFY(box && box->isVisible());
        QVERIFY(box->text().contains("1.2.3"));
        QVERIFY(!box->iconPixmap().isNull());
        for (const char* name : {"Qt", "Vulkan", "VkFFT", "stb", "OpenEXR", "JSON", "CLI11", "libzip", "libexif",
                 "libsndfile", "libswresample"})
            QVERIFY2(box->informativeText().contains(name), name);
        box->close();
        QTRY_VERIFY(!box);
    }

    void pictures()
    {
        const QString folder = qEnvironmentVariable("PERCEIVERSCOPE_SHOTS");
        if (folder.isEmpty())
            QSKIP("PERCEIVERSCOPE_SHOTS names no folder for pictures");
        for (const auto theme : {ui::Theme::Dark, ui::Theme::Light}) {
            ui::applyTheme(theme);
            const auto shoot = [&](QWidget* widget, const char* name) {
                QTest::qWait(100);
                const QString look = QString("%1-%2").arg(ui::isDark() ? "dark" : "light").arg(qApp->devicePixelRatio());
                QVERIFY(widget->grab().save(QString("%1/%2-%3.png").arg(folder, name, look)));
            };
            gallery::Gallery shown;
            shown.show();
            shown.activateWindow();
            QVERIFY(QTest::qWaitForWindowActive(&shown));
            auto* focused = shown.findChild<QPushButton*>("focused");
            for (int i = 0; i < 50 && !focused->hasFocus(); ++i)
                QTest::keyClick(shown.focusWidget() ? shown.focusWidget() : &shown, Qt::Key_Tab);
            shoot(&shown, "gallery");
            QMenu* menu = shown.menuBar()->actions().at(1)->menu();
            menu->popup(QPoint(0, 0));
            menu->setActiveAction(menu->actions().at(1));
            shoot(menu, "menu");
            menu->hide();
            QPointer<ui::CommandPalette> palette = open();
            shoot(palette, "palette");
            QTest::keyClicks(line(palette), "can");
            shoot(palette, "palette-typed");
            palette->close();
            ui::ShortcutSheet sheet(m_actions, kGestures, m_window.get());
            sheet.setAttribute(Qt::WA_DeleteOnClose, false);
            sheet.show();
            shoot(&sheet, "sheet");
            sheet.resize(420, 380);
            shoot(&sheet, "sheet-small");
            ui::showAbout(m_window.get());
            QPointer<QMessageBox> box = m_window->findChild<QMessageBox*>();
            shoot(box, "about");
            box->close();
        }
    }

private:
    QPointer<ui::CommandPalette> open()
    {
        auto* palette = new ui::CommandPalette(m_actions, m_window.get());
        palette->open();
        palette->activateWindow();
        if (!QTest::qWaitForWindowActive(palette))
            qFatal("the palette does not open");
        return palette;
    }
    static QLineEdit* line(const QDialog* dialog) { return dialog->findChild<QLineEdit*>(); }
    static QListView* list(const QDialog* dialog) { return dialog->findChild<QListView*>(); }
    static QString current(const QDialog* dialog) { return list(dialog)->currentIndex().data().toString(); }
    static void clickRow(const QDialog* dialog, int row)
    {
        QListView* view = list(dialog);
        const QPoint where = view->visualRect(view->model()->index(row, 0)).center();
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, where);
    }
    static QStringList seenLines(const ui::ShortcutSheet& sheet)
    {
        QStringList texts;
        for (const QLabel* label : sheet.findChildren<QLabel*>())
            if (label->isVisibleTo(&sheet) && label->wordWrap())
                texts << label->text();
        return texts;
    }

    std::unique_ptr<QWidget> m_window;
    QList<QAction*> m_actions;
};

QTEST_MAIN(TestPalette)
#include "test_palette.moc"
