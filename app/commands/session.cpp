#include "app/commands/session.h"

#include "app/commands/command.h"
#include "app/commands/forecast.h"
#include "app/live/clock.h"

#include <atomic>
#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>
#include <unistd.h>

namespace app::commands {

namespace {

std::atomic<engine::ops::Device*> g_running = nullptr;
std::atomic<int> g_interrupts = 0;

void onInterrupt(int)
{
    if (++g_interrupts > 1)
        _exit(kKilled);
    if (auto* device = g_running.load())
        device->requestCancel();
}

// On stderr, once in a run of the program, however many sessions it opens.
void sayOnce(const std::string& sentence)
{
    static std::set<std::string> said;
    if (said.insert(sentence).second)
        std::fprintf(stderr, "%s\n", sentence.c_str());
}

class ProgressPrinter {
public:
    explicit ProgressPrinter(const std::string& style) : m_style(style), m_start(live::steadySeconds()), m_last(m_start)
    {
    }

    ~ProgressPrinter()
    {
        if (m_rewritten)
            std::fputs("\r\033[K", stderr);
    }

    void operator()(const engine::ops::Progress& progress)
    {
        const double seconds = live::steadySeconds() - m_start;
        const bool terminal = m_style == "text" && m_terminal;
        const double every = terminal ? 0.2 : m_style == "json" ? 0.5 : 5;
        if (m_style == "none" || live::steadySeconds() - m_last < every || seconds < 0.5)
            return;
        m_last = live::steadySeconds();
        const auto [share, left] = remainingOf(progress, seconds);
        if (m_style == "json") {
            nlohmann::json line{{"pass", progress.pass}, {"seconds", seconds}};
            if (progress.expected > 0)
                line["progress"] = share;
            if (left >= 0)
                line["seconds_left"] = left;
            std::fprintf(stderr, "%s\n", line.dump().c_str());
            return;
        }
        std::string text = progress.pass + ": ";
        char part[64];
        if (progress.expected > 0)
            std::snprintf(part, sizeof part, "%.0f %%", share * 100);
        else
            std::snprintf(part, sizeof part, "%.0f GFLOP in %.0f s", progress.done * 1e-9, seconds);
        text += part;
        if (left >= 0) {
            std::snprintf(part, sizeof part, ", about %.0f s left", std::max(left, 1.0));
            text += part;
        }
        std::fprintf(stderr, terminal ? "\r\033[K%s" : "%s\n", text.c_str());
        m_rewritten = terminal;
    }

private:
    std::string m_style;
    double m_start, m_last;
    bool m_terminal = isatty(STDERR_FILENO), m_rewritten = false;
};

} // namespace

Session::~Session()
{
    g_running = nullptr;
    model.reset(); // its tensors go before their device
}

Result<std::unique_ptr<Session>> openSession(const Options& options, const std::string& modelName)
{
    const double start = live::steadySeconds();
    TRY_ASSIGN(const std::filesystem::path folder, modelFolder(modelName));
    TRY_ASSIGN(const engine::weights::Checkpoint checkpoint, engine::weights::Checkpoint::open(folder));
    auto session = std::make_unique<Session>();
    session->progress = options.progress;
    TRY_ASSIGN(session->device,
        engine::devices::openDevice(options.device,
            options.fast ? engine::ops::Precision::Fast : engine::ops::Precision::Exact, options.tuning));
    const engine::ops::DeviceInfo& info = session->device->info();
    if (options.fast && session->device->precision() == engine::ops::Precision::Exact)
        sayOnce(info.name + " gains nothing by products of 16-bit numbers: it computes exactly.");
    if (info.kind == engine::ops::DeviceKind::Software)
        sayOnce(info.name + " is a software driver: -g cpu gives the same answers sooner.");
    const auto flavour = options.flavour == "dm" ? engine::perceiver::Flavour::Dm : engine::perceiver::Flavour::Hf;
    TRY_ASSIGN(session->model, engine::perceiver::Model::load(*session->device, checkpoint, flavour));
    session->loadSeconds = live::steadySeconds() - start;
    return session;
}

Interruptible::Interruptible()
{
    std::signal(SIGINT, onInterrupt);
    std::signal(SIGTERM, onInterrupt);
}

Interruptible::~Interruptible()
{
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
}

bool Interruptible::interrupted()
{
    return g_interrupts > 0;
}

Result<void> withProgress(Session& session, double expectedFlop, const std::function<Result<void>()>& work)
{
    ProgressPrinter printer(session.progress);
    g_running = session.device.get();
    const auto interrupt = std::signal(SIGINT, onInterrupt), terminate = std::signal(SIGTERM, onInterrupt);
    session.device->beginJob(expectedFlop, [&](const engine::ops::Progress& progress) { printer(progress); });
    Result<void> result = work();
    if (Result<void> ended = session.device->endJob(); result.ok() && !ended.ok())
        result = ended;
    std::signal(SIGINT, interrupt);
    std::signal(SIGTERM, terminate);
    g_running = nullptr;
    return result;
}

} // namespace app::commands
