#include "app/media/image_reader.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    // Pictures that a small file can blow up to are refused by size in the program; here they only cost time.
    if (size < 1 << 16)
        (void)app::media::decodeImage({data, size}, "input");
    return 0;
}
