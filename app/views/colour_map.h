// Colours for numbers from 0 to 1, each map stored as anchors between which the colours run straight.
// Viridis, magma (S. van der Walt and N. Smith) and cividis (Nuñez, Anderton, Renslow 2018) are CC0; turbo is
// A. Mikhailov's (Google, Apache 2.0). The anchors fit matplotlib's 256 colours to 2/255. Signed is our own, even steps
// of lightness in OKLab: blue below zero, orange above, and nothing is dark, as in every other map here; white would be
// the brightest place of a dark window and no place at all on white paper. A map more: one line of the table. Any
// thread.
#pragma once

#include <QRgb>
#include <array>
#include <optional>
#include <span>
#include <string_view>

namespace app::views {

enum class ColourMap { Viridis, Magma, Cividis, Turbo, Grey, Signed };

// All of them, in the order in which a list shows them.
std::span<const ColourMap> colourMaps();
// "viridis": for settings and the command line, and readable as it is.
const char* name(ColourMap map);
std::optional<ColourMap> colourMapNamed(std::string_view name);

// The colours of 0/255, 1/255, … 255/255, opaque.
const std::array<QRgb, 256>& lookup(ColourMap map);
// The nearest of them; what is out of range or NaN takes the nearer end, or the lower.
QRgb colourAt(ColourMap map, float value);
// Where the map's straight pieces meet, evenly spaced from 0 to 1: for drawing it as a gradient.
std::span<const uint32_t> anchors(ColourMap map);

} // namespace app::views
