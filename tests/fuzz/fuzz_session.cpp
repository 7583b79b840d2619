#include "app/document/session_file.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const std::filesystem::path path = "/somewhere/a.pscope";
    const auto session = app::document::parseSession({data, size}, path);
    if (!session.ok())
        return 0;
    // What was read is written, and read again as the same.
    const auto text = app::document::formatSession(path, session.value());
    if (!text.ok())
        std::abort();
    const auto again = app::document::parseSession(
        {reinterpret_cast<const uint8_t*>(text.value().data()), text.value().size()}, path);
    if (!again.ok() || !(again.value() == session.value()))
        std::abort();
    return 0;
}
