#include "app/media/resample_sound.h"

#include <cmath>
#include <memory>

extern "C" {
#include <libavutil/channel_layout.h>
#include <libswresample/swresample.h>
}

namespace app::media {

using engine::Error;
using engine::ErrorKind;
using engine::Result;

Result<Sound> resampled(const Sound& sound, int64_t sampleRate)
{
    if (sound.sampleRate == sampleRate)
        return sound;
    const Error refused{ErrorKind::BadData,
        "a sound of " + std::to_string(sound.sampleRate) + " samples a second cannot be brought to "
            + std::to_string(sampleRate)};
    AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO; // not const: older versions ask for that
    SwrContext* context = nullptr;
    const int made = swr_alloc_set_opts2(&context, &mono, AV_SAMPLE_FMT_FLT, int(sampleRate), &mono, AV_SAMPLE_FMT_FLT,
        int(sound.sampleRate), 0, nullptr);
    const auto release = [](SwrContext* c) { swr_free(&c); };
    const std::unique_ptr<SwrContext, decltype(release)> owner(context, release);
    if (made < 0 || swr_init(context) < 0)
        return refused;
    const double ratio = double(sampleRate) / double(sound.sampleRate);
    const auto wanted = size_t(std::llround(double(sound.samples.size()) * ratio));
    Sound out{.sampleRate = sampleRate, .samples = std::vector<float>(wanted + 4096)};
    size_t done = 0;
    const auto convert = [&](const float* from, int count) {
        auto* to = reinterpret_cast<uint8_t*>(out.samples.data() + done);
        const auto* in = reinterpret_cast<const uint8_t*>(from);
        const int got
            = swr_convert(context, &to, int(out.samples.size() - done), from ? &in : nullptr, count);
        done += size_t(std::max(got, 0));
        return got;
    };
    if (convert(sound.samples.data(), int(sound.samples.size())) < 0)
        return refused;
    while (done < out.samples.size() && convert(nullptr, 0) > 0) { } // what the filter still held back
    out.samples.resize(wanted);
    return out;
}

} // namespace app::media
