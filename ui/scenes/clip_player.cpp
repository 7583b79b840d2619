#include "ui/scenes/clip_player.h"

#include "app/media/resample_sound.h"
#include "ui/scenes/sound_loop.h"

#include <QAudioFormat>
#include <QAudioSink>
#include <QMediaDevices>
#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr int kBufferMilliseconds = 60; // what is written ahead of what is heard
constexpr int kTick = 8; // milliseconds

} // namespace

ClipPlayer::ClipPlayer(QObject* parent) : QObject(parent)
{
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(kTick);
    connect(&m_timer, &QTimer::timeout, this, &ClipPlayer::tick);
}

ClipPlayer::~ClipPlayer()
{
    rest();
}

void ClipPlayer::setLength(double seconds)
{
    m_length = seconds;
    seek(std::min(m_seconds, seconds));
}

void ClipPlayer::setSound(const std::vector<float>& samples, int64_t sampleRate)
{
    m_samples.clear();
    if (!samples.empty())
        if (auto found = app::media::resampled({sampleRate, samples}, SoundLoop::kRate); found.ok())
            m_samples = std::move(found).value().samples;
    seek(m_seconds);
}

void ClipPlayer::setSpeed(double speed)
{
    m_speed = speed;
    seek(m_seconds);
}

void ClipPlayer::setPlaying(bool playing)
{
    if (m_plays == playing || m_length <= 0)
        return;
    if (playing && m_seconds >= m_length - 1e-9)
        m_seconds = 0;
    m_plays = playing;
    if (playing)
        start();
    else
        rest();
    emit playingChanged(playing);
    emit moved(m_seconds);
}

void ClipPlayer::seek(double seconds)
{
    m_seconds = std::clamp(seconds, 0.0, m_length);
    if (m_plays) {
        rest();
        start();
    }
    emit moved(m_seconds);
}

void ClipPlayer::start()
{
    m_from = m_seconds;
    if (!m_samples.empty() && m_speed == 1) {
        const QAudioDevice device = QMediaDevices::defaultAudioOutput();
        QAudioFormat format;
        format.setSampleRate(SoundLoop::kRate);
        format.setChannelCount(SoundLoop::kChannels);
        format.setSampleFormat(QAudioFormat::Int16);
        if (device.isNull() || !device.isFormatSupported(format)) {
            if (!std::exchange(m_saidMute, true))
                emit mute(tr("There is no device that plays sound: the pictures play alone."));
        } else {
            m_loop = std::make_unique<SoundLoop>(m_samples, size_t(std::llround(m_length * SoundLoop::kRate)),
                size_t(std::llround(m_from * SoundLoop::kRate)), m_loops);
            m_sink = std::make_unique<QAudioSink>(device, format);
            m_sink->setBufferSize(format.bytesForDuration(kBufferMilliseconds * 1000));
            m_sink->start(m_loop.get());
            if (m_sink->error() != QAudio::NoError) {
                m_sink.reset();
                m_loop.reset();
                if (!std::exchange(m_saidMute, true))
                    emit mute(tr("The device that plays sound could not be opened: the pictures play alone."));
            }
        }
    }
    m_clock.start();
    m_timer.start();
}

void ClipPlayer::rest()
{
    m_timer.stop();
    if (m_sink)
        m_sink->stop();
    m_sink.reset();
    m_loop.reset();
}

// Seconds of the clip since start(), not yet taken round.
double ClipPlayer::now() const
{
    if (!m_sink)
        return m_from + double(m_clock.nsecsElapsed()) * 1e-9 * m_speed;
    const qint64 waiting = m_sink->format().durationForBytes(qint32(m_sink->bufferSize() - m_sink->bytesFree()));
    return m_from + double(std::max<qint64>(0, m_sink->processedUSecs() - waiting)) * 1e-6;
}

void ClipPlayer::tick()
{
    if (m_sink && m_sink->error() == QAudio::FatalError) { // unplugged: on without it
        m_samples.clear();
        seek(m_seconds);
        return;
    }
    const double at = now();
    if (at >= m_length && !m_loops) {
        m_seconds = m_length;
        m_plays = false;
        rest();
        emit moved(m_seconds);
        emit playingChanged(false);
        emit ended();
        return;
    }
    m_seconds = std::fmod(at, m_length);
    emit moved(m_seconds);
}

} // namespace ui
