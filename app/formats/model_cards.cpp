#include "app/formats/model_cards.h"

#include <algorithm>
#include <fstream>
#include <map>

namespace app::formats {

namespace fs = std::filesystem;

namespace {

// The sections of a Markdown file by the word after "## ", without blank lines at their ends.
std::map<std::string, std::string> sections(const fs::path& path)
{
    std::map<std::string, std::string> all;
    std::string* current = nullptr;
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("## ")) {
            current = &all[line.substr(3)];
            continue;
        }
        if (line.starts_with("# "))
            current = nullptr;
        if (current && (!line.empty() || !current->empty()))
            *current += line + "\n";
    }
    for (auto& [name, text] : all)
        text.erase(text.find_last_not_of('\n') + 1);
    return all;
}

} // namespace

std::vector<ModelCard> modelCards(const fs::path& starter)
{
    const auto cards = sections(starter / "MODELS.md");
    std::vector<ModelCard> all;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(starter, ignored)) {
        const std::string name = entry.path().filename().string();
        if (!fs::exists(entry.path() / "config.json", ignored))
            continue;
        const auto card = cards.find(name);
        const std::string text = card == cards.end() ? "" : card->second;
        all.push_back({name, text.substr(0, text.find('\n')), text});
    }
    std::sort(all.begin(), all.end(), [](const ModelCard& a, const ModelCard& b) { return a.name < b.name; });
    return all;
}

} // namespace app::formats
