// What is asked about as the mouse moves and clicks, what undo takes back, and views as sessions keep them.
#include "app/document/selection.h"
#include "app/document/view_json.h"

#include <QSignalSpy>
#include <QtTest>
#include <nlohmann/json.hpp>
#include <random>

using namespace app::document;
using Elements = std::vector<uint32_t>;
using nlohmann::json;

class TestSelection : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_selection = std::make_unique<Selection>();
        m_asked = std::make_unique<QSignalSpy>(m_selection.get(), &Selection::askedChanged);
        m_viewed = std::make_unique<QSignalSpy>(m_selection.get(), &Selection::viewChanged);
    }

    void beginsWithItsDefaults()
    {
        QVERIFY(!m_selection->asked());
        m_selection->begin({Elements{}, {3}, {7}});
        QCOMPARE(m_asked->size(), 1);
        QVERIFY(!m_selection->locked() && !m_selection->previews());
        expect(Direction::OutputToInputs, {7});
        m_selection->setDirection(Direction::LatentToInputs);
        expect(Direction::LatentToInputs, {3});
        m_selection->setDirection(Direction::InputToOutputs);
        QVERIFY(!m_selection->asked()); // no input is there to begin with
    }

    void pointingPreviews()
    {
        m_selection->begin({Elements{}, {3}, {7}});
        m_asked->clear();
        m_selection->point(Part::Inputs, {12});
        expect(Direction::InputToLatents, {12});
        QVERIFY(m_selection->previews());
        QCOMPARE(m_asked->size(), 1);
        m_selection->point(Part::Inputs, {12}); // the same place
        QCOMPARE(m_asked->size(), 1);
        m_selection->point(Part::Outputs, {12}); // the same number elsewhere
        expect(Direction::OutputToInputs, {12});
        m_selection->point(Part::Latents, {1});
        expect(Direction::LatentToInputs, {1});
        QCOMPARE(int(m_selection->view().question.direction), int(Direction::OutputToInputs)); // nothing is chosen by it
        QCOMPARE(m_viewed->size(), 1); // of begin
        m_selection->leave();
        expect(Direction::OutputToInputs, {7});
        QCOMPARE(m_asked->size(), 4);
        m_selection->leave();
        QCOMPARE(m_asked->size(), 4);
        QVERIFY(!m_selection->undo().canUndo());
    }

    // The direction that is chosen stays where the part allows it.
    void directions()
    {
        for (int d = 0; d < kDirections; ++d) {
            const Direction chosen = Direction(d);
            QCOMPARE(int(directionFrom(fromOf(chosen), chosen)), d);
            QCOMPARE(int(directionFrom(Part::Latents, chosen)), int(Direction::LatentToInputs));
            for (const Part part : {Part::Inputs, Part::Latents, Part::Outputs})
                QCOMPARE(int(fromOf(directionFrom(part, chosen))), int(part));
            QVERIFY(*titleOf(chosen) && *tipOf(chosen) && fromOf(chosen) != toOf(chosen));
        }
        m_selection->lock(Part::Inputs, {4}, false);
        expect(Direction::InputToLatents, {4});
        m_selection->setDirection(Direction::InputToOutputs);
        expect(Direction::InputToOutputs, {4}); // from the same part
        m_selection->setDirection(Direction::OutputToLatents);
        QVERIFY(!m_selection->locked());
    }

    void clicksLock()
    {
        m_selection->begin({Elements{}, {3}, {7}});
        m_selection->point(Part::Outputs, {20});
        m_selection->lock(Part::Outputs, {20}, false);
        QVERIFY(m_selection->locked() && !m_selection->previews());
        m_asked->clear();
        m_selection->point(Part::Outputs, {21});
        m_selection->leave();
        QCOMPARE(m_asked->size(), 0);
        expect(Direction::OutputToInputs, {20});
        m_selection->lock(Part::Outputs, {}, false); // nothing was hit
        expect(Direction::OutputToInputs, {20});
        m_selection->lock(Part::Outputs, {30, 10, 20, 10}, true);
        expect(Direction::OutputToInputs, {10, 20, 30}); // in order, each once
        m_selection->lock(Part::Outputs, {5}, false);
        expect(Direction::OutputToInputs, {5});
        m_selection->lock(Part::Latents, {6}, true); // of another part there is nothing to add to
        expect(Direction::LatentToInputs, {6});
        QVERIFY(m_selection->release());
        expect(Direction::LatentToInputs, {3});
        QVERIFY(!m_selection->release());
        m_selection->point(Part::Outputs, {21}); // and pointing works again
        expect(Direction::OutputToInputs, {21});
    }

    void undoTakesBackWholeSteps()
    {
        m_selection->begin({Elements{}, {3}, {7}});
        QUndoStack& undo = m_selection->undo();
        View view = m_selection->view();
        view.look.opacity = 0.5f;
        m_selection->change(view, "opacity");
        view.look.opacity = 0.4f;
        m_selection->change(view, "opacity");
        m_selection->change(view, "opacity"); // nothing new
        QCOMPARE(undo.count(), 1); // a slider's way is one step
        m_selection->lock(Part::Outputs, {1}, false);
        m_selection->lock(Part::Outputs, {2}, true);
        QCOMPARE(undo.count(), 3);
        view = m_selection->view();
        view.look.opacity = 0.9f;
        m_selection->setLook(view.look, "opacity");
        QCOMPARE(undo.count(), 4); // another step lies between
        undo.undo();
        QCOMPARE(m_selection->view().look.opacity, 0.4f);
        expect(Direction::OutputToInputs, {1, 2});
        undo.undo();
        expect(Direction::OutputToInputs, {1});
        undo.undo();
        expect(Direction::OutputToInputs, {7});
        m_asked->clear();
        undo.undo();
        QCOMPARE(m_selection->view().look.opacity, Look().opacity);
        QCOMPARE(m_asked->size(), 0); // how it is drawn asks nothing
        for (int i = 0; i < 4; ++i)
            undo.redo();
        expect(Direction::OutputToInputs, {1, 2});
        QCOMPARE(m_selection->view().look.opacity, 0.9f);
        m_selection->begin({});
        QVERIFY(!undo.canUndo() && !undo.canRedo());
        QVERIFY(!m_selection->locked());
        QCOMPARE(m_selection->view().look.opacity, 0.9f); // how things are drawn stays
    }

    // Sessions.

    void viewsComeBack()
    {
        std::mt19937 random(5);
        const auto pick = [&](int count) { return int(random() % uint32_t(count)); };
        const auto share = [&] { return float(random() % 1000) / 1000.0f; };
        for (int i = 0; i < 500; ++i) {
            View view;
            MapQuestion& q = view.question;
            q.direction = Direction(pick(kDirections));
            for (int k = pick(6); k > 0; --k)
                q.elements.push_back(random());
            q.fusion = engine::ops::HeadFusion(pick(3));
            q.through = Through(pick(3));
            q.layer = pick(4096);
            if (pick(2))
                q.head = pick(4096);
            if (pick(2))
                q.layerHead = pick(4096);
            Look& look = view.look;
            look.colours = app::views::ColourMap(pick(5));
            look.scale.curve = app::views::MapScale::Curve(pick(3));
            look.scale.global = pick(2);
            look.scale.discard = 0.99f * share();
            look.opacity = share();
            look.overlay = pick(2), look.contours = pick(2), look.marginals = pick(2);
            look.frames = FramesPane(pick(5));
            look.flow = app::views::flowViewTexts()[size_t(pick(int(app::views::flowViewTexts().size())))].view;
            look.flowScale.mode = app::views::FlowScale::Mode(pick(3));
            look.flowScale.fixed = 0.001f + 1000 * share();
            look.flowScale.percentile = 100 * share();
            const json written = toJson(view);
            QVERIFY2(viewFrom(written) == view, written.dump().c_str());
            QVERIFY2(viewFrom(json::parse(written.dump())) == view, written.dump().c_str());
        }
    }

    // Every one alone: the others count all the same.
    void whatIsUnknownIsAsInANewView()
    {
        const View fresh;
        for (const json& nothing : {json(), json(1), json::array(), json("x"), json::object()})
            QVERIFY(viewFrom(nothing) == fresh);
        View view;
        view.question.elements = {1, 2};
        view.question.layer = 3;
        view.look.opacity = 0.25f;
        view.look.contours = true;
        const json good = toJson(view);
        const json bad[] = {nullptr, json::array(), json::object(), "no such word", -1, -0.5, 1e300, 5000, UINT64_MAX};
        for (const auto& [key, value] : good.items())
            for (const json& wrong : bad) {
                json changed = good;
                changed[key] = wrong;
                const View read = viewFrom(changed);
                json again = toJson(read);
                if (again[key] != wrong && key != "locked") // it was no value after all
                    QVERIFY2(again[key] == toJson(fresh)[key], qPrintable(QString("%1: %2").arg(key.c_str(), wrong.dump().c_str())));
                again[key] = value;
                QVERIFY2(again == good, qPrintable(QString("%1: %2").arg(key.c_str(), wrong.dump().c_str())));
            }
        json locked = good;
        locked["locked"] = {0u, -1, "x", 1.5, uint64_t(UINT32_MAX), uint64_t(UINT32_MAX) + 1, nullptr, 9u};
        QCOMPARE(viewFrom(locked).question.elements, (Elements{0, UINT32_MAX, 9}));
        locked["head"] = -3;
        QVERIFY(!viewFrom(locked).question.head);
        locked["head"] = 2;
        QCOMPARE(viewFrom(locked).question.head, std::optional<int64_t>(2));
    }

private:
    void expect(Direction direction, const Elements& elements)
    {
        const auto asked = m_selection->asked();
        QVERIFY(asked.has_value());
        QCOMPARE(int(asked->direction), int(direction));
        QCOMPARE(asked->elements, elements);
    }

    std::unique_ptr<Selection> m_selection;
    std::unique_ptr<QSignalSpy> m_asked, m_viewed;
};

QTEST_GUILESS_MAIN(TestSelection)
#include "test_selection.moc"
