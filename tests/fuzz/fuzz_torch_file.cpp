#include "engine/weights/torch_file.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    (void)engine::weights::parseTorchFile({data, size}, nullptr, "input");
    return 0;
}
