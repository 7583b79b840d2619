#include "app/formats/cuts.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace app::formats {

namespace {

constexpr int kSide = 16;
constexpr double kLeastCut = 12, kTimesOthers = 3;
constexpr double kBack = 0.4; // of the cut's difference: a frame after it that is nearer to one before it is a return

} // namespace

SmallGrey smallGrey(const engine::Image& image)
{
    std::array<double, std::tuple_size_v<SmallGrey>> sums{}, counts{};
    for (int y = 0; y < image.height; ++y)
        for (int x = 0; x < image.width; ++x) {
            const size_t cell = size_t(int64_t(y) * kSide / image.height * kSide + int64_t(x) * kSide / image.width);
            const uint8_t* p = image.pixel(x, y);
            sums[cell] += 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];
            counts[cell] += 1;
        }
    SmallGrey small;
    for (size_t i = 0; i < sums.size(); ++i)
        small[i] = uint8_t(std::lround(sums[i] / std::max(1.0, counts[i]))); // small pictures leave cells empty
    return small;
}

double difference(const SmallGrey& first, const SmallGrey& second)
{
    int sum = 0;
    for (size_t i = 0; i < first.size(); ++i)
        sum += std::abs(int(first[i]) - int(second[i]));
    return double(sum) / double(first.size());
}

bool isCutAt(const std::function<const SmallGrey*(int64_t)>& at, int64_t frame)
{
    const auto between = [&](int64_t a, int64_t b) {
        const SmallGrey *first = at(a), *second = at(b);
        return first && second ? difference(*first, *second) : -1;
    };
    const double here = between(frame - 1, frame);
    if (here < kLeastCut)
        return false;
    double most = 0, second = 0; // of the others
    for (int64_t i = frame - kCutReach; i <= frame + kCutReach; ++i)
        if (const double other = i == frame ? 0 : between(i - 1, i); other > second)
            second = std::min(other, most), most = std::max(other, most);
    if (here < kTimesOthers * second)
        return false;
    for (int64_t before = frame - kCutReach; before < frame; ++before)
        for (int64_t after = frame; after < frame + kCutReach; ++after)
            if (const double back = between(before, after); back >= 0 && back < kBack * here)
                return false;
    return true;
}

} // namespace app::formats
