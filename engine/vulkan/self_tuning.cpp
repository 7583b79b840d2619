#include "engine/vulkan/self_tuning.h"

#include "engine/ops/attend.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>

namespace engine::vulkan {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRepeats = 3; // the best counts
constexpr double kWrong = -1; // in place of a time or a rate; 0: not measured in time
// Of the largest value: what rounding in another order, and to 16 bits, may change. A kernel that is wrong is far off.
constexpr double kAgreement = 1e-2;
constexpr GemmVariant kVariants[kTileClasses]
    = {GemmVariant::SharedSmall, GemmVariant::SharedMedium, GemmVariant::SharedLarge, GemmVariant::Cooperative};

struct Product {
    int64_t rows, columns, depth;
};
struct Heads {
    int64_t queries, heads, width; // as many keys as queries
};

class Measurement {
public:
    Measurement(ops::Device& device, DeviceChoice& choice, size_t tiles, double seconds)
        : m_device(device)
        , m_choice(choice)
        , m_tiles(tiles)
        , m_end(Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds)))
    {
    }

    // Of the tiles, as fastestTile takes them.
    std::array<double, kTileClasses> tileRates(const Product& p, const Tuning& tuning)
    {
        const ops::Tensor a = random(p.rows, p.depth), b = random(p.columns, p.depth);
        const ops::Tensor c = m_device.create(p.rows, p.columns);
        std::array<double, kTileClasses> rates{};
        std::vector<float> first;
        for (size_t i = 0; i < m_tiles; ++i) {
            m_choice.gemm = kVariants[i];
            const double best = bestOf([&] {
                m_device.gemm({.rows = p.rows, .columns = p.columns, .depth = p.depth, .a = {a}, .b = {b}, .c = {c}});
            });
            if (best == 0)
                continue;
            if (!agrees(c, first)) {
                rates[i] = kWrong;
                continue;
            }
            const Tile& tile = kTiles[i];
            const int64_t tiles
                = (p.rows + tile.rows - 1) / tile.rows * ((p.columns + tile.columns - 1) / tile.columns);
            const int64_t rounds = (tiles + tuning.cores - 1) / tuning.cores; // as fastestTile counts them
            rates[i] = double(rounds) * tile.rows * tile.columns * double(p.depth) / best;
        }
        return rates;
    }

    // How many times as long the streamed attention takes as the fused one.
    double fusedGain(const Heads& h)
    {
        const ops::Tensor q = random(h.queries, h.heads * h.width), k = random(h.queries, h.heads * h.width);
        double times[2] = {};
        std::vector<float> first;
        for (const bool fused : {false, true}) {
            m_choice.attend = fused ? AttendVariant::Fused : AttendVariant::Streamed;
            ops::Attended attended;
            times[fused] = bestOf([&] {
                attended = ops::attend(m_device,
                    {.q = q,
                        .k = k,
                        .v = k,
                        .heads = h.heads,
                        .queries = h.queries,
                        .keys = h.queries,
                        .scale = float(1 / std::sqrt(double(h.width)))});
            });
            if (times[fused] > 0 && !agrees(attended.context, first))
                return kWrong;
        }
        return times[1] > 0 ? times[0] / times[1] : 0;
    }

private:
    bool over() const { return m_device.failed() || Clock::now() >= m_end; }

    ops::Tensor random(int64_t rows, int64_t columns)
    {
        std::minstd_rand engine(unsigned(rows + columns));
        std::uniform_real_distribution<float> uniform(-1, 1);
        std::vector<float> values(size_t(rows * columns));
        for (float& value : values)
            value = uniform(engine);
        return m_device.upload(rows, columns, values);
    }

    // Seconds of one piece of work; the first time, which prepares kernels, does not count. 0: the time was over.
    template <typename Work> double bestOf(const Work& work)
    {
        double best = 0;
        for (int i = 0; i <= kRepeats && !over(); ++i) {
            (void)m_device.finish();
            const Clock::time_point start = Clock::now();
            work();
            (void)m_device.finish();
            const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
            if (i > 0)
                best = best == 0 ? seconds : std::min(best, seconds);
        }
        return best;
    }

    // Whether all rows have the sums that the first one's have. A first one is taken as it is.
    bool agrees(const ops::Tensor& values, std::vector<float>& first)
    {
        ops::Tensor sums = m_device.create(1, values.rows());
        m_device.rowSums({values, sums, false});
        const auto found = m_device.download(sums);
        if (!found.ok())
            return false;
        if (first.empty())
            first = found.value().values;
        double most = 0, difference = 0;
        for (size_t i = 0; i < first.size(); ++i) {
            const double d = std::abs(double(found.value().values[i]) - double(first[i]));
            difference = std::isfinite(d) ? std::max(difference, d) : HUGE_VAL;
            most = std::max(most, std::abs(double(first[i])));
        }
        return difference <= kAgreement * most;
    }

    ops::Device& m_device;
    DeviceChoice& m_choice;
    size_t m_tiles;
    Clock::time_point m_end;
};

} // namespace

Tuning measured(ops::Device& device, DeviceChoice& choice, Tuning tuning, double seconds, const Limits& limits)
{
    const bool small = limits.software;
    const size_t tiles = limits.cooperative.exists() ? kTileClasses : size_t(kCooperativeTile);
    // Latent layers of the flow model, and of the image models.
    const Product products[] = {small ? Product{72, 136, 48} : Product{2048, 1024, 512},
        small ? Product{33, 70, 64} : Product{512, 1024, 1024}};
    const Heads heads[] = {small ? Heads{40, 2, 8} : Heads{1024, 8, 32}, small ? Heads{33, 1, 16} : Heads{512, 8, 128}};
    const DeviceChoice asked = choice;
    Measurement measurement(device, choice, tiles, seconds);
    tuning.complete = true;
    std::array<double, kTileClasses> logs{}; // of the rates against the small tile's
    std::array<int, kTileClasses> counts{};
    double gains[2] = {};
    for (size_t shape = 0; shape < 2; ++shape) {
        const auto rates = measurement.tileRates(products[shape], tuning);
        choice = asked;
        for (size_t i = 0; i < tiles; ++i) {
            tuning.complete &= rates[i] != 0;
            if (rates[i] > 0 && rates[kSmallTile] > 0 && counts[i] >= 0) {
                logs[i] += std::log(rates[i] / rates[kSmallTile]);
                ++counts[i];
            } else if (rates[i] == kWrong) {
                counts[i] = -1; // for good
            }
        }
        gains[shape] = measurement.fusedGain(heads[shape]);
        choice = asked;
        tuning.complete &= gains[shape] != 0;
    }
    for (size_t i = 0; i < tiles; ++i)
        if (counts[i] > 0)
            tuning.tileRate[i] = tuning.tileRate[kSmallTile] * std::exp(logs[i] / counts[i]);
        else if (counts[i] < 0)
            tuning.tileRate[i] = kLeastTileRate;
    const auto loses = [](double gain) { return gain == kWrong || (gain > 0 && gain < 1); };
    if (loses(gains[0]) || gains[1] == kWrong) {
        tuning.widestKey = tuning.widestValue = 0;
    } else if (loses(gains[1])) { // wide heads only
        tuning.widestKey /= 2;
        tuning.widestValue /= 2;
    }
    tuning.source = TuningSource::Measured;
    ++tuning.starts;
    return tuning;
}

} // namespace engine::vulkan
