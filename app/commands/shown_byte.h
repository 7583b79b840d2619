// A guess for a byte as a reader sees it: itself, or \x0a, or a special token's name. Any thread.
#pragma once

#include <string>

namespace app::commands {

// byte: 0 … 255, or -1 - id for a special token, as engine::tasks::Guess has it.
std::string shownByte(int byte);

} // namespace app::commands
