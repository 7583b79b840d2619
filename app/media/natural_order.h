// Files in the order in which a person counts them: 2 before 10. Any thread.
#pragma once

#include <filesystem>
#include <vector>

namespace app::media {

// By the names' last part; equal ones by every byte of it.
void sortNaturally(std::vector<std::filesystem::path>& paths);

} // namespace app::media
