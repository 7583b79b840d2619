#include "app/commands/top_labels.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

namespace app::commands {

using nlohmann::json;

std::string labelOf(const engine::perceiver::Model& model, size_t index)
{
    const auto& labels = model.config().labels;
    return index < labels.size() ? labels[index] : "LABEL_" + std::to_string(index);
}

std::vector<size_t> mostProbableFirst(const std::vector<float>& probabilities)
{
    std::vector<size_t> order(probabilities.size());
    std::iota(order.begin(), order.end(), size_t(0));
    std::stable_sort(
        order.begin(), order.end(), [&](size_t a, size_t b) { return probabilities[a] > probabilities[b]; });
    return order;
}

json topLabels(const engine::perceiver::Model& model, const std::vector<float>& p, const std::vector<float>& full,
    int top, bool print)
{
    std::vector<size_t> order = mostProbableFirst(full);
    order.resize(std::min(order.size(), size_t(std::max(top, 1))));
    json all = json::array();
    for (const size_t i : order) {
        json entry{{"label", labelOf(model, i)}, {"index", i}, {"probability", p[i]}};
        const bool changed = &p != &full;
        if (changed) {
            entry["full"] = full[i];
            entry["change"] = p[i] - full[i];
        }
        if (print)
            std::printf("  %6.2f %%  %s%s\n", double(p[i]) * 100, labelOf(model, i).c_str(),
                changed ? (" (" + std::to_string(double(p[i] - full[i]) * 100).substr(0, 6) + " points)").c_str() : "");
        all.push_back(entry);
    }
    return all;
}

} // namespace app::commands
