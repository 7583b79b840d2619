// An open device and a loaded model, and the way work is run on them: progress, Ctrl-C. Main thread.
#pragma once

#include "engine/engine.h"

#include <functional>

namespace app::commands {

struct Options;

struct Session {
    std::unique_ptr<engine::ops::Device> device;
    std::shared_ptr<const engine::perceiver::Model> model;
    double loadSeconds = 0;
    std::string progress; // text, json or none

    ~Session();
};

// modelName: as modelFolder takes it. Says so on stderr when the device is a software driver.
engine::Result<std::unique_ptr<Session>> openSession(const Options& options, const std::string& modelName);

// Runs work on the device, with progress on stderr: one line, rewritten, on a terminal; else a line every few seconds
// (text) or twice a second (json: {"progress", "pass", "seconds", "seconds_left"}). expectedFlop: 0 when unknown, and
// then nothing is said of what is left. The first Ctrl-C cancels (Cancelled), the second ends the program.
engine::Result<void> withProgress(
    Session& session, double expectedFlop, const std::function<engine::Result<void>()>& work);

// While one lives, Ctrl-C and SIGTERM between two pieces of work are noted instead of ending the program, too; the
// second one ends it. One at a time.
class Interruptible {
public:
    Interruptible();
    ~Interruptible();
    Interruptible(const Interruptible&) = delete;
    Interruptible& operator=(const Interruptible&) = delete;

    static bool interrupted(); // since the program began
};

} // namespace app::commands
