// The models that a user can choose: those that come with the program, and the folders that the user added. Only
// config.json and the tensors' headers are read, no weights and no device, so a shelf is made in milliseconds. What
// cannot be used stays on the shelf and says why. Plain values; any thread.
#pragma once

#include "app/document/asked.h"

#include <vector>

namespace app::document {

struct ModelEntry {
    std::string id; // a starter's name ("flow"), or the folder's absolute path: what commands::modelFolder takes
    std::string title; // "flow · starter"; a folder's last name, or its hub id
    bool starter = false;
    engine::perceiver::Kind kind = engine::perceiver::Kind::Bare;
    std::vector<std::string> can; // sentences: "Optical flow of two frames"
    int64_t parameters = 0;
    uint64_t bytes = 0; // of the weights
    std::string card; // Markdown; a starter's own, a folder's README.md; may be empty
    std::string wrong; // why it cannot be used and the way out, a sentence; empty when it can

    bool usable() const { return wrong.empty(); }
};

class ModelShelf {
public:
    ModelShelf() = default; // empty
    // The starter models by name, then these folders in their order, each once.
    explicit ModelShelf(const std::vector<std::string>& userFolders) : m_entries(entries(userFolders)) { }

    static std::vector<ModelEntry> entries(const std::vector<std::string>& userFolders);
    // Of a starter's name or a folder (or one of the weight files in it).
    static ModelEntry entryOf(const std::string& id);

    const std::vector<ModelEntry>& entries() const { return m_entries; }
    const ModelEntry* find(const std::string& id) const; // null when it is not there
    // What can answer, the best first; never a broken one.
    std::vector<const ModelEntry*> thatAnswer(Asked asked) const;

private:
    std::vector<ModelEntry> m_entries;
};

// How well a model fits: 0 made for it, 1 it answers too, 2 it answers something else, 3 it cannot be used.
int rank(const ModelEntry& entry, Asked asked);

} // namespace app::document
