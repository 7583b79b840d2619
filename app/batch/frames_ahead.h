// From the first one that is wanted on every STEP-th frame of a source in order, a few decoded ahead: whether a cut is
// one shows only after it. One thread at a time.
#pragma once

#include "app/formats/cuts.h"
#include "app/media/frame_source.h"

#include <deque>
#include <functional>

namespace app::batch {

class FramesAhead {
public:
    // goesOn: asked at each frame that is only read over; false ends it.
    FramesAhead(media::FrameSource& source, int64_t first, int64_t step, std::function<bool()> goesOn)
        : m_source(source), m_first(first), m_step(step), m_goesOn(std::move(goesOn))
    {
    }

    // Errors are the source's, where it has them: what comes before them is given first.
    engine::Result<std::optional<media::VideoFrame>> next();
    // Of the frame that was given last, from the one before: 0 … 255; whether another scene begins with it.
    double difference() const;
    bool cut() const;

private:
    void readAhead();
    const formats::SmallGrey* at(int64_t frame) const;

    media::FrameSource& m_source;
    int64_t m_first, m_step, m_read = 0; // of the source
    std::function<bool()> m_goesOn;
    std::deque<media::VideoFrame> m_ahead;
    engine::Result<void> m_end; // the error after them
    bool m_ended = false;
    int64_t m_last = -1; // the frame that was given last, counted from 0
    std::deque<formats::SmallGrey> m_small; // of the frames about it
    int64_t m_smallBegin = 0; // the frame that the first one is of
};

} // namespace app::batch
