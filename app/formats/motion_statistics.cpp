#include "app/formats/motion_statistics.h"

#include "app/formats/flow_metrics.h"

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <sstream>
#include <vector>

namespace app::formats {

using engine::FlowField;

MotionStatistics motionStatistics(const FlowField& flow)
{
    MotionStatistics statistics;
    std::vector<float> lengths = knownLengths(flow);
    if (lengths.empty())
        return statistics;
    statistics.mean = std::accumulate(lengths.begin(), lengths.end(), 0.0) / double(lengths.size());
    const auto at = [&](double share) {
        const auto place = lengths.begin() + std::ptrdiff_t(share * double(lengths.size() - 1));
        std::nth_element(lengths.begin(), place, lengths.end());
        return double(*place);
    };
    statistics.median = at(0.5), statistics.p95 = at(0.95), statistics.p995 = at(0.995);
    return statistics;
}

std::string motionHeading()
{
    return "frame,seconds,mean,median,p95,p995,difference,cut\n";
}

std::string motionLine(int64_t frame, double seconds, const MotionStatistics& s)
{
    char line[200];
    std::snprintf(line, sizeof line, "%lld,%.6f,%.4f,%.4f,%.4f,%.4f,%.3f,%d\n", static_cast<long long>(frame), seconds,
        s.mean, s.median, s.p95, s.p995, s.difference, int(s.cut));
    return line;
}

float scaleOfTable(const std::string& table)
{
    std::istringstream lines(table);
    std::vector<float> scales;
    double before[5], scale = 0; // frame, seconds, mean, median, p95
    for (std::string line; std::getline(lines, line);)
        if (std::sscanf(
                line.c_str(), "%lf,%lf,%lf,%lf,%lf,%lf", before, before + 1, before + 2, before + 3, before + 4, &scale)
            == 6)
            scales.push_back(float(scale));
    if (scales.empty())
        return 1;
    const auto place = scales.begin() + std::ptrdiff_t(0.95 * double(scales.size() - 1));
    std::nth_element(scales.begin(), place, scales.end());
    return std::max(*place, 1e-3f);
}

} // namespace app::formats
