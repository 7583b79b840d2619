#include "app/commands/model_folder.h"

#include "app/formats/model_cards.h"
#include "app/formats/official_files.h"

#include <QCoreApplication>
#include <algorithm>
#include <cstdlib>

namespace app::commands {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorKind;
using engine::Result;

namespace {

std::string variable(const char* name)
{
    const char* value = std::getenv(name);
    return value ? value : "";
}

fs::path hubCache()
{
    if (const std::string cache = variable("HF_HUB_CACHE"); !cache.empty())
        return cache;
    if (const std::string home = variable("HF_HOME"); !home.empty())
        return fs::path(home) / "hub";
    return fs::path(variable("HOME")) / ".cache/huggingface/hub";
}

// The newest snapshot of a hub id, or an empty path.
fs::path inHubCache(const std::string& id)
{
    std::string name = "models--" + id;
    for (size_t slash = 0; (slash = name.find('/')) != std::string::npos;)
        name.replace(slash, 1, "--");
    std::error_code failed;
    fs::path newest;
    for (fs::directory_iterator entry(hubCache() / name / "snapshots", failed), end; !failed && entry != end;
         entry.increment(failed)) {
        std::error_code ignored;
        if (newest.empty() || fs::last_write_time(*entry, ignored) > fs::last_write_time(newest, ignored))
            newest = entry->path();
    }
    return newest;
}

std::string builtInNames()
{
    std::string text;
    for (const formats::ModelCard& card : formats::modelCards(assets() / "starter"))
        text += (text.empty() ? "" : ", ") + card.name;
    return text;
}

} // namespace

fs::path assets()
{
    const fs::path program = QCoreApplication::applicationDirPath().toStdString();
    std::error_code ignored;
    for (const fs::path& place :
        {program / "../share/perceiverscope", program / "../../assets", fs::path(PERCEIVERSCOPE_ASSETS)})
        if (fs::is_directory(place / "starter", ignored))
            return fs::weakly_canonical(place, ignored);
    return PERCEIVERSCOPE_ASSETS;
}

Result<fs::path> modelFolder(const std::string& name)
{
    std::error_code ignored;
    fs::path folder = name;
    if (!fs::exists(folder, ignored))
        folder = assets() / "starter" / name;
    if (name.empty() || !fs::exists(folder, ignored))
        folder = inHubCache(name);
    if (folder.empty())
        return Error{ErrorKind::NoInput,
            "there is no model '" + name + "': neither a folder, nor built in (" + builtInNames()
                + "), nor a hub id in the cache " + hubCache().string()};
    TRY_ASSIGN(const std::string official, formats::officialFile(folder));
    if (!official.empty())
        return Error{ErrorKind::BadData,
            folder.string() + " is DeepMind's original " + official
                + ", a pickle of Haiku arrays: convert it to a folder with config.json and weights first "
                  "(transformers: models/perceiver/convert_perceiver_haiku_to_pytorch.py)"};
    return folder;
}

std::vector<std::string> modelsMeant(const std::vector<std::string>& names)
{
    std::vector<std::string> models;
    if (names.empty())
        for (const formats::ModelCard& card : formats::modelCards(assets() / "starter"))
            models.push_back(card.name);
    for (const std::string& name : names) {
        std::error_code failed;
        std::vector<std::string> inside;
        if (!fs::exists(fs::path(name) / "config.json", failed))
            for (fs::directory_iterator entry(name, failed), end; !failed && entry != end; entry.increment(failed)) {
                std::error_code ignored;
                if (fs::exists(entry->path() / "config.json", ignored))
                    inside.push_back(entry->path().string());
            }
        if (inside.empty())
            inside.push_back(name);
        std::sort(inside.begin(), inside.end());
        models.insert(models.end(), inside.begin(), inside.end());
    }
    return models;
}

Result<std::string> modelOr(const std::string& chosen, const std::string& name)
{
    std::error_code ignored;
    if (!chosen.empty())
        return chosen;
    if (fs::exists(assets() / "starter" / name / "config.json", ignored))
        return name;
    return Error{ErrorKind::Usage, "no model for this is built in: name a checkpoint's folder with --model"};
}

} // namespace app::commands
