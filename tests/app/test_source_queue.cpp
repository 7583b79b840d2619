// The queue of what was dropped, with a document and without a window: many things of which some are broken, one
// dropped or written while others run, and what is looked at again.
#include "app/document/source_queue.h"
#include "tests/app/opened_files.h"

#include <QSignalSpy>

using namespace app::document;

namespace {

constexpr int kPatience = 30'000; // ms

} // namespace

class TestSourceQueue : public QObject, private OpenedFiles {
    Q_OBJECT

private slots:
    void init() { m_document = std::make_unique<Document>(); }

    void manyFilesOneBroken()
    {
        SourceQueue queue(*m_document);
        QSignalSpy refused(&queue, &SourceQueue::refused);
        queue.add({m_picture, m_text, m_broken, m_review, m_first});
        QCOMPARE(queue.list().rowCount(), 0); // it is looked at beside this thread
        QTRY_COMPARE_WITH_TIMEOUT(queue.list().rowCount(), 5, kPatience);
        const SourceList& list = queue.list();
        QTRY_COMPARE_WITH_TIMEOUT(list.count(ItemState::Waiting) + list.count(ItemState::Running), 0, kPatience);
        QCOMPARE(list.count(ItemState::Failed), 1);
        QCOMPARE(list.count(ItemState::Done), 4);
        QCOMPARE(int(list.item(2).state), int(ItemState::Failed));
        QVERIFY(!list.item(2).note.empty());
        QVERIFY(!refused.isEmpty());
        QCOMPARE(queue.current(), 4);
        queue.add({m_first, m_second});
        QTRY_COMPARE_WITH_TIMEOUT(list.rowCount(), 6, kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(int(list.item(5).state), int(ItemState::Done), kPatience);
        const AnalysisPtr frames = m_document->analysis();
        QVERIFY(frames && frames->scene == Scene::Frames);
        // Looked at again: frames as they were, without a run; a text is run again.
        queue.show(1);
        QTRY_VERIFY_WITH_TIMEOUT(m_document->analysis() && m_document->analysis()->model == "text", kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(m_document->map(), kPatience);
        queue.show(5);
        QTRY_COMPARE_WITH_TIMEOUT(m_document->analysis(), frames, kPatience);
        m_document->selection().point(Part::Outputs, {40 * 64 + 60});
        QTRY_VERIFY_WITH_TIMEOUT(m_document->map(), kPatience);
        QCOMPARE(m_document->map()->analysis, frames->number);
        queue.show(2); // nothing can be done with it, or it fails again
        queue.show(99);
        queue.clear();
        QCOMPARE(queue.current(), -1);
    }

    void droppedWhileOneRuns()
    {
        SourceQueue queue(*m_document);
        const auto large = [&](const char* name, double by) { return save(name, *waves(500, 400, by, by)); };
        queue.add({large("l1.png", 0), large("l2.png", 1)});
        QTRY_VERIFY_WITH_TIMEOUT(m_document->runs(), kPatience);
        queue.add({m_picture}); // alone: meant now
        QTRY_COMPARE_WITH_TIMEOUT(queue.current(), 1, kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(int(queue.list().item(1).state), int(ItemState::Done), kPatience);
        QCOMPARE(int(queue.list().item(0).state), int(ItemState::Failed));
        QSignalSpy started(m_document.get(), &Document::started);
        queue.add({m_text, m_review, m_picture});
        QVERIFY(started.wait(kPatience)); // which returns at once: an answer takes but some milliseconds
        m_document->stop(); // all of them
        QCOMPARE(queue.list().count(ItemState::Waiting) + queue.list().count(ItemState::Running), 0);
    }

    // A text by hand while several things are answered: they are stopped, and none is said to run for ever.
    void textByHandWhileOthersRun()
    {
        SourceQueue queue(*m_document);
        const SourceList& list = queue.list();
        const auto settled = [&] { return list.count(ItemState::Waiting) + list.count(ItemState::Running) == 0; };
        QSignalSpy started(m_document.get(), &Document::started);
        queue.add({m_picture, m_review, m_first});
        QVERIFY(started.wait(kPatience));
        m_document->openText("A dull film.", {});
        QVERIFY(settled());
        QTRY_VERIFY_WITH_TIMEOUT(m_document->analysis() && !m_document->runs(), kPatience);
        QCOMPARE(m_document->question().text, "A dull film.");
        QVERIFY(settled() && list.count(ItemState::Failed) == 3 && m_document->files().isEmpty());
        // Edited and asked while the next one is still read.
        queue.add({m_review, m_picture, m_first});
        connect(m_document.get(), &Document::answered, &queue, [&] {
            if (m_document->reads() && list.count(ItemState::Done) == 1) {
                m_document->changeText("A fine film!", {});
                m_document->run();
            }
        });
        QTRY_VERIFY_WITH_TIMEOUT(!queue.looks() && settled(), kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(m_document->analysis() && !m_document->runs(), kPatience);
        QCOMPARE(m_document->question().text, "A fine film!");
        QVERIFY(!m_document->reads());
        QCOMPARE(list.count(ItemState::Done), 1);
    }

    // Drops keep their order; stopped while they are looked at, none is opened; a session's view is for its own files.
    void lookedAtInTheirOrder()
    {
        SourceQueue queue(*m_document);
        for (const QString& file : {m_picture, m_review, m_text})
            queue.add({file, m_first});
        queue.addEach({m_first, m_second});
        QTRY_VERIFY_WITH_TIMEOUT(!queue.looks(), kPatience);
        QCOMPARE(titles(queue.list()),
            (QStringList{"picture.png", "first.png", "review.txt", "first.png", "text.txt", "first.png", "first.png",
                "second.png"}));
        queue.stop();
        queue.clear();
        queue.add({m_picture});
        QVERIFY(queue.looks());
        queue.stop();
        QVERIFY(!queue.looks() && !m_document->reads());
        QTest::qWait(200);
        QCOMPARE(queue.list().rowCount(), 0);
        QVERIFY(!m_document->reads() && !m_document->runs());
        View view;
        view.look.opacity = 0.25f;
        queue.add({m_review}, view);
        QTRY_VERIFY_WITH_TIMEOUT(m_document->analysis() && m_document->files() == QStringList{m_review}, kPatience);
        QCOMPARE(m_document->selection().view().look.opacity, 0.25f);
    }

private:
    std::unique_ptr<Document> m_document;
};

QTEST_GUILESS_MAIN(TestSourceQueue)
#include "test_source_queue.moc"
