#include "engine/perceiver/positions.h"

#include <cmath>
#include <numbers>

namespace engine::perceiver {

std::vector<double> fourierFrequencies(int64_t maxResolution, int64_t bands)
{
    const double step = bands == 1 ? 0.0 : (double(maxResolution) / 2 - 1) / double(bands - 1);
    std::vector<double> frequencies;
    for (int64_t k = 0; k < bands; ++k)
        frequencies.push_back(1 + double(k) * step);
    return frequencies;
}

HostTensor fourierAxis(int64_t n, int64_t maxResolution, int64_t bands, Grid grid)
{
    HostTensor table({n, 1 + 2 * bands});
    const std::vector<double> frequencies = fourierFrequencies(maxResolution, bands);
    const double last = double(grid == Grid::Closed ? n - 1 : n);
    for (int64_t i = 0; i < n; ++i) {
        const double position = last == 0 ? -1.0 : -1.0 + 2.0 * double(i) / last;
        table.at(i, 0) = float(position);
        for (int64_t k = 0; k < bands; ++k) {
            // Reduced modulo 2 before the multiplication by pi: the same angle, without its large multiples.
            const double turns = std::fmod(frequencies[size_t(k)] * position, 2.0);
            table.at(i, 1 + k) = float(std::sin(std::numbers::pi * turns));
            table.at(i, 1 + bands + k) = float(std::cos(std::numbers::pi * turns));
        }
    }
    return table;
}

} // namespace engine::perceiver
