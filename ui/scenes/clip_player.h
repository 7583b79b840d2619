// Plays a clip: where it is in time, with its sound where there is a way to hear it. The clock is the sound's own, so
// that pictures and sound stay in step however long it runs; without sound it is the machine's. Interface thread.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <memory>
#include <vector>

class QAudioSink;

namespace ui {

class SoundLoop;

class ClipPlayer : public QObject {
    Q_OBJECT

public:
    explicit ClipPlayer(QObject* parent = nullptr);
    ~ClipPlayer() override;

    // So long a clip, from its beginning; what plays goes on in it.
    void setLength(double seconds);
    // What is heard from now on, one channel in [-1, 1]; empty: nothing.
    void setSound(const std::vector<float>& samples, int64_t sampleRate);
    void setSpeed(double speed); // of the clip's time; sound is heard at 1 only
    void setLoops(bool loops) { m_loops = loops; }
    bool loops() const { return m_loops; }

    bool plays() const { return m_plays; }
    void setPlaying(bool playing); // at the end: from the beginning
    void seek(double seconds); // within the clip; what plays goes on from there
    double seconds() const { return m_seconds; } // from the clip's beginning
    bool heard() const { return m_sink != nullptr; } // sound leaves the machine, and is the clock

signals:
    void moved(double seconds);
    void playingChanged(bool playing);
    void ended(); // and loops() is not set: it plays no more
    void mute(const QString& why); // sound was asked for and cannot be heard

private:
    void start();
    void rest(); // the sound and the clock
    void tick();
    double now() const;

    std::vector<float> m_samples; // at kRate
    double m_length = 0, m_seconds = 0, m_speed = 1;
    double m_from = 0; // where the clock was started
    bool m_plays = false, m_loops = true, m_saidMute = false;
    QTimer m_timer;
    QElapsedTimer m_clock;
    std::unique_ptr<SoundLoop> m_loop;
    std::unique_ptr<QAudioSink> m_sink; // goes before what it reads
};

} // namespace ui
