// Class probabilities as people and scripts read them. Any thread.
#pragma once

#include "engine/engine.h"

#include <nlohmann/json_fwd.hpp>

namespace app::commands {

// A class's name; LABEL_n where the model has none, as transformers says.
std::string labelOf(const engine::perceiver::Model& model, size_t index);
// Indices of the classes, the most probable first.
std::vector<size_t> mostProbableFirst(const std::vector<float>& probabilities);

// The `top` most probable classes of `full`, in its order: [{"label", "index", "probability"}, …]. Where `changed` is
// another vector, its probabilities, with "full" and "change" beside them. `print`: to stdout as well, a line each.
nlohmann::json topLabels(const engine::perceiver::Model& model, const std::vector<float>& changed,
    const std::vector<float>& full, int top, bool print);

} // namespace app::commands
