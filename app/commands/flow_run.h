// One pair of frames through a flow model, as the commands flow and demo do it. Main thread.
#pragma once

#include "app/commands/command.h"

namespace app::commands {

struct FlowRun {
    engine::Image first, second;
    engine::tasks::FlowResult forward, backward; // backward only when asked for
    double seconds = 0; // of the forward flow
};
Result<FlowRun> runFlow(Session& session, const std::string& first, const std::string& second,
    const engine::tasks::FlowOptions& options, bool backward);

} // namespace app::commands
