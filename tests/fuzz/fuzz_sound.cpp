#include "app/media/sound.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    (void)app::media::decodeSound({data, size}, "input");
    return 0;
}
