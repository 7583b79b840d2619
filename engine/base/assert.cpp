#include "engine/base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace engine {

void assertionFailed(const char* condition, const char* text, const char* file, int line)
{
    std::fprintf(stderr, "%s:%d: %s (%s)\n", file, line, text, condition);
    std::abort();
}

} // namespace engine
