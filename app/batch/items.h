// What a command is to work on, unattended: arguments, lists in files, folders; and which of it falls to this process
// of several. Any thread.
#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace app::batch {

// One of `count` processes that share the work: it takes items index, index + count, …
struct Share {
    int64_t index = 0, count = 1;
};

// "I/N", I from 0; Usage for anything else. Empty: what a scheduler's variables say (Slurm's job arrays and tasks, Open
// MPI, PMI, Kubernetes' indexed jobs with PSCOPE_SHARDS or JOB_COMPLETIONS), else all. Where they make no sense: Usage.
engine::Result<Share> shareOf(const std::string& text);

// Lines of a file, without empty ones; NoInput, InputOutput. A name that ends in \r loses it.
engine::Result<std::vector<std::string>> readList(const std::filesystem::path& file);

// Where an item's outcome goes in a folder for all: its name without the ending, and where several would have one name,
// a number behind it, by their order: the same in every process.
std::vector<std::filesystem::path> outputsOf(
    const std::filesystem::path& folder, const std::vector<std::string>& items, const std::string& ending);

// SHA-256 of a file's bytes, or of a folder's pictures and names, in hexadecimal. NoInput, InputOutput. stop: asked now
// and then; the answer is Cancelled then.
engine::Result<std::string> digestOf(const std::filesystem::path& path, const std::function<bool()>& stop = {});

} // namespace app::batch
