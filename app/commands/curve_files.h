// Measured curves as files: a table of all points, an object with all that is known, and a picture of each. Main
// thread; pictures take a QGuiApplication for their letters.
#pragma once

#include "app/commands/bench_curves.h"
#include "app/exports/chart.h"

#include <nlohmann/json_fwd.hpp>

namespace app::commands {

nlohmann::json jsonOf(const Curve& curve);
exports::Chart chartOf(const Curve& curve);

// curves.csv (curve,size,round,seconds,peak_bytes), curves.json (what `result` holds), and NAME.png and NAME.svg of
// each curve, into an existing folder. InputOutput where one cannot be written.
Result<void> writeCurves(
    const std::filesystem::path& folder, const std::vector<Curve>& curves, const nlohmann::json& result);

} // namespace app::commands
