#include "app/document/engine_thread.h"

#include "app/commands/forecast.h"

#include <chrono>

namespace app::document {

EngineThread::EngineThread(QObject* parent) : QObject(parent), m_thread(QThread::create([this] { work(); }))
{
    m_thread->start();
}

EngineThread::~EngineThread()
{
    {
        const std::lock_guard lock(m_mutex);
        m_ends = true;
        for (Mailbox& box : m_boxes)
            box = {};
    }
    m_wake.notify_all();
    while (!m_thread->wait(50))
        m_analyst.cancel(); // again: a job may have begun since
}

void EngineThread::post(Slot slot, Work work)
{
    {
        const std::lock_guard lock(m_mutex);
        m_boxes[size_t(slot)] = {std::move(work), ++m_count};
        // Under the mutex, so that it is not the new work, begun meanwhile, that is stopped.
        if (m_running < kSlots && size_t(slot) <= m_running) {
            m_interrupted = m_interrupted || size_t(slot) < m_running;
            m_analyst.cancel();
        }
    }
    m_wake.notify_all();
}

void EngineThread::cancel(Slot slot)
{
    const std::lock_guard lock(m_mutex);
    m_boxes[size_t(slot)] = {};
    if (m_running == size_t(slot))
        m_analyst.cancel();
}

bool EngineThread::wanted(size_t slot, uint64_t number) const
{
    return m_boxes[slot].newest == number;
}

size_t EngineThread::firstWaiting() const
{
    size_t slot = 0;
    while (slot < kSlots && !m_boxes[slot].waiting)
        ++slot;
    return slot;
}

void EngineThread::deliver(size_t slot, uint64_t number, Delivery what)
{
    QMetaObject::invokeMethod(
        this,
        [this, slot, number, what = std::move(what)] {
            bool newest = false;
            {
                const std::lock_guard lock(m_mutex);
                newest = wanted(slot, number);
            }
            if (newest)
                what();
        },
        Qt::QueuedConnection);
}

void EngineThread::work()
{
    using Clock = std::chrono::steady_clock;
    for (;;) {
        std::unique_lock lock(m_mutex);
        m_wake.wait(lock, [this] { return m_ends || firstWaiting() < kSlots; });
        if (m_ends)
            return;
        const size_t slot = firstWaiting();
        const Work job = std::exchange(m_boxes[slot].waiting, nullptr);
        const uint64_t number = m_boxes[slot].newest;
        m_running = slot;
        m_interrupted = false;
        lock.unlock();

        const auto start = Clock::now();
        auto last = start;
        const auto watch = [&, this](const engine::ops::Progress& progress) {
            {
                const std::lock_guard now(m_mutex);
                if (m_ends || m_interrupted || !wanted(slot, number))
                    m_analyst.cancel(); // a cancel between two jobs of one piece of work is lost
            }
            if (Slot(slot) != Slot::Run || Clock::now() - last < std::chrono::milliseconds(100)
                || progress.expected <= 0)
                return;
            last = Clock::now();
            const double seconds = std::chrono::duration<double>(last - start).count();
            const commands::Remaining remaining = commands::remainingOf(progress, seconds);
            deliver(slot, number, [this, remaining] { emit progressed(remaining.share, remaining.seconds); });
        };
        Delivery done = job(m_analyst, {watch, [&, this](Delivery what) { deliver(slot, number, std::move(what)); }});
        lock.lock();
        m_running = kSlots;
        // Again afterwards, also when the more urgent work was taken back meanwhile.
        if (m_interrupted && wanted(slot, number))
            m_boxes[slot].waiting = job;
        else if (done)
            deliver(slot, number, std::move(done));
    }
}

} // namespace app::document
