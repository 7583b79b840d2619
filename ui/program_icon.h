// The program's icon and its name for the desktop, which ties the window to the installed .desktop file. Main thread.
#pragma once

#include <QIcon>

namespace ui {

// From the program's own resources, 16 to 256 pixels: there without an installation and without Qt's SVG plugin.
QIcon programIcon();

// Sets the icon of all windows and the .desktop file's name; needs a QGuiApplication.
void introduceToDesktop();

} // namespace ui
