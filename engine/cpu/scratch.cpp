#include "engine/cpu/scratch.h"

#include "engine/cpu/memory.h"

#include <cstdlib>
#include <new>

namespace engine::cpu {

float* scratch(Scratch kind, int64_t floats)
{
    struct Room {
        Floats floats;
        int64_t count = 0;
    };
    thread_local std::array<Room, kScratches> rooms;
    Room& room = rooms[size_t(kind)];
    if (room.count < floats) {
        room.count = (floats + 1023) / 1024 * 1024;
        room.floats.reset(static_cast<float*>(std::aligned_alloc(64, size_t(room.count) * sizeof(float))));
        if (!room.floats)
            throw std::bad_alloc(); // some MiB: nothing could go on
    }
    return room.floats.get();
}

} // namespace engine::cpu
