// ENGINE_ASSERT(condition, "text"): our own mistakes end the program with the place and the text. On in every build:
// a wrong shape that goes on would be a wrong answer. Any thread.
#pragma once

namespace engine {

[[noreturn]] void assertionFailed(const char* condition, const char* text, const char* file, int line);

} // namespace engine

#define ENGINE_ASSERT(condition, text)                                                                                 \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            ::engine::assertionFailed(#condition, text, __FILE__, __LINE__);                                           \
    } while (false)
