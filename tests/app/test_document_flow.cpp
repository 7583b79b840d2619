// The document from a file to an answer and its maps, without a window: what is opened, refused, stopped, left out,
// asked of another model, opened again.
#include "app/document/document.h"
#include "tests/app/opened_files.h"

#include <QSignalSpy>

using namespace app::document;

namespace {

constexpr int kPatience = 30'000; // ms

} // namespace

class TestDocumentFlow : public QObject, private OpenedFiles {
    Q_OBJECT

private slots:
    void init()
    {
        m_document = std::make_unique<Document>();
        m_answered = std::make_unique<QSignalSpy>(m_document.get(), &Document::answered);
        m_opened = std::make_unique<QSignalSpy>(m_document.get(), &Document::opened);
        m_refused = std::make_unique<QSignalSpy>(m_document.get(), &Document::refused);
        m_failed = std::make_unique<QSignalSpy>(m_document.get(), &Document::failed);
        m_mapFailed = std::make_unique<QSignalSpy>(m_document.get(), &Document::mapFailed);
    }

    void opensAndAnswers_data()
    {
        QTest::addColumn<QStringList>("files");
        QTest::addColumn<int>("scene");
        QTest::addColumn<bool>("mapAtOnce");
        QTest::newRow("picture") << QStringList{m_picture} << int(Scene::Picture) << true;
        QTest::newRow("frames") << QStringList{m_first, m_second} << int(Scene::Frames) << false;
        QTest::newRow("text") << QStringList{m_text} << int(Scene::Text) << true;
        QTest::newRow("review") << QStringList{m_review} << int(Scene::Text) << true;
    }

    void opensAndAnswers()
    {
        QFETCH(QStringList, files);
        QFETCH(int, scene);
        QFETCH(bool, mapAtOnce);
        ask(files);
        QCOMPARE(m_opened->size(), 1);
        QCOMPARE(m_document->files(), files);
        QVERIFY(!m_document->runs());
        QCOMPARE(int(m_document->analysis()->scene), scene);
        if (mapAtOnce) {
            QTRY_VERIFY_WITH_TIMEOUT(m_document->map(), kPatience);
            QCOMPARE(m_document->map()->analysis, m_document->analysis()->number);
        }
        // Maps follow what is pointed at, and go where nothing is asked.
        m_document->selection().point(Part::Inputs, {5});
        QTRY_VERIFY_WITH_TIMEOUT(
            m_document->map() && m_document->map()->question.elements == std::vector<uint32_t>{5}, kPatience);
        QCOMPARE(int(m_document->map()->question.direction), int(Direction::InputToLatents));
        m_document->selection().leave();
        if (!mapAtOnce)
            QTRY_VERIFY_WITH_TIMEOUT(!m_document->map(), kPatience);
        m_document->wantLatentMaps(true);
        m_document->wantLayerMaps(true);
        QTRY_VERIFY_WITH_TIMEOUT(m_document->latentMaps() && m_document->layerMaps(), kPatience);
        m_document->askSpectrum(engine::HostTensor({8, 8}));
        QTRY_VERIFY_WITH_TIMEOUT(m_document->spectrum(), kPatience);
        m_document->close();
        QVERIFY(!m_document->isOpen() && !m_document->analysis() && !m_document->map() && !m_document->latentMaps());
        QVERIFY(m_failed->isEmpty() && m_mapFailed->isEmpty());
    }

    void refuses()
    {
        ask({m_picture});
        const AnalysisPtr answer = m_document->analysis();
        View view;
        view.look.opacity = 0.125f;
        int count = 0;
        for (const QStringList& files : {QStringList{m_broken}, {m_folder.filePath("gone.png")}, {m_folder.path()},
                 {m_first, m_small}, {m_first, m_second, m_picture}, {m_folder.filePath("gone.txt")}, {}}) {
            m_document->open(files);
            m_document->setView(view);
            ++count;
            QTRY_COMPARE_WITH_TIMEOUT(m_refused->size(), count, kPatience);
            QVERIFY(m_refused->last().first().toString().size() > 15);
        }
        QCOMPARE(m_document->analysis(), answer); // what was open stays
        ask({m_review});
        QCOMPARE(m_document->selection().view().look.opacity, Look().opacity); // the view was another's
    }

    // The last one counts; what was asked before is not answered.
    void openedOneAfterTheOther()
    {
        for (const QString& file : {m_picture, m_text, m_review, m_picture, m_text})
            m_document->open({file});
        QTRY_VERIFY_WITH_TIMEOUT(m_document->analysis(), kPatience);
        QCOMPARE(m_document->files(), QStringList{m_text});
        QCOMPARE(m_document->analysis()->model, "text");
        m_document->open({m_picture});
        m_document->close();
        QTest::qWait(300);
        QVERIFY(!m_document->isOpen() && !m_document->analysis());
        QVERIFY(m_failed->isEmpty() && m_refused->isEmpty());
    }

    void stops()
    {
        QSignalSpy stopped(m_document.get(), &Document::stopped);
        const auto large = [&](const char* name, double by) { return save(name, *waves(500, 400, by, by)); };
        m_document->open({large("l1.png", 0), large("l2.png", 1)});
        QTRY_VERIFY_WITH_TIMEOUT(m_document->runs(), kPatience);
        QTest::qWait(100);
        m_document->stop();
        m_document->stop();
        QCOMPARE(stopped.size(), 1);
        QVERIFY(!m_document->runs());
        QTest::qWait(300);
        QVERIFY(m_answered->isEmpty() && m_failed->isEmpty());
        QVERIFY(m_document->isOpen());
        ask({m_review}); // and it goes on
    }

    // Stopped wherever it was: maps are of the answer that is shown.
    void knockOutStopped()
    {
        ask({m_text});
        QTRY_VERIFY_WITH_TIMEOUT(m_document->map(), kPatience);
        const AnalysisPtr plain = m_document->analysis();
        const std::vector<float> weights = m_document->map()->weights.values;
        for (const int wait : {0, 1, 3, 10, 30, 60}) {
            m_document->knockOut({.inputs = {3}});
            QThread::msleep(ulong(wait)); // no event is taken: it may be done, and is not delivered
            m_document->stop();
            m_document->selection().point(Part::Inputs, {2});
            QTRY_VERIFY_WITH_TIMEOUT(fromMap() == 2, kPatience);
            m_document->selection().leave();
            QTRY_VERIFY_WITH_TIMEOUT(fromMap() != 2, kPatience);
            QCOMPARE(m_document->analysis(), plain);
            QCOMPARE(m_document->map()->analysis, plain->number);
            QCOMPARE(m_document->map()->weights.values, weights);
        }
        QVERIFY(m_failed->isEmpty() && m_mapFailed->isEmpty());
    }

    void knockOutAndBack()
    {
        ask({m_review});
        QTRY_VERIFY_WITH_TIMEOUT(m_document->map(), kPatience);
        const AnalysisPtr plain = m_document->analysis();
        const std::vector<float> weights = m_document->map()->weights.values;
        m_document->selection().lock(Part::Inputs, {3, 4}, false);
        m_document->knockOut({});
        QVERIFY(!m_document->runs()); // nothing to leave out
        for (int again = 0; again < 2; ++again) {
            m_document->knockOut({.inputs = {uint32_t(3 + again)}});
            QTRY_VERIFY_WITH_TIMEOUT(!m_document->runs(), kPatience);
            QCOMPARE(m_document->analysis()->before, plain); // not the one before it
            QCOMPARE(m_document->analysis()->without.inputs.at(0), uint32_t(3 + again));
            QVERIFY(m_document->selection().locked());
            QVERIFY(m_document->analysis()->shares[0].probability != plain->shares[0].probability);
        }
        const View view = m_document->selection().view();
        const int steps = m_document->selection().undo().count();
        QTRY_VERIFY_WITH_TIMEOUT(m_document->map(), kPatience);
        m_document->pin();
        const MapPtr pinned = m_document->pinned();
        m_document->run();
        QTRY_VERIFY_WITH_TIMEOUT(!m_document->runs(), kPatience);
        QVERIFY(!m_document->analysis()->before);
        // What is selected and what can be undone is the person's, and the input is the same.
        QVERIFY(steps > 0 && m_document->selection().view() == view);
        QCOMPARE(m_document->selection().undo().count(), steps);
        QVERIFY(pinned && m_document->pinned() == pinned);
        QTRY_VERIFY_WITH_TIMEOUT(
            m_document->map() && m_document->map()->analysis == m_document->analysis()->number, kPatience);
        QCOMPARE(m_document->map()->question, view.question);
        m_document->selection().undo().undo();
        QVERIFY(!m_document->selection().locked());
        m_document->selection().setDirection(Direction::OutputToInputs); // as it was
        QCOMPARE(m_document->analysis()->shares[0].probability, plain->shares[0].probability);
        QTRY_VERIFY_WITH_TIMEOUT(m_document->map() && m_document->map()->weights.values == weights, kPatience);
        QVERIFY(m_failed->isEmpty());
    }

    // The same text asked again where it is edited stays selected; another one begins anew.
    void textAskedAgain()
    {
        ask({m_text});
        const AnalysisPtr first = m_document->analysis();
        m_document->selection().lock(Part::Inputs, {3}, false);
        m_document->changeText(m_document->question().text, {});
        m_document->run();
        QCOMPARE(m_document->analysis(), first); // until the new one is there
        QTRY_VERIFY_WITH_TIMEOUT(!m_document->runs(), kPatience);
        QVERIFY(m_document->analysis() != first && m_document->selection().locked());
        m_document->changeText(m_document->question().text, {{0, 2}});
        QVERIFY(!m_document->analysis() && !m_document->selection().locked());
        QCOMPARE(m_document->selection().undo().count(), 0);
    }

    // Frames asked again: latents are still those of the tile that was looked at.
    void framesAskedAgain()
    {
        ask({m_first, m_second});
        m_document->selection().point(Part::Outputs, {40 * 64 + 60});
        QTRY_VERIFY_WITH_TIMEOUT(m_document->map(), kPatience);
        const auto tile = *m_document->map()->part;
        m_document->selection().lock(Part::Latents, {5}, false);
        m_document->run();
        QTRY_VERIFY_WITH_TIMEOUT(!m_document->runs(), kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(
            m_document->map() && m_document->map()->analysis == m_document->analysis()->number, kPatience);
        QCOMPARE(m_document->map()->part->left, tile.left);
        QCOMPARE(m_document->map()->part->top, tile.top);
        QVERIFY(m_document->selection().locked());
    }

    // The way back is found for the whole answer, and stays beside what is left out later.
    void occlusionAndKnockOut()
    {
        ask({m_first, m_second});
        const AnalysisPtr plain = m_document->analysis();
        const auto leaveOut = [&] {
            m_document->knockOut({.inputs = {40 * 64 + 60}});
            QTRY_VERIFY_WITH_TIMEOUT(!m_document->runs(), kPatience);
            QVERIFY(m_document->analysis()->changed && m_document->analysis()->flow->uv != plain->flow->uv);
        };
        leaveOut();
        m_document->findOcclusion();
        QTRY_VERIFY_WITH_TIMEOUT(!m_document->runs(), kPatience);
        QVERIFY(m_document->analysis()->backward);
        QCOMPARE(m_document->analysis()->flow->uv, plain->flow->uv);
        leaveOut();
        QVERIFY(m_document->analysis()->backward);
        QVERIFY(m_failed->isEmpty());
    }

    void choosesAModel()
    {
        ask({m_picture});
        m_document->chooseModel("flow", "flow-live"); // for later
        QVERIFY(!m_document->runs());
        m_document->chooseModel("image", testCase("image-learned"));
        QVERIFY(m_document->runs() && !m_document->analysis() && !m_document->map());
        QTRY_VERIFY_WITH_TIMEOUT(!m_document->runs(), kPatience);
        QVERIFY(m_failed->isEmpty());
        QCOMPARE(m_document->analysis()->facts.kind, "image-learned");
        m_document->chooseModel("image", "no such model");
        QTRY_COMPARE_WITH_TIMEOUT(m_failed->size(), 1, kPatience);
        const QString sentence = m_failed->last().first().toString();
        QVERIFY2(sentence.contains("no such model"), qPrintable(sentence));
        m_document->chooseModel("image", "");
        QTRY_VERIFY_WITH_TIMEOUT(m_document->analysis(), kPatience);
        QCOMPARE(m_document->analysis()->model, "image");
        ask({m_first, m_second});
        QCOMPARE(m_document->analysis()->model, "flow-live");
    }

    void sessionsView()
    {
        View view;
        view.question = {.direction = Direction::LatentToInputs, .elements = {5}, .head = 2};
        view.look.opacity = 0.5f;
        m_document->open({m_picture});
        m_document->setView(view);
        QTRY_VERIFY_WITH_TIMEOUT(m_document->map(), kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(m_document->map()->question == view.question, kPatience);
        QVERIFY(m_document->selection().view() == view);
        // One that does not fit what is there is refused in words.
        view.question = {.elements = {0}, .through = Through::OneLayer, .layer = 4000};
        m_document->open({m_review});
        m_document->setView(view);
        QTRY_VERIFY_WITH_TIMEOUT(!m_mapFailed->isEmpty(), kPatience);
        QVERIFY(m_mapFailed->last().first().toString().contains("layer 4000"));
    }

    // Closed in the middle of everything.
    void destroyedInTheMiddle()
    {
        for (const int wait : {0, 3, 30, 100}) {
            m_document->open({m_first, m_second});
            QTest::qWait(wait);
            m_document->wantLatentMaps(true);
            m_answered.reset(), m_opened.reset(), m_refused.reset(), m_failed.reset(), m_mapFailed.reset();
            m_document.reset();
            init();
        }
        QTest::qWait(50);
    }

private:
    void ask(const QStringList& files)
    {
        for (const auto* spy : {&m_answered, &m_failed, &m_refused})
            (*spy)->clear();
        m_document->open(files);
        QTRY_VERIFY_WITH_TIMEOUT(!m_answered->isEmpty() || !m_failed->isEmpty() || !m_refused->isEmpty(), kPatience);
        QVERIFY(m_document->analysis() && m_document->files() == files);
    }

    int fromMap() const { return m_document->map() ? int(m_document->map()->question.elements.front()) : -1; }

    std::unique_ptr<Document> m_document;
    std::unique_ptr<QSignalSpy> m_answered, m_opened, m_refused, m_failed, m_mapFailed;
};

QTEST_GUILESS_MAIN(TestDocumentFlow)
#include "test_document_flow.moc"
