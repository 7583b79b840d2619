#include "ui/scenes/timeline.h"

#include "ui/scenes/timeline_strip.h"
#include "ui/scenes/transport.h"
#include "ui/style_glyphs.h"
#include "ui/theme.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>

namespace ui {

using namespace app::document;

namespace {

constexpr size_t kCounted = 12; // pairs that the rate is the mean of

} // namespace

Timeline::Timeline(Document& document, QWidget* parent)
    : QWidget(parent)
    , m_document(document)
    , m_strip(new TimelineStrip)
    , m_transport(new Transport)
    , m_time(new QLabel)
    , m_rate(new QLabel)
    , m_frame(new QLabel)
{
    setObjectName("timeline");
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(kSpace, kSpace, kSpace, kSpace);
    layout->setSpacing(kSpace);
    layout->addWidget(m_transport);
    layout->addWidget(m_strip, 1);
    auto* words = new QVBoxLayout;
    words->setSpacing(0);
    auto* upper = new QHBoxLayout;
    upper->addWidget(m_time, 1);
    upper->addWidget(m_rate);
    words->addStretch();
    words->addLayout(upper);
    words->addWidget(m_frame);
    words->addStretch();
    layout->addLayout(words);
    m_time->setObjectName("title");
    m_rate->setObjectName("quiet");
    m_frame->setObjectName("quiet");
    m_rate->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_rate->setToolTip(tr("Pairs of frames whose motion is found, a second"));

    connect(m_strip, &TimelineStrip::scrubbed, this, &Timeline::show);
    connect(&document, &Document::opened, this, &Timeline::showVideo);
    connect(&document, &Document::pairChanged, this, &Timeline::showPlace);
    for (const auto& signal : {&Document::failed, &Document::refused})
        connect(&document, signal, this, [this] { endPlaying(); });
    connect(&document, &Document::stopped, this, &Timeline::endPlaying);
    hide();
}

void Timeline::setActions(QAction* back, QAction* play, QAction* forward)
{
    back->setIcon(glyphIcon(Glyph::Back));
    play->setIcon(glyphIcon(Glyph::Play));
    forward->setIcon(glyphIcon(Glyph::Forward));
    m_transport->setActions(back, play, forward);
    connect(this, &Timeline::playingChanged, play, [play](bool playing) {
        play->setIcon(glyphIcon(playing ? Glyph::Pause : Glyph::Play));
        play->setText(playing ? tr("Pause") : tr("Play"));
    });
}

void Timeline::showVideo()
{
    const Video* video = m_document.video();
    if (std::exchange(m_playing, false))
        emit playingChanged(false);
    m_rough = false;
    m_strip->setVideo(video);
    setVisible(video);
    if (!video)
        return;
    connect(video, &Video::learned, m_strip, [this] { m_strip->setPlace(m_strip->place()); });
    connect(video, &QObject::destroyed, m_strip, [this] { m_strip->setVideo(nullptr); });
    // As wide as it will ever be, so that nothing moves while it plays.
    const QString longest = tr("frame %1 → %1 of %1").arg(video->frames());
    m_frame->setMinimumWidth(
        std::max(m_frame->fontMetrics().horizontalAdvance(longest), m_frame->fontMetrics().averageCharWidth() * 24));
    showPlace();
}

void Timeline::showPlace()
{
    const Video* video = m_document.video();
    if (!video || !m_document.question().frame)
        return;
    const int64_t shown = *m_document.question().frame;
    if (!m_document.reads() || m_playing)
        m_target = shown;
    m_strip->setPlace(shown);
    m_time->setText(clockText(m_document.question().seconds));
    const int64_t step = video->step();
    m_frame->setText(step == 1 ? tr("frame %1 of %2").arg(shown + 1).arg(video->frames())
                               : tr("frame %1 → %2 of %3").arg(shown + 1).arg(shown + 1 + step).arg(video->frames()));
    m_frame->setToolTip(step == 1 ? tr("The motion is from this frame to the next one")
                                  : tr("The motion is from this frame to the one %1 later").arg(step));
}

void Timeline::show(int64_t pair)
{
    const Video* video = m_document.video();
    if (!video)
        return;
    m_target = std::clamp<int64_t>(pair, 0, video->pairs() - 1);
    if (std::exchange(m_playing, false))
        emit playingChanged(false);
    m_rate->clear();
    m_rough = false;
    m_strip->setPlace(m_target); // at once; its picture follows
    m_document.showPair(m_target);
}

void Timeline::step(int64_t pairs)
{
    show(m_target + pairs);
}

void Timeline::setPlaying(bool playing)
{
    const Video* video = m_document.video();
    if (!video || m_playing == playing)
        return;
    m_playing = playing;
    if (playing) {
        m_drawn.clear();
        m_rate->clear();
        const bool answered = m_document.analysis() && !m_document.reads();
        const bool ended = m_target + 1 >= video->pairs();
        m_target = !answered ? m_target : ended ? 0 : m_target + 1;
        m_rough = true;
        m_clock.start();
        m_document.showPair(m_target, Document::Pace::Live);
    }
    emit playingChanged(playing);
    if (!playing)
        advance();
}

// The next pair while it plays; when it does not, once more what was found in a hurry.
void Timeline::advance()
{
    const Video* video = m_document.video();
    if (!video || m_document.reads() || m_document.runs() || !m_document.analysis())
        return;
    if (m_playing && m_document.question().frame != m_target) // something else was asked about meanwhile
        return m_document.showPair(m_target, Document::Pace::Live);
    if (m_playing) {
        m_drawn.push_back(m_clock.elapsed());
        if (m_drawn.size() > kCounted)
            m_drawn.pop_front();
        if (const double rate = pairsPerSecond(); rate > 0)
            m_rate->setText(tr("%1 fps").arg(rate, 0, 'f', rate < 10 ? 1 : 0));
        if (m_target + 1 < video->pairs())
            return m_document.showPair(++m_target, Document::Pace::Live);
        m_playing = false;
        emit playingChanged(false);
    }
    if (std::exchange(m_rough, false))
        m_document.run();
}

double Timeline::pairsPerSecond() const
{
    const qint64 span = m_drawn.size() < 2 ? 0 : m_drawn.back() - m_drawn.front();
    return span > 0 ? 1000.0 * double(m_drawn.size() - 1) / double(span) : 0;
}

void Timeline::endPlaying()
{
    m_rough = false;
    if (m_document.video() && m_document.question().frame) {
        m_target = *m_document.question().frame;
        m_strip->setPlace(m_target);
    }
    if (std::exchange(m_playing, false))
        emit playingChanged(false);
}

} // namespace ui
