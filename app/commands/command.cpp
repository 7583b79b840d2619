#include "app/commands/command.h"

#include "app/formats/atomic_file.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

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
    {"cameras", "The cameras that are plugged in, and what they give", declareCameras},
    {"selftest", "Check this machine's devices, and DeepMind's weights", declareSelftest},
    {"bench", "Time models on this machine", declareBench},
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
    command.add_option("-m,--model", options.model,
        "A checkpoint's folder, the name of a built-in model, or a hub id that is in the local cache");
    addComputing(command, options);
}

void addComputing(CLI::App& command, Options& options)
{
    command
        .add_option("--flavour", options.flavour, "What transformers computes (hf) or what DeepMind's code does (dm)")
        ->check(CLI::IsMember({"hf", "dm"}));
    command
        .add_option_function<std::string>(
            "--precision", [&options](const std::string& precision) { options.fast = precision == "fast"; },
            "exact (single precision), or fast (products of 16-bit numbers: GPUs, and processors that have them)")
        ->check(CLI::IsMember({"exact", "fast"}));
    addDevice(command, options);
}

void addDevice(CLI::App& command, Options& options)
{
    command.add_option("-g,--device", options.device,
        "auto; cpu (the processor, natively); vulkan:WHICH; or a device's name, index or UUID");
    command.add_option("--progress", options.progress, "Progress on stderr as text or as JSON lines, or none")
        ->check(CLI::IsMember({"text", "json", "none"}));
    command.add_flag_callback(
        "--no-tuning", [&options] { options.tuning = engine::devices::Tuning::Table; },
        "Choose a GPU's kernels by a table: measure nothing at its first use, and keep nothing");
}

void addWithout(CLI::App& command, Options& options)
{
    command.add_option(
        "--without", options.without, "Leave out input:SEL, latent:SEL or head:L.J, and show the change");
}

void addText(CLI::App& command, TextArgument& argument, const char* help)
{
    command.add_option("text", argument.text, help);
    command.add_option("-i,--input", argument.file, "The text from a file");
}

Result<std::string> readText(const TextArgument& argument)
{
    if (argument.text.empty() == argument.file.empty())
        return Error{ErrorKind::Usage, "give a text, or a file with -i"};
    std::string text = argument.text;
    if (!argument.file.empty()) {
        TRY_ASSIGN(const auto bytes, formats::readFile(argument.file));
        text.assign(bytes.begin(), bytes.end());
    }
    if (text.empty())
        return Error{ErrorKind::BadData, argument.file + " is empty"};
    if (engine::tasks::toValidUtf8(text) != text)
        std::fprintf(stderr, "The text is not all valid UTF-8; it is taken as the bytes it is.\n");
    return text;
}

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

Result<nlohmann::json> overItems(const std::vector<std::string>& items, Options& options,
    const std::function<Result<nlohmann::json>(const std::string&)>& one)
{
    nlohmann::json all = nlohmann::json::array();
    size_t failed = 0;
    for (const std::string& item : items) {
        const Result<nlohmann::json> result = one(item);
        if (result.ok()) {
            all.push_back(result.value());
            continue;
        }
        const Error& error = result.error();
        const bool own = error.kind == ErrorKind::NoInput || error.kind == ErrorKind::BadData
            || error.kind == ErrorKind::InputOutput;
        if (!own || ++failed == items.size())
            return error;
        std::fprintf(stderr, "pscope: %s\n", error.message.c_str());
        all.push_back({{"input", item}, {"error", {{"code", int(exitCode(error.kind))}, {"message", error.message}}}});
    }
    options.someFailed = failed > 0;
    return nlohmann::json{{"items", all}};
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
