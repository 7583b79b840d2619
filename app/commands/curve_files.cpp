#include "app/commands/curve_files.h"

#include "app/formats/atomic_file.h"

#include <QLocale>
#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

namespace app::commands {

namespace {

using exports::ChartPanel;
using nlohmann::json;

struct Unit {
    double size;
    const char* name;
    const char* longName;
};
constexpr std::array kSeconds{Unit{1, "s", "seconds"}, Unit{1e-3, "ms", "milliseconds"},
    Unit{1e-6, "µs", "microseconds"}, Unit{1e-9, "ns", "nanoseconds"}};
constexpr std::array kBytes{
    Unit{1e9, "GB", "gigabytes"}, Unit{1e6, "MB", "megabytes"}, Unit{1e3, "kB", "kilobytes"}, Unit{1, "B", "bytes"}};

// The largest unit that `value` has at least one of.
template <size_t N> Unit unitFor(const std::array<Unit, N>& units, double value)
{
    for (const Unit& unit : units)
        if (std::abs(value) >= unit.size)
            return unit;
    return units.back();
}

// "1.93 µs".
template <size_t N> QString amount(const std::array<Unit, N>& units, double value)
{
    const Unit unit = unitFor(units, value);
    const double shown = std::abs(value) / unit.size;
    const int decimals = shown >= 100 ? 0 : shown >= 10 ? 1 : 2;
    return QLocale(QLocale::English).toString(shown, 'f', decimals) + QChar(0xa0) + QString::fromUtf8(unit.name);
}

// "12.3 ms + 1.93 µs per byte".
template <size_t N> QString fitWords(const views::Polynomial& fit, const std::array<Unit, N>& units, const char* unit)
{
    const char* const endings[] = {"", " per %1", " per %1%2"};
    QString text;
    for (size_t k = 0; k < fit.coefficients.size(); ++k) {
        const double value = fit.coefficients[k];
        if (value == 0)
            continue;
        const QChar sign(value < 0 ? 0x2212 : '+');
        text += text.isEmpty() ? (value < 0 ? QString(sign) : QString()) : QString(" %1 ").arg(sign);
        text += amount(units, value);
        if (k > 0)
            text += k == 1 ? QString(endings[1]).arg(unit) : QString(endings[2]).arg(unit, QChar(0xb2));
    }
    return text;
}

// "R² = 0.9998": what is rounded up to 1 is not.
QString quality(const views::Polynomial& fit)
{
    return QString("R%1 = %2").arg(QChar(0xb2)).arg(std::floor(fit.r2 * 10000) / 10000, 0, 'f', 4);
}

json jsonOf(const views::Polynomial& fit)
{
    return {{"coefficients", fit.coefficients}, {"r2", fit.r2}};
}

// A panel of values in the unit of the largest.
template <size_t N>
ChartPanel panelOf(const Curve& curve, const char* what, const views::Polynomial& fit, const std::array<Unit, N>& units,
    const std::function<std::array<double, 3>(const CurvePoint&)>& values)
{
    double most = 0;
    for (const CurvePoint& point : curve.points)
        most = std::max(most, values(point)[2]);
    const Unit unit = unitFor(units, most);
    ChartPanel panel{.heading = QString("%1, %2").arg(what, unit.longName),
        .fitWords = fitWords(fit, units, curve.kind->unit),
        .quality = quality(fit)};
    for (const CurvePoint& point : curve.points) {
        const auto [least, middle, largest] = values(point);
        panel.points.push_back({double(point.size), middle / unit.size, least / unit.size, largest / unit.size});
    }
    for (const double coefficient : fit.coefficients)
        panel.fit.push_back(coefficient / unit.size);
    return panel;
}

} // namespace

json jsonOf(const Curve& curve)
{
    json points = json::array();
    for (const CurvePoint& point : curve.points)
        points.push_back({{"size", point.size}, {"seconds", point.median}, {"least_seconds", point.least},
            {"most_seconds", point.most}, {"all_seconds", point.seconds}, {"peak_bytes", point.peakBytes}});
    return {{"name", curve.kind->name}, {"title", curve.kind->title}, {"size", curve.kind->axis},
        {"about", curve.kind->caption}, {"points", points}, {"time", jsonOf(curve.time)},
        {"memory", jsonOf(curve.memory)}};
}

exports::Chart chartOf(const Curve& curve)
{
    const size_t rounds = curve.points.front().seconds.size();
    QString measured = QString::fromStdString(curve.device);
    if (rounds > 1)
        measured += QString(": medians of %1 runs, bars from the quickest to the slowest").arg(rounds);
    return {.title = curve.kind->title,
        .caption = QString("%1 %2; lines by least squares.").arg(curve.kind->caption, measured),
        .axis = curve.kind->axis,
        .panels = {panelOf(curve, "Time", curve.time, kSeconds,
                       [](const CurvePoint& point) {
                           return std::array{point.least, point.median, point.most};
                       }),
            panelOf(curve, "Peak memory", curve.memory, kBytes, [](const CurvePoint& point) {
                const double bytes = double(point.peakBytes);
                return std::array{bytes, bytes, bytes};
            })}};
}

Result<void> writeCurves(const std::filesystem::path& folder, const std::vector<Curve>& curves, const json& result)
{
    std::string table = "curve,size,round,seconds,peak_bytes\n";
    for (const Curve& curve : curves)
        for (const CurvePoint& point : curve.points)
            for (size_t round = 0; round < point.seconds.size(); ++round)
                table += std::string(curve.kind->name) + ',' + std::to_string(point.size) + ','
                    + std::to_string(round + 1) + ',' + json(point.seconds[round]).dump() + ','
                    + std::to_string(point.peakBytes) + '\n';
    TRY(formats::writeText(folder / "curves.csv", table));
    TRY(formats::writeText(folder / "curves.json", result.dump(1) + '\n'));
    for (const Curve& curve : curves) {
        const exports::Sheet sheet = exports::chartSheet(chartOf(curve));
        const std::string name = curve.kind->name;
        TRY_ASSIGN(const auto png, exports::sheetAsPng(sheet));
        TRY(formats::writeFile(folder / (name + ".png"), png));
        TRY_ASSIGN(const auto svg, exports::sheetAsSvg(sheet));
        TRY(formats::writeFile(folder / (name + ".svg"), svg));
    }
    return {};
}

} // namespace app::commands
