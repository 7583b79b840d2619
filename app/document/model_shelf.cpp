#include "app/document/model_shelf.h"

#include "app/commands/model_folder.h"
#include "app/commands/model_summary.h"
#include "app/formats/atomic_file.h"
#include "app/formats/model_cards.h"

#include <algorithm>

namespace app::document {

namespace fs = std::filesystem;
using commands::ModelSummary;
using engine::perceiver::Kind;

namespace {

constexpr uintmax_t kMostCardBytes = 1 << 20;
constexpr size_t kFewLabels = 12; // as many as a sentence can name

std::string listed(const std::vector<std::string>& words)
{
    std::string text;
    for (size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
    return text;
}

// Whether somebody named the classes: transformers writes LABEL_0, LABEL_1 … where nobody did.
bool named(const std::vector<std::string>& labels)
{
    return !labels.empty() && labels.size() <= kFewLabels
        && std::none_of(labels.begin(), labels.end(), [](const std::string& l) { return l.starts_with("LABEL_"); });
}

std::vector<std::string> sentencesOf(const ModelSummary& model)
{
    const std::string count = std::to_string(model.labelCount);
    std::vector<std::string> can;
    switch (model.kind) {
    case Kind::MaskedLanguage:
        return {"Fills masked bytes"};
    case Kind::TextClassification: {
        std::vector<std::string> words = model.labels;
        if (words.size() == 2) // the good one is first in speech
            std::swap(words[0], words[1]);
        return {named(words) ? "Says " + listed(words) : "Sorts a text into " + count + " classes"};
    }
    case Kind::ImageLearned:
    case Kind::ImageFourier:
    case Kind::ImageConv:
        can.push_back("Names one of " + count + " things in a picture");
        if (named(model.labels))
            can.push_back("Knows " + listed(model.labels));
        return can;
    case Kind::OpticalFlow:
        return {"Optical flow of two frames"};
    case Kind::Multimodal:
        return {"Rebuilds a clip with sound"};
    case Kind::Bare:
        break;
    }
    return {"Turns an array into latents"};
}

// README.md of a folder as the hub has it, without the block of metadata at its head.
std::string cardIn(const fs::path& folder)
{
    std::error_code failed;
    const fs::path file = folder / "README.md";
    if (fs::file_size(file, failed) > kMostCardBytes || failed)
        return {};
    const auto bytes = formats::readFile(file);
    std::string text;
    if (bytes.ok())
        text.assign(bytes.value().begin(), bytes.value().end());
    if (text.starts_with("---\n"))
        if (const size_t end = text.find("\n---\n", 3); end != std::string::npos)
            text.erase(0, end + 5);
    text.erase(0, std::min(text.find_first_not_of('\n'), text.size()));
    return text;
}

// The folder that holds the weights, also where one of its files was named.
fs::path folderOf(const fs::path& path)
{
    std::error_code ignored;
    return fs::is_regular_file(path, ignored) ? path.parent_path() : path;
}

std::string titleOf(const fs::path& folder)
{
    // hub cache: …/models--owner--name/snapshots/hash
    const std::string hub = folder.parent_path().parent_path().filename().string();
    if (folder.parent_path().filename() == "snapshots" && hub.starts_with("models--")) {
        const size_t dashes = hub.find("--", 8);
        return dashes == std::string::npos ? hub.substr(8) : hub.substr(8, dashes - 8) + "/" + hub.substr(dashes + 2);
    }
    const std::string last = folder.filename().string();
    return last.empty() ? folder.string() : last;
}

std::string absolute(const std::string& folder)
{
    std::error_code failed;
    const fs::path path = fs::absolute(folder, failed).lexically_normal();
    if (failed)
        return folder;
    return path.has_filename() || path == path.root_path() ? path.string() : path.parent_path().string();
}

void fill(ModelEntry& entry, const fs::path& path)
{
    std::error_code ignored;
    const auto summary = commands::summaryOf(path);
    if (summary.ok()) {
        entry.kind = summary.value().kind;
        entry.can = sentencesOf(summary.value());
        entry.parameters = summary.value().parameters;
        entry.bytes = summary.value().bytes;
        return;
    }
    entry.wrong = summary.error().message;
    if (!fs::exists(path, ignored))
        entry.wrong += ". Put it back, or take it out of the list";
    else if (const auto known = commands::modelFolder(path.string()); !known.ok()) // one of DeepMind's original files
        entry.wrong = known.error().message;
}

ModelEntry starterOf(const formats::ModelCard& card)
{
    ModelEntry entry{.id = card.name, .title = card.name + " · starter", .starter = true, .card = card.text};
    fill(entry, commands::assets() / "starter" / card.name);
    return entry;
}

ModelEntry folderEntry(const std::string& folder)
{
    const std::string id = absolute(folder);
    const fs::path place = folderOf(id);
    ModelEntry entry{.id = id, .title = titleOf(place), .card = cardIn(place)};
    fill(entry, id);
    return entry;
}

} // namespace

std::vector<ModelEntry> ModelShelf::entries(const std::vector<std::string>& userFolders)
{
    std::vector<ModelEntry> all;
    for (const formats::ModelCard& card : formats::modelCards(commands::assets() / "starter"))
        all.push_back(starterOf(card));
    for (const std::string& folder : userFolders) {
        const auto sameId = [id = absolute(folder)](const ModelEntry& entry) { return entry.id == id; };
        if (!folder.empty() && std::none_of(all.begin(), all.end(), sameId))
            all.push_back(folderEntry(folder));
    }
    // Two folders of one name are told apart by where they are.
    std::vector<std::string> titles;
    for (const ModelEntry& entry : all)
        titles.push_back(entry.title);
    for (ModelEntry& entry : all)
        if (!entry.starter && std::count(titles.begin(), titles.end(), entry.title) > 1)
            entry.title += " · " + folderOf(entry.id).parent_path().string();
    return all;
}

ModelEntry ModelShelf::entryOf(const std::string& id)
{
    if (id.find('/') == std::string::npos)
        for (const formats::ModelCard& card : formats::modelCards(commands::assets() / "starter"))
            if (card.name == id)
                return starterOf(card);
    return folderEntry(id);
}

const ModelEntry* ModelShelf::find(const std::string& id) const
{
    const auto found
        = std::find_if(m_entries.begin(), m_entries.end(), [&](const ModelEntry& entry) { return entry.id == id; });
    return found == m_entries.end() ? nullptr : &*found;
}

std::vector<const ModelEntry*> ModelShelf::thatAnswer(Asked asked) const
{
    std::vector<const ModelEntry*> fitting;
    for (const ModelEntry& entry : m_entries)
        if (rank(entry, asked) < 2)
            fitting.push_back(&entry);
    std::stable_sort(fitting.begin(), fitting.end(),
        [&](const ModelEntry* a, const ModelEntry* b) { return rank(*a, asked) < rank(*b, asked); });
    return fitting;
}

int rank(const ModelEntry& entry, Asked asked)
{
    if (!entry.usable())
        return 3;
    if (!answers(entry.kind, asked))
        return 2;
    return asked == Asked::MaskedText && entry.kind != Kind::MaskedLanguage ? 1 : 0;
}

} // namespace app::document
