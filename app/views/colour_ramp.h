// Perceptual maps from 0 … 1 to a colour, lightness growing evenly: viridis for lengths, magma for errors (Smith and
// van der Walt 2015, CC0: every 32nd of their 256 colours, between them a straight line). Any thread.
#pragma once

#include <QRgb>

namespace app::views {

enum class Ramp { Length, Error };

// Values outside 0 … 1 take the colour of the nearer end; NaN that of 0.
QRgb rampColour(Ramp ramp, float share);

} // namespace app::views
