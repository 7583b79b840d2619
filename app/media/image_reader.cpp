#include "app/media/image_reader.h"

#include "app/media/jpeg_check.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <libexif/exif-data.h>
#include <memory>
#include <optional>
#include <utility>

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_NO_STDIO
#define STBI_NO_GIF
#define STBI_NO_HDR
#define STBI_MAX_DIMENSIONS 100000
// The library's own integer arithmetic wraps on absurd headers, which it then refuses, and it copies nothing from
// nowhere for an empty chunk; its memory stays checked.
#ifdef __clang__
#pragma clang attribute push(                                                                                          \
    __attribute__((no_sanitize("signed-integer-overflow", "shift", "nonnull-attribute"))), apply_to = function)
#endif
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb/stb_image.h>
#pragma GCC diagnostic pop
#ifdef __clang__
#pragma clang attribute pop
#endif

namespace app::media {

using engine::Error;
using engine::ErrorKind;
using engine::Image;
using engine::Result;

namespace {

// EXIF's orientation: 1 upright … 8; 1 when nothing is said.
int orientation(std::span<const uint8_t> bytes)
{
    const std::unique_ptr<ExifData, decltype(&exif_data_unref)> data(
        exif_data_new_from_data(bytes.data(), unsigned(bytes.size())), exif_data_unref);
    ExifEntry* entry = data ? exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION) : nullptr;
    if (!entry || entry->format != EXIF_FORMAT_SHORT || entry->components < 1 || !entry->data)
        return 1;
    const int value = exif_get_short(entry->data, exif_data_get_byte_order(data.get()));
    return value >= 1 && value <= 8 ? value : 1;
}

Image upright(const Image& image, int orientation)
{
    if (orientation == 1)
        return image;
    const bool swapped = orientation >= 5;
    Image out(swapped ? image.height : image.width, swapped ? image.width : image.height);
    for (int y = 0; y < out.height; ++y)
        for (int x = 0; x < out.width; ++x) {
            int sx = swapped ? y : x, sy = swapped ? x : y;
            if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8)
                sx = image.width - 1 - sx;
            if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7)
                sy = image.height - 1 - sy;
            std::memcpy(out.pixel(x, y), image.pixel(sx, sy), 3);
        }
    return out;
}

std::optional<Error> tooLarge(const std::string& name, int64_t width, int64_t height)
{
    if (width <= 0 || height <= kMostPixels / width)
        return std::nullopt;
    return Error{ErrorKind::BadData,
        name + " has " + std::to_string(width) + " x " + std::to_string(height) + " pixels; at most "
            + std::to_string(kMostPixels / 1'000'000) + " million are read. Make it smaller first"};
}

// A number in a PNG's header (width at 16, height at 20), or 0 when it is no PNG: stb_image says of a PNG beyond its
// own limit that it is no picture.
int64_t pngNumber(std::span<const uint8_t> bytes, size_t at)
{
    if (bytes.size() < 24 || std::memcmp(bytes.data(), "\x89PNG\r\n\x1a\n", 8) != 0)
        return 0;
    return int64_t(bytes[at]) << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3];
}

// As the file has it, before it is turned upright.
Result<ImageHead> storedHead(std::span<const uint8_t> bytes, const std::string& name)
{
    ImageHead head;
    const int size = int(std::min<size_t>(bytes.size(), INT32_MAX));
    if (!jpegTablesFit(bytes))
        return Error{ErrorKind::BadData, name + " is damaged: it has a Huffman table of more than 256 codes"};
    if (const auto error = tooLarge(name, pngNumber(bytes, 16), pngNumber(bytes, 20)))
        return *error;
    if (!stbi_info_from_memory(bytes.data(), size, &head.width, &head.height, &head.channels))
        return Error{ErrorKind::BadData,
            name + " is not a picture that can be read (PNG, JPEG, PNM, BMP or TGA): " + stbi_failure_reason()};
    if (head.width <= 0 || head.height <= 0) // stb takes a PNM header's numbers as they are
        return Error{ErrorKind::BadData, name + " says that it has no pixels"};
    head.sixteenBits = stbi_is_16_bit_from_memory(bytes.data(), size);
    if (bytes[0] == 'P' && head.sixteenBits) // stb_image overruns its buffer there
        return Error{ErrorKind::BadData, name + " is a PNM picture of 16 bits a channel: convert it to PNG"};
    if (const auto error = tooLarge(name, head.width, head.height))
        return *error;
    return head;
}

// The first bytes of a file, or all.
Result<std::vector<uint8_t>> readBytes(const std::filesystem::path& path, size_t most = SIZE_MAX)
{
    std::error_code failed;
    if (!std::filesystem::is_regular_file(path, failed))
        return Error{ErrorKind::NoInput, "there is no picture " + path.string()};
    const uintmax_t size = std::filesystem::file_size(path, failed);
    std::ifstream in(path, std::ios::binary);
    std::vector<uint8_t> bytes(failed ? 0 : size_t(std::min<uintmax_t>(size, most)));
    in.read(reinterpret_cast<char*>(bytes.data()), std::streamsize(bytes.size()));
    bytes.resize(size_t(std::max<std::streamsize>(in.gcount(), 0))); // it may have shrunk meanwhile
    if (in.bad() || !in.is_open())
        return Error{ErrorKind::InputOutput, "cannot read " + path.string() + ": " + std::strerror(errno)};
    return bytes;
}

} // namespace

Result<Image> decodeImage(std::span<const uint8_t> bytes, const std::string& name)
{
    int width = 0, height = 0, channels = 0;
    const int size = int(std::min<size_t>(bytes.size(), INT32_MAX));
    TRY(storedHead(bytes, name));
    const std::unique_ptr<stbi_uc, decltype(&stbi_image_free)> pixels(
        stbi_load_from_memory(bytes.data(), size, &width, &height, &channels, 3), stbi_image_free);
    if (!pixels)
        return Error{ErrorKind::BadData, name + " is damaged: " + stbi_failure_reason()};
    Image image(width, height);
    std::memcpy(image.rgb.data(), pixels.get(), image.rgb.size());
    return upright(image, orientation(bytes));
}

Result<Image> readImage(const std::filesystem::path& path)
{
    TRY_ASSIGN(const std::vector<uint8_t> bytes, readBytes(path));
    return decodeImage(bytes, path.string());
}

Result<ImageHead> decodeImageHead(std::span<const uint8_t> bytes, const std::string& name)
{
    TRY_ASSIGN(ImageHead head, storedHead(bytes, name));
    if (orientation(bytes) >= 5)
        std::swap(head.width, head.height);
    return head;
}

Result<ImageHead> readImageHead(const std::filesystem::path& path)
{
    constexpr size_t kUsual = 256 << 10; // a camera's thumbnail and colour profile come before the size
    TRY_ASSIGN(std::vector<uint8_t> bytes, readBytes(path, kUsual));
    Result<ImageHead> head = decodeImageHead(bytes, path.string());
    if (head.ok() || bytes.size() < kUsual)
        return head;
    TRY_ASSIGN(bytes, readBytes(path));
    return decodeImageHead(bytes, path.string());
}

} // namespace app::media
