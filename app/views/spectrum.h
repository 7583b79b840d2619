// What a map's power spectrum says in numbers, and as a picture. Frequencies are cycles a picture: periods between the
// map's edges. Directions are degrees as one sees them on the screen, the way across the waves: 0 for upright stripes,
// 90 for level ones, counterclockwise, below 180. The constant part (zero frequency) is no wave and counts nowhere but
// in radial[0]. Pure; any thread.
#pragma once

#include "app/views/colour_map.h"
#include "engine/base/host_tensor.h"

#include <QImage>

namespace app::views {

struct SpectrumFigures {
    double energy = 0; // of all waves; 0: the map is constant, and the rest of this is 0 too
    double peakCycles = 0, peakDegrees = 0; // of the strongest wave
    int64_t peakAcross = 0, peakDown = 0; // its cycles to the right and downwards; the same wave as both negated
    int64_t halfCycles = 0; // waves of up to so many cycles hold half of the energy
    // Share of the energy at or below each band, 0 … 1. Band k reaches bandsX[k] cycles across and bandsY[k] down: an
    // ellipse, where the two differ.
    std::vector<double> shareBelow;
    // Mean power of the waves of i - 0.5 to i + 0.5 cycles, i up to half the map's longer side.
    std::vector<double> radial;

    // The first band that holds this share with those below it; -1 when none does.
    int bandHolding(double share) const;
};

// centredPower [rows, columns]: zero frequency at [rows / 2, columns / 2] (engine::tasks::powerSpectrum).
// bandsX, bandsY: a model's frequencies across and down, rising; as many of one as of the other, or none.
SpectrumFigures spectrumFigures(
    const engine::HostTensor& centredPower, const std::vector<double>& bandsX, const std::vector<double>& bandsY);

// The powers between which colours are spread, on a logarithmic scale: from what a quarter of the waves lie below, at most
// eight decades, to the strongest wave. Both 0 for a constant map.
struct PowerRange {
    float low = 0, high = 0;
};
PowerRange powerRange(const engine::HostTensor& centredPower);

// A pixel a frequency, log power in the map's colours; the constant part as its neighbours, so that it outshines nothing.
QImage spectrumPicture(const engine::HostTensor& centredPower, const PowerRange& range, ColourMap map);

} // namespace app::views
