// Whether a JPEG file's Huffman tables are ones that a decoder may build. stb_image (before 2.28) writes past its own
// tables where a table names more than 256 codes (ITU-T T.81, B.2.4.2: at most 256), so they are looked at first.
// Any thread.
#pragma once

#include <cstdint>
#include <span>

namespace app::media {

// False where a table is too large; true for sound tables and for what is no JPEG at all. Steps from marker to marker
// as stb_image does, and stops where it stops, at the image's end.
bool jpegTablesFit(std::span<const uint8_t> bytes);

} // namespace app::media
