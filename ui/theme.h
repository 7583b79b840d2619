// One quiet look, dark or light as the desktop is: the palette, and a style sheet for what a palette cannot say.
// Interface thread, before the first widget.
#pragma once

namespace ui {

constexpr int kSpace = 8; // pixels; every gap is a multiple of it

void applyTheme();

} // namespace ui
