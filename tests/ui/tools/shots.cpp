#include "tests/ui/tools/shots.h"

#include "tests/ui/journey.h"
#include "ui/canvas/canvas.h"
#include "ui/panels/panel.h"
#include "ui/scenes/frames_scene.h"
#include "ui/scenes/picture_scene.h"
#include "ui/scenes/timeline.h"
#include "ui/scenes/timeline_strip.h"
#include "ui/theme.h"

#include <QAction>
#include <QDialog>
#include <QDir>
#include <QDockWidget>
#include <QTextStream>
#include <QToolButton>
#include <QtTest>

namespace tools {

namespace {

const QString kSamples = PERCEIVERSCOPE_SOURCE_DIR "/assets/samples/";

class Photographer {
public:
    Photographer(journey::Journey& journey, QString folder, QString scale)
        : m_journey(journey), m_folder(std::move(folder)), m_scale(std::move(scale))
    {
    }

    bool good() const { return m_good; }
    void opens(const QStringList& files)
    {
        m_journey.window().open(files);
        m_good &= m_journey.until([&] { return m_journey.document().files() == files; }) && m_journey.answered();
        m_journey.until([&] { return bool(m_journey.document().map()); }, 3000);
        QTest::qWait(400); // overviews
    }
    void takes(const QString& scene)
    {
        for (const ui::Theme theme : {ui::Theme::Dark, ui::Theme::Light}) {
            ui::applyTheme(theme);
            QTest::qWait(50);
            saves(scene, theme, m_journey.window());
        }
    }
    // A dialog over the window, opened anew in each theme.
    void takesDialog(const QString& scene, const QString& action)
    {
        for (const ui::Theme theme : {ui::Theme::Dark, ui::Theme::Light}) {
            ui::applyTheme(theme);
            m_journey.window().action(action)->trigger();
            QTest::qWait(100);
            QWidget* dialog = QApplication::activeModalWidget();
            m_good &= dialog != nullptr;
            if (!dialog)
                continue;
            saves(scene, theme, *dialog);
            dialog->close();
            QTest::qWait(20);
        }
    }
    void raises(const char* panel)
    {
        for (QWidget* each = m_journey.window().panel(panel); each; each = each->parentWidget())
            if (auto* dock = qobject_cast<QDockWidget*>(each)) {
                dock->show();
                dock->raise();
            }
        QTest::qWait(400); // what is computed for it alone
    }

private:
    void saves(const QString& scene, ui::Theme theme, QWidget& widget)
    {
        const QString name
            = QString("%1/%2-%3-%4x.png").arg(m_folder, scene, theme == ui::Theme::Dark ? "dark" : "light", m_scale);
        const bool saved = widget.grab().save(name);
        m_good &= saved;
        QTextStream(stdout) << (saved ? "" : "not written: ") << name << "\n";
    }

    journey::Journey& m_journey;
    QString m_folder, m_scale;
    bool m_good = true;
};

} // namespace

bool shoot(const QString& folder, const QString& scale)
{
    if (!QDir().mkpath(folder))
        return false;
    ui::applyTheme(ui::Theme::Dark);
    journey::Journey j;
    Photographer photographer(j, folder, scale);
    photographer.takes("start");
    photographer.opens({kSamples + "chelsea.png"});
    photographer.takes("picture");
    for (const char* panel : {"map", "spectrum", "timings", "model", "layers", "table"}) {
        photographer.raises(panel);
        photographer.takes(QString("picture-%1").arg(panel));
    }
    auto* canvas = j.window().findChild<ui::PictureScene*>()->canvas();
    j.press(Qt::Key_2);
    j.click(canvas, QPoint(canvas->width() / 2, canvas->height() / 2));
    QTest::qWait(300);
    photographer.takes("picture-locked");
    photographer.takesDialog("palette", "palette");
    photographer.takesDialog("keys", "keys");
    photographer.opens({kSamples + "gap.txt"});
    photographer.takes("text-gaps");
    photographer.opens({kSamples + "review.txt"});
    photographer.takes("text-mood");
    photographer.opens({kSamples + "rubberwhale1.png", kSamples + "rubberwhale2.png"});
    photographer.takes("frames");
    const auto panes = j.window().findChild<ui::FramesScene*>()->findChildren<QToolButton*>("segment");
    for (QToolButton* pane : panes) {
        pane->click();
        QTest::qWait(300);
        QString name = pane->text().toLower();
        photographer.takes("frames-" + name.replace(' ', '-').remove('|'));
    }
    j.window().open({j.write("sheet.xlsx", "PK")});
    QTest::qWait(100);
    photographer.takes("refused");
    return photographer.good();
}

bool shootVideo(const QString& folder, const QString& file)
{
    if (!QDir().mkpath(folder))
        return false;
    ui::applyTheme(ui::Theme::Dark);
    journey::Journey j;
    Photographer photographer(j, folder, "1");
    photographer.opens({file});
    photographer.takes("video-first");
    auto* timeline = j.window().findChild<ui::FramesScene*>()->timeline();
    timeline->setPlaying(true);
    const int64_t some = std::min<int64_t>(40, j.document().video()->pairs() - 1);
    j.until([&] { return j.document().question().frame.value_or(0) >= some || !timeline->playing(); }, 100'000);
    photographer.takes("video-playing");
    timeline->setPlaying(false);
    j.answered();
    j.until([&] { return j.document().video()->frames() > 0 && !j.document().runs(); }, 20'000);
    QTest::mouseMove(timeline->strip(), QPoint(int(timeline->strip()->xOf(some / 2)), 20));
    QTest::qWait(300);
    photographer.takes("video-paused");
    timeline->show(j.document().video()->pairs() / 2);
    j.until([&] { return !j.document().reads(); }, 20'000);
    photographer.takes("video-scrubbed");
    photographer.takesDialog("video-keys", "keys");
    return photographer.good();
}

} // namespace tools
