#include "app/media/frame_source.h"
#include "app/media/video_sound.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

// A file without a name, in memory: FFmpeg opens it as it opens any other.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    constexpr int64_t kMostFrames = 40;
    constexpr size_t kMostBytes = 1 << 20; // of a picture
    if (size > 1 << 16)
        return 0;
    const int file = memfd_create("video", 0);
    if (file < 0 || write(file, data, size) != ssize_t(size))
        std::abort();
    const std::string path = "/proc/self/fd/" + std::to_string(file);
    if (auto opened = app::media::openFrames(path); opened.ok()) {
        app::media::FrameSource& source = *opened.value();
        const int width = source.info().width, height = source.info().height;
        if (width < 1 || height < 1)
            std::abort();
        if (size_t(width) * size_t(height) < kMostBytes) {
            // In order: every frame of one size, later than the one before, with a higher number.
            int64_t number = -1, ticks = -1;
            for (int64_t i = 0; i < kMostFrames; ++i) {
                const auto frame = source.next();
                if (!frame.ok() || !frame.value())
                    break;
                if (frame.value()->picture.width != width || frame.value()->picture.height != height
                    || frame.value()->number <= number || frame.value()->ticks <= ticks)
                    std::abort();
                number = frame.value()->number, ticks = frame.value()->ticks;
            }
            const auto count = source.count();
            if (count.ok() && count.value() > 1 && source.seek(count.value() / 2).ok())
                (void)source.next();
            (void)source.remarks();
        }
    }
    (void)app::media::readVideoSound(path);
    close(file);
    return 0;
}
