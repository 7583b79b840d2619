// The flow panel without a screen: what it says equals the figures, its scale is asked for once per change, and
// everything is reached and read with the keyboard. With a folder in PERCEIVERSCOPE_SHOTS it leaves pictures of itself
// there.
#include "tests/app/flow_fields.h"
#include "ui/panels/flow_charts.h"
#include "ui/panels/flow_panel.h"
#include "ui/theme.h"

#include <QApplication>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHelpEvent>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QToolTip>
#include <QtTest>

using app::views::FlowScale;
using app::views::FlowShown;
using app::views::shown;

namespace {

// 60 vectors at rest, 30 right by 2, 9 up by 4, one unknown.
FlowShown pair()
{
    FlowShown parts;
    parts.flow = fields::still(10, 10);
    for (int i = 60; i < 90; ++i)
        parts.flow.uv[size_t(2 * i)] = 2;
    for (int i = 90; i < 99; ++i)
        parts.flow.uv[size_t(2 * i + 1)] = -4;
    parts.flow.uv[198] = NAN;
    parts.first = parts.second = engine::Image(10, 10);
    return parts;
}

} // namespace

class TestFlowPanel : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { ui::applyTheme(); }

    void init()
    {
        m_panel = std::make_unique<ui::FlowPanel>();
        m_panel->resize(300, 800);
        m_panel->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_panel.get()));
        m_mode = m_panel->findChild<QComboBox*>();
        m_value = m_panel->findChild<QDoubleSpinBox*>();
        m_find = m_panel->findChild<QPushButton*>();
        m_lengths = m_panel->findChild<ui::LengthChart*>();
        m_rose = m_panel->findChild<ui::DirectionRose*>();
    }

    void nothingIsSaid()
    {
        QVERIFY(seen().contains("No flow yet"));
        QVERIFY(!m_lengths->isVisible());
        m_panel->showFlow(shown(pair()));
        QVERIFY(!seen().contains("No flow yet"));
        QVERIFY(m_lengths->isVisible());
        m_panel->showFlow(nullptr);
        QVERIFY(seen().contains("No flow yet"));
        QVERIFY(!m_lengths->isVisible());
    }

    void numbersAreTheFigures()
    {
        m_panel->showFlow(shown(pair()));
        QCOMPARE(number("mean"), QString("0.97 px")); // 96 / 99
        QCOMPARE(number("median"), QString("0.00 px"));
        QCOMPARE(number("95th percentile"), QString("4.00 px"));
        QCOMPARE(number("largest"), QString("4.00 px"));
        QCOMPARE(number("unknown vectors"), QString("1"));
        QCOMPARE(number("→ right"), QString("62.5 %")); // 60 of 96
        QCOMPARE(number("↑ up"), QString("37.5 %"));
        QCOMPARE(number("← left"), QString("0.0 %"));
        QVERIFY(seen().contains("Full colour at 4.00 px"));
        FlowShown allKnown = pair();
        allKnown.flow.uv[198] = 0;
        m_panel->showFlow(shown(allKnown));
        QVERIFY(!seen().contains("unknown vectors"));
    }

    void diagonalsBelongToBothWays()
    {
        FlowShown parts;
        parts.flow = fields::still(1, 1, -1, 1); // 225 degrees: the bins are centred on tens, 230 is nearest
        m_panel->showFlow(shown(parts));
        QCOMPARE(number("↓ down"), QString("100.0 %"));
        parts.flow = fields::still(3, 1, 0, 1);
        parts.flow.uv[1] = -1; // one up, two down
        m_panel->showFlow(shown(parts));
        QCOMPARE(number("↓ down"), QString("66.7 %"));
        QCOMPARE(number("↑ up"), QString("33.3 %"));
    }

    void truthIsCompared()
    {
        FlowShown parts = pair();
        m_panel->showFlow(shown(parts));
        QVERIFY(seen().contains("Drop a .flo, .pfm, .exr or KITTI .png to compare"));
        parts.truth = fields::still(10, 10);
        parts.truthName = "flow10.flo";
        m_panel->showFlow(shown(parts));
        QVERIFY(!seen().contains("Drop a .flo"));
        QVERIFY(seen().contains("flow10.flo"));
        QCOMPARE(number("EPE px"), QString("0.97"));
        QCOMPARE(number("% > 1 px"), QString("39.4")); // 39 of 99
        QCOMPARE(number("% > 3 px"), QString("9.1"));
        QCOMPARE(number("Fl-all %"), QString("9.1"));
        parts.truth = fields::still(9, 10);
        m_panel->showFlow(shown(parts));
        QVERIFY2(seen().contains("Cannot compare: the true flow is 9 x 10"), qPrintable(seen()));
        QVERIFY(!seen().contains("EPE px"));
    }

    void occlusionIsAskedForOnce()
    {
        QSignalSpy asked(m_panel.get(), &ui::FlowPanel::occlusionAsked);
        FlowShown parts = pair();
        m_panel->showFlow(shown(parts));
        QCOMPARE(number("occluded"), QString("not known"));
        m_find->setFocus();
        QTest::keyClick(m_find, Qt::Key_Space);
        QTest::mouseClick(m_find, Qt::LeftButton);
        QCOMPARE(asked.size(), 1);
        QVERIFY(!m_find->isEnabled());
        parts.backward = fields::still(10, 10); // nothing that moves comes back
        m_panel->showFlow(shown(parts));
        QCOMPARE(number("occluded"), QString("39.4 %"));
        QVERIFY(!m_find->isVisible());
        parts.backward.reset();
        m_panel->showFlow(shown(parts));
        QVERIFY(m_find->isVisible() && m_find->isEnabled());
    }

    void scaleIsSignalledOncePerChange()
    {
        std::vector<FlowScale> asked;
        connect(m_panel.get(), &ui::FlowPanel::scaleChanged, this, [&](const FlowScale& s) { asked.push_back(s); });
        m_panel->showFlow(shown(pair()));
        m_panel->setScale({});
        QVERIFY(asked.empty());
        QVERIFY(!m_value->isEnabled());
        QCOMPARE(m_value->text(), QString("4.00 px"));

        m_mode->setFocus();
        QTest::keyClick(m_mode, Qt::Key_Down); // fixed, where the picture is
        QCOMPARE(asked.size(), size_t(1));
        QCOMPARE(asked.back(), (FlowScale{FlowScale::Mode::Fixed, 4, 99}));
        QVERIFY(m_value->isEnabled());
        m_value->setFocus();
        m_value->selectAll();
        QTest::keyClicks(m_value, "2.5");
        QCOMPARE(asked.size(), size_t(1)); // not yet
        QTest::keyClick(m_value, Qt::Key_Return);
        QCOMPARE(asked.size(), size_t(2));
        QCOMPARE(asked.back().fixed, 2.5f);
        QVERIFY(seen().contains("Full colour at 2.50 px"));

        QTest::keyClick(m_mode, Qt::Key_Down);
        QCOMPARE(asked.size(), size_t(3));
        QCOMPARE(asked.back().mode, FlowScale::Mode::Percentile);
        QCOMPARE(m_value->text(), QString("99.0 %"));
        m_value->setValue(80);
        QCOMPARE(asked.size(), size_t(4));
        QCOMPARE(asked.back().percentile, 80.0f);
        QVERIFY(seen().contains("Full colour at 2.00 px"));

        m_panel->setScale({FlowScale::Mode::Fixed, 7, 99});
        QCOMPARE(m_value->text(), QString("7.00 px"));
        m_panel->showNothing();
        QCOMPARE(m_panel->scale(), (FlowScale{FlowScale::Mode::Fixed, 7, 99}));
        QCOMPARE(m_value->text(), QString("7.00 px"));
        QCOMPARE(asked.size(), size_t(4));
    }

    void barsAreReadWithTheKeyboard()
    {
        m_panel->showFlow(shown(pair()));
        m_lengths->setFocus();
        QTest::keyClick(m_lengths, Qt::Key_Home);
        QCOMPARE(m_lengths->accessibleDescription(), QString("0.00 to 0.13 px: 60 vectors, 60.6 %"));
        QVERIFY(seen().contains(m_lengths->accessibleDescription()));
        QTest::keyClick(m_lengths, Qt::Key_Left);
        QCOMPARE(m_lengths->marked(), 0);
        QTest::keyClick(m_lengths, Qt::Key_End);
        QCOMPARE(m_lengths->accessibleDescription(), QString("3.88 to 4.00 px: 9 vectors, 9.1 %"));
        for (int i = 0; i < 15; ++i)
            QTest::keyClick(m_lengths, Qt::Key_Left);
        QCOMPARE(m_lengths->accessibleDescription(), QString("2.00 to 2.13 px: 30 vectors, 30.3 %"));
        m_rose->setFocus();
        QCOMPARE(m_lengths->marked(), -1);
        QTest::keyClick(m_rose, Qt::Key_Right);
        QCOMPARE(m_rose->accessibleDescription(), QString("0° (355° to 5°): 62.5 % of the motion"));
        m_panel->showFlow(shown(pair()));
        QCOMPARE(m_rose->marked(), -1);
    }

    void barsAreReadWithTheMouse()
    {
        m_panel->showFlow(shown(pair()));
        QCoreApplication::processEvents();
        const QPoint above = m_rose->rect().center() - QPoint(0, 20);
        QTest::mouseMove(m_rose, above);
        QTRY_COMPARE(m_rose->marked(), 9);
        QHelpEvent help(QEvent::ToolTip, above, m_rose->mapToGlobal(above));
        QCoreApplication::sendEvent(m_rose, &help);
        QCOMPARE(QToolTip::text(), QString("90° (85° to 95°): 37.5 % of the motion"));
        const QPoint last(m_lengths->width() - 8, m_lengths->height() / 2);
        QTest::mouseMove(m_lengths, last);
        QTRY_COMPARE(m_lengths->marked(), 31);
        QHelpEvent other(QEvent::ToolTip, last, m_lengths->mapToGlobal(last));
        QCoreApplication::sendEvent(m_lengths, &other);
        QVERIFY(QToolTip::text().contains("9 vectors"));
    }

    void keysGoThroughEverything()
    {
        m_panel->showFlow(shown(pair()));
        m_panel->setScale({FlowScale::Mode::Fixed, 3, 99});
        m_panel->activateWindow();
        m_lengths->setFocus();
        QWidget* const order[] = {m_lengths, m_find, m_rose, m_mode, m_value};
        for (QWidget* widget : order) {
            QCOMPARE(QApplication::focusWidget(), widget);
            QVERIFY(!widget->accessibleName().isEmpty() || widget == m_find);
            QTest::keyClick(widget, Qt::Key_Tab);
        }
        QCOMPARE(QApplication::focusWidget(), m_lengths);
    }

    // At its least width, with a scroll bar, too, and after what is shown has changed.
    void nothingIsCutOff()
    {
        FlowShown wide = pair();
        wide.truth = fields::still(10, 10, -100, 0);
        FlowShown quiet = pair();
        quiet.backward = fields::still(10, 10);
        for (const int height : {300, 900, 300}) {
            m_panel->resize(m_panel->minimumWidth(), height);
            for (const FlowShown& parts : {wide, quiet, wide}) {
                m_panel->showFlow(shown(parts));
                QTest::qWait(20);
                const auto* area = m_panel->findChild<QScrollArea*>();
                QCOMPARE(area->verticalScrollBar()->isVisible(), height == 300);
                QVERIFY2(area->widget()->width() <= area->viewport()->width(),
                    qPrintable(QString("%1 in %2").arg(area->widget()->width()).arg(area->viewport()->width())));
                for (const QLabel* label : m_panel->findChildren<QLabel*>())
                    if (label->isVisible())
                        QVERIFY2(label->wordWrap() ? label->heightForWidth(label->width()) <= label->height()
                                                   : label->sizeHint().width() <= label->width(),
                            qPrintable(label->text()));
            }
        }
    }

    void unknownEverywhere()
    {
        FlowShown parts;
        parts.flow = fields::still(3, 2, NAN, NAN);
        m_panel->showFlow(shown(parts));
        QCOMPARE(number("mean"), QString("unknown"));
        QCOMPARE(number("unknown vectors"), QString("6"));
        QVERIFY(!m_find->isVisible());
        m_lengths->setFocus();
        QTest::keyClick(m_lengths, Qt::Key_Right);
        QCOMPARE(m_lengths->marked(), -1);
        QVERIFY(!m_panel->grab().isNull());
    }

    void bothThemes_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }

    void bothThemes()
    {
        QFETCH(bool, dark);
        ui::applyTheme(dark ? ui::Theme::Dark : ui::Theme::Light);
        FlowShown parts = pair();
        if (const auto truth = fields::rubberWhale(); truth.ok()) {
            parts.flow = fields::coarse(truth.value());
            parts.truth = truth.value();
            parts.truthName = "flow10.flo";
        }
        m_panel->showFlow(shown(parts));
        m_lengths->setFocus();
        const QImage plain = m_panel->grab().toImage();
        QCOMPARE(plain.pixelColor(1, 1).lightness() < 128, dark);
        const QColor accent = m_panel->palette().color(QPalette::Highlight);
        const QPoint corner = m_lengths->mapTo(m_panel.get(), QPoint(0, 0));
        int bars = 0;
        for (int x = 0; x < m_lengths->width(); ++x)
            for (int y = 0; y < m_lengths->height(); ++y)
                bars += plain.pixelColor(corner + QPoint(x, y)) == accent;
        QVERIFY2(bars > 100, "the bars have the accent's colour");
        shoot(dark ? "panel-dark" : "panel-light");
        parts.truth.reset();
        parts.truthName.clear();
        parts.backward = fields::backwardOf(parts.flow);
        m_panel->showFlow(shown(parts));
        m_panel->setScale({FlowScale::Mode::Percentile, 10, 95});
        m_rose->setFocus();
        QTest::keyClick(m_rose, Qt::Key_Home);
        shoot(dark ? "panel-dark-2" : "panel-light-2");
    }

private:
    // All words that are on the screen.
    QString seen() const
    {
        QStringList words;
        for (const QLabel* label : m_panel->findChildren<QLabel*>())
            if (label->isVisible())
                words << label->text();
        return words.join('\n');
    }

    QString number(const QString& name) const
    {
        for (const QLabel* label : m_panel->findChildren<QLabel*>())
            if (label->accessibleName() == name && label->isVisible())
                return label->text();
        return "there is no " + name;
    }

    void shoot(const QString& name) const
    {
        QTest::qWait(20); // for the layout
        if (const QString folder = qEnvironmentVariable("PERCEIVERSCOPE_SHOTS"); !folder.isEmpty())
            QVERIFY(m_panel->grab().save(folder + "/" + name + ".png"));
    }

    std::unique_ptr<ui::FlowPanel> m_panel;
    QComboBox* m_mode = nullptr;
    QDoubleSpinBox* m_value = nullptr;
    QPushButton* m_find = nullptr;
    ui::LengthChart* m_lengths = nullptr;
    ui::DirectionRose* m_rose = nullptr;
};

QTEST_MAIN(TestFlowPanel)
#include "test_flow_panel.moc"
