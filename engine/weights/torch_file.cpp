#include "engine/weights/torch_file.h"

#include "engine/weights/mapped_file.h"
#include "engine/weights/pickle.h"

#include <cstring>
#include <zip.h>

namespace engine::weights {

namespace {

Error bad(const std::string& file, const std::string& what)
{
    return {ErrorKind::BadData, file + ": " + what};
}

// The tensor's elements, in order. Contiguous ones stay where they are; others are gathered.
Result<TensorView> viewOf(
    const PickledTensor& tensor, std::span<const uint8_t> storage, TensorMap& map, const std::string& where)
{
    TensorView view{.dtype = tensor.dtype, .shape = tensor.shape};
    const uint64_t size = byteSize(tensor.dtype), available = storage.size() / size;
    const auto count = checkedCount(tensor.shape);
    uint64_t last = tensor.offset, expected = 1;
    bool contiguous = true;
    bool fits = count.has_value() && *count <= (uint64_t(1) << 40);
    for (size_t i = tensor.shape.size(); fits && i-- > 0;) {
        const uint64_t extent = uint64_t(tensor.shape[i]), stride = uint64_t(tensor.strides[i]);
        contiguous &= extent <= 1 || stride == expected;
        expected *= std::max<uint64_t>(extent, 1);
        uint64_t reach = 0;
        fits = extent == 0
            || (!__builtin_mul_overflow(extent - 1, stride, &reach) && !__builtin_add_overflow(last, reach, &last));
    }
    if (!fits || (*count > 0 && last >= available) || (*count > available && !contiguous))
        return bad(where,
            "shape " + toString(tensor.shape) + " at element " + std::to_string(tensor.offset)
                + " does not fit its storage of " + std::to_string(available) + " elements; the file is damaged");
    if (*count == 0)
        return view;
    if (contiguous) {
        view.bytes = storage.subspan(tensor.offset * size, *count * size);
        return view;
    }
    auto gathered = std::make_shared<std::vector<uint8_t>>(*count * size);
    for (uint64_t i = 0; i < *count; ++i) {
        uint64_t rest = i, at = tensor.offset;
        for (size_t axis = tensor.shape.size(); axis-- > 0;) {
            at += rest % uint64_t(tensor.shape[axis]) * uint64_t(tensor.strides[axis]);
            rest /= uint64_t(tensor.shape[axis]);
        }
        std::memcpy(gathered->data() + i * size, storage.data() + at * size, size);
    }
    view.bytes = *gathered;
    map.owners.push_back(gathered);
    return view;
}

using Storages = std::map<std::string, std::span<const uint8_t>>;

Result<void> addTensors(const Pickled& pickled, const Storages& storages, TensorMap& map, const std::string& file)
{
    for (const auto& [name, tensor] : pickled.tensors) {
        const std::string where = file + ", tensor " + name;
        const auto storage = storages.find(tensor.storage);
        if (storage == storages.end())
            return bad(where, "its storage " + tensor.storage + " is not in the file");
        TRY_ASSIGN(map.tensors[name], viewOf(tensor, storage->second, map, where));
    }
    return {};
}

// ------------------------------------------------------------------------------------------------------- zip container

class Archive {
public:
    static Result<Archive> open(std::span<const uint8_t> bytes, const std::string& file)
    {
        zip_error_t error;
        zip_error_init(&error);
        zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
        zip_t* zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : nullptr;
        if (!zip) {
            const std::string reason = zip_error_strerror(&error);
            zip_source_free(source);
            zip_error_fini(&error);
            return bad(file, "the archive cannot be opened: " + reason);
        }
        zip_error_fini(&error);
        return Archive(zip, file);
    }
    Archive(Archive&& other) noexcept : m_zip(std::exchange(other.m_zip, nullptr)), m_file(std::move(other.m_file)) { }
    ~Archive()
    {
        if (m_zip)
            zip_discard(m_zip);
    }

    std::vector<std::string> names() const
    {
        std::vector<std::string> names;
        const zip_int64_t count = zip_get_num_entries(m_zip, 0);
        for (zip_int64_t i = 0; i < count; ++i) {
            const char* name = zip_get_name(m_zip, zip_uint64_t(i), 0);
            names.emplace_back(name ? name : "");
        }
        return names;
    }

    Result<std::shared_ptr<std::vector<uint8_t>>> read(const std::string& name, uint64_t mostBytes) const
    {
        zip_stat_t status;
        if (zip_stat(m_zip, name.c_str(), 0, &status) != 0 || !(status.valid & ZIP_STAT_SIZE))
            return bad(m_file, "the entry " + name + " is not in the archive");
        if (status.size > mostBytes) // torch stores entries as they are: none is larger than the archive
            return bad(m_file, "the entry " + name + " is said to be larger than the file");
        auto bytes = std::make_shared<std::vector<uint8_t>>(status.size);
        zip_file_t* entry = zip_fopen(m_zip, name.c_str(), 0);
        const zip_int64_t read = entry ? zip_fread(entry, bytes->data(), bytes->size()) : -1;
        if (entry)
            zip_fclose(entry);
        if (read != zip_int64_t(bytes->size()))
            return bad(m_file, "the entry " + name + " cannot be read; the archive is damaged");
        return bytes;
    }

private:
    Archive(zip_t* zip, std::string file) : m_zip(zip), m_file(std::move(file)) { }

    zip_t* m_zip;
    std::string m_file;
};

Result<TensorMap> parseZip(std::span<const uint8_t> bytes, const std::string& file)
{
    TRY_ASSIGN(const Archive archive, Archive::open(bytes, file));
    std::string prefix;
    bool found = false;
    for (const std::string& name : archive.names())
        if (!found && (name == "data.pkl" || name.ends_with("/data.pkl"))) {
            prefix = name.substr(0, name.size() - 8);
            found = true;
        }
    if (!found)
        return bad(file, "it is a zip archive without data.pkl, so not one of torch.save");
    TRY_ASSIGN(const auto pickle, archive.read(prefix + "data.pkl", bytes.size()));
    TRY_ASSIGN(const Pickled pickled, unpickleStateDict(*pickle, file));
    TensorMap map;
    Storages storages;
    for (const auto& entry : pickled.tensors) {
        const std::string& key = entry.second.storage;
        if (storages.contains(key))
            continue;
        TRY_ASSIGN(const auto data, archive.read(prefix + "data/" + key, bytes.size()));
        storages[key] = *data;
        map.owners.push_back(data);
    }
    TRY(addTensors(pickled, storages, map, file));
    return map;
}

// ------------------------------------------------------------------------------------------------------- legacy stream

Result<TensorMap> parseLegacy(
    std::span<const uint8_t> bytes, std::shared_ptr<const void> owner, const std::string& file)
{
    size_t at = 0;
    for (int i = 0; i < 3; ++i) { // magic number, protocol version, system information
        TRY_ASSIGN(const size_t read, skipPickle(bytes.subspan(at), file));
        at += read;
    }
    TRY_ASSIGN(const Pickled pickled, unpickleStateDict(bytes.subspan(at), file));
    at += pickled.bytesRead;
    TRY_ASSIGN(const auto keys, unpickleStrings(bytes.subspan(at), file));
    at += keys.second;

    std::map<std::string, DType> types;
    for (const auto& entry : pickled.tensors)
        types[entry.second.storage] = entry.second.dtype;
    TensorMap map;
    map.owners.push_back(std::move(owner));
    Storages storages;
    for (const std::string& key : keys.first) {
        uint64_t count = 0, size = 0;
        if (bytes.size() - at < sizeof count)
            return bad(file, "the file ends before storage " + key + "; it is cut short");
        std::memcpy(&count, bytes.data() + at, sizeof count);
        at += sizeof count;
        if (!types.contains(key))
            return bad(file, "storage " + key + " belongs to no tensor");
        if (__builtin_mul_overflow(count, uint64_t(byteSize(types[key])), &size) || size > bytes.size() - at)
            return bad(file,
                "storage " + key + " at byte " + std::to_string(at) + " is said to hold " + std::to_string(count)
                    + " elements; the file is cut short");
        storages[key] = bytes.subspan(at, size);
        at += size;
    }
    TRY(addTensors(pickled, storages, map, file));
    return map;
}

} // namespace

Result<TensorMap> parseTorchFile(
    std::span<const uint8_t> bytes, std::shared_ptr<const void> owner, const std::string& file)
{
    if (bytes.size() >= 4 && std::memcmp(bytes.data(), "PK\x03\x04", 4) == 0)
        return parseZip(bytes, file);
    // The legacy stream begins with the pickled magic number 0x1950a86a20f9469cfc6c.
    constexpr uint8_t kMagic[] = {0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19};
    if (bytes.size() >= sizeof kMagic && std::memcmp(bytes.data(), kMagic, sizeof kMagic) == 0)
        return parseLegacy(bytes, std::move(owner), file);
    return bad(file, "it is neither of torch.save's containers (a zip archive or the legacy stream)");
}

Result<TensorMap> readTorchFile(const std::filesystem::path& path)
{
    TRY_ASSIGN(const std::shared_ptr<const MappedFile> file, MappedFile::open(path));
    return parseTorchFile(file->bytes(), file, path.string());
}

} // namespace engine::weights
