// The models that come with the program, and what their cards say: assets/starter holds a folder a model and MODELS.md,
// one section a model ("## flow", then Markdown). Any thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace app::formats {

struct ModelCard {
    std::string name; // of the folder, and of the section
    std::string title; // the card's first line
    std::string text; // the section without its heading, Markdown; empty when there is none
};

// Folders of `starter` that hold a model, by name.
std::vector<ModelCard> modelCards(const std::filesystem::path& starter);

} // namespace app::formats
