// Where the built-in models and samples are: installed beside the program, or in the sources. Any thread.
#pragma once

#include <filesystem>

namespace app::commands {

std::filesystem::path assets();

} // namespace app::commands
