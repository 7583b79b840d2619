#include "app/document/video.h"

#include "app/document/background.h"

#include <algorithm>
#include <cmath>

namespace app::document {

namespace {

constexpr int64_t kAhead = 3; // pairs
constexpr double kMostPairs = 0.9; // share of those looked at that the scale is for

} // namespace

float roundedScale(float pixels)
{
    if (!(pixels > 0))
        return 0;
    const float unit = std::pow(10.0f, std::floor(std::log10(pixels)));
    for (const float step : {1.0f, 1.5f, 2.0f, 3.0f, 5.0f, 7.0f})
        if (pixels <= step * unit * 1.0001f)
            return step * unit;
    return 10 * unit;
}

QString clockText(double seconds)
{
    const auto whole = int64_t(std::llround(std::max(0.0, seconds) * 1000));
    const QString rest
        = QString("%1.%2").arg(whole / 1000 % 60, 2, 10, QChar('0')).arg(whole % 1000, 3, 10, QChar('0'));
    const int64_t minutes = whole / 60'000;
    return minutes < 60 ? QString("%1:%2").arg(minutes).arg(rest)
                        : QString("%1:%2:%3").arg(minutes / 60).arg(minutes % 60, 2, 10, QChar('0')).arg(rest);
}

Video::Video(std::shared_ptr<VideoReader> reader, const std::filesystem::path& path, QObject* parent)
    : QObject(parent)
    , m_reader(std::move(reader))
    , m_path(path)
    , m_newest(std::make_shared<std::atomic<uint64_t>>(0))
    , m_figures(size_t(m_reader->frames() - 1))
    , m_seconds(size_t(m_reader->frames()), -1)
    , m_small(size_t(m_reader->frames()))
    , m_cuts(size_t(m_reader->frames()))
{
    learn(m_reader->takeFacts()); // of the pair it was opened with
}

Video::~Video()
{
    ++*m_newest;
}

void Video::ask(int64_t pair)
{
    m_wanted = std::clamp<int64_t>(pair, 0, pairs() - 1);
    ++*m_newest;
    if (!m_busy)
        begin();
}

void Video::setStep(int64_t step)
{
    step = std::clamp<int64_t>(step, 1, frames() - 1);
    if (std::exchange(m_step, step) == step)
        return;
    ++*m_newest;
    m_wanted = std::min(m_wanted, pairs() - 1);
    if (m_wanted >= 0 && !m_busy)
        begin();
    m_figures.assign(size_t(pairs()), {});
    m_fullColour = m_fullBar = 0;
    emit learned();
}

void Video::cancel()
{
    m_wanted = -1;
    ++*m_newest;
}

void Video::begin()
{
    struct Read {
        engine::Result<VideoPair> pair;
        std::vector<FrameFact> facts;
    };
    m_busy = true;
    inBackground(
        this,
        [reader = m_reader, wanted = m_wanted, step = m_step, newest = m_newest, number = m_newest->load()] {
            auto pair = reader->pair(
                wanted, [&] { return newest->load() != number; }, step);
            return std::make_shared<const Read>(Read{std::move(pair), reader->takeFacts()});
        },
        [this, number = m_newest->load()](const std::shared_ptr<const Read>& read) {
            m_busy = false;
            learn(read->facts);
            if (number != m_newest->load()) {
                if (m_wanted >= 0)
                    begin();
                return;
            }
            const int64_t pair = std::exchange(m_wanted, -1);
            if (read->pair.ok())
                emit paired(read->pair.value());
            else
                emit failed(QString::fromStdString(read->pair.error().message));
            if (!m_busy && m_wanted < 0)
                readAhead(pair + 1);
        });
}

// While the motion of a pair is found, so that the next ones are there.
void Video::readAhead(int64_t pair)
{
    m_busy = true;
    inBackground(
        this,
        [reader = m_reader, pair, step = m_step, newest = m_newest, number = m_newest->load()] {
            const auto stop = [&] { return newest->load() != number; };
            for (int64_t i = pair; i < std::min(pair + kAhead, reader->frames() - step) && !stop(); ++i)
                if (!reader->pair(i, stop, step).ok())
                    break; // said when it is asked for
            return reader->takeFacts();
        },
        [this](const std::vector<FrameFact>& facts) {
            m_busy = false;
            learn(facts);
            if (m_wanted >= 0)
                begin();
        });
}

void Video::learn(const std::vector<FrameFact>& facts)
{
    for (const FrameFact& fact : facts) {
        if (fact.number < 0 || fact.number >= frames())
            continue;
        m_seconds[size_t(fact.number)] = fact.seconds;
        m_small[size_t(fact.number)] = fact.small;
    }
    const auto at
        = [this](int64_t frame) { return frame >= 0 && frame < frames() ? m_small[size_t(frame)].get() : nullptr; };
    for (const FrameFact& fact : facts)
        for (int64_t near = fact.number - formats::kCutReach; near <= fact.number + formats::kCutReach + 1; ++near)
            if (near > 0 && near < frames())
                m_cuts[size_t(near)] = formats::isCutAt(at, near);
    if (!facts.empty())
        emit learned();
}

void Video::found(int64_t pair, const views::MotionFigures& figures)
{
    if (pair < 0 || pair >= pairs())
        return;
    const float most = views::largestOf(figures, {});
    m_figures[size_t(pair)] = {float(figures.mean), float(figures.p95), most};
    m_fullColour = roundedScale(ofMost(&PairFigures::most));
    m_fullBar = roundedScale(ofMost(&PairFigures::p95));
    emit learned();
}

float Video::ofMost(float PairFigures::*figure) const
{
    std::vector<float> plain, cuts;
    for (int64_t pair = 0; pair < pairs(); ++pair)
        if (const float value = m_figures[size_t(pair)].*figure; value >= 0)
            (isCut(pair) ? cuts : plain).push_back(value);
    std::vector<float>& values = plain.empty() ? cuts : plain;
    if (values.empty())
        return 0;
    const auto place = values.begin() + std::ptrdiff_t(std::ceil(kMostPairs * double(values.size()))) - 1;
    std::nth_element(values.begin(), place, values.end());
    return *place;
}

double Video::secondsOf(int64_t frame) const
{
    if (m_seconds[size_t(frame)] >= 0)
        return m_seconds[size_t(frame)];
    const double rate = info().rate.value(); // of what it could hold: frames may be missing
    return info().seconds > 0 ? info().seconds * double(frame) / double(frames()) : rate > 0 ? double(frame) / rate : 0;
}

bool Video::isCut(int64_t pair) const
{
    for (int64_t frame = pair + 1; frame <= pair + m_step; ++frame)
        if (m_cuts[size_t(frame)])
            return true;
    return false;
}

} // namespace app::document
