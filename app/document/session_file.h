// What was open, asked and looked at, as a .pscope file: JSON with a version, paths relative to the file's own folder,
// so that a folder with its pictures can be moved or given away. Plain values; any thread.
#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

namespace app::document {

constexpr const char* kSessionExtension = ".pscope";
constexpr int kSessionVersion = 1;

struct Session {
    std::vector<std::filesystem::path> files; // absolute once read
    std::string text; // any bytes
    std::string task; // "flow"; may be empty
    std::string model; // the id of a ModelEntry: a starter's name, or an absolute folder
    nlohmann::json view = nlohmann::json::object(); // the window's own: an object

    friend bool operator==(const Session&, const Session&) = default;
};

// Written whole or not at all. InputOutput when it cannot be written; BadData when a file's name is no UTF-8, which
// JSON cannot hold.
engine::Result<void> writeSession(const std::filesystem::path& path, const Session& session);
// NoInput when there is no such file or files that it names are gone (all are named), BadData when it is no session, is
// damaged or comes from a newer version.
engine::Result<Session> readSession(const std::filesystem::path& path);

// The same in memory: `path` is where the session's file is or will be. parseSession does not look for the files.
engine::Result<std::string> formatSession(const std::filesystem::path& path, const Session& session);
engine::Result<Session> parseSession(std::span<const uint8_t> bytes, const std::filesystem::path& path);
// Those of the session's files that are not there, in their order.
std::vector<std::filesystem::path> missingFiles(const Session& session);

} // namespace app::document
