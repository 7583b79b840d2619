// A clip's sound as a device takes it: 16 bits, both channels alike, from a place on, again and again or once; behind
// it silence, for a device that asks for more gets it. Read by one thread.
#pragma once

#include <QIODevice>
#include <vector>

namespace ui {

class SoundLoop : public QIODevice {
public:
    static constexpr int kRate = 48'000; // samples a second, which every device takes
    static constexpr int kChannels = 2;

    // samples: at kRate; length: of the clip, samples; first: where to begin.
    SoundLoop(const std::vector<float>& samples, size_t length, size_t first, bool loops);

    qint64 bytesAvailable() const override { return 1 << 20; }
    bool isSequential() const override { return true; }

protected:
    qint64 readData(char* data, qint64 most) override;
    qint64 writeData(const char*, qint64) override { return -1; }

private:
    std::vector<float> m_samples;
    size_t m_length, m_next;
    bool m_loops;
};

} // namespace ui
