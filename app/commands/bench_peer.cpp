#include "app/commands/bench_peer.h"

#include <charconv>

namespace app::commands {

using engine::Error;
using engine::ErrorKind;
using engine::Result;

Result<std::unique_ptr<BenchPeer>> BenchPeer::start(const std::string& command)
{
    std::unique_ptr<BenchPeer> peer(new BenchPeer);
    peer->m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    peer->m_process.startCommand(QString::fromStdString(command));
    if (!peer->m_process.waitForStarted())
        return Error{ErrorKind::InputOutput, "'" + command + "' cannot be started: is the program there?"};
    for (;;) { // what it says before is its own
        TRY_ASSIGN(const std::string line, peer->line());
        if (line == "ready")
            return peer;
    }
}

Result<std::string> BenchPeer::line()
{
    while (!m_process.canReadLine())
        if (!m_process.waitForReadyRead(-1) && !m_process.canReadLine())
            return Error{ErrorKind::InputOutput,
                "the compared program ended with " + std::to_string(m_process.exitCode())
                    + "; it has to say ready, and then answer each line with seconds"};
    return m_process.readLine().trimmed().toStdString();
}

Result<double> BenchPeer::run()
{
    m_process.write("\n");
    TRY_ASSIGN(const std::string text, line());
    double seconds = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (failure != std::errc() || end != text.data() + text.size() || seconds <= 0)
        return Error{ErrorKind::BadData, "the compared program answered '" + text + "'; needed are seconds, as 1.25"};
    return seconds;
}

} // namespace app::commands
