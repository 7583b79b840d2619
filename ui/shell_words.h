// Commands as a shell takes them, to be copied out of the window. Any thread.
#pragma once

#include <QString>
#include <string>
#include <vector>

namespace ui {

// A file's name, as seen from here where that is shorter; in quotes.
QString quotedFile(QString file);
// "pscope" and its arguments, in quotes where they need them.
QString commandLine(const std::vector<std::string>& arguments);

} // namespace ui
