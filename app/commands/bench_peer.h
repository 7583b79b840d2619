// A peer of the benchmark: another program that runs the same model, started once and timed in turns with ours, so that
// a busy machine is as unkind to both. It says "ready" on a line of its own, then answers each line on its stdin with
// the seconds of one run. Command line thread.
#pragma once

#include "engine/base/result.h"

#include <QProcess>

namespace app::commands {

class BenchPeer {
public:
    // InputOutput errors: it cannot be started, or ends, before it is ready.
    static engine::Result<std::unique_ptr<BenchPeer>> start(const std::string& command);
    engine::Result<double> run(); // seconds

private:
    BenchPeer() = default;
    engine::Result<std::string> line();

    QProcess m_process;
};

} // namespace app::commands
