#include "engine/weights/pickle.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    (void)engine::weights::unpickleStateDict({data, size}, "input");
    (void)engine::weights::unpickleStrings({data, size}, "input");
    return 0;
}
