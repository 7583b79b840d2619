#include "app/commands/command.h"
#include "app/media/camera.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace app::commands {

using nlohmann::json;

// {"cameras": [{"id", "name", "sizes": [{"width", "height", "rates"}]}]}
std::function<Result<json>()> declareCameras(CLI::App& command, Options& options)
{
    auto one = std::make_shared<std::string>();
    command.add_option("camera", *one, "One of them only: a device, or a graph of filters (lavfi:GRAPH)");
    return [one, &options]() -> Result<json> {
        std::vector<media::CameraInfo> cameras = media::listCameras();
        if (!one->empty()) {
            std::erase_if(cameras, [&](const media::CameraInfo& each) { return each.id != *one; });
            if (cameras.empty() && !media::cameraSizes(*one).empty())
                cameras.push_back({*one, *one});
            if (cameras.empty())
                return Error{ErrorKind::NoInput, *one + " is no camera that is plugged in"};
        }
        json all = json::array();
        for (const media::CameraInfo& each : cameras) {
            if (!options.json)
                std::printf("%s  %s\n", each.id.c_str(), each.name.c_str());
            json sizes = json::array();
            for (const media::CameraSize& size : media::cameraSizes(each.id)) {
                sizes.push_back({{"width", size.width}, {"height", size.height}, {"rates", size.rates}});
                if (!options.json)
                    std::printf("     %s\n", media::sizeText(size).c_str());
            }
            all.push_back({{"id", each.id}, {"name", each.name}, {"sizes", sizes}});
        }
        if (all.empty() && !options.json)
            std::printf("There is no camera: plug one in.\n");
        return json{{"cameras", all}};
    };
}

} // namespace app::commands
