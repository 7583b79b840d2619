#include "app/views/map_picture.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace app::views {

namespace {

// The map's middles, and around them its border: there the outermost weights count, so that lines reach the edge.
class Samples {
public:
    explicit Samples(const engine::HostTensor& map) : m_map(map) { }

    int64_t columns() const { return m_map.columns() + 2; }
    int64_t rows() const { return m_map.rows() + 2; }
    float weight(int64_t x, int64_t y) const
    {
        return m_map.at(
            std::clamp<int64_t>(y - 1, 0, m_map.rows() - 1), std::clamp<int64_t>(x - 1, 0, m_map.columns() - 1));
    }
    QPointF place(int64_t x, int64_t y) const { return {along(x, m_map.columns()), along(y, m_map.rows())}; }

private:
    static double along(int64_t i, int64_t count) { return std::clamp(double(i) - 0.5, 0.0, double(count)); }

    const engine::HostTensor& m_map;
};

// The side between a sample and its neighbour to the right (even) or below (odd), as a number.
int64_t side(const Samples& samples, int64_t x, int64_t y, bool down)
{
    return (y * samples.columns() + x) * 2 + (down ? 1 : 0);
}

// Where the level is crossed on a side.
QPointF crossing(const Samples& samples, int64_t number, float level)
{
    const int64_t at = number / 2, x = at % samples.columns(), y = at / samples.columns();
    const int64_t nextX = x + (number % 2 == 0), nextY = y + number % 2;
    const float a = samples.weight(x, y), b = samples.weight(nextX, nextY);
    // NaN beside a weight: the line runs in the middle
    const double share
        = std::isfinite(a - b) && a != b ? std::clamp((double(level) - a) / (double(b) - a), 0.0, 1.0) : 0.5;
    return samples.place(x, y) * (1 - share) + samples.place(nextX, nextY) * share;
}

// From the side by which a line enters a square to the one by which it leaves. Each side is entered once at most: the
// squares on its two sides see it in opposite directions.
using Steps = std::unordered_map<int64_t, int64_t>;

void addSquare(Steps& steps, const Samples& samples, int64_t x, int64_t y, float level)
{
    const float weights[] = {samples.weight(x, y), samples.weight(x + 1, y), samples.weight(x + 1, y + 1),
        samples.weight(x, y + 1)}; // clockwise from the top left
    const int64_t sides[] = {side(samples, x, y, false), side(samples, x + 1, y, true), side(samples, x, y + 1, false),
        side(samples, x, y, true)}; // top, right, bottom, left: from each corner to the next
    bool inside[4];
    int crossings = 0;
    for (int i = 0; i < 4; ++i)
        inside[i] = weights[i] >= level;
    for (int i = 0; i < 4; ++i)
        crossings += inside[i] != inside[(i + 1) % 4];
    if (crossings == 0)
        return;
    // Going round the square, a line comes in where more becomes less and goes out where less becomes more: of four
    // crossings, the next one when the middle is less, else the one before.
    const bool joined = crossings == 4 && (weights[0] + weights[1] + weights[2] + weights[3]) / 4 >= level;
    for (int i = 0; i < 4; ++i)
        if (inside[i] && !inside[(i + 1) % 4]) {
            int out = i;
            do
                out = (out + (joined ? 1 : 3)) % 4;
            while (inside[out] || !inside[(out + 1) % 4]);
            steps[sides[i]] = sides[out];
        }
}

QPolygonF follow(Steps& steps, int64_t from, const Samples& samples, float level)
{
    QPolygonF line;
    line << crossing(samples, from, level);
    for (auto step = steps.find(from); step != steps.end(); step = steps.find(from)) {
        from = step->second;
        steps.erase(step);
        line << crossing(samples, from, level);
    }
    return line;
}

} // namespace

std::vector<QPolygonF> contours(const engine::HostTensor& map, float level)
{
    std::vector<QPolygonF> lines;
    if (map.size() == 0)
        return lines;
    const Samples samples(map);
    Steps steps;
    for (int64_t y = 0; y + 1 < samples.rows(); ++y)
        for (int64_t x = 0; x + 1 < samples.columns(); ++x)
            addSquare(steps, samples, x, y, level);
    // Lines from border to border begin on a side that none leads to.
    std::vector<int64_t> starts;
    Steps entered;
    for (const auto& [from, to] : steps)
        entered[to] = from;
    for (const auto& [from, to] : steps)
        if (!entered.contains(from))
            starts.push_back(from);
    std::sort(starts.begin(), starts.end()); // the same lines in the same order, whatever the hash
    for (const int64_t start : starts)
        lines.push_back(follow(steps, start, samples, level));
    starts.clear();
    for (const auto& step : steps)
        starts.push_back(step.first);
    std::sort(starts.begin(), starts.end());
    for (const int64_t start : starts)
        if (steps.contains(start))
            lines.push_back(follow(steps, start, samples, level));
    return lines;
}

} // namespace app::views
