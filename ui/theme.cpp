#include "ui/theme.h"

#include <QApplication>
#include <QPalette>
#include <QStyleFactory>

namespace ui {

namespace {

struct Colours {
    const char *ground, *surface, *line, *text, *quiet, *accent;
};
constexpr Colours kDark = {"#17191e", "#1f232b", "#323844", "#e6e9ee", "#8f98a6", "#5bb8f5"};
constexpr Colours kLight = {"#f6f7f9", "#ffffff", "#d5dae1", "#1c2128", "#5d6773", "#1769aa"};

QPalette palette(const Colours& colours)
{
    QPalette p;
    for (const auto role : {QPalette::Window, QPalette::AlternateBase})
        p.setColor(role, colours.ground);
    for (const auto role : {QPalette::Base, QPalette::Button, QPalette::ToolTipBase})
        p.setColor(role, colours.surface);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText})
        p.setColor(role, colours.text);
    p.setColor(QPalette::PlaceholderText, colours.quiet);
    p.setColor(QPalette::Mid, colours.line);
    p.setColor(QPalette::Highlight, colours.accent);
    p.setColor(QPalette::HighlightedText, colours.ground);
    p.setColor(QPalette::Link, colours.accent);
    return p;
}

QString sheet(const Colours& colours)
{
    return QString(R"(
QToolBar, QStatusBar { background: %2; border: 0; }
QToolBar { border-bottom: 1px solid %3; padding: 6px 10px; spacing: 8px; }
QStatusBar { border-top: 1px solid %3; }
QStatusBar::item { border: 0; }
QToolBar QToolButton { border: 1px solid %3; border-radius: 6px; padding: 5px 12px; background: %1; }
QToolBar QToolButton:checked { border-color: %5; color: %5; }
QToolBar QToolButton:hover, QToolBar QToolButton:focus { border-color: %5; }
#title { font-weight: 600; }
#quiet { color: %4; }
#headline { font-size: 17pt; font-weight: 600; }
#arrow { font-size: 30pt; color: %5; }
#target { border: 2px dashed %3; border-radius: 12px; }
#target[lit="true"] { border-color: %5; background: %2; }
#answer { background: %2; border-left: 1px solid %3; }
QProgressBar { border: 0; border-radius: 2px; background: %3; }
QProgressBar::chunk { border-radius: 2px; background: %5; }
#card { border: 1px solid %3; border-radius: 8px; background: %2; text-align: left; }
#card:hover, #card:focus { border-color: %5; }
)")
        .arg(colours.ground, colours.surface, colours.line, colours.quiet, colours.accent);
}

} // namespace

void applyTheme()
{
    // The platform has given its own palette by now: follow it.
    const QPalette system = QApplication::palette();
    const bool dark = system.color(QPalette::Window).lightness() < system.color(QPalette::WindowText).lightness();
    const Colours& colours = dark ? kDark : kLight;
    QApplication::setStyle(QStyleFactory::create("Fusion"));
    QApplication::setPalette(palette(colours));
    qApp->setStyleSheet(sheet(colours));
}

} // namespace ui
