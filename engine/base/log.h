// The engine's one way to speak: a callback that the program sets once at its start. Without one, nothing is said.
// Calls may come from any thread; the callback must allow that.
#pragma once

#include <functional>
#include <string>

namespace engine {

enum class LogLevel { Debug, Info, Warning, Error };

using LogCallback = std::function<void(LogLevel, const std::string&)>;

void setLogCallback(LogCallback callback);
void log(LogLevel level, const std::string& text);

} // namespace engine
