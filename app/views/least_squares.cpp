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

// Of these powers of x alone, rising; no more of them than there are different x. They are made orthogonal on the
// points one after the other (Gram and Schmidt), which stays exact where the normal equations would not.
Polynomial fitOf(const std::vector<double>& x, const std::vector<double>& y, const std::vector<int>& powers)
{
    double scale = 0; // of x, so that its powers are of one size
    for (const double value : x)
        scale = std::max(scale, std::abs(value));
    if (scale == 0)
        scale = 1;
    const size_t terms = size_t(powers.back()) + 1;
    std::vector<std::vector<double>> rows, polynomials; // values on the points; coefficients in x / scale
    std::vector<double> found(terms, 0.0);
    for (const int power : powers) {
        std::vector<double> row, polynomial(terms, 0.0);
        polynomial[size_t(power)] = 1;
        for (const double value : x)
            row.push_back(std::pow(value / scale, power));
        for (size_t before = 0; before < rows.size(); ++before) {
            const double share = dot(row, rows[before]) / dot(rows[before], rows[before]);
            for (size_t i = 0; i < row.size(); ++i)
                row[i] -= share * rows[before][i];
            for (size_t i = 0; i < terms; ++i)
                polynomial[i] -= share * polynomials[before][i];
        }
        const double weight = dot(row, y) / dot(row, row);
        for (size_t i = 0; i < terms; ++i)
            found[i] += weight * polynomial[i];
        rows.push_back(std::move(row));
        polynomials.push_back(std::move(polynomial));
    }
    Polynomial fit;
    for (size_t k = 0; k < terms; ++k)
        fit.coefficients.push_back(found[k] / std::pow(scale, k));
    const double mean = sum(y) / double(y.size());
    double left = 0, all = 0;
    for (size_t i = 0; i < y.size(); ++i) {
        left += (y[i] - fit.at(x[i])) * (y[i] - fit.at(x[i]));
        all += (y[i] - mean) * (y[i] - mean);
    }
    fit.r2 = all > 0 ? 1 - left / all : 1;
    return fit;
}

int differentIn(const std::vector<double>& x)
{
    return int(std::set<double>(x.begin(), x.end()).size());
}

} // namespace

double Polynomial::at(double x) const
{
    double y = 0;
    for (size_t k = coefficients.size(); k-- > 0;)
        y = y * x + coefficients[k];
    return y;
}

Polynomial leastSquares(const std::vector<double>& x, const std::vector<double>& y, int degree)
{
    std::vector<int> powers(size_t(std::min(degree + 1, differentIn(x))));
    std::iota(powers.begin(), powers.end(), 0);
    return fitOf(x, y, powers);
}

Polynomial costFit(const std::vector<double>& x, const std::vector<double>& y, int degree)
{
    const int different = differentIn(x);
    Polynomial best = fitOf(x, y, {0}); // the mean
    for (unsigned chosen = 2; chosen < 1u << (degree + 1); ++chosen) { // every choice of powers: there are few
        std::vector<int> powers;
        for (int k = 0; k <= degree; ++k)
            if (chosen >> k & 1)
                powers.push_back(k);
        if (int(powers.size()) > different)
            continue;
        Polynomial fit = fitOf(x, y, powers);
        if (fit.r2 > best.r2
            && std::all_of(fit.coefficients.begin(), fit.coefficients.end(), [](double c) { return c >= 0; }))
            best = std::move(fit);
    }
    best.coefficients.resize(size_t(degree) + 1);
    return best;
}

} // namespace app::views
