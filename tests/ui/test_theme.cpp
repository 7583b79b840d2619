// Two looks, each legible and each complete: contrast by the formula of WCAG 2.1, and a change of theme that leaves no
// widget behind.
#include "tests/ui/gallery.h"
#include "ui/theme.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>
#include <QtTest>
#include <cmath>

namespace {

// https://www.w3.org/TR/WCAG21/#dfn-relative-luminance
double luminance(const QColor& colour)
{
    const auto linear = [](double c) { return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

double contrast(const QColor& a, const QColor& b)
{
    const auto [dark, bright] = std::minmax({luminance(a), luminance(b)});
    return (bright + 0.05) / (dark + 0.05);
}

class Painted : public QWidget {
public:
    int changes = 0;

protected:
    void changeEvent(QEvent* event) override
    {
        changes += event->type() == QEvent::PaletteChange;
        QWidget::changeEvent(event);
    }
};

double brightness(const QWidget& widget, QPoint at)
{
    return const_cast<QWidget&>(widget).grab(QRect(at, QSize(1, 1))).toImage().pixelColor(0, 0).lightnessF();
}

} // namespace

class TestTheme : public QObject {
    Q_OBJECT

private slots:
    void measuresContrast()
    {
        QVERIFY(std::abs(contrast(Qt::white, Qt::black) - 21) < 1e-3);
        QVERIFY(std::abs(contrast("#767676", Qt::white) - 4.54) < 5e-3); // the known last grey that passes
        QCOMPARE(contrast("#123456", "#123456"), 1.0);
    }

    void isLegible_data()
    {
        QTest::addColumn<QColor>("above");
        QTest::addColumn<QColor>("ground");
        QTest::addColumn<double>("least");
        for (const bool dark : {true, false}) {
            const ui::Colours& c = dark ? ui::darkColours() : ui::lightColours();
            const std::pair<const char*, QColor> grounds[] = {{"ground", c.ground}, {"surface", c.surface},
                {"raised", c.raised}, {"hover", c.hover}, {"chosen", c.chosen}};
            const auto add = [&](const char* above, const QColor& colour, const char* name, const QColor& ground,
                                 double least) {
                QTest::addRow("%s: %s on %s", dark ? "dark" : "light", above, name) << colour << ground << least;
            };
            for (const auto& [name, ground] : grounds) {
                add("text", c.text, name, ground, 4.5);
                add("quiet", c.quiet, name, ground, 4.5);
                add("accent", c.accent, name, ground, 4.5);
            }
            for (const auto& [name, ground] : {grounds[0], grounds[1], grounds[2]})
                add("edge", c.edge, name, ground, 3);
            // What is disabled need not pass, but may be read.
            for (const auto& [name, ground] : {grounds[0], grounds[1]})
                add("faint", c.faint, name, ground, 2.5);
            add("onAccent", c.onAccent, "accent", c.accent, 4.5);
            add("onAccent", c.onAccent, "accent under the pointer", dark ? c.accent.lighter(110) : c.accent.darker(110),
                4.5);
            add("onAccent", c.onAccent, "accent pressed", dark ? c.accent.lighter(120) : c.accent.darker(120), 4.5);
            const QPalette palette = ui::paletteOf(c);
            for (const auto& [text, ground] : {std::pair(QPalette::WindowText, QPalette::Window),
                     std::pair(QPalette::Text, QPalette::Base), std::pair(QPalette::Text, QPalette::AlternateBase),
                     std::pair(QPalette::ButtonText, QPalette::Button),
                     std::pair(QPalette::ToolTipText, QPalette::ToolTipBase),
                     std::pair(QPalette::HighlightedText, QPalette::Highlight),
                     std::pair(QPalette::PlaceholderText, QPalette::Base), std::pair(QPalette::Link, QPalette::Window)})
                QTest::addRow("%s: palette %d on %d", dark ? "dark" : "light", text, ground)
                    << palette.color(text) << palette.color(ground) << 4.5;
        }
    }

    void isLegible()
    {
        QFETCH(QColor, above);
        QFETCH(QColor, ground);
        QFETCH(double, least);
        const double found = contrast(above, ground);
        QVERIFY2(found >= least, qPrintable(QString("%1 on %2: %3").arg(above.name(), ground.name()).arg(found)));
    }

    // The desktop's palette as it is at the start, and as it is when it changes.
    void followsTheDesktop()
    {
        QApplication::setPalette(QPalette(QColor("#202020"))); // a dark desktop
        ui::applyTheme();
        QVERIFY(ui::isDark());
        ui::applyTheme(ui::Theme::Light);
        QVERIFY(!ui::isDark());
        ui::applyTheme(ui::Theme::System);
        QVERIFY(ui::isDark());
        QApplication::setPalette(QPalette(QColor("#e0e0e0"))); // it becomes a light one
        QTRY_VERIFY(!ui::isDark());
        QCOMPARE(QApplication::palette().color(QPalette::Window), ui::lightColours().ground);
        ui::applyTheme(ui::Theme::Dark);
        QApplication::setPalette(QPalette(QColor("#f0f0f0"))); // not asked now
        QTRY_COMPARE(QApplication::palette().color(QPalette::Window), ui::darkColours().ground);
        QVERIFY(ui::isDark());
        ui::applyTheme();
        QVERIFY(!ui::isDark());
        QCOMPARE(ui::theme(), ui::Theme::System);
    }

    // The platform tells its windows; this one has a light palette under ours.
    void asksThePlatform()
    {
        QApplication::setPalette(QPalette(QColor("#202020")));
        QTRY_VERIFY(ui::isDark());
        QWidget window;
        window.show();
        QEvent told(QEvent::ThemeChange);
        QCoreApplication::sendEvent(window.windowHandle(), &told);
        QTRY_VERIFY(!ui::isDark());
    }

    void switchReachesEveryWidget()
    {
        ui::applyTheme(ui::Theme::Light);
        gallery::Gallery gallery;
        auto* painted = new Painted;
        painted->setParent(&gallery);
        Painted alone;
        gallery.show();
        alone.show();
        QVERIFY(QTest::qWaitForWindowExposed(&gallery));
        for (const auto theme : {ui::Theme::Dark, ui::Theme::Light, ui::Theme::Dark}) {
            painted->changes = alone.changes = 0;
            ui::applyTheme(theme);
            QVERIFY(painted->changes > 0);
            QVERIFY(alone.changes > 0);
            const QPalette wanted = ui::paletteOf(ui::colours());
            const QList<QColor> grounds = {ui::colours().surface, ui::colours().hover, ui::colours().chosen};
            for (const QWidget* widget : gallery.findChildren<QWidget*>()) {
                const QString who = QString("%1 %2").arg(widget->metaObject()->className(), widget->objectName());
                for (const auto role : {QPalette::Window, QPalette::Base, QPalette::Button, QPalette::Highlight}) {
                    const QColor found = widget->palette().color(QPalette::Active, role);
                    // The sheet may have set another of our grounds, or none.
                    QVERIFY2(found == wanted.color(role) || grounds.contains(found) || found.alpha() == 0,
                        qPrintable(QString("%1 %2 %3").arg(who).arg(role).arg(found.name())));
                }
                const QColor text = widget->palette().color(QPalette::Active, QPalette::WindowText);
                QVERIFY2(contrast(text, ui::colours().ground) > 2.4, qPrintable(who));
            }
            // And they are painted so.
            const bool dark = theme == ui::Theme::Dark;
            for (const QWidget* widget : std::initializer_list<QWidget*> {gallery.findChild<QToolButton*>("segment"),
                     gallery.findChild<QPushButton*>("focused"), gallery.findChild<QPushButton*>("card"),
                     gallery.findChild<QLineEdit*>(), gallery.findChild<QAbstractItemView*>()->viewport()})
                QCOMPARE(brightness(*widget, QPoint(8, 5)) < 0.5, dark);
        }
    }

    // Ends round, the middle straight; which is an end, their places say.
    void segmentsAreJoined()
    {
        ui::applyTheme(ui::Theme::Light);
        gallery::Gallery gallery;
        gallery.show();
        const auto buttons = gallery.findChildren<QToolButton*>("segment");
        QCOMPARE(buttons.size(), 4);
        const auto corner = [&](const QToolButton* button, bool left) {
            const QPoint at(left ? 0 : button->width() - 1, 0);
            return gallery.grab(QRect(button->mapTo(&gallery, at), QSize(1, 1))).toImage().pixelColor(0, 0);
        };
        const QColor ground = ui::colours().ground;
        QCOMPARE(corner(buttons[0], true), ground);
        QVERIFY(corner(buttons[0], false) != ground);
        QVERIFY(corner(buttons[1], true) != ground);
        QVERIFY(corner(buttons[1], false) != ground);
        QCOMPARE(corner(buttons[3], false), ground);
        buttons[3]->hide();
        QTRY_COMPARE(corner(buttons[2], false), ground);
    }

    void keyboardFocusShows()
    {
        ui::applyTheme(ui::Theme::Dark);
        gallery::Gallery gallery;
        gallery.show();
        gallery.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&gallery));
        auto* button = gallery.findChild<QPushButton*>("focused");
        const auto edge = [&] {
            return button->grab().toImage().pixelColor(button->width() / 2, 0);
        };
        QVERIFY(edge() != ui::colours().accent);
        for (int i = 0; i < 50 && !button->hasFocus(); ++i)
            QTest::keyClick(gallery.focusWidget() ? gallery.focusWidget() : &gallery, Qt::Key_Tab);
        QVERIFY(button->hasFocus());
        QCOMPARE(edge(), ui::colours().accent);
    }
};

QTEST_MAIN(TestTheme)
#include "test_theme.moc"
