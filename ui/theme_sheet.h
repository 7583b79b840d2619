// The style sheet of the window: bars, menus, tabs, headers, cards, scroll bars. What needs a drawn sign (check boxes,
// arrows, buttons) is in style.h: a sheet could show it only as a picture file.
#pragma once

#include "ui/theme_colours.h"

#include <QString>

namespace ui {

QString styleSheet(const Colours& colours);

} // namespace ui
