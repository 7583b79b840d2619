// The first three principal components of rows, for colours and scatter plots: power iteration with deflation on the
// centred rows, from a fixed start, so that the same rows give the same colours. Any thread.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace app::document {

// values [rows, columns] -> [rows, 3], each component stretched to 0 … 1; 0.5 where there is no spread.
std::vector<float> principalComponents(std::span<const float> values, size_t rows, size_t columns);

} // namespace app::document
