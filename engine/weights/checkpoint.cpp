#include "engine/weights/checkpoint.h"

#include "engine/weights/safetensors.h"
#include "engine/weights/torch_file.h"

#include <bit>
#include <cmath>

namespace engine::weights {

Result<Checkpoint> Checkpoint::open(const std::filesystem::path& path)
{
    namespace fs = std::filesystem;
    std::error_code ignored;
    if (!fs::exists(path, ignored))
        return Error{ErrorKind::NoInput, "there is no model folder " + path.string()};
    Checkpoint checkpoint;
    checkpoint.m_folder = fs::is_directory(path, ignored) ? path : path.parent_path();
    struct Container {
        const char* file;
        Result<TensorMap> (*read)(const fs::path&);
    };
    constexpr Container kContainers[] = {{"model.safetensors", readSafetensors},
        {"model.safetensors.index.json", readShardedSafetensors}, {"pytorch_model.bin", readTorchFile}};
    const Container* found = nullptr;
    for (const Container& container : kContainers)
        if (!found && fs::exists(checkpoint.m_folder / container.file, ignored)
            && (fs::is_directory(path, ignored) || path.filename() == container.file))
            found = &container;
    if (!found)
        return Error{ErrorKind::NoInput,
            path.string()
                + " holds no weights: expected model.safetensors, model.safetensors.index.json or "
                  "pytorch_model.bin beside config.json"};
    TRY_ASSIGN(checkpoint.m_config, readConfig(checkpoint.m_folder));
    checkpoint.m_file = checkpoint.m_folder / found->file;
    TRY_ASSIGN(checkpoint.m_tensors, found->read(checkpoint.m_file));
    return checkpoint;
}

const TensorView* Checkpoint::find(const std::string& name) const
{
    const auto found = m_tensors.tensors.find(name);
    return found == m_tensors.tensors.end() ? nullptr : &found->second;
}

std::string Checkpoint::placeOf(const std::string& name) const
{
    return m_file.string() + ": tensor " + name;
}

Result<void> Checkpoint::check(const std::string& name, const Shape& shape) const
{
    const std::string where = placeOf(name);
    const TensorView* view = find(name);
    if (!view)
        return Error{ErrorKind::BadData,
            where + " is missing; expected with shape " + toString(shape) + ". The file belongs to another model, or "
                + "config.json does"};
    const DType type = view->dtype;
    if (type != DType::F32 && type != DType::F16 && type != DType::BF16 && type != DType::F64)
        return Error{ErrorKind::BadData, where + " is of type " + weights::name(type) + "; expected F32, F16 or BF16"};
    if (view->shape != shape)
        return Error{ErrorKind::BadData,
            where + " has shape " + toString(view->shape) + "; expected " + toString(shape)
                + " from config.json. One of the two belongs to another model"};
    return {};
}

Result<HostTensor> Checkpoint::fetch(const std::string& name, const Shape& shape) const
{
    TRY(check(name, shape));
    m_fetched.insert(name);
    HostTensor tensor(shape, toFloat(*find(name)));
    bool finite = true; // all of them first, without a branch for each
    for (const float value : tensor.values)
        finite &= (std::bit_cast<uint32_t>(value) & 0x7F800000u) != 0x7F800000u;
    for (size_t i = 0; !finite && i < tensor.values.size(); ++i)
        if (!std::isfinite(tensor.values[i]))
            return Error{ErrorKind::BadData,
                placeOf(name) + " holds " + (std::isnan(tensor.values[i]) ? "NaN" : "an infinite value")
                    + " at element " + std::to_string(i) + "; the checkpoint is damaged"};
    return tensor;
}

int64_t Checkpoint::parameterCount() const
{
    int64_t count = 0;
    for (const auto& [name, view] : m_tensors.tensors)
        if (view.dtype <= DType::BF16 && name.find("running_") == std::string::npos)
            count += elementCount(view.shape);
    return count;
}

uint64_t Checkpoint::byteCount() const
{
    uint64_t bytes = 0;
    for (const auto& entry : m_tensors.tensors)
        bytes += entry.second.bytes.size();
    return bytes;
}

std::vector<std::string> Checkpoint::unfetched() const
{
    std::vector<std::string> names;
    for (const auto& entry : m_tensors.tensors)
        if (!m_fetched.contains(entry.first))
            names.push_back(entry.first);
    return names;
}

} // namespace engine::weights
