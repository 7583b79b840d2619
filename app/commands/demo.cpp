#include "app/commands/command.h"
#include "app/commands/flow_run.h"
#include "app/formats/atomic_file.h"
#include "app/formats/flow_colour.h"
#include "app/formats/flow_files.h"
#include "app/formats/flow_metrics.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace app::commands {

using nlohmann::json;

std::function<Result<json>()> declareDemo(CLI::App& command, Options& options)
{
    auto folder = std::make_shared<std::string>("perceiverscope-demo");
    command.add_option("-o,--output", *folder, "The folder for the pictures")->capture_default_str();
    addDevice(command, options);
    return [folder, &options]() -> Result<json> {
        namespace fs = std::filesystem;
        std::error_code failed;
        fs::create_directories(*folder, failed);
        if (failed)
            return Error{ErrorKind::InputOutput, "cannot make the folder " + *folder + ": " + failed.message()};
        const fs::path samples = assets() / "samples";
        const std::string first = (samples / "rubberwhale1.png").string(),
                          second = (samples / "rubberwhale2.png").string();
        TRY_ASSIGN(const auto session, openSession(options, "flow"));
        TRY_ASSIGN(const FlowRun run, runFlow(*session, first, second, {}, false));
        const fs::path picture = fs::absolute(fs::path(*folder) / "rubberwhale-flow.png");
        const fs::path numbers = fs::absolute(fs::path(*folder) / "rubberwhale-flow.flo");
        const float scale = formats::colourScale(run.forward.flow);
        TRY(formats::writeFile(picture, formats::encodePng(formats::flowPicture(run.forward.flow))));
        TRY(formats::writeFlow(numbers, run.forward.flow));
        const double motion = formats::meanMotion(run.forward.flow);
        if (!options.json)
            std::printf("Optical flow of the rubber whale, frame 1 to frame 2 (starter model)\n"
                        "  picture      %s (full colour: %.2f px)\n"
                        "  numbers      %s\n"
                        "  mean motion  %.3f px over %d x %d pixels\n"
                        "  time         %.2f s, %lld tiles\n"
                        "  device       %s\n",
                picture.c_str(), double(scale), numbers.c_str(), motion, run.forward.flow.width,
                run.forward.flow.height, run.seconds, static_cast<long long>(run.forward.tiles),
                session->device->info().name.c_str());
        return json{{"items",
            {{{"first", first}, {"second", second}, {"picture", picture.string()}, {"output", numbers.string()},
                {"mean_motion", motion}, {"seconds", run.seconds}, {"device", session->device->info().name}}}}};
    };
}

} // namespace app::commands
