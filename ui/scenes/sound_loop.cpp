#include "ui/scenes/sound_loop.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace ui {

SoundLoop::SoundLoop(const std::vector<float>& samples, size_t length, size_t first, bool loops)
    : m_samples(samples), m_length(std::max<size_t>(length, 1)), m_next(first), m_loops(loops)
{
    open(QIODevice::ReadOnly | QIODevice::Unbuffered);
}

qint64 SoundLoop::readData(char* data, qint64 most)
{
    constexpr qint64 kBytes = kChannels * sizeof(qint16);
    const qint64 frames = most / kBytes;
    for (qint64 i = 0; i < frames; ++i, ++m_next) {
        const size_t at = m_loops ? m_next % m_length : m_next;
        const float value = at < m_samples.size() ? std::clamp(m_samples[at], -1.0f, 1.0f) : 0.0f;
        const auto sample = qint16(std::lround(value * 32767.0f));
        for (int channel = 0; channel < kChannels; ++channel)
            std::memcpy(data + i * kBytes + channel * qint64(sizeof sample), &sample, sizeof sample);
    }
    return frames * kBytes;
}

} // namespace ui
