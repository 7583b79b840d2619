#include "app/commands/bench_peer.h"

#include <charconv>

namespace app::commands {

using engine::Error;
using engine::ErrorKind;
using engine::Result;

BenchPeer::Command BenchPeer::commandFor(const std::string& line, const std::filesystem::path& folder)
{
    QStringList parts = QProcess::splitCommand(QString::fromStdString(line));
    for (QString& part : parts)
        part.replace("{}", QString::fromStdString(folder.string()));
    return {parts.value(0), parts.mid(1)};
}

Result<std::unique_ptr<BenchPeer>> BenchPeer::start(const Command& command)
{
    std::unique_ptr<BenchPeer> peer(new BenchPeer);
    peer->m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    peer->m_clock.start();
    peer->m_process.start(command.program, command.arguments);
    if (!peer->m_process.waitForStarted()) {
        const std::string program = command.program.toStdString();
        return Error{ErrorKind::InputOutput, "'" + program + "' cannot be started: is the program there?"};
    }
    for (;;) { // what it says before is its own
        TRY_ASSIGN(const std::string line, peer->line());
        if (line == "ready")
            break;
    }
    peer->m_ready = peer->elapsed();
    return peer;
}

BenchPeer::~BenchPeer()
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    m_process.kill();
    m_process.waitForFinished();
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
    if (m_firstAnswer == 0)
        m_firstAnswer = elapsed();
    double seconds = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (failure != std::errc() || end != text.data() + text.size() || seconds <= 0)
        return Error{ErrorKind::BadData, "the compared program answered '" + text + "'; needed are seconds, as 1.25"};
    return seconds;
}

} // namespace app::commands
