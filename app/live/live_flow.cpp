#include "app/live/live_flow.h"

#include "app/live/clock.h"
#include "engine/engine.h"

#include <algorithm>
#include <cmath>

namespace app::live {

using engine::FlowField;
using engine::Image;
using engine::Result;

namespace {

constexpr double kSizes[] = {1, 0.75, 0.5, 0.375, 0.25}; // of the frames' sides
constexpr int kPatience = 10; // quick answers before a larger size is tried
constexpr double kRoom = 0.8; // of the time that the rate leaves: what a larger size may take by forecast
constexpr size_t kRecent = 31; // answers that the rate of now is taken from
constexpr size_t kMostKept = 100'000; // delays that the figures are taken from: hours of them, in bounded memory

double quantile(std::vector<float> values, double share)
{
    if (values.empty())
        return 0;
    const auto place = values.begin() + std::ptrdiff_t(share * double(values.size() - 1));
    std::nth_element(values.begin(), place, values.end());
    return double(*place);
}

void keep(std::vector<float>& values, double value)
{
    if (values.size() >= kMostKept)
        values.erase(values.begin(), values.begin() + std::ptrdiff_t(kMostKept / 2));
    values.push_back(float(value));
}

} // namespace

FlowField resized(const FlowField& flow, int width, int height)
{
    if (flow.width == width && flow.height == height)
        return flow;
    FlowField out(width, height);
    const float sx = float(flow.width) / float(width), sy = float(flow.height) / float(height);
    for (int y = 0; y < height; ++y) {
        const float v = std::clamp((float(y) + 0.5f) * sy - 0.5f, 0.0f, float(flow.height - 1));
        const int top = int(v), bottom = std::min(top + 1, flow.height - 1);
        for (int x = 0; x < width; ++x) {
            const float u = std::clamp((float(x) + 0.5f) * sx - 0.5f, 0.0f, float(flow.width - 1));
            const int left = int(u), right = std::min(left + 1, flow.width - 1);
            const float a = u - float(left), b = v - float(top);
            for (int k = 0; k < 2; ++k) {
                const float upper = flow.vector(left, top)[k] * (1 - a) + flow.vector(right, top)[k] * a;
                const float lower = flow.vector(left, bottom)[k] * (1 - a) + flow.vector(right, bottom)[k] * a;
                out.vector(x, y)[k] = (upper * (1 - b) + lower * b) / (k == 0 ? sx : sy);
            }
        }
    }
    return out;
}

LiveFlow::LiveFlow(std::unique_ptr<media::FrameSource> camera, const LiveOptions& options)
    : m_camera(std::move(camera)), m_info(m_camera->info()), m_options(options), m_thread([this] { capture(); })
{
}

LiveFlow::~LiveFlow()
{
    stop();
    m_thread.join();
}

void LiveFlow::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_ended = true;
    }
    m_wake.notify_all();
}

bool LiveFlow::ended() const
{
    const std::lock_guard lock(m_mutex);
    return m_ended;
}

void LiveFlow::capture()
{
    for (;;) {
        auto frame = m_camera->next();
        if (!frame.ok() || !frame.value()) {
            m_camera.reset(); // another one may be opened in its place
            const std::lock_guard lock(m_mutex);
            if (!frame.ok())
                m_error = frame.error();
            m_ended = true;
            m_wake.notify_all();
            return;
        }
        Taken taken;
        {
            const std::lock_guard lock(m_mutex);
            if (m_ended)
                return;
            taken = {std::make_shared<const media::VideoFrame>(std::move(*frame.value())), steadySeconds()};
            m_before = std::exchange(m_newest, taken);
            ++m_captured;
            m_wake.notify_all();
        }
        if (m_options.onFrame)
            m_options.onFrame(*taken.frame, taken.time);
    }
}

void LiveFlow::adapt(double seconds)
{
    if (m_options.rate <= 0)
        return;
    m_modelSeconds = m_modelSeconds > 0 ? 0.7 * m_modelSeconds + 0.3 * seconds : seconds;
    const double budget = 1 / m_options.rate;
    if (m_modelSeconds > budget && m_size + 1 < std::size(kSizes)) {
        // Straight to the size that will do, by the area.
        size_t next = m_size + 1;
        while (next + 1 < std::size(kSizes) && m_modelSeconds * std::pow(kSizes[next] / kSizes[m_size], 2) > budget)
            ++next;
        m_size = next;
        m_modelSeconds = 0, m_quick = 0;
        return;
    }
    const bool room = m_size > 0 && m_modelSeconds * std::pow(kSizes[m_size - 1] / kSizes[m_size], 2) < kRoom * budget;
    m_quick = room ? m_quick + 1 : 0;
    if (m_quick >= kPatience) {
        --m_size;
        m_modelSeconds = 0, m_quick = 0;
    }
}

Result<std::shared_ptr<const LiveMotion>> LiveFlow::next(const Estimate& estimate)
{
    auto motion = std::make_shared<LiveMotion>();
    {
        std::unique_lock lock(m_mutex);
        m_wake.wait(lock, [this] { return m_ended || (m_before.frame && m_newest.frame->number > m_lastNumber); });
        if (m_ended) {
            if (m_error)
                return *m_error;
            return std::shared_ptr<const LiveMotion>();
        }
        motion->first = m_before.frame, motion->second = m_newest.frame;
        motion->captured = m_newest.time;
        m_lastNumber = m_newest.frame->number;
    }
    const Image &first = motion->first->picture, &second = motion->second->picture;
    const auto smaller = [](int side, double size) { return std::max(16, int(std::lround(side * size))); };
    motion->modelWidth = std::min(first.width, smaller(first.width, kSizes[m_size]));
    motion->modelHeight = std::min(first.height, smaller(first.height, kSizes[m_size]));
    const double start = steadySeconds();
    const bool whole = motion->modelWidth == first.width && motion->modelHeight == first.height;
    const auto small = [&](const Image& image) {
        return whole ? image : engine::tasks::resizeBicubic(image, motion->modelWidth, motion->modelHeight);
    };
    FlowField begin;
    if (m_options.warm && !m_lastFlow.uv.empty())
        begin = resized(m_lastFlow, motion->modelWidth, motion->modelHeight);
    TRY_ASSIGN(m_lastFlow, estimate(small(first), small(second), begin));
    motion->flow = resized(m_lastFlow, first.width, first.height);
    motion->found = steadySeconds();
    motion->modelSeconds = motion->found - start;
    const std::lock_guard lock(m_mutex);
    adapt(motion->modelSeconds);
    if (m_answered++ == 0)
        m_firstAnswer = motion->found;
    m_lastAnswer = motion->found;
    m_lastTimes.push_back(motion->found);
    if (m_lastTimes.size() > kRecent)
        m_lastTimes.pop_front();
    keep(m_delays, motion->found - motion->captured);
    keep(m_models, motion->modelSeconds);
    return std::shared_ptr<const LiveMotion>(motion);
}

void LiveFlow::shown(const LiveMotion& motion)
{
    const std::lock_guard lock(m_mutex);
    if (!m_delays.empty())
        m_delays.back() = float(steadySeconds() - motion.captured);
}

LiveFigures LiveFlow::figures() const
{
    const std::lock_guard lock(m_mutex);
    LiveFigures figures{.captured = m_captured, .answered = m_answered};
    figures.dropped = std::max<int64_t>(0, m_captured - 1 - m_answered); // the first frame ends no pair
    figures.seconds = m_lastAnswer - m_firstAnswer;
    figures.rate = m_answered > 1 && figures.seconds > 0 ? double(m_answered - 1) / figures.seconds : 0;
    if (m_lastTimes.size() > 1)
        figures.rateNow = double(m_lastTimes.size() - 1) / std::max(m_lastTimes.back() - m_lastTimes.front(), 1e-6);
    figures.delayMedian = quantile(m_delays, 0.5);
    figures.delay95 = quantile(m_delays, 0.95);
    figures.modelMedian = quantile(m_models, 0.5);
    return figures;
}

} // namespace app::live
