// Flow as colours: Middlebury's wheel (Baker et al. 2007, colorcode.cpp): hue is the direction, saturation the length
// up to a chosen largest one, beyond which colours darken; unknown vectors are black. Any thread.
#pragma once

#include "engine/base/host_tensor.h"
#include "engine/base/image.h"

#include <array>
#include <optional>

class QImage;

namespace app::formats {

// The length in pixels that this share (0 … 1) of the known vectors do not exceed; at least 1e-6, and 1 when no vector
// is known. The default scale is that of 99.5 %.
float lengthAt(const engine::FlowField& flow, double share);
float colourScale(const engine::FlowField& flow);
// The colour of a known vector in units of the largest: red, green, blue. White at rest.
std::array<uint8_t, 3> vectorColour(float u, float v);
engine::Image flowToColour(const engine::FlowField& flow, float largest);
// The wheel itself, `side` pixels square on white, vectors up to `largest` at its rim: a legend.
engine::Image colourWheel(int side);
// The colours with the wheel in the lower right corner, where it covers the least.
engine::Image flowPicture(const engine::FlowField& flow, std::optional<float> largest = std::nullopt);

// A map of weights [H, W] as greys up to its largest value; [T, H, W] frame beside frame, [N] as a band; small maps
// are enlarged.
engine::Image mapToPicture(const engine::HostTensor& map);

// Two pictures of one height in one.
engine::Image beside(const engine::Image& left, const engine::Image& right);

// What Qt writes into a PNG beside the picture is the screen's where there is one: this makes it the same everywhere.
void setPngDensity(QImage& image);
// Written as 8-bit PNG.
std::vector<uint8_t> encodePng(const engine::Image& image);

} // namespace app::formats
