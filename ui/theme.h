// One quiet look, dark or light: the palette (theme_colours.h), a style for what is drawn (style.h), a style sheet for
// what is laid out (theme_sheet.h). Needs a QApplication. Interface thread.
#pragma once

#include "ui/theme_colours.h"

namespace ui {

constexpr int kSpace = 8; // pixels; every gap is a multiple of it
constexpr int kPanelEdge = kSpace * 3 / 2; // from a panel's rim to what is in it, to its title and the status line

enum class Theme {
    System, // as the desktop is when the program starts, and as it becomes where Qt tells
    Dark,
    Light,
};

// At any time. When the colours change, a QEvent::PaletteChange reaches every widget: who keeps something painted
// paints it anew in changeEvent().
void applyTheme(Theme theme = Theme::System);

Theme theme(); // as it was asked for
bool isDark(); // as it is shown
const Colours& colours(); // as they are shown

} // namespace ui
