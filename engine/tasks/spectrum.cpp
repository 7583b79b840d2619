#include "engine/tasks/spectrum.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace engine::tasks {

Result<HostTensor> powerSpectrum(ops::Device& device, const HostTensor& map, bool removeMean)
{
    if (map.shape.size() != 2 || map.size() == 0)
        return Error{ErrorKind::Usage,
            "a map of shape " + toString(map.shape) + " has no spectrum here: needed are rows and columns"};
    const int64_t rows = map.rows(), columns = map.columns();
    if (std::max(rows, columns) > ops::kMostSpectrumSide)
        return Error{ErrorKind::Usage,
            "the map is " + std::to_string(columns) + " x " + std::to_string(rows) + "; spectra are computed up to "
                + std::to_string(ops::kMostSpectrumSide) + " on each side. Shrink or crop it"};
    if (!std::all_of(map.values.begin(), map.values.end(), [](float value) { return std::isfinite(value); }))
        return Error{ErrorKind::BadData, "the map holds values that are not numbers, so it has no spectrum"};

    std::vector<float> values = map.values;
    if (removeMean) { // in double, before anything is rounded
        const double mean = std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
        for (float& value : values)
            value = float(value - mean);
    }
    const auto pass = device.pass("spectrum");
    const ops::Tensor power = device.create(rows, columns);
    device.powerSpectrum({device.upload(rows, columns, values), power});
    TRY_ASSIGN(const HostTensor found, device.download(power));
    HostTensor centred({rows, columns});
    for (int64_t k = 0; k < rows; ++k)
        for (int64_t l = 0; l < columns; ++l)
            centred.at((k + rows / 2) % rows, (l + columns / 2) % columns) = found.at(k, l);
    return centred;
}

Result<HostTensor> spectrogram(ops::Device& device, std::span<const float> samples, int64_t window, int64_t hop)
{
    const int64_t count = int64_t(samples.size());
    const int64_t times = hop > 0 ? (count + hop - 1) / hop : 0;
    if (times == 0 || window < 2 || std::max(window, times) > ops::kMostSpectrumSide)
        return Error{ErrorKind::Usage,
            std::to_string(count) + " samples have no spectrogram with windows of " + std::to_string(window)
                + " samples every " + std::to_string(hop) + ": there may be " + std::to_string(ops::kMostSpectrumSide)
                + " windows of as many samples"};
    if (!std::all_of(samples.begin(), samples.end(), [](float value) { return std::isfinite(value); }))
        return Error{ErrorKind::BadData, "the sound holds values that are not numbers, so it has no spectrum"};

    std::vector<double> shape(static_cast<size_t>(window));
    for (int64_t i = 0; i < window; ++i)
        shape[size_t(i)] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * (double(i) + 0.5) / double(window));
    const double sum = std::accumulate(shape.begin(), shape.end(), 0.0);
    std::vector<float> values(size_t(times * window));
    for (int64_t t = 0; t < times; ++t)
        for (int64_t i = 0; i < window; ++i) {
            const int64_t at = t * hop + hop / 2 - window / 2 + i;
            if (at >= 0 && at < count)
                values[size_t(t * window + i)] = float(double(samples[size_t(at)]) * shape[size_t(i)]);
        }
    const auto pass = device.pass("spectrogram");
    const ops::Tensor power = device.create(times, window);
    device.powerSpectrum({device.upload(times, window, values), power, true});
    TRY_ASSIGN(const HostTensor found, device.download(power));
    const int64_t bins = window / 2 + 1;
    HostTensor turned({bins, times});
    // Of a wave's power half lies at the negative frequency, but for the constant and the fastest one.
    const double one = double(times * window) / (sum * sum);
    for (int64_t k = 0; k < bins; ++k)
        for (int64_t t = 0; t < times; ++t)
            turned.at(k, t) = float(double(found.at(t, k)) * one * (k == 0 || 2 * k == window ? 1 : 4));
    return turned;
}

std::vector<double> fourierBands(const perceiver::Model& model, PictureAxis axis)
{
    if (model.kind() == perceiver::Kind::Bare)
        return {};
    return model.preprocessor().pictureFrequencies()[size_t(axis)];
}

} // namespace engine::tasks
