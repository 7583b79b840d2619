#include "app/media/image_reader.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    // Pictures that a small file can blow up to are refused by size in the program; here they only cost time.
    if (size >= 1 << 16)
        return 0;
    const auto head = app::media::decodeImageHead({data, size}, "input");
    const auto image = app::media::decodeImage({data, size}, "input");
    if (image.ok() && (!head.ok() || head.value().width != image.value().width))
        std::abort();
    return 0;
}
