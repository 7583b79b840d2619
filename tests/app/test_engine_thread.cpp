// The engine's thread as a mailbox: which work runs, which is interrupted and runs again, what is delivered and in what
// order. Most works here are counters behind a gate; some ask the models.
#include "tests/app/whole_maps.h"

#include "app/document/engine_thread.h"

#include <QElapsedTimer>
#include <QSemaphore>
#include <random>
#include <thread>

using namespace app::document;

namespace {

constexpr int kPatience = 20'000; // ms

// A work that says when it begins, waits at a gate, and is counted.
struct Gated {
    QSemaphore begun, gate;
    std::atomic<int> runs = 0;

    EngineThread::Work work(EngineThread::Delivery delivery)
    {
        return [this, delivery](Analyst&, const EngineThread::Line& line) -> EngineThread::Delivery {
            ++runs;
            begun.release();
            gate.acquire();
            line.progress({});
            return delivery;
        };
    }
};

EngineThread::Work quick(EngineThread::Delivery delivery)
{
    return [delivery](Analyst&, const EngineThread::Line&) { return delivery; };
}

} // namespace

class TestEngineThread : public QObject {
    Q_OBJECT

private slots:
    void newestOfASlotWins()
    {
        Gated first;
        std::atomic<int> ran = 0;
        QList<int> seen;
        EngineThread engine;
        engine.post(Slot::Run, first.work([&] { seen << 0; }));
        first.begun.acquire();
        for (int i = 1; i <= 5; ++i)
            engine.post(Slot::Map, [&, i](Analyst&, const EngineThread::Line&) -> EngineThread::Delivery {
                ++ran;
                return [&seen, i] { seen << i; };
            });
        first.gate.release();
        QTRY_COMPARE_WITH_TIMEOUT(seen, (QList<int>{0, 5}), kPatience);
        QCOMPARE(ran.load(), 1);
        QCOMPARE(first.runs.load(), 1); // a less urgent one interrupts nothing
    }

    void newestReplacesWhatRuns()
    {
        Gated first;
        QList<int> seen;
        EngineThread engine;
        engine.post(Slot::Map, first.work([&] { seen << 1; }));
        first.begun.acquire();
        engine.post(Slot::Map, quick([&] { seen << 2; }));
        first.gate.release();
        QTRY_COMPARE_WITH_TIMEOUT(seen, QList<int>{2}, kPatience);
        settle(engine);
        QCOMPARE(seen, QList<int>{2});
        QCOMPARE(first.runs.load(), 1);
    }

    void moreUrgentInterrupts()
    {
        Gated map;
        QStringList seen;
        EngineThread engine;
        engine.post(Slot::Latents, map.work([&] { seen << "latents"; }));
        map.begun.acquire();
        engine.post(Slot::Spectrum, quick([&] { seen << "spectrum"; }));
        engine.post(Slot::Run, quick([&] { seen << "run"; }));
        engine.post(Slot::Map, quick([&] { seen << "map"; }));
        map.gate.release(2);
        QTRY_COMPARE_WITH_TIMEOUT(seen, (QStringList{"run", "map", "latents", "spectrum"}), kPatience);
        QCOMPARE(map.runs.load(), 2);
    }

    // What was interrupted for something that was taken back at once is answered none the less.
    void interruptionTakenBack()
    {
        Gated map;
        QStringList seen;
        EngineThread engine;
        engine.post(Slot::Map, map.work([&] { seen << "map"; }));
        map.begun.acquire();
        engine.post(Slot::Run, quick([&] { seen << "run"; }));
        engine.cancel(Slot::Run);
        map.gate.release(2);
        QTRY_COMPARE_WITH_TIMEOUT(seen, QStringList{"map"}, kPatience);
        settle(engine);
        QCOMPARE(seen, QStringList{"map"});
        QCOMPARE(map.runs.load(), 2); // its first run may have been stopped anywhere
    }

    void interruptedAndReplaced()
    {
        Gated map;
        QStringList seen;
        EngineThread engine;
        engine.post(Slot::Map, map.work([&] { seen << "old"; }));
        map.begun.acquire();
        engine.post(Slot::Run, quick([&] { seen << "run"; }));
        engine.post(Slot::Map, quick([&] { seen << "new"; }));
        map.gate.release(2);
        QTRY_COMPARE_WITH_TIMEOUT(seen, (QStringList{"run", "new"}), kPatience);
        settle(engine);
        QCOMPARE(seen, (QStringList{"run", "new"}));
        QCOMPARE(map.runs.load(), 1);
    }

    // Done, and on its way to the interface thread, when it is no longer wanted.
    void lateResultsAreDropped()
    {
        QStringList seen;
        EngineThread engine;
        for (const bool newer : {false, true}) {
            Gated after;
            seen.clear();
            engine.post(Slot::Map, quick([&] { seen << "map"; }));
            engine.post(Slot::Spectrum, after.work({}));
            after.begun.acquire(); // the map is done, nothing was delivered: no event loop ran
            QVERIFY(seen.isEmpty());
            if (newer)
                engine.post(Slot::Map, quick([&] { seen << "newer"; }));
            else
                engine.cancel(Slot::Map);
            after.gate.release(2);
            settle(engine);
            QCOMPARE(seen, newer ? QStringList{"newer"} : QStringList());
        }
    }

    void whatIsSentComesInOrder()
    {
        QList<int> seen;
        Gated gate;
        EngineThread engine;
        const auto work = [&](Analyst&, const EngineThread::Line& line) -> EngineThread::Delivery {
            for (int i = 0; i < 100; ++i)
                line.send([&seen, i] { seen << i; });
            return [&seen] { seen << 100; };
        };
        engine.post(Slot::Run, work);
        QTRY_COMPARE_WITH_TIMEOUT(seen.size(), 101, kPatience);
        QVERIFY(std::is_sorted(seen.begin(), seen.end()));
        seen.clear();
        engine.post(Slot::Run, [&](Analyst& analyst, const EngineThread::Line& line) {
            auto done = work(analyst, line);
            gate.begun.release();
            gate.gate.acquire();
            return done;
        });
        gate.begun.acquire();
        engine.cancel(Slot::Run); // what was sent already, too
        gate.gate.release();
        settle(engine);
        QVERIFY(seen.isEmpty());
    }

    void cancelOfWhatWaits()
    {
        Gated first;
        std::atomic<int> ran = 0;
        QStringList seen;
        EngineThread engine;
        engine.cancel(Slot::Map); // nothing is there
        engine.post(Slot::Run, first.work([&] { seen << "run"; }));
        first.begun.acquire();
        engine.post(Slot::Map, [&](Analyst&, const EngineThread::Line&) {
            ++ran;
            return EngineThread::Delivery([&] { seen << "map"; });
        });
        engine.cancel(Slot::Map);
        first.gate.release();
        settle(engine);
        QCOMPARE(seen, QStringList{"run"});
        QCOMPARE(ran.load(), 0);
    }

    // The thread is waited for; what waits is not begun, nothing is delivered afterwards.
    void destroyedInMidRun()
    {
        Gated run;
        std::atomic<int> waiting = 0, delivered = 0;
        std::thread opener;
        {
            EngineThread engine;
            engine.post(Slot::Run, run.work([&] { ++delivered; }));
            engine.post(Slot::Map, [&](Analyst&, const EngineThread::Line&) {
                ++waiting;
                return EngineThread::Delivery([&] { ++delivered; });
            });
            run.begun.acquire();
            opener = std::thread([&] {
                std::this_thread::sleep_for(std::chrono::milliseconds(150));
                run.gate.release();
            });
        }
        QVERIFY(run.gate.available() == 0); // it went through the gate
        opener.join();
        QCoreApplication::processEvents();
        QCOMPARE(waiting.load(), 0);
        QCOMPARE(delivered.load(), 0);
    }

    // With a model that works: it stops soon, wherever it is.
    void destroyedWhileAModelRuns()
    {
        for (const int wait : {0, 5, 20, 60, 150, 400}) {
            auto engine = std::make_unique<EngineThread>();
            std::atomic<int> delivered = 0;
            engine->post(Slot::Run, [&](Analyst& analyst, const EngineThread::Line& line) {
                (void)analyst.analyse(framesOf(300, 200), line.progress);
                return EngineThread::Delivery([&] { ++delivered; });
            });
            QThread::msleep(ulong(wait));
            QElapsedTimer clock;
            clock.start();
            engine.reset();
            QVERIFY2(clock.elapsed() < kPatience, qPrintable(QString::number(clock.elapsed())));
            QCOMPARE(delivered.load(), 0);
        }
    }

    // Every slot's last is delivered, whatever was posted before it.
    void hammered()
    {
        std::mt19937 random(7);
        std::array<int, kSlots> posted{}, delivered{};
        std::atomic<int> at = -1; // one work at a time
        EngineThread engine;
        for (int i = 1; i <= 1000; ++i) {
            const size_t slot = random() % kSlots;
            posted[slot] = i;
            engine.post(Slot(slot), [&, slot, i](Analyst&, const EngineThread::Line& line) -> EngineThread::Delivery {
                const int before = at.exchange(i);
                line.progress({.done = 1, .expected = 2});
                line.send([] {});
                if (before != -1 || at.exchange(-1) != i)
                    return [&delivered, slot] { delivered[slot] = -1'000'000; };
                return [&delivered, slot, i] { delivered[slot] = i; };
            });
            if (i % 7 == 0)
                QCoreApplication::processEvents();
            if (i % 50 == 0) { // and taken back
                const size_t other = random() % kSlots;
                engine.cancel(Slot(other));
                posted[other] = -1;
            }
        }
        for (size_t slot = 0; slot < kSlots; ++slot)
            if (posted[slot] > 0)
                QTRY_COMPARE_WITH_TIMEOUT(delivered[slot], posted[slot], kPatience);
    }

    // Maps and runs of a model, interrupted all the time: none is lost, none is answered with "cancelled".
    void hammeredModel()
    {
        EngineThread engine;
        const Question question{.text = "The c[MASK]t sat."};
        QStringList wrong;
        int runs = 0, maps = 0, latents = 0;
        const auto post = [&](Slot slot, auto ask, int& count) {
            engine.post(slot, [&, ask](Analyst& analyst, const EngineThread::Line& line) -> EngineThread::Delivery {
                const auto found = ask(analyst, line);
                return [&, message = found.ok() ? std::string() : found.error().message] {
                    ++count;
                    if (!message.empty())
                        wrong << QString::fromStdString(message);
                };
            });
        };
        const auto run = [&](Analyst& a, const EngineThread::Line& line) { return a.analyse(question, line.progress); };
        const auto map = [](Analyst& a, const EngineThread::Line& line) { return a.map({.elements = {6}}, line.progress); };
        const auto many = [](Analyst& a, const EngineThread::Line& line) { return a.latentMaps({}, line.progress); };
        post(Slot::Run, run, runs);
        QTRY_COMPARE_WITH_TIMEOUT(runs, 1, kPatience);
        std::mt19937 random(11);
        for (int i = 0; i < 60; ++i) {
            const auto kind = random() % 4;
            if (kind == 0)
                post(Slot::Run, run, runs);
            if (kind == 1)
                post(Slot::Latents, many, latents);
            if (kind == 2) { // as when another thing is opened and closed
                post(Slot::Run, run, runs);
                engine.cancel(Slot::Run);
            }
            post(Slot::Map, map, maps);
            QTest::qWait(int(random() % 12));
        }
        const int mapsBefore = maps;
        post(Slot::Latents, many, latents);
        post(Slot::Map, map, maps);
        QTRY_VERIFY_WITH_TIMEOUT(maps > mapsBefore, kPatience);
        settle(engine);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join("; ")));
        QVERIFY(latents > 0);
    }

private:
    // Until everything that was posted before is done and delivered.
    static void settle(EngineThread& engine)
    {
        bool done = false;
        for (int again = 0; again < 2; ++again) {
            done = false;
            engine.post(Slot::Spectrum, quick([&] { done = true; }));
            QTRY_VERIFY_WITH_TIMEOUT(done, kPatience);
        }
        QCoreApplication::processEvents();
    }
};

QTEST_GUILESS_MAIN(TestEngineThread)
#include "test_engine_thread.moc"
