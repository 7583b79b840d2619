#include "ui/theme_sheet.h"

namespace ui {

namespace {

// Names of Colours with a $ before them; lengths in pixels, multiples of kSpace / 4.
constexpr const char* kSheet = R"(
QToolBar, QStatusBar { background: $surface; border: 0; }
QToolBar { border-bottom: 1px solid $line; padding: 6px 10px; spacing: 8px; }
QToolBar::separator { background: $line; width: 1px; margin: 4px; }
QStatusBar { border-top: 1px solid $line; }
QStatusBar::item { border: 0; }

QMenuBar { background: $surface; padding: 2px 6px; }
QMenuBar::item { padding: 6px 10px; border-radius: 6px; background: transparent; }
QMenuBar::item:selected { background: $hover; }
QMenuBar::item:pressed { background: $chosen; color: $accent; }
QMenuBar::item:disabled { color: $faint; }
QMenu { background: $surface; border: 1px solid $line; padding: 6px; }
QMenu::item { padding: 6px 24px 6px 10px; border-radius: 6px; }
QMenu::item:selected { background: $chosen; }
QMenu::item:disabled { color: $faint; }
QMenu::item:selected:disabled { background: $raised; }
QMenu::separator { height: 1px; background: $line; margin: 6px 8px; }
QMenu::indicator { width: 16px; height: 16px; left: 8px; }
QMenu::icon { left: 8px; }
QMenu::right-arrow { width: 12px; height: 12px; right: 8px; }

QMainWindow::separator { background: $ground; width: 6px; height: 6px; }
QMainWindow::separator:hover { background: $line; }
QSplitter::handle { background: $line; }
QSplitter::handle:horizontal { width: 1px; margin: 0 3px; }
QSplitter::handle:vertical { height: 1px; margin: 3px 0; }
QSplitter::handle:hover, QSplitter::handle:pressed { background: $accent; }

QTabBar { qproperty-drawBase: 0; background: transparent; }
QTabBar::tab { background: transparent; color: $quiet; padding: 6px 9px; }
QTabBar::tab:first { margin-left: 3px; }
QTabBar::tab { border: 0; border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; background: $hover; border-radius: 6px; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $accent; border-radius: 0; background: transparent; border-bottom: 2px solid $accent; }
QTabBar::tab:focus:selected { background: $chosen; }
QTabBar::tab:disabled { color: $faint; }
QTabWidget::pane { border: 0; border-top: 1px solid $line; }

QHeaderView { background: $surface; border: 0; }
QHeaderView::section { background: $surface; color: $quiet; padding: 5px 8px; }
QHeaderView::section { border: 0; border-bottom: 1px solid $line; }
QHeaderView::section:hover { color: $text; background: $hover; }
QHeaderView::section:checked { color: $text; }
QHeaderView::section:vertical { border-bottom: 0; border-right: 1px solid $line; }
QHeaderView::section:disabled { color: $faint; }
QTableCornerButton::section { background: $surface; border: 0; border-bottom: 1px solid $line; }
QTableView { gridline-color: $line; }

QScrollBar { background: transparent; border: 0; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: $faint; border: 0; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: $quiet; }
QScrollBar::handle:disabled { background: $line; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: 0; background: transparent; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: 0; }

QGroupBox { border: 1px solid $line; border-radius: 8px; margin-top: 10px; padding: 12px 8px 8px 8px; }
QGroupBox::title { subcontrol-origin: margin; subcontrol-position: top left; left: 10px; }
QGroupBox::title { padding: 0 4px; color: $quiet; }
QGroupBox:disabled { color: $faint; }
QAbstractSpinBox { min-height: 24px; }
QToolTip { background: $surface; color: $text; border: 1px solid $edge; padding: 5px 7px; }
QProgressBar { border: 0; border-radius: 2px; background: $hover; }
QProgressBar::chunk { border-radius: 2px; background: $accent; }
QProgressBar::chunk:disabled { background: $edge; }

#title { font-weight: 600; }
#quiet { color: $quiet; }
#heading { color: $quiet; font-weight: 600; font-size: 8pt; letter-spacing: 1px; }
#headline { font-size: 17pt; font-weight: 600; }
#arrow { font-size: 30pt; color: $accent; }
#target { border: 2px dashed $line; border-radius: 12px; }
#target[lit="true"] { border-color: $accent; background: $chosen; }
#answer { background: $surface; border-left: 1px solid $line; }
#card { border: 1px solid $line; border-radius: 8px; background: $surface; text-align: left; }
#card:hover { border-color: $edge; background: $raised; }
#card:focus { border-color: $accent; }
)";

} // namespace

QString styleSheet(const Colours& colours)
{
    const std::pair<const char*, QColor> names[] = {{"$ground", colours.ground}, {"$surface", colours.surface},
        {"$raised", colours.raised}, {"$hover", colours.hover}, {"$chosen", colours.chosen}, {"$line", colours.line},
        {"$edge", colours.edge}, {"$text", colours.text}, {"$quiet", colours.quiet}, {"$faint", colours.faint},
        {"$accent", colours.accent}};
    QString sheet = kSheet;
    for (const auto& [name, colour] : names)
        sheet.replace(name, colour.name());
    return sheet;
}

} // namespace ui
