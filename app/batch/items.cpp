#include "app/batch/items.h"

#include "app/formats/atomic_file.h"
#include "app/media/natural_order.h"

#include <QCryptographicHash>
#include <QFile>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <map>

namespace app::batch {

using engine::Error;
using engine::ErrorKind;
using engine::Result;

namespace {

constexpr qint64 kPart = 4 << 20; // bytes of a file at a time

std::optional<int64_t> number(std::string_view text)
{
    int64_t value = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
    return wrong == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(value)
                                                                                     : std::nullopt;
}

std::optional<std::string> variable(const char* name)
{
    const char* value = std::getenv(name);
    return value && *value ? std::optional<std::string>(value) : std::nullopt;
}

// A scheduler's pair of variables; first: what index counts from.
struct Scheduler {
    const char *index, *count, *first;
};
constexpr Scheduler kSchedulers[] = {
    {"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN"},
    {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", nullptr},
    {"PMI_RANK", "PMI_SIZE", nullptr},
    {"JOB_COMPLETION_INDEX", "JOB_COMPLETIONS", nullptr},
    {"SLURM_PROCID", "SLURM_NTASKS", nullptr},
};

Result<void> addFile(QCryptographicHash& hash, const std::filesystem::path& path, const std::function<bool()>& stop)
{
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored))
        return Error{ErrorKind::NoInput, path.string() + ": there is no such file"};
    // Not by Qt, to which a name is text: any bytes may stand in one.
    std::FILE* from = std::fopen(path.c_str(), "rb");
    const int wrong = errno;
    QFile file;
    const bool opened = from && file.open(from, QIODevice::ReadOnly, QFileDevice::AutoCloseHandle);
    QByteArray part;
    while (opened && !(part = file.read(kPart)).isEmpty()) {
        if (stop && stop())
            return Error{ErrorKind::Cancelled, "stopped while reading " + path.string()};
        hash.addData(part);
    }
    if (!opened || file.error() != QFileDevice::NoError)
        return Error{ErrorKind::InputOutput,
            "cannot read " + path.string() + ": "
                + (from ? file.errorString().toStdString() : std::generic_category().message(wrong))};
    return {};
}

} // namespace

Result<Share> shareOf(const std::string& text)
{
    const auto checked
        = [](std::optional<int64_t> index, std::optional<int64_t> count, const std::string& said) -> Result<Share> {
        if (!index || !count || *count < 1 || *index < 0 || *index >= *count)
            return Error{ErrorKind::Usage, said + " names no share: I/N is meant, with I from 0 to N - 1"};
        return Share{*index, *count};
    };
    if (!text.empty()) {
        const size_t slash = text.find('/');
        const std::string said = std::string("'").append(text).append("'");
        if (slash == std::string::npos)
            return checked({}, {}, said);
        return checked(
            number(std::string_view(text).substr(0, slash)), number(std::string_view(text).substr(slash + 1)), said);
    }
    for (const Scheduler& each : kSchedulers) {
        const auto index = variable(each.index), count = variable(each.count);
        if (!index || !count || *count == "1")
            continue;
        const int64_t first = each.first ? number(variable(each.first).value_or("0")).value_or(0) : 0;
        auto place = number(*index);
        if (place)
            *place -= first;
        return checked(
            place, number(*count), std::string(each.index) + " = " + *index + ", " + each.count + " = " + *count);
    }
    return Share{};
}

Result<std::vector<std::string>> readList(const std::filesystem::path& file)
{
    TRY_ASSIGN(const std::vector<uint8_t> bytes, formats::readFile(file));
    std::vector<std::string> lines(1);
    for (const uint8_t byte : bytes)
        if (byte == '\n')
            lines.emplace_back();
        else
            lines.back() += char(byte);
    for (std::string& line : lines)
        if (line.ends_with('\r'))
            line.pop_back();
    std::erase(lines, "");
    return lines;
}

std::vector<std::filesystem::path> outputsOf(
    const std::filesystem::path& folder, const std::vector<std::string>& items, const std::string& ending)
{
    std::map<std::string, int> uses;
    std::vector<std::filesystem::path> outputs;
    for (const std::string& item : items) {
        std::filesystem::path path = std::filesystem::path(item).lexically_normal();
        if (path.filename().empty())
            path = path.parent_path();
        const std::string stem = path.stem().empty() ? "video" : path.stem().string();
        const int use = ++uses[stem];
        std::string name = stem;
        if (use > 1)
            name.append("-").append(std::to_string(use));
        outputs.push_back(folder / name.append(ending));
    }
    return outputs;
}

Result<std::string> digestOf(const std::filesystem::path& path, const std::function<bool()>& stop)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    std::error_code failed;
    if (std::filesystem::is_directory(path, failed)) {
        std::vector<std::filesystem::path> files;
        for (const auto& entry : std::filesystem::directory_iterator(path, failed))
            if (entry.is_regular_file(failed))
                files.push_back(entry.path());
        media::sortNaturally(files);
        for (const auto& file : files) {
            const std::string name = file.filename().string();
            hash.addData(QByteArray(name.c_str(), qsizetype(name.size() + 1)));
            TRY(addFile(hash, file, stop));
        }
    } else {
        TRY(addFile(hash, path, stop));
    }
    return hash.result().toHex().toStdString();
}

} // namespace app::batch
