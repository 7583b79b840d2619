// Name, version, what the program is, and whose work it stands on. Interface thread.
#pragma once

class QWidget;

namespace ui {

// Opens a dialog over parent and returns; it deletes itself.
void showAbout(QWidget* parent);

} // namespace ui
