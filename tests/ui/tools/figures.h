// How fast the window is: times as a person waits for them, to the repaint and not only to the signal.
#pragma once

#include <QString>

namespace tools {

void startClock(); // as early as can be: the process's start
// A line a figure on stdout. only: a part of a heading, to measure that alone; empty: all. False when something that
// was to be measured never came.
bool tellFigures(const QString& only, const QString& folder = {});

} // namespace tools
