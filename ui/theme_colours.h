// The colours of the two looks, each with the contrast it must keep (WCAG 2.1, AA; tests/ui/test_palette.cpp measures
// every pair): text, quiet and accent at least 4.5 to 1 on each ground they may stand on, edge and accent 3 to 1 where
// they are the only sign of a control. Interface thread.
#pragma once

#include <QColor>
#include <QPalette>

namespace ui {

struct Colours {
    QColor ground; // of the window
    QColor surface; // of bars, panels, lists, menus
    QColor raised; // of buttons and fields
    QColor hover; // of what is pointed at
    QColor chosen; // of what is selected or checked: the accent, thinned
    QColor line; // between things; an ornament
    QColor edge; // around a box that nothing else shows, as a check box
    QColor text;
    QColor quiet; // second lines, headings
    QColor faint; // what is disabled
    QColor accent; // the only one
    QColor onAccent; // text on the accent
};

const Colours& darkColours();
const Colours& lightColours();
QPalette paletteOf(const Colours& colours);

} // namespace ui
