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
        ++m_newest;
    }
    m_wake.notify_all();
    while (!m_thread->wait(50))
        m_analyst.cancel(); // again: a question may have begun since
}

void EngineThread::ask(Question question)
{
    {
        const std::lock_guard lock(m_mutex);
        m_waiting = std::move(question);
        ++m_newest;
    }
    m_analyst.cancel();
    m_wake.notify_all();
}

void EngineThread::cancel()
{
    {
        const std::lock_guard lock(m_mutex);
        m_waiting.reset();
        ++m_newest;
    }
    m_analyst.cancel();
}

// On the interface thread, unless something newer was asked meanwhile.
void EngineThread::deliver(uint64_t number, std::function<void()> what)
{
    QMetaObject::invokeMethod(
        this,
        [this, number, what = std::move(what)] {
            if (number == m_newest)
                what();
        },
        Qt::QueuedConnection);
}

void EngineThread::work()
{
    using Clock = std::chrono::steady_clock;
    for (;;) {
        std::unique_lock lock(m_mutex);
        m_wake.wait(lock, [this] { return m_ends || m_waiting; });
        if (m_ends)
            return;
        const Question question = *std::exchange(m_waiting, std::nullopt);
        const uint64_t number = m_newest;
        lock.unlock();

        const auto start = Clock::now();
        auto last = start;
        const auto answer = m_analyst.analyse(question, [&, this](const engine::ops::Progress& progress) {
            {
                const std::lock_guard now(m_mutex);
                if (number != m_newest)
                    m_analyst.cancel(); // asked before the device was open, or before this job began
            }
            if (Clock::now() - last < std::chrono::milliseconds(100) || progress.expected <= 0)
                return;
            last = Clock::now();
            const double seconds = std::chrono::duration<double>(last - start).count();
            const commands::Remaining remaining = commands::remainingOf(progress, seconds);
            deliver(number, [this, remaining] { emit progressed(remaining.share, remaining.seconds); });
        });
        if (answer.ok())
            deliver(number, [this, found = answer.value()] { emit answered(found); });
        else
            deliver(number, [this, sentence = QString::fromStdString(answer.error().message)] { emit failed(sentence); });
    }
}

} // namespace app::document
