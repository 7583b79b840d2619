#include "engine/tasks/language.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto tokens = engine::tasks::tokenize(text, true);
    if (tokens.ids.size() != tokens.byteOfToken.size())
        std::abort();
    const std::string valid = engine::tasks::toValidUtf8(text);
    if (engine::tasks::toValidUtf8(valid) != valid) // what is valid stays as it is
        std::abort();
    return 0;
}
