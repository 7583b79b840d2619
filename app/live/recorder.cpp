#include "app/live/recorder.h"

#include "app/formats/atomic_file.h"
#include "app/formats/flow_colour.h"
#include "app/formats/flow_files.h"
#include "app/formats/flow_metrics.h"
#include "app/media/video_writer.h"

#include <cinttypes>
#include <cmath>
#include <cstdio>

namespace app::live {

using engine::Error;
using engine::ErrorKind;
using engine::Image;
using engine::Result;
using What = RecordChoice::What;

namespace {

constexpr const char* kTimes = "times.csv";

} // namespace

Recorder::Recorder(const RecordChoice& choice, media::Ratio timeBase) : m_choice(choice), m_timeBase(timeBase) { }

Result<std::unique_ptr<Recorder>> Recorder::create(const RecordChoice& choice, media::Ratio timeBase)
{
    std::unique_ptr<Recorder> made(new Recorder(choice, timeBase));
    if (choice.what != What::Raw)
        return made;
    TRY(formats::checkFlowName("a" + choice.format));
    std::error_code failed;
    std::filesystem::create_directories(choice.path, failed);
    if (failed)
        return Error{
            ErrorKind::InputOutput, "cannot make the folder " + choice.path.string() + ": " + failed.message()};
    if (!std::filesystem::is_empty(choice.path, failed))
        return Error{ErrorKind::InputOutput, choice.path.string() + " holds something already: choose another name"};
    TRY(formats::appendText(choice.path / kTimes, "file,frame,seconds,next_seconds,mean\n"));
    return made;
}

Recorder::~Recorder()
{
    (void)finish();
}

double Recorder::seconds(const media::VideoFrame& frame, double captured)
{
    const bool again = std::exchange(m_again, false);
    if (!m_begin)
        m_begin = frame.seconds;
    else if (again)
        m_begin = frame.seconds - (m_lastSeconds + std::max(m_timeBase.value(), captured - m_lastCaptured));
    m_lastCaptured = captured;
    return m_lastSeconds = frame.seconds - *m_begin;
}

Result<void> Recorder::add(const Image& picture, const media::VideoFrame& frame, double captured)
{
    if (!m_video) {
        TRY_ASSIGN(m_video,
            media::VideoWriter::create(m_choice.path,
                {.width = picture.width, .height = picture.height, .timeBase = m_timeBase, .inPieces = true}));
    }
    TRY(m_video->add(picture, std::llround(seconds(frame, captured) / m_timeBase.value())));
    ++m_count;
    return {};
}

Result<void> Recorder::addRaw(const LiveMotion& motion)
{
    char name[32], times[96];
    std::snprintf(name, sizeof name, "%06d%s", m_count + 1, m_choice.format.c_str());
    const double first = seconds(*motion.first, motion.captured);
    std::snprintf(times, sizeof times, ",%" PRId64 ",%.6f,%.6f,%.4f\n", motion.first->number + 1, first,
        first + motion.second->seconds - motion.first->seconds, formats::meanMotion(motion.flow));
    TRY(formats::writeFlow(m_choice.path / name, motion.flow));
    TRY(formats::appendText(m_choice.path / kTimes, name + std::string(times)));
    ++m_count;
    return {};
}

Result<void> Recorder::frame(const media::VideoFrame& frame, double captured)
{
    const std::lock_guard lock(m_mutex);
    if (m_ended || m_choice.what != What::Camera)
        return {};
    const Result<void> added = add(frame.picture, frame, captured);
    m_ended = !added.ok();
    return added;
}

Result<void> Recorder::answer(const LiveMotion& motion)
{
    const std::lock_guard lock(m_mutex);
    if (m_ended || m_choice.what == What::Camera)
        return {};
    const media::VideoFrame& frame = *motion.second;
    const auto colours = [&] { return formats::flowToColour(motion.flow, m_choice.scale); };
    const Result<void> added = m_choice.what == What::Raw ? addRaw(motion)
        : m_choice.what == What::Answered                 ? add(frame.picture, frame, motion.captured)
        : m_choice.what == What::Motion                   ? add(colours(), frame, motion.captured)
                                        : add(formats::beside(frame.picture, colours()), frame, motion.captured);
    m_ended = !added.ok();
    return added;
}

void Recorder::openedAgain()
{
    const std::lock_guard lock(m_mutex);
    m_again = true;
}

Result<void> Recorder::finish()
{
    const std::lock_guard lock(m_mutex);
    m_ended = true;
    const std::unique_ptr<media::VideoWriter> video = std::move(m_video);
    return video ? video->finish() : Result<void>();
}

} // namespace app::live
