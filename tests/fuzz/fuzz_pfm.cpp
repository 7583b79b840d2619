#include "app/formats/flow_files.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    (void)app::formats::decodePfm({data, size}, "input");
    return 0;
}
