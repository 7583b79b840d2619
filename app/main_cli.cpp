// pscope: the engine without a window. Parses, runs one command, prints its result or its error.
#include "app/commands/command.h"

#include <CLI/CLI.hpp>
#include <QGuiApplication>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

using namespace app::commands;

namespace {

// Fonts come with Qt's graphics only, which need no display but start more slowly. Qt is given no arguments to take.
std::unique_ptr<QCoreApplication> makeApplication(char* name, bool letters)
{
    static int count = 1;
    static char* arguments[] = {name, nullptr};
    if (!letters)
        return std::make_unique<QCoreApplication>(count, arguments);
    qputenv("QT_QPA_PLATFORM", "offscreen");
    return std::make_unique<QGuiApplication>(count, arguments);
}

} // namespace

int main(int argc, char** argv)
{
    CLI::App program("Perceiver IO, and what it looks at", "pscope");
    program.set_version_flag("--version", std::string("pscope ") + PERCEIVERSCOPE_VERSION);
    program.require_subcommand(1);
    Options options;
    bool verbose = false;
    std::function<Result<nlohmann::json>()> run;
    for (const Command& command : kCommands) {
        CLI::App* sub = program.add_subcommand(command.name, command.help);
        sub->add_flag("--json", options.json, "One JSON object on stdout");
        sub->add_flag("-v,--verbose", verbose, "Say what is done");
        auto declared = command.declare(*sub, options);
        sub->callback([&run, declared] { run = declared; });
    }
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = program.exit(error, std::cout, std::cerr);
        return code == 0 ? kOk : kUsage;
    }
    const auto application = makeApplication(argv[0], options.letters);
    if (verbose)
        engine::setLogCallback(
            [](engine::LogLevel, const std::string& text) { std::fprintf(stderr, "%s\n", text.c_str()); });
    const Result<nlohmann::json> result = run();
    const auto print = [](const nlohmann::json& json) {
        std::printf("%s\n", json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    };
    if (result.ok()) {
        if (options.json)
            print(result.value());
        return options.someFailed ? kSomeFailed : kOk;
    }
    const ExitCode code = exitCode(result.error().kind);
    std::fprintf(stderr, "pscope: %s\n", result.error().message.c_str());
    if (options.json)
        print({{"error", {{"code", int(code)}, {"message", result.error().message}}}});
    return code;
}
