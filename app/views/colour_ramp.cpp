#include "app/views/colour_ramp.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace app::views {

namespace {

constexpr std::array<QRgb, 9> kViridis
    = {0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c, 0x28ae80, 0x5ec962, 0xaddc30, 0xfde725};
constexpr std::array<QRgb, 9> kMagma
    = {0x000004, 0x1d1147, 0x51127c, 0x832681, 0xb73779, 0xe75263, 0xfc8961, 0xfec488, 0xfcfdbf};

} // namespace

QRgb rampColour(Ramp ramp, float share)
{
    const auto& colours = ramp == Ramp::Length ? kViridis : kMagma;
    const float at = (share > 0 ? std::min(share, 1.0f) : 0.0f) * float(colours.size() - 1);
    const size_t low = std::min(size_t(at), colours.size() - 2);
    const float t = at - float(low);
    const auto mix = [&](auto part) {
        const float a = float(part(colours[low])), b = float(part(colours[low + 1]));
        return int(std::lround(a + (b - a) * t));
    };
    return qRgb(mix(qRed), mix(qGreen), mix(qBlue));
}

} // namespace app::views
