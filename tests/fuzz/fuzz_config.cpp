#include "engine/weights/config.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    (void)engine::weights::parseConfig({reinterpret_cast<const char*>(data), size}, "input");
    (void)engine::weights::parseImageProcessing({reinterpret_cast<const char*>(data), size}, "input");
    return 0;
}
