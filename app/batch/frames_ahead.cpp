#include "app/batch/frames_ahead.h"

namespace app::batch {

using engine::Result;

void FramesAhead::readAhead()
{
    while (!m_ended && int64_t(m_ahead.size()) <= formats::kCutReach) {
        auto frame = m_source.next();
        if (!frame.ok())
            m_end = frame.error();
        m_ended = !frame.ok() || !frame.value();
        if (m_ended)
            continue;
        if (const int64_t number = m_read++; number < m_first || (number - m_first) % m_step != 0) {
            m_ended = !m_goesOn();
            continue;
        }
        m_small.push_back(formats::smallGrey(frame.value()->picture));
        m_ahead.push_back(*std::move(frame.value()));
    }
}

Result<std::optional<media::VideoFrame>> FramesAhead::next()
{
    readAhead();
    if (m_ahead.empty()) {
        TRY(m_end);
        return std::optional<media::VideoFrame>();
    }
    std::optional<media::VideoFrame> frame(std::move(m_ahead.front()));
    m_ahead.pop_front();
    ++m_last;
    for (; m_smallBegin < m_last - formats::kCutReach - 1; ++m_smallBegin)
        m_small.pop_front();
    return frame;
}

const formats::SmallGrey* FramesAhead::at(int64_t frame) const
{
    const int64_t place = frame - m_smallBegin;
    return place >= 0 && place < int64_t(m_small.size()) ? &m_small[size_t(place)] : nullptr;
}

double FramesAhead::difference() const
{
    const formats::SmallGrey *before = at(m_last - 1), *last = at(m_last);
    return before && last ? formats::difference(*before, *last) : 0;
}

bool FramesAhead::cut() const
{
    return formats::isCutAt([this](int64_t frame) { return at(frame); }, m_last);
}

} // namespace app::batch
