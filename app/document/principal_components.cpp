#include "app/document/principal_components.h"

#include <algorithm>
#include <cmath>

namespace app::document {

std::vector<float> principalComponents(std::span<const float> values, size_t rows, size_t columns)
{
    constexpr int kSteps = 40;
    std::vector<double> x(values.begin(), values.begin() + ptrdiff_t(rows * columns));
    for (size_t c = 0; c < columns; ++c) {
        double mean = 0;
        for (size_t r = 0; r < rows; ++r)
            mean += x[r * columns + c] / double(rows);
        for (size_t r = 0; r < rows; ++r)
            x[r * columns + c] -= mean;
    }
    std::vector<float> out(rows * 3, 0.5f);
    std::vector<double> direction(columns), scores(rows);
    for (size_t k = 0; k < 3; ++k) {
        for (size_t c = 0; c < columns; ++c)
            direction[c] = std::cos(double(c * (k + 1)) + 0.5); // no component is orthogonal to it by its structure
        double length = 0;
        for (int step = 0; step <= kSteps; ++step) {
            length = 0;
            for (const double d : direction)
                length += d * d;
            length = std::sqrt(length);
            if (length < 1e-12)
                break;
            for (double& d : direction)
                d /= length;
            for (size_t r = 0; r < rows; ++r) {
                scores[r] = 0;
                for (size_t c = 0; c < columns; ++c)
                    scores[r] += x[r * columns + c] * direction[c];
            }
            if (step == kSteps)
                break;
            std::fill(direction.begin(), direction.end(), 0.0);
            for (size_t r = 0; r < rows; ++r)
                for (size_t c = 0; c < columns; ++c)
                    direction[c] += scores[r] * x[r * columns + c];
        }
        if (length < 1e-12)
            break;
        const auto [low, high] = std::minmax_element(scores.begin(), scores.end());
        if (*high - *low < 1e-12)
            break;
        for (size_t r = 0; r < rows; ++r) {
            out[r * 3 + k] = float((scores[r] - *low) / (*high - *low));
            for (size_t c = 0; c < columns; ++c)
                x[r * columns + c] -= scores[r] * direction[c];
        }
    }
    return out;
}

} // namespace app::document
