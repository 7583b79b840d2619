#include "app/document/session_file.h"

#include "app/formats/atomic_file.h"

#include <QByteArray>

namespace app::document {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorKind;
using engine::Result;
using nlohmann::json;

namespace {

constexpr size_t kMostBytes = 64 << 20, kMostFiles = 10'000, kMostNamed = 5;
constexpr int kMostDepth = 64;

bool isUtf8(const std::string& text)
{
    try {
        (void)json(text).dump();
    } catch (const json::exception&) {
        return false;
    }
    return true;
}

fs::path folderOf(const fs::path& path)
{
    std::error_code ignored;
    return fs::absolute(path, ignored).lexically_normal().parent_path();
}

// As the session's file names it: relative to its folder with "/", absolute where no way leads there (another drive).
Result<std::string> nameOf(const fs::path& path, const fs::path& folder)
{
    std::error_code ignored;
    const fs::path whole = fs::absolute(path, ignored).lexically_normal();
    const fs::path relative = whole.lexically_relative(folder);
    std::string name = (relative.empty() ? whole : relative).generic_string();
    if (!isUtf8(name))
        return Error{ErrorKind::BadData,
            "the name of " + path.string() + " is not valid UTF-8, so a session cannot hold it: rename it first"};
    return name;
}

// One value of the session's object by its key; the type is checked, what is not there stays as it is.
class Fields {
public:
    Fields(const json& object, std::string name, fs::path folder)
        : m_object(object), m_name(std::move(name)), m_folder(std::move(folder))
    {
    }

    Error wrong(const char* key, const std::string& expected) const
    {
        return Error{ErrorKind::BadData,
            m_name + " is damaged: " + key + " must be " + expected + ". Make a new session of what is open"};
    }

    Result<std::string> text(const char* key) const
    {
        const auto found = m_object.find(key);
        if (found == m_object.end())
            return std::string();
        if (!found->is_string())
            return wrong(key, "a text");
        return found->get<std::string>();
    }

    Result<fs::path> path(const char* key, const json& value) const
    {
        if (!value.is_string() || value.get_ref<const std::string&>().empty()
            || value.get_ref<const std::string&>().find('\0') != std::string::npos)
            return wrong(key, "the name of a file or folder");
        return (m_folder / value.get<std::string>()).lexically_normal();
    }

    Result<std::vector<fs::path>> paths(const char* key) const
    {
        std::vector<fs::path> all;
        const auto found = m_object.find(key);
        if (found == m_object.end())
            return all;
        if (!found->is_array() || found->size() > kMostFiles)
            return wrong(key, "a list of at most " + std::to_string(kMostFiles) + " file names");
        for (const json& value : *found) {
            TRY_ASSIGN(fs::path path, this->path(key, value));
            all.push_back(std::move(path));
        }
        return all;
    }

private:
    const json& m_object;
    std::string m_name;
    fs::path m_folder;
};

Result<json> parseObject(std::span<const uint8_t> bytes, const std::string& name)
{
    if (bytes.size() > kMostBytes)
        return Error{ErrorKind::BadData, name + " is too large for a session"};
    bool deep = false;
    const auto shallow = [&deep](int depth, json::parse_event_t, json&) {
        deep |= depth > kMostDepth;
        return !deep;
    };
    json parsed = json::parse(bytes.begin(), bytes.end(), shallow, false);
    if (deep || !parsed.is_object() || !parsed.contains("perceiverscope"))
        return Error{ErrorKind::BadData, name + " is not a session of PerceiverScope, or was cut short"};
    return parsed;
}

} // namespace

Result<std::string> formatSession(const fs::path& path, const Session& session)
{
    const fs::path folder = folderOf(path);
    json files = json::array();
    for (const fs::path& file : session.files) {
        TRY_ASSIGN(const std::string name, nameOf(file, folder));
        files.push_back(name);
    }
    json out{{"perceiverscope", kSessionVersion}, {"files", files}, {"view", session.view}};
    if (!session.task.empty())
        out["task"] = session.task;
    if (!session.model.empty() && fs::path(session.model).is_absolute()) {
        TRY_ASSIGN(out["model_folder"], nameOf(session.model, folder));
    } else if (!session.model.empty()) {
        out["model"] = session.model;
    }
    if (isUtf8(session.text))
        out["text"] = session.text;
    else // as bytes: a model reads them too
        out["text_base64"] = QByteArray::fromStdString(session.text).toBase64().toStdString();
    return out.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

Result<Session> parseSession(std::span<const uint8_t> bytes, const fs::path& path)
{
    const std::string name = path.string();
    TRY_ASSIGN(const json parsed, parseObject(bytes, name));
    const Fields fields(parsed, name, folderOf(path));
    const json& version = parsed["perceiverscope"];
    if (!version.is_number_integer() || version < 1)
        return fields.wrong("perceiverscope", "the version's number");
    if (version > kSessionVersion)
        return Error{ErrorKind::BadData,
            name + " was saved by a newer PerceiverScope (version " + version.dump() + " of sessions; this one reads "
                + std::to_string(kSessionVersion) + "): update the program"};
    Session session;
    TRY_ASSIGN(session.files, fields.paths("files"));
    TRY_ASSIGN(session.text, fields.text("text"));
    TRY_ASSIGN(const std::string encoded, fields.text("text_base64"));
    if (!encoded.empty()) {
        const auto decoded = QByteArray::fromBase64Encoding(
            QByteArray::fromStdString(encoded), QByteArray::AbortOnBase64DecodingErrors);
        if (!decoded)
            return fields.wrong("text_base64", "bytes in base64");
        session.text = decoded.decoded.toStdString();
    }
    TRY_ASSIGN(session.task, fields.text("task"));
    TRY_ASSIGN(session.model, fields.text("model"));
    if (const auto folder = parsed.find("model_folder"); folder != parsed.end()) {
        TRY_ASSIGN(const fs::path model, fields.path("model_folder", *folder));
        session.model = model.string();
    }
    if (const auto view = parsed.find("view"); view != parsed.end()) {
        if (!view->is_object())
            return fields.wrong("view", "an object");
        session.view = *view;
    }
    return session;
}

std::vector<fs::path> missingFiles(const Session& session)
{
    std::vector<fs::path> missing;
    std::error_code ignored;
    for (const fs::path& file : session.files)
        if (!fs::exists(file, ignored))
            missing.push_back(file);
    return missing;
}

Result<void> writeSession(const fs::path& path, const Session& session)
{
    TRY_ASSIGN(const std::string text, formatSession(path, session));
    return formats::writeText(path, text);
}

Result<Session> readSession(const fs::path& path)
{
    TRY_ASSIGN(const std::vector<uint8_t> bytes, formats::readFile(path));
    TRY_ASSIGN(Session session, parseSession(bytes, path));
    const std::vector<fs::path> missing = missingFiles(session);
    if (missing.empty())
        return session;
    std::string names;
    for (size_t i = 0; i < std::min(missing.size(), kMostNamed); ++i)
        names += (i ? ", " : "") + missing[i].string();
    if (missing.size() > kMostNamed)
        names += " and " + std::to_string(missing.size() - kMostNamed) + " more";
    return Error{ErrorKind::NoInput,
        path.string() + " names files that are not there: " + names + ". Put them back, or open them anew"};
}

} // namespace app::document
