// Pictures from files, by stb_image: PNG (8 and 16 bit, grey, palette, alpha), JPEG, PNM, BMP, TGA. Alpha is dropped,
// as Pillow's convert("RGB") does; the orientation that a camera wrote is obeyed. Any thread.
#pragma once

#include "engine/base/image.h"
#include "engine/base/result.h"

#include <filesystem>
#include <span>

namespace app::media {

// Larger pictures are refused before they are decoded: three bytes a pixel, and as much again while decoding.
constexpr int64_t kMostPixels = 180'000'000;

// NoInput when there is no such file, BadData with the reason when it is no picture or too large.
engine::Result<engine::Image> readImage(const std::filesystem::path& path);
engine::Result<engine::Image> decodeImage(std::span<const uint8_t> bytes, const std::string& name);

// What a picture's header says, without its pixels: cheap enough to ask of a folder of them.
struct ImageHead {
    int width = 0, height = 0; // upright, as readImage gives it
    int channels = 0; // in the file
    bool sixteenBits = false; // a channel
};
// Errors as above, as far as the header tells.
engine::Result<ImageHead> readImageHead(const std::filesystem::path& path);
engine::Result<ImageHead> decodeImageHead(std::span<const uint8_t> bytes, const std::string& name);

} // namespace app::media
