// A polynomial through measured points by least squares, and how well it fits. Pure; any thread.
#pragma once

#include <vector>

namespace app::views {

struct Polynomial {
    std::vector<double> coefficients; // of x to the power of 0, 1, …
    // Coefficient of determination: the share of the variation of y that it explains; 1 where y does not vary.
    double r2 = 0;

    double at(double x) const;
};

// Of this degree, or of less where there are too few different x. x and y: as many of each, at least one.
Polynomial leastSquares(const std::vector<double>& x, const std::vector<double>& y, int degree);
// The best of those with no coefficient below 0, which is what costs are made of: a fixed part, one for each of x, … .
// x and y not below 0.
Polynomial costFit(const std::vector<double>& x, const std::vector<double>& y, int degree);

} // namespace app::views
