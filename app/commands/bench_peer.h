// A peer of the benchmark: another program that runs the same model, started once and timed in turns with ours, so that
// a busy machine is as unkind to both. It says "ready" on a line of its own once its model is loaded, then answers each
// line on its stdin with the seconds of one run. Its start is timed from here, for ours and theirs alike: with the
// process, its libraries and all. Command line thread.
#pragma once

#include "engine/base/result.h"

#include <QElapsedTimer>
#include <QProcess>
#include <filesystem>
#include <memory>

namespace app::commands {

class BenchPeer {
public:
    struct Command {
        QString program;
        QStringList arguments;
    };
    // A command line; {} in it stands for the model's folder.
    static Command commandFor(const std::string& line, const std::filesystem::path& folder);

    // InputOutput errors: it cannot be started, or ends, before it is ready.
    static engine::Result<std::unique_ptr<BenchPeer>> start(const Command& command);
    ~BenchPeer(); // ends it

    engine::Result<double> run(); // seconds, as it says
    double readySeconds() const { return m_ready; } // from its start
    double firstAnswerSeconds() const { return m_firstAnswer; } // from its start, asked for as soon as it was ready

private:
    BenchPeer() = default;
    engine::Result<std::string> line();
    double elapsed() const { return double(m_clock.nsecsElapsed()) * 1e-9; }

    QProcess m_process;
    QElapsedTimer m_clock;
    double m_ready = 0, m_firstAnswer = 0;
};

} // namespace app::commands
