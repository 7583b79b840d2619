// What bench says of a model: a table on stdout, and rows of the JSON. Main thread.
#pragma once

#include "app/commands/bench_measure.h"

#include <nlohmann/json_fwd.hpp>

namespace app::commands {

void printTable(const Measured& measured, bool first); // the first names the device
// A row a stage; the row of "forward" has what is said of the model as a whole.
nlohmann::json rowsOf(const Measured& measured);

} // namespace app::commands
