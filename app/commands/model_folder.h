// Where models are: built in, given as a folder, or in the local cache of the Hugging Face hub. Any thread.
#pragma once

#include "engine/base/result.h"

#include <filesystem>
#include <string>
#include <vector>

namespace app::commands {

// Built-in models and samples: installed beside the program, or in the sources.
std::filesystem::path assets();

// The folder (or weights file) that a name means: a path that exists, a built-in model ("flow"), or a hub id
// ("deepmind/optical-flow-perceiver") whose files are in the local cache ($HF_HUB_CACHE, $HF_HOME/hub or
// ~/.cache/huggingface/hub). NoInput when it is none of these, with the built-in names; BadData with what to do when it
// is one of DeepMind's original files, which are recognised by their SHA-256.
engine::Result<std::filesystem::path> modelFolder(const std::string& name);

// What a list of names means to a command that takes several models: a folder that is no model but holds some stands
// for those, by name; an empty list for all that are built in. Whether each is a model, modelFolder says.
std::vector<std::string> modelsMeant(const std::vector<std::string>& names);

// `chosen`, or the built-in model `name`; Usage when none is chosen and none built in.
engine::Result<std::string> modelOr(const std::string& chosen, const std::string& name);

} // namespace app::commands
