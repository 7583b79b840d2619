#include "app/formats/flow_files.h"

#include "app/formats/atomic_file.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace app::formats {

using engine::Error;
using engine::ErrorKind;
using engine::FlowField;
using engine::Result;

namespace {

struct Format {
    const char* extension;
    Result<FlowField> (*decode)(std::span<const uint8_t>, const std::string&);
    Result<Bytes> (*encode)(const FlowField&);
};
constexpr Format kFormats[]
    = {{".flo", decodeFlo, encodeFlo}, {".png", decodeKitti, encodeKitti}, {".npy", decodeNpy, encodeNpy},
        {".pfm", decodePfm, encodePfm}, {".st.exr", decodeSt, encodeSt}, {".exr", decodeExr, encodeExr}};

Result<const Format*> formatOf(const std::filesystem::path& path)
{
    std::string name = path.filename().string(), all;
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    for (const Format& format : kFormats) { // .st.exr before .exr
        if (name.size() > std::strlen(format.extension) && name.ends_with(format.extension))
            return &format;
        all += (all.empty() ? "" : ", ") + std::string(format.extension);
    }
    return Error{ErrorKind::Usage, "flow is stored as " + all + "; " + path.string() + " is none of these"};
}

template <typename T> void append(Bytes& bytes, const T& value)
{
    const auto* raw = reinterpret_cast<const uint8_t*>(&value);
    bytes.insert(bytes.end(), raw, raw + sizeof value);
}

template <typename T> T readAt(std::span<const uint8_t> bytes, size_t at)
{
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

Error bad(const std::string& name, const std::string& what)
{
    return {ErrorKind::BadData, name + ": " + what};
}

constexpr int64_t kMostSide = 1 << 20;

// A field of this size whose values fill `available` bytes, checked before anything is allocated.
Result<FlowField> sized(int64_t width, int64_t height, int64_t bytesPerPixel, size_t available, const std::string& name)
{
    if (width < 1 || height < 1 || width > kMostSide || height > kMostSide)
        return bad(name, "its size " + std::to_string(width) + " x " + std::to_string(height) + " makes no sense");
    if (uint64_t(width) * uint64_t(height) * uint64_t(bytesPerPixel) > available)
        return bad(name,
            "it is cut short: " + std::to_string(width) + " x " + std::to_string(height) + " vectors do not fit its "
                + std::to_string(available) + " bytes");
    return FlowField(int(width), int(height));
}

} // namespace

bool known(const float* vector)
{
    return std::abs(vector[0]) < 1e9f && std::abs(vector[1]) < 1e9f; // false for NaN
}

Result<FlowField> readFlow(const std::filesystem::path& path)
{
    TRY_ASSIGN(const Format* format, formatOf(path));
    TRY_ASSIGN(const Bytes bytes, readFile(path));
    TRY_ASSIGN(FlowField flow, format->decode(bytes, path.string()));
    for (size_t i = 0; i < flow.uv.size(); i += 2)
        if (!known(&flow.uv[i]))
            flow.uv[i] = flow.uv[i + 1] = std::numeric_limits<float>::quiet_NaN();
    return flow;
}

Result<void> writeFlow(const std::filesystem::path& path, const FlowField& flow)
{
    TRY_ASSIGN(const Format* format, formatOf(path));
    TRY_ASSIGN(const Bytes bytes, format->encode(flow));
    return writeFile(path, bytes);
}

Result<void> checkFlowName(const std::filesystem::path& path)
{
    TRY(formatOf(path));
    return {};
}

// ------------------------------------------------------------------------------------------------------------
// Middlebury

Result<FlowField> decodeFlo(std::span<const uint8_t> bytes, const std::string& name)
{
    if (bytes.size() < 12 || readAt<float>(bytes, 0) != 202021.25f)
        return bad(name, "it does not begin as a .flo file does (202021.25, width, height)");
    TRY_ASSIGN(FlowField flow, sized(readAt<int32_t>(bytes, 4), readAt<int32_t>(bytes, 8), 8, bytes.size() - 12, name));
    std::memcpy(flow.uv.data(), bytes.data() + 12, flow.uv.size() * sizeof(float));
    return flow;
}

Result<Bytes> encodeFlo(const FlowField& flow)
{
    Bytes bytes;
    bytes.reserve(12 + flow.uv.size() * 4);
    append(bytes, 202021.25f);
    append(bytes, int32_t(flow.width));
    append(bytes, int32_t(flow.height));
    for (size_t i = 0; i < flow.uv.size(); i += 2)
        for (int k = 0; k < 2; ++k)
            append(bytes, known(&flow.uv[i]) ? flow.uv[i + size_t(k)] : 1e10f);
    return bytes;
}

// ------------------------------------------------------------------------------------------------------------------
// npy

Bytes encodeNpyArray(std::span<const float> values, const std::vector<int64_t>& shape)
{
    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
    for (const int64_t extent : shape)
        header += std::to_string(extent) + ",";
    header += "), }";
    header.resize((10 + header.size() + 1 + 63) / 64 * 64 - 10 - 1, ' ');
    header += '\n';
    const std::string prefix
        = {char(0x93), 'N', 'U', 'M', 'P', 'Y', 1, 0, char(header.size() & 255), char(header.size() >> 8)};
    const std::string head = prefix + header;
    Bytes bytes(head.begin(), head.end());
    const auto* raw = reinterpret_cast<const uint8_t*>(values.data());
    bytes.insert(bytes.end(), raw, raw + values.size_bytes());
    return bytes;
}

Result<Bytes> encodeNpy(const FlowField& flow)
{
    return encodeNpyArray(flow.uv, {flow.height, flow.width, 2});
}

Result<FlowField> decodeNpy(std::span<const uint8_t> bytes, const std::string& name)
{
    if (bytes.size() < 12 || std::memcmp(bytes.data(), "\x93NUMPY", 6) != 0)
        return bad(name, "it is not a .npy file");
    const size_t prefix = bytes[6] == 1 ? 10 : 12;
    const size_t length = bytes[6] == 1 ? readAt<uint16_t>(bytes, 8) : readAt<uint32_t>(bytes, 8);
    if (length > bytes.size() - prefix)
        return bad(name, "its header is cut short");
    const std::string header(bytes.begin() + int64_t(prefix), bytes.begin() + int64_t(prefix + length));
    const bool isDouble = header.find("'<f8'") != std::string::npos;
    const size_t open = header.find("'shape': (");
    long long height = 0, width = 0, channels = 0;
    if ((!isDouble && header.find("'<f4'") == std::string::npos) || header.find("True") != std::string::npos
        || open == std::string::npos
        || std::sscanf(header.c_str() + open, "'shape': (%lld, %lld, %lld", &height, &width, &channels) != 3
        || channels != 2)
        return bad(name,
            "needed is an array of float32 or float64, C order, shape (height, width, 2); it has "
                + header.substr(0, 80));
    const std::span<const uint8_t> data = bytes.subspan(prefix + length);
    TRY_ASSIGN(FlowField flow, sized(width, height, isDouble ? 16 : 8, data.size(), name));
    for (size_t i = 0; i < flow.uv.size(); ++i)
        flow.uv[i] = isDouble ? float(readAt<double>(data, i * 8)) : readAt<float>(data, i * 4);
    return flow;
}

// ------------------------------------------------------------------------------------------------------------------
// pfm

Result<Bytes> encodePfm(const FlowField& flow)
{
    const std::string header
        = "PF\n" + std::to_string(flow.width) + " " + std::to_string(flow.height) + "\n-1.0\n"; // little-endian
    Bytes bytes(header.begin(), header.end());
    for (int y = flow.height - 1; y >= 0; --y) // bottom row first
        for (int x = 0; x < flow.width; ++x) {
            append(bytes, flow.vector(x, y)[0]);
            append(bytes, flow.vector(x, y)[1]);
            append(bytes, 0.0f);
        }
    return bytes;
}

Result<FlowField> decodePfm(std::span<const uint8_t> bytes, const std::string& name)
{
    const std::string head(bytes.begin(), bytes.begin() + int64_t(std::min<size_t>(bytes.size(), 128)));
    int width = 0, height = 0, length = 0;
    float scale = 0;
    if (std::sscanf(head.c_str(), "PF %9d %9d %f%n", &width, &height, &scale, &length) != 3 || length == 0
        || size_t(length) >= bytes.size() || scale == 0 || !std::isfinite(scale))
        return bad(name, "it does not begin as a colour .pfm file does (PF, width, height, scale)");
    const std::span<const uint8_t> data = bytes.subspan(size_t(length) + 1); // one white-space character
    TRY_ASSIGN(FlowField flow, sized(width, height, 12, data.size(), name));
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (int k = 0; k < 2; ++k) {
                uint8_t raw[4];
                std::memcpy(raw, data.data() + (size_t(y) * size_t(width) + size_t(x)) * 12 + size_t(k) * 4, 4);
                if (scale > 0) // big-endian
                    std::reverse(raw, raw + 4);
                std::memcpy(flow.vector(x, height - 1 - y) + k, raw, 4);
            }
    return flow;
}

} // namespace app::formats
