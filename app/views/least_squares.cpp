#include "app/views/least_squares.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

namespace app::views {

namespace {

double sum(const std::vector<double>& values)
{
    return std::accumulate(values.begin(), values.end(), 0.0);
}

double dot(const std::vector<double>& a, const std::vector<double>& b)
{
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

} // namespace

double Polynomial::at(double x) const
{
    double y = 0;
    for (size_t k = coefficients.size(); k-- > 0;)
        y = y * x + coefficients[k];
    return y;
}

// Powers of x made orthogonal on the points one after the other (Gram and Schmidt), which stays exact where the normal
// equations would not.
Polynomial leastSquares(const std::vector<double>& x, const std::vector<double>& y, int degree)
{
    const int terms = std::min(degree + 1, int(std::set<double>(x.begin(), x.end()).size()));
    double scale = 0; // of x, so that its powers are of one size
    for (const double value : x)
        scale = std::max(scale, std::abs(value));
    if (scale == 0)
        scale = 1;
    std::vector<std::vector<double>> rows, polynomials; // values on the points; coefficients in x / scale
    std::vector<double> found(size_t(terms), 0.0);
    for (int k = 0; k < terms; ++k) {
        std::vector<double> row, polynomial(size_t(terms), 0.0);
        polynomial[size_t(k)] = 1;
        for (const double value : x)
            row.push_back(std::pow(value / scale, k));
        for (size_t before = 0; before < rows.size(); ++before) {
            const double share = dot(row, rows[before]) / dot(rows[before], rows[before]);
            for (size_t i = 0; i < row.size(); ++i)
                row[i] -= share * rows[before][i];
            for (size_t i = 0; i < polynomial.size(); ++i)
                polynomial[i] -= share * polynomials[before][i];
        }
        const double weight = dot(row, y) / dot(row, row);
        for (size_t i = 0; i < polynomial.size(); ++i)
            found[i] += weight * polynomial[i];
        rows.push_back(std::move(row));
        polynomials.push_back(std::move(polynomial));
    }
    Polynomial fit;
    for (int k = 0; k < terms; ++k)
        fit.coefficients.push_back(found[size_t(k)] / std::pow(scale, k));
    const double mean = sum(y) / double(y.size());
    double left = 0, all = 0;
    for (size_t i = 0; i < y.size(); ++i) {
        left += (y[i] - fit.at(x[i])) * (y[i] - fit.at(x[i]));
        all += (y[i] - mean) * (y[i] - mean);
    }
    fit.r2 = all > 0 ? 1 - left / all : 1;
    return fit;
}

} // namespace app::views
