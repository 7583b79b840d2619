// The one thread that owns the engine. Ask from the interface thread; answers come there as signals. A mailbox of one:
// the newest question replaces the one that waits and cancels the one that runs, and late answers are dropped.
#pragma once

#include "app/document/analysis.h"

#include <QObject>
#include <QThread>
#include <condition_variable>
#include <mutex>

namespace app::document {

class EngineThread : public QObject {
    Q_OBJECT

public:
    explicit EngineThread(QObject* parent = nullptr);
    ~EngineThread() override; // cancels, and waits for the thread

    void ask(Question question);
    void cancel(); // what was asked is not answered

signals:
    // share: 0 … 1; secondsLeft: below 0 while unknown
    void progressed(double share, double secondsLeft);
    void answered(std::shared_ptr<const app::document::Analysis> answer);
    void failed(const QString& sentence);

private:
    void work();
    void deliver(uint64_t number, std::function<void()> what);

    Analyst m_analyst; // of the thread, but for cancel
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::optional<Question> m_waiting;
    uint64_t m_newest = 0; // number of the newest question; interface thread, and under the mutex
    bool m_ends = false;
    std::unique_ptr<QThread> m_thread;
};

} // namespace app::document
