// The commands of pscope: one file each, listed in commands.cpp. A command declares its arguments and gives what to
// run. Results go to stdout, everything else to stderr; exit codes as below. Main thread.
#pragma once

#include "app/commands/model_folder.h"
#include "app/commands/session.h"
#include "engine/engine.h"

#include <functional>
#include <nlohmann/json_fwd.hpp>

namespace CLI {
class App;
}

namespace app::commands {

using engine::Error;
using engine::ErrorKind;
using engine::Result;

enum ExitCode {
    kOk = 0,
    kSomeFailed = 1,
    kUsage = 2,
    kBadData = 65,
    kNoInput = 66,
    kNoDevice = 69,
    kInternal = 70,
    kInputOutput = 74,
    kInterrupted = 75,
    kKilled = 130
};
ExitCode exitCode(ErrorKind kind);

// What every command that computes takes.
struct Options {
    std::string model, device, flavour = "hf", progress = "text";
    bool fast = false;
    engine::devices::Tuning tuning = engine::devices::Tuning::Measured;
    bool json = false, overwrite = false;
    bool someFailed = false; // set by a command that went on after an item failed
    std::vector<std::string> without;
    bool letters = false; // set while arguments are parsed: a picture with letters will be drawn, which takes fonts
};

struct Command {
    const char* name;
    const char* help;
    // Declares the arguments; the function given back runs after they are parsed and gives what `--json` prints.
    std::function<Result<nlohmann::json>()> (*declare)(CLI::App& command, Options& options);
};
extern const std::vector<Command> kCommands;

// Arguments that several commands share.
void addModel(CLI::App& command, Options& options);
void addComputing(CLI::App& command, Options& options); // addModel's without the model
void addDevice(CLI::App& command, Options& options);
void addWithout(CLI::App& command, Options& options);
// A text as an argument, or from a file with -i.
struct TextArgument {
    std::string text, file;
};
void addText(CLI::App& command, TextArgument& argument, const char* help);

// --without input:SEL | latent:SEL | head:L.J, SEL as 3,7,10-20.
Result<engine::perceiver::KnockOut> parseWithout(const std::vector<std::string>& texts);
Result<std::vector<uint32_t>> parseSelection(const std::string& text);
// Usage unless exactly one of text and file was given; says on stderr when it is not valid UTF-8.
Result<std::string> readText(const TextArgument& argument);
// One result for each item; what fails is said, and the others go on ("error" in its place, Options::someFailed). When
// all fail, or one was cancelled or the device is gone, that error.
Result<nlohmann::json> overItems(const std::vector<std::string>& items, Options& options,
    const std::function<Result<nlohmann::json>(const std::string&)>& one);
// InputOutput when the file exists and may not be replaced.
Result<void> mayWrite(const std::filesystem::path& path, const Options& options);

// The commands.
std::function<Result<nlohmann::json>()> declareAttention(CLI::App& command, Options& options);
std::function<Result<nlohmann::json>()> declareAutoencode(CLI::App& command, Options& options);
std::function<Result<nlohmann::json>()> declareBench(CLI::App& command, Options& options);
std::function<Result<nlohmann::json>()> declareCameras(CLI::App& command, Options& options);
std::function<Result<nlohmann::json>()> declareClassify(CLI::App& command, Options& options);
std::function<Result<nlohmann::json>()> declareDemo(CLI::App& command, Options& options);
std::function<Result<nlohmann::json>()> declareDevices(CLI::App& command, Options& options);
std::function<Result<nlohmann::json>()> declareFill(CLI::App& command, Options& options);
std::function<Result<nlohmann::json>()> declareFlow(CLI::App& command, Options& options);
std::function<Result<nlohmann::json>()> declareForward(CLI::App& command, Options& options);
std::function<Result<nlohmann::json>()> declareInspect(CLI::App& command, Options& options);
std::function<Result<nlohmann::json>()> declareLabelText(CLI::App& command, Options& options);
std::function<Result<nlohmann::json>()> declareSelftest(CLI::App& command, Options& options);

} // namespace app::commands
