// The one thread that owns the engine. Work is posted from the interface thread into slots, each a mailbox of one: the
// newest replaces what waits in its slot and cancels what runs there; a late result is dropped. Slots stand in the order
// of their urgency: a more urgent one interrupts a less urgent one, which then begins again.
#pragma once

#include "app/document/analyst.h"

#include <QObject>
#include <QThread>
#include <array>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace app::document {

enum class Slot { Run, Map, Latents, Layers, Spectrum };
constexpr size_t kSlots = 5;

class EngineThread : public QObject {
    Q_OBJECT

public:
    using Delivery = std::function<void()>; // on the interface thread
    // On the engine's thread. What it gives, and what it sends before, is run on the interface thread unless something
    // newer was posted.
    struct Line {
        engine::ops::ProgressCallback progress;
        std::function<void(Delivery)> send;
    };
    using Work = std::function<Delivery(Analyst&, const Line&)>;

    explicit EngineThread(QObject* parent = nullptr);
    ~EngineThread() override; // cancels, and waits for the thread

    void post(Slot slot, Work work);
    void openWith(Analyst::OpenDevice open) { m_analyst.openWith(std::move(open)); } // from the next question on
    void cancel(Slot slot); // what was posted there is not answered

signals:
    // Of what runs in the slot Run. share: 0 … 1; secondsLeft: below 0 while unknown
    void progressed(double share, double secondsLeft);

private:
    struct Mailbox {
        Work waiting;
        uint64_t newest = 0; // its number; 0 where nothing is wanted
    };

    void work();
    bool wanted(size_t slot, uint64_t number) const; // under the mutex
    size_t firstWaiting() const; // under the mutex; kSlots where none waits
    void deliver(size_t slot, uint64_t number, Delivery what);

    Analyst m_analyst; // of the thread, but for cancel
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::array<Mailbox, kSlots> m_boxes;
    uint64_t m_count = 0;
    size_t m_running = kSlots; // the slot whose work runs
    bool m_interrupted = false; // it, by something more urgent
    bool m_ends = false;
    std::unique_ptr<QThread> m_thread;
};

} // namespace app::document
