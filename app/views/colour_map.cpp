#include "app/views/colour_map.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace app::views {

namespace {

// clang-format off
constexpr uint32_t kViridis[] = {
    0x440154, 0x470d60, 0x48186a, 0x482374, 0x472d7b, 0x453681, 0x424086, 0x3f4989, 0x3b528b, 0x375a8d, 0x33638d,
    0x2f6a8e, 0x2c728e, 0x297a8e, 0x26818e, 0x23898e, 0x21908d, 0x1f988b, 0x1e9f88, 0x21a685, 0x27ae80, 0x31b57b,
    0x3dbc74, 0x4cc26c, 0x5cc963, 0x6ece58, 0x81d44c, 0x96d840, 0xabdc32, 0xc0df24, 0xd5e219, 0xeae519, 0xfde725,
};
constexpr uint32_t kMagma[] = {
    0x000004, 0x030311, 0x0a0822, 0x130d33, 0x1d1146, 0x28125a, 0x36106b, 0x430f76, 0x50127c, 0x5d177f, 0x691c81,
    0x762181, 0x822682, 0x8f2a81, 0x9c2e7f, 0xa9327d, 0xb6377a, 0xc33b75, 0xd04170, 0xdb486a, 0xe65063, 0xef5c5e,
    0xf5695b, 0xf9785c, 0xfc8761, 0xfd9668, 0xfea571, 0xfeb47b, 0xfec387, 0xfed194, 0xfde0a1, 0xfceeb0, 0xfcfdbf,
};
constexpr uint32_t kCividis[] = { // twice as many: it bends sharply near its dark end
    0x00224e, 0x002554, 0x00285b, 0x002b62, 0x002e6a, 0x003070, 0x033371, 0x123570, 0x1a386f, 0x213b6e, 0x273e6e,
    0x2d416d, 0x32436d, 0x36466c, 0x3b496c, 0x3f4c6c, 0x434e6c, 0x47516c, 0x4b546c, 0x4f576c, 0x52596d, 0x565c6d,
    0x5a5f6e, 0x5d626e, 0x61656f, 0x646770, 0x686a71, 0x6b6d72, 0x6f7073, 0x727374, 0x757676, 0x797877, 0x7c7b78,
    0x807e78, 0x848179, 0x878478, 0x8b8778, 0x8f8a78, 0x938d78, 0x979077, 0x9b9376, 0x9f9676, 0xa39a75, 0xa79d74,
    0xaba072, 0xafa371, 0xb3a670, 0xb7aa6e, 0xbbad6c, 0xbfb06b, 0xc3b469, 0xc8b766, 0xccba64, 0xd0be61, 0xd4c15f,
    0xd9c55c, 0xddc958, 0xe1cc55, 0xe6d051, 0xead44c, 0xefd748, 0xf4db42, 0xf8df3c, 0xfde234, 0xfee838,
};
constexpr uint32_t kTurbo[] = {
    0x30123b, 0x3a2a74, 0x4040a2, 0x4556c7, 0x476be4, 0x477ff7, 0x4393ff, 0x37a8fb, 0x29bbec, 0x1ccdd8, 0x17dcc3,
    0x1de8b0, 0x30f299, 0x4cf97e, 0x6bfe63, 0x8aff4c, 0xa3fd3c, 0xb8f734, 0xcced34, 0xdee037, 0xedd03a, 0xf8c03a,
    0xfdae35, 0xfe982c, 0xfc8022, 0xf56817, 0xec520e, 0xe14009, 0xd23105, 0xc12302, 0xac1701, 0x950c01, 0x7a0403,
};
constexpr uint32_t kGrey[] = {0x000000, 0xffffff};
constexpr uint32_t kSigned[] = {
    0xb0daff, 0x7ec4ff, 0x41aeff, 0x0097ec, 0x0580c9, 0x196aa3, 0x25557b, 0x2b4053, 0x292b2f, 0x51372b, 0x764129,
    0x9a4c25, 0xbe5924, 0xde692b, 0xfc7c3b, 0xffa379, 0xffc6ad,
};
// clang-format on

struct Row {
    ColourMap map;
    const char* name;
    std::span<const uint32_t> anchors;
};
constexpr Row kTable[] = {
    {ColourMap::Viridis, "viridis", kViridis},
    {ColourMap::Magma, "magma", kMagma},
    {ColourMap::Cividis, "cividis", kCividis},
    {ColourMap::Turbo, "turbo", kTurbo},
    {ColourMap::Grey, "grey", kGrey},
    {ColourMap::Signed, "signed", kSigned},
};
constexpr size_t kMaps = std::size(kTable);

constexpr bool inOrder()
{
    for (size_t i = 0; i < kMaps; ++i)
        if (size_t(kTable[i].map) != i)
            return false;
    return true;
}
static_assert(inOrder(), "a map is found by its number");

QRgb between(std::span<const uint32_t> anchors, float value)
{
    const float at = value * float(anchors.size() - 1);
    const size_t low = std::min(size_t(at), anchors.size() - 2);
    const float share = at - float(low);
    const auto channel = [&](int shift) {
        const float a = float(anchors[low] >> shift & 255), b = float(anchors[low + 1] >> shift & 255);
        return int(std::lround(a + (b - a) * share));
    };
    return qRgb(channel(16), channel(8), channel(0));
}

} // namespace

std::span<const ColourMap> colourMaps()
{
    static const auto all = [] {
        std::array<ColourMap, kMaps> maps{};
        std::transform(std::begin(kTable), std::end(kTable), maps.begin(), [](const Row& row) { return row.map; });
        return maps;
    }();
    return all;
}

const char* name(ColourMap map)
{
    return kTable[size_t(map)].name;
}

std::optional<ColourMap> colourMapNamed(std::string_view name)
{
    for (const Row& row : kTable)
        if (name == row.name)
            return row.map;
    return std::nullopt;
}

const std::array<QRgb, 256>& lookup(ColourMap map)
{
    static const auto tables = [] {
        std::array<std::array<QRgb, 256>, kMaps> all{};
        for (const Row& row : kTable)
            for (int i = 0; i < 256; ++i)
                all[size_t(row.map)][size_t(i)] = between(row.anchors, float(i) / 255);
        return all;
    }();
    return tables[size_t(map)];
}

QRgb colourAt(ColourMap map, float value)
{
    // written so that NaN, which is never above 0, takes the lower end
    return lookup(map)[value > 0 ? size_t(std::lround(std::min(value, 1.0f) * 255)) : 0];
}

std::span<const uint32_t> anchors(ColourMap map)
{
    return kTable[size_t(map)].anchors;
}

} // namespace app::views
