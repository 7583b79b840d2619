#include "engine/weights/safetensors.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    (void)engine::weights::parseSafetensors({data, size}, "input");
    return 0;
}
