#include "app/commands/command.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace app::commands {

using nlohmann::json;

std::function<Result<json>()> declareDevices(CLI::App& command, Options& options)
{
    addDevice(command, options);
    return [&]() -> Result<json> {
        const auto devices = engine::devices::listDevices(options.device, options.tuning);
        json all = json::array();
        for (size_t i = 0; i < devices.size(); ++i) {
            const auto& [info, usable, chosen, reason, request] = devices[i];
            all.push_back({{"name", info.name}, {"kind", name(info.kind)}, {"uuid", info.uuid},
                {"memory_bytes", info.memoryBytes}, {"driver", info.driver}, {"chosen", chosen}, {"usable", usable},
                {"reason", reason}, {"request", request}, {"kernels", info.kernels}});
            if (!options.json)
                std::printf("%c %zu  %s (%s, %.1f GiB, %s)\n     %s\n     -g %s\n", chosen ? '*' : ' ', i,
                    info.name.c_str(), name(info.kind), double(info.memoryBytes) / (1 << 30), info.driver.c_str(),
                    reason.c_str(), request.c_str());
            if (!options.json && !info.kernels.empty())
                std::printf("     %s\n", info.kernels.c_str());
        }
        return json{{"devices", all}};
    };
}

} // namespace app::commands
