#include "engine/weights/safetensors.h"

#include "engine/weights/mapped_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

namespace engine::weights {

namespace {

using nlohmann::json;

std::optional<DType> typeNamed(const std::string& text)
{
    for (int i = 0; i <= int(DType::Bool); ++i)
        if (text == name(DType(i)))
            return DType(i);
    return std::nullopt;
}

Error bad(const std::string& file, const std::string& what)
{
    return {ErrorKind::BadData, file + ": " + what};
}

bool isNaturals(const json& value)
{
    return value.is_array() && std::all_of(value.begin(), value.end(), [](const json& v) {
        return v.is_number_unsigned() && v.get<uint64_t>() <= uint64_t(INT64_MAX);
    });
}

Result<TensorView> viewOf(
    const json& entry, std::span<const uint8_t> data, const std::string& where, uint64_t dataStart)
{
    if (!entry.is_object() || !entry.contains("dtype") || !entry.contains("shape") || !entry.contains("data_offsets")
        || !entry["dtype"].is_string() || !isNaturals(entry["shape"]) || !isNaturals(entry["data_offsets"])
        || entry["data_offsets"].size() != 2)
        return Error{ErrorKind::BadData, where + ": its header entry lacks dtype, shape or data_offsets"};
    const auto type = typeNamed(entry["dtype"].get<std::string>());
    if (!type)
        return Error{ErrorKind::BadData, where + ": its type " + entry["dtype"].get<std::string>() + " is not known"};
    TensorView view{.dtype = *type, .shape = entry["shape"].get<Shape>()};
    const uint64_t begin = entry["data_offsets"][0], end = entry["data_offsets"][1];
    if (begin > end || end > data.size())
        return Error{ErrorKind::BadData,
            where + ": its bytes " + std::to_string(dataStart + begin) + " to " + std::to_string(dataStart + end)
                + " lie outside the file of " + std::to_string(dataStart + data.size())
                + " bytes; the file is cut short or damaged"};
    const auto count = checkedCount(view.shape);
    uint64_t bytes = 0;
    if (!count || __builtin_mul_overflow(*count, byteSize(*type), &bytes) || bytes != end - begin)
        return Error{ErrorKind::BadData,
            where + ": shape " + toString(view.shape) + " of " + name(*type) + " does not take the "
                + std::to_string(end - begin) + " bytes that it has at offset " + std::to_string(dataStart + begin)};
    view.bytes = data.subspan(begin, end - begin);
    return view;
}

} // namespace

Result<std::map<std::string, TensorView>> parseSafetensors(std::span<const uint8_t> bytes, const std::string& file)
{
    constexpr uint64_t kMostHeader = 100'000'000; // the format's own limit
    if (bytes.size() < 8)
        return bad(file, "too short for a safetensors file: " + std::to_string(bytes.size()) + " bytes");
    uint64_t length = 0;
    std::memcpy(&length, bytes.data(), sizeof length);
    if (length > kMostHeader || length > bytes.size() - 8)
        return bad(file,
            "the header is said to have " + std::to_string(length) + " bytes, the file has "
                + std::to_string(bytes.size()) + "; it is cut short or not a safetensors file");
    // The library's own depth is unbounded: a header of brackets would end in the stack.
    int depth = 0;
    const auto shallow = [&](int, json::parse_event_t event, json&) {
        depth += event == json::parse_event_t::object_start || event == json::parse_event_t::array_start;
        depth -= event == json::parse_event_t::object_end || event == json::parse_event_t::array_end;
        return depth < 8;
    };
    const json header = json::parse(bytes.begin() + 8, bytes.begin() + 8 + int64_t(length), shallow, false);
    if (!header.is_object())
        return bad(file, "the header at byte 8 is not a JSON object");

    const std::span<const uint8_t> data = bytes.subspan(8 + length);
    std::map<std::string, TensorView> tensors;
    for (const auto& [tensor, entry] : header.items()) {
        if (tensor == "__metadata__")
            continue;
        TRY_ASSIGN(tensors[tensor], viewOf(entry, data, file + ", tensor " + tensor, 8 + length));
    }
    std::vector<std::pair<const uint8_t*, const TensorView*>> order;
    for (const auto& entry : tensors)
        if (!entry.second.bytes.empty())
            order.emplace_back(entry.second.bytes.data(), &entry.second);
    std::sort(order.begin(), order.end());
    for (size_t i = 1; i < order.size(); ++i)
        if (order[i - 1].first + order[i - 1].second->bytes.size() > order[i].first)
            return bad(file,
                "two tensors share the byte at offset " + std::to_string(order[i].first - bytes.data())
                    + "; the header is damaged");
    return tensors;
}

Result<TensorMap> readSafetensors(const std::filesystem::path& path)
{
    TRY_ASSIGN(const std::shared_ptr<const MappedFile> file, MappedFile::open(path));
    TensorMap map;
    TRY_ASSIGN(map.tensors, parseSafetensors(file->bytes(), path.string()));
    map.owners.push_back(file);
    return map;
}

Result<TensorMap> readShardedSafetensors(const std::filesystem::path& index)
{
    TRY_ASSIGN(const std::shared_ptr<const MappedFile> file, MappedFile::open(index));
    const json parsed = json::parse(file->bytes().begin(), file->bytes().end(), nullptr, false);
    if (!parsed.is_object() || !parsed.contains("weight_map") || !parsed["weight_map"].is_object())
        return bad(index.string(), "it has no weight_map that names a file for each tensor");
    TensorMap map;
    std::map<std::string, std::map<std::string, TensorView>> shards;
    for (const auto& [tensor, shard] : parsed["weight_map"].items()) {
        if (!shard.is_string())
            return bad(index.string(), "the file of tensor " + tensor + " is not a name");
        const std::string fileName = shard.get<std::string>();
        if (std::filesystem::path(fileName).filename() != fileName || fileName.empty() || fileName == "..")
            return bad(index.string(), "the file '" + fileName + "' of tensor " + tensor + " is not a plain file name");
        if (!shards.contains(fileName)) {
            TRY_ASSIGN(TensorMap read, readSafetensors(index.parent_path() / fileName));
            shards[fileName] = std::move(read.tensors);
            map.owners.push_back(read.owners.front());
        }
        const auto found = shards[fileName].find(tensor);
        if (found == shards[fileName].end())
            return bad(index.string(), "tensor " + tensor + " is not in " + fileName + ", where the index has it");
        map.tensors[tensor] = found->second;
    }
    return map;
}

Result<void> writeSafetensors(const std::filesystem::path& path, const std::map<std::string, HostTensor>& tensors)
{
    json header = json::object();
    uint64_t offset = 0;
    for (const auto& [tensor, values] : tensors) {
        const uint64_t bytes = values.values.size() * sizeof(float);
        header[tensor] = {{"dtype", "F32"}, {"shape", values.shape}, {"data_offsets", {offset, offset + bytes}}};
        offset += bytes;
    }
    std::string text = header.dump();
    text.resize((text.size() + 7) / 8 * 8, ' ');
    std::filesystem::path beside = path;
    beside += ".part";
    errno = 0;
    {
        std::ofstream out(beside, std::ios::binary | std::ios::trunc);
        const uint64_t length = text.size();
        out.write(reinterpret_cast<const char*>(&length), sizeof length);
        out.write(text.data(), std::streamsize(text.size()));
        for (const auto& entry : tensors)
            out.write(reinterpret_cast<const char*>(entry.second.values.data()),
                std::streamsize(entry.second.values.size() * sizeof(float)));
        out.close();
        if (out) {
            std::error_code failed;
            std::filesystem::rename(beside, path, failed);
            if (!failed)
                return {};
            errno = failed.value();
        }
    }
    const std::string reason = errno ? std::strerror(errno) : "the file system refused it";
    std::error_code ignored;
    std::filesystem::remove(beside, ignored);
    return Error{ErrorKind::InputOutput, "cannot write " + path.string() + ": " + reason};
}

} // namespace engine::weights
