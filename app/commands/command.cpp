#include "app/commands/command.h"

#include <CLI/CLI.hpp>
#include <QCoreApplication>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace app::commands {

const std::vector<Command> kCommands = {
    {"classify", "Name what is in pictures", declareClassify},
    {"fill", "Fill in masked bytes of a text", declareFill},
    {"label-text", "Label a text (sentiment)", declareLabelText},
    {"flow", "Optical flow from one frame to the next", declareFlow},
    {"autoencode", "Rebuild a clip with sound, and label it", declareAutoencode},
    {"attention", "Any attention map of a run", declareAttention},
    {"forward", "Raw tensors in, raw tensors out", declareForward},
    {"inspect", "What a checkpoint is, and what it costs", declareInspect},
    {"devices", "The devices of this machine, and which is chosen", declareDevices},
    {"bench", "Time a model on this machine", declareBench},
    {"demo", "Run the built-in samples", declareDemo},
};

ExitCode exitCode(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Usage:
        return kUsage;
    case ErrorKind::BadData:
        return kBadData;
    case ErrorKind::NoInput:
        return kNoInput;
    case ErrorKind::NoDevice:
        return kNoDevice;
    case ErrorKind::InputOutput:
        return kInputOutput;
    case ErrorKind::Cancelled:
        return kInterrupted;
    case ErrorKind::Internal:
        break;
    }
    return kInternal;
}

void addModel(CLI::App& command, Options& options)
{
    command.add_option("-m,--model", options.model, "A checkpoint's folder, or the name of a built-in model");
    command
        .add_option("--flavour", options.flavour, "What transformers computes (hf) or what DeepMind's code does (dm)")
        ->check(CLI::IsMember({"hf", "dm"}));
    addDevice(command, options);
}

void addDevice(CLI::App& command, Options& options)
{
    command.add_option("-g,--device", options.device, "A device's name, index or UUID, or auto");
}

void addWithout(CLI::App& command, Options& options)
{
    command.add_option(
        "--without", options.without, "Leave out input:SEL, latent:SEL or head:L.J, and show the change");
}

// ---------------------------------------------------------------------------------------------------------------
// running

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

double now()
{
    using namespace std::chrono;
    return duration<double>(steady_clock::now().time_since_epoch()).count();
}

} // namespace

Session::~Session()
{
    g_running = nullptr;
    model.reset(); // its tensors go before their device
}

Result<std::unique_ptr<Session>> openSession(const Options& options, const std::string& modelName)
{
    const double start = now();
    std::filesystem::path folder = modelName;
    std::error_code ignored;
    if (!std::filesystem::exists(folder, ignored) && std::filesystem::exists(assets() / "starter" / modelName, ignored))
        folder = assets() / "starter" / modelName;
    TRY_ASSIGN(const engine::weights::Checkpoint checkpoint, engine::weights::Checkpoint::open(folder));
    auto session = std::make_unique<Session>();
    TRY_ASSIGN(session->device, engine::vulkan::createDevice({.request = options.device}));
    const engine::ops::DeviceInfo& info = session->device->info();
    if (info.kind == engine::ops::DeviceKind::Software)
        std::fprintf(stderr, "%s is a software driver: the answers are the same, only slower.\n", info.name.c_str());
    const auto flavour = options.flavour == "dm" ? engine::perceiver::Flavour::Dm : engine::perceiver::Flavour::Hf;
    TRY_ASSIGN(session->model, engine::perceiver::Model::load(*session->device, checkpoint, flavour));
    session->loadSeconds = now() - start;
    return session;
}

Result<void> withProgress(Session& session, const std::function<Result<void>()>& work)
{
    const bool terminal = isatty(STDERR_FILENO);
    const double start = now();
    double last = start;
    bool shown = false;
    g_running = session.device.get();
    std::signal(SIGINT, onInterrupt);
    std::signal(SIGTERM, onInterrupt);
    session.device->beginJob(0, [&](const engine::ops::Progress& progress) {
        if (!terminal || now() - last < 0.2 || now() - start < 0.5)
            return;
        last = now();
        shown = true;
        std::fprintf(
            stderr, "\r\033[K%s: %.0f GFLOP in %.1f s", progress.pass.c_str(), progress.done * 1e-9, now() - start);
    });
    Result<void> result = work();
    if (Result<void> ended = session.device->endJob(); result.ok() && !ended.ok())
        result = ended;
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    g_running = nullptr;
    if (shown)
        std::fputs("\r\033[K", stderr);
    return result;
}

std::filesystem::path assets()
{
    namespace fs = std::filesystem;
    const fs::path program = QCoreApplication::applicationDirPath().toStdString();
    std::error_code ignored;
    for (const fs::path& place :
        {program / "../share/perceiverscope", program / "../../assets", fs::path(PERCEIVERSCOPE_ASSETS)})
        if (fs::is_directory(place / "starter", ignored))
            return fs::weakly_canonical(place, ignored);
    return PERCEIVERSCOPE_ASSETS;
}

// -------------------------------------------------------------------------------------------------------------
// arguments

Result<std::vector<uint32_t>> parseSelection(const std::string& text)
{
    constexpr unsigned long kMost = 100'000'000;
    std::vector<uint32_t> all;
    const Error wrong{ErrorKind::Usage, "'" + text + "' is no selection: write numbers and ranges, as in 3,7,10-20"};
    for (const std::string& part : CLI::detail::split(text, ',')) {
        unsigned long first = 0, last = 0;
        int used = 0;
        if (std::sscanf(part.c_str(), "%9lu%n", &first, &used) == 1 && size_t(used) == part.size())
            last = first;
        else if (std::sscanf(part.c_str(), "%9lu-%9lu%n", &first, &last, &used) != 2 || size_t(used) != part.size())
            return wrong;
        if (last < first || last > kMost || all.size() + (last - first) > 10'000'000)
            return wrong;
        for (unsigned long i = first; i <= last; ++i)
            all.push_back(uint32_t(i));
    }
    if (all.empty())
        return wrong;
    return all;
}

Result<engine::perceiver::KnockOut> parseWithout(const std::vector<std::string>& texts)
{
    engine::perceiver::KnockOut without;
    for (const std::string& text : texts) {
        const size_t colon = text.find(':');
        const std::string kind = text.substr(0, colon), rest = colon == std::string::npos ? "" : text.substr(colon + 1);
        if (kind == "input" || kind == "latent") {
            TRY_ASSIGN(const std::vector<uint32_t> selection, parseSelection(rest));
            auto& target = kind == "input" ? without.inputs : without.latents;
            target.insert(target.end(), selection.begin(), selection.end());
            continue;
        }
        int layer = 0, head = 0, used = 0;
        if (kind != "head" || std::sscanf(rest.c_str(), "%6d.%6d%n", &layer, &head, &used) != 2
            || size_t(used) != rest.size())
            return Error{
                ErrorKind::Usage, "'" + text + "' cannot be left out: write input:SEL, latent:SEL or head:LAYER.HEAD"};
        without.heads.emplace_back(layer, head);
    }
    return without;
}

Result<void> mayWrite(const std::filesystem::path& path, const Options& options)
{
    std::error_code ignored;
    if (!options.overwrite && std::filesystem::exists(path, ignored))
        return Error{
            ErrorKind::InputOutput, path.string() + " is there already: say --overwrite, or choose another name"};
    return {};
}

} // namespace app::commands
