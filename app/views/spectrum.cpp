#include "app/views/spectrum.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace app::views {

namespace {

// One frequency of the map, in cycles a picture.
struct Wave {
    int64_t down = 0, across = 0;
    double cycles() const { return std::hypot(double(down), double(across)); }
};

template <typename Visit> void eachWave(const engine::HostTensor& power, Visit visit)
{
    const int64_t rows = power.rows(), columns = power.columns();
    for (int64_t r = 0; r < rows; ++r)
        for (int64_t c = 0; c < columns; ++c)
            visit(Wave{r - rows / 2, c - columns / 2}, power.at(r, c));
}

// The way across the wave's crests. A picture's rows count downwards, degrees the other way.
double degreesOf(const Wave& wave, int64_t rows, int64_t columns)
{
    const double up = -double(wave.down) / double(rows), right = double(wave.across) / double(columns);
    const double degrees = std::atan2(up, right) * 180 / std::numbers::pi;
    const double folded = std::fmod(degrees + 360, 180); // a wave has no sense of direction
    return folded > 180 - 1e-9 ? 0 : folded;
}

// Energies by the first band that reaches the wave; one more for what no band reaches.
std::vector<double> energyByBand(
    const engine::HostTensor& power, const std::vector<double>& bandsX, const std::vector<double>& bandsY)
{
    const size_t bands = std::min(bandsX.size(), bandsY.size());
    std::vector<double> energies(bands + 1);
    eachWave(power, [&](const Wave& wave, float value) {
        size_t low = 0, high = bands;
        while (low < high) {
            const size_t middle = (low + high) / 2;
            const double x = double(wave.across) / bandsX[middle], y = double(wave.down) / bandsY[middle];
            if (x * x + y * y <= 1)
                high = middle;
            else
                low = middle + 1;
        }
        if (wave.down != 0 || wave.across != 0)
            energies[low] += double(value);
    });
    return energies;
}

} // namespace

int SpectrumFigures::bandHolding(double share) const
{
    const auto found = std::find_if(shareBelow.begin(), shareBelow.end(), [&](double held) { return held >= share; });
    return found == shareBelow.end() ? -1 : int(found - shareBelow.begin());
}

SpectrumFigures spectrumFigures(
    const engine::HostTensor& power, const std::vector<double>& bandsX, const std::vector<double>& bandsY)
{
    const int64_t rows = power.rows(), columns = power.columns();
    const int64_t longest = std::max(rows, columns) / 2, corner = int64_t(std::hypot(double(rows), double(columns))) / 2 + 2;
    SpectrumFigures figures;
    std::vector<double> sums(size_t(longest) + 1), counts(size_t(longest) + 1), within(size_t(corner) + 1);
    Wave peak;
    float strongest = 0;
    eachWave(power, [&](const Wave& wave, float value) {
        const double cycles = wave.cycles();
        if (const auto ring = size_t(std::lround(cycles)); ring < sums.size()) {
            sums[ring] += double(value);
            ++counts[ring];
        }
        if (wave.down == 0 && wave.across == 0)
            return;
        figures.energy += double(value);
        within[size_t(std::ceil(cycles))] += double(value);
        if (value > strongest) {
            strongest = value;
            peak = wave;
        }
    });
    for (size_t ring = 0; ring < sums.size(); ++ring)
        figures.radial.push_back(counts[ring] > 0 ? sums[ring] / counts[ring] : 0);
    const std::vector<double> energies = energyByBand(power, bandsX, bandsY);
    double held = 0;
    for (size_t band = 0; band + 1 < energies.size(); ++band) {
        held += energies[band];
        figures.shareBelow.push_back(figures.energy > 0 ? std::min(held / figures.energy, 1.0) : 0);
    }
    if (figures.energy <= 0)
        return figures;
    figures.peakAcross = peak.across;
    figures.peakDown = peak.down;
    figures.peakCycles = peak.cycles();
    figures.peakDegrees = degreesOf(peak, rows, columns);
    for (held = 0; figures.halfCycles < corner; ++figures.halfCycles) {
        held += within[size_t(figures.halfCycles)];
        if (held >= figures.energy / 2)
            break;
    }
    return figures;
}

PowerRange powerRange(const engine::HostTensor& power)
{
    std::vector<float> values;
    values.reserve(power.values.size());
    eachWave(power, [&](const Wave& wave, float value) {
        if (wave.down != 0 || wave.across != 0)
            values.push_back(value);
    });
    if (values.empty())
        return {};
    constexpr float kDeepest = 1e-8f;
    const float high = *std::max_element(values.begin(), values.end());
    const auto quarter = values.begin() + std::ptrdiff_t(values.size() / 4);
    std::nth_element(values.begin(), quarter, values.end());
    return {std::clamp(*quarter, high * kDeepest, high / 10), high};
}

QImage spectrumPicture(const engine::HostTensor& power, const PowerRange& range, ColourMap map)
{
    const int64_t rows = power.rows(), columns = power.columns();
    QImage picture(int(columns), int(rows), QImage::Format_RGB32);
    picture.fill(colourAt(map, 0));
    if (range.high <= 0)
        return picture;
    const float bottom = std::log(range.low), span = std::log(range.high) - bottom;
    const auto colour = [&](float value) {
        return colourAt(map, value > 0 ? (std::log(value) - bottom) / span : 0.0f);
    };
    eachWave(power, [&](const Wave& wave, float value) {
        picture.setPixel(int(wave.across + columns / 2), int(wave.down + rows / 2), colour(value));
    });
    float around = 0; // the strongest of the constant part's neighbours
    for (int64_t r = std::max<int64_t>(rows / 2 - 1, 0); r <= std::min(rows / 2 + 1, rows - 1); ++r)
        for (int64_t c = std::max<int64_t>(columns / 2 - 1, 0); c <= std::min(columns / 2 + 1, columns - 1); ++c)
            if (r != rows / 2 || c != columns / 2)
                around = std::max(around, power.at(r, c));
    picture.setPixel(int(columns / 2), int(rows / 2), colour(around));
    return picture;
}

} // namespace app::views
