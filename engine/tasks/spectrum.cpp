#include "engine/tasks/spectrum.h"

#include <algorithm>
#include <cmath>
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

std::vector<double> fourierBands(const perceiver::Model& model, PictureAxis axis)
{
    if (model.kind() == perceiver::Kind::Bare)
        return {};
    return model.preprocessor().pictureFrequencies()[size_t(axis)];
}

} // namespace engine::tasks
