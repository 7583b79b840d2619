#include "engine/tasks/compare.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace engine::tasks {

Difference compare(const HostTensor& found, const std::vector<float>& wanted, double tolerance)
{
    Difference difference{.most = 1e-30};
    for (const float value : wanted)
        difference.most = std::max(difference.most, std::abs(double(value)));
    if (found.values.size() != wanted.size()) {
        difference.absolute = std::numeric_limits<double>::infinity();
        return difference;
    }
    for (size_t i = 0; i < wanted.size(); ++i) {
        const double d = std::abs(double(found.values[i]) - wanted[i]);
        difference.absolute = std::isfinite(d) ? std::max(difference.absolute, d) : HUGE_VAL;
    }
    const int64_t n = found.columns();
    for (int64_t r = 0; r < found.rows() && n > 1; ++r) {
        const float* w = wanted.data() + r * n;
        const float* f = found.values.data() + r * n;
        const int64_t best = std::max_element(w, w + n) - w, mine = std::max_element(f, f + n) - f;
        difference.otherBest += mine != best && double(w[best]) - w[mine] > 2 * tolerance * difference.most;
    }
    return difference;
}

Differences compare(const std::map<std::string, HostTensor>& found, const weights::TensorMap& wanted, double tolerance)
{
    Differences all;
    for (const auto& [name, view] : wanted.tensors) {
        const auto mine = found.find(name);
        if (mine == found.end() || mine->second.size() != elementCount(view.shape)) {
            all.missing = name;
            continue;
        }
        const Difference d = compare(mine->second, toFloat(view), tolerance);
        double& worst = name.find("attention") != std::string::npos ? all.maps : all.outputs;
        worst = std::max(worst, d.relative());
        all.otherBest |= name.starts_with("logits") && d.otherBest > 0;
    }
    return all;
}

} // namespace engine::tasks
