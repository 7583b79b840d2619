// Maps of the starter models' attention, in all five directions, against plain loops over the whole maps of the same
// run; how the views number inputs and outputs; what cannot be asked; texts at their limits.
#include "tests/app/whole_maps.h"

#include <set>

using namespace app::document;
using namespace engine;

namespace {

constexpr Direction kAll[] = {Direction::LatentToInputs, Direction::InputToLatents, Direction::OutputToLatents,
    Direction::OutputToInputs, Direction::InputToOutputs};

// What a cross-attend of so many heads makes of a choice: as the analyst says it does.
std::optional<int64_t> headOf(const MapQuestion& q, const ModelFacts& facts)
{
    if (!q.head)
        return {};
    const int64_t crossHeads = std::min(facts.encoderHeads, facts.decoderHeads);
    if (fromOf(q.direction) != Part::Latents && toOf(q.direction) != Part::Latents)
        return *q.head < (q.through == Through::Rollout ? std::min(crossHeads, facts.latentHeads) : crossHeads)
            ? q.head
            : std::nullopt;
    return std::min(*q.head, (fromOf(q.direction) == Part::Outputs ? facts.decoderHeads : facts.encoderHeads) - 1);
}

} // namespace

class TestAnalyst : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { m_device = valueOf(devices::openDevice()); }

    void nothingAskedYet()
    {
        Analyst fresh;
        for (const Direction direction : kAll)
            QCOMPARE(int(fresh.map({.direction = direction, .elements = {0}}, {}).error().kind), int(ErrorKind::Usage));
        QVERIFY(!fresh.latentMaps({}, {}).ok());
        QVERIFY(!fresh.layerMaps({}, {}).ok());
        QVERIFY(!fresh.spectrum(HostTensor({4, 4}), {}).ok());
        fresh.cancel();
    }

    void maps_data()
    {
        QTest::addColumn<QString>("scene");
        QTest::addColumn<int>("fusion"); // 0 … 2: how heads are fused; 3, 4: one head, 4 that not all parts have
        for (const char* scene : {"image", "text", "sentiment", "flow 64x48", "flow 40x30"})
            for (int fusion = 0; fusion < 5; ++fusion)
                QTest::newRow(qPrintable(QString("%1, %2").arg(scene).arg(fusion))) << scene << fusion;
    }

    void maps()
    {
        QFETCH(QString, scene);
        QFETCH(int, fusion);
        const Case& c = caseOf(scene);
        for (const Direction direction : kAll)
            for (const Through through : {Through::Rollout, Through::Direct, Through::OneLayer})
                for (const bool layerHead : {false, true}) {
                    if (layerHead && through != Through::OneLayer)
                        continue;
                    MapQuestion q{.direction = direction, .through = through, .layer = 1};
                    if (fusion < 3)
                        q.fusion = HeadFusion(fusion);
                    else
                        q.head = fusion == 3 ? 0 : 7;
                    if (layerHead)
                        q.layerHead = 2;
                    ask(c, q, QString("direction %1 through %2").arg(int(direction)).arg(int(through)));
                }
    }

    // Rectangles over several tiles: an output's answer is the mean of the pixels' own, an input's share their sum.
    void severalTiles()
    {
        const Question question = framesOf(64, 48);
        Analyst& analyst = m_analysts["several"];
        const AnalysisPtr answer = valueOf(analyst.analyse(question, {}));
        const std::vector<uint32_t> pixels{5 * 64 + 3, 5 * 64 + 60, 40 * 64 + 3, 40 * 64 + 60, 40 * 64 + 61};
        for (const Direction direction : {Direction::OutputToInputs, Direction::InputToOutputs}) {
            const double share = direction == Direction::OutputToInputs ? 1.0 / double(pixels.size()) : 1.0;
            Row expected(64 * 48, 0.0);
            std::set<std::pair<int, int>> tiles;
            for (const uint32_t pixel : pixels) {
                const MapPtr one = valueOf(analyst.map({.direction = direction, .elements = {pixel}}, {}));
                tiles.emplace(one->part->left, one->part->top);
                for (size_t i = 0; i < expected.size(); ++i)
                    expected[i] += share * double(one->weights.values[i]);
            }
            QCOMPARE(tiles.size(), size_t(4));
            const MapPtr all = valueOf(analyst.map({.direction = direction, .elements = pixels}, {}));
            expectClose(all->weights.values, expected, "several tiles");
            QCOMPARE(all->part->left, 0);
            QCOMPARE(all->part->top, 0);
            QCOMPARE(all->part->width, 64);
            QCOMPARE(all->part->height, 48);
            if (direction == Direction::OutputToInputs)
                QVERIFY(std::abs(all->sum - 1) < 1e-4);
        }
        // Latents are those of one tile, the first pixel's, and the map says so.
        const std::vector<uint32_t> others{5 * 64 + 60, 40 * 64 + 3, 40 * 64 + 60, 40 * 64 + 61};
        const MapPtr alone
            = valueOf(analyst.map({.direction = Direction::OutputToLatents, .elements = {others.front()}}, {}));
        QCOMPARE(alone->tiles, 1);
        const MapPtr latents = valueOf(analyst.map({.direction = Direction::OutputToLatents, .elements = others}, {}));
        QCOMPARE(latents->weights.shape, Shape{answer->facts.latents});
        QCOMPARE(latents->weights.values, alone->weights.values);
        QCOMPARE(latents->part->left, alone->part->left);
        QCOMPARE(latents->tiles, 3);
        QCOMPARE(latents->answeredElements, size_t(1));
    }

    void tooManyTiles()
    {
        Analyst& analyst = m_analysts["many"];
        const AnalysisPtr answer = valueOf(analyst.analyse(framesOf(260, 130), {}));
        std::vector<uint32_t> corners;
        for (uint32_t y = 0; y < 130; y += 8)
            for (uint32_t x = 0; x < 260; x += 8)
                corners.push_back(y * 260 + x);
        const auto map = analyst.map({.elements = corners}, {});
        QVERIFY(!map.ok());
        QVERIFY2(map.error().message.find("select a smaller part") != std::string::npos, map.error().message.c_str());
        QVERIFY(analyst.map({.elements = {7}}, {}).ok());
    }

    void entropyAndFraming()
    {
        const Case& c = caseOf("sentiment");
        const MapPtr map = valueOf(c.analyst->map({.elements = {0}}, {}));
        QCOMPARE(map->weights.shape, c.answer->inputGrid);
        QCOMPARE(map->shares.size(), size_t(1));
        QCOMPARE(map->shares[0].probability, map->weights.values.front() + map->weights.values.back());
        double entropy = 0;
        for (const float w : map->weights.values)
            entropy -= w > 0 ? double(w) / map->sum * std::log(double(w) / map->sum) : 0;
        QVERIFY(std::abs(entropy - map->entropy) < 1e-6);
        QVERIFY(std::abs(map->sum - 1) < 1e-4);
    }

    // What is not there is refused in words, and the next question is answered.
    void whatIsNotThere()
    {
        for (const char* scene : {"image", "text", "flow 64x48"}) {
            const Case& c = caseOf(scene);
            const int64_t inputs = elementCount(c.answer->inputGrid);
            const auto refused = [&](const MapQuestion& q) {
                const auto map = c.analyst->map(q, {});
                return !map.ok() && map.error().kind == ErrorKind::Usage;
            };
            QVERIFY(refused({.direction = Direction::LatentToInputs, .elements = {uint32_t(c.answer->facts.latents)}}));
            QVERIFY(refused({.direction = Direction::InputToLatents, .elements = {0, uint32_t(inputs)}}));
            QVERIFY(refused({.direction = Direction::OutputToInputs, .elements = {uint32_t(c.answer->outputs)}}));
            QVERIFY(refused({.direction = Direction::OutputToInputs, .elements = {UINT32_MAX}}));
            QVERIFY(refused({.elements = {}}));
            const int64_t layers = c.answer->facts.layers;
            QVERIFY(refused({.elements = {0}, .through = Through::OneLayer, .layer = layers}));
            QVERIFY(refused({.elements = {0}, .through = Through::OneLayer, .layer = -1}));
            QVERIFY(refused({.elements = {0}, .through = Through::OneLayer, .layer = 4095, .layerHead = 4095}));
            QVERIFY(refused({.elements = {0}, .through = Through::OneLayer, .layerHead = c.answer->facts.latentHeads}));
            QVERIFY(refused({.elements = {0}, .head = -1}));
            // Of other directions a layer is no part.
            QVERIFY(c.analyst->map({.direction = Direction::LatentToInputs, .elements = {0}, .layer = 4095}, {}).ok());
            QVERIFY(c.analyst->map({.elements = {0}, .head = 4095}, {}).ok());
            if (c.answer->scene == Scene::Frames) {
                QVERIFY(!c.analyst->latentMaps(uint32_t(inputs), {}).ok());
                QVERIFY(!c.analyst->layerMaps(uint32_t(inputs), {}).ok());
            }
            QVERIFY(c.analyst->latentMaps({}, {}).ok());
            QVERIFY(c.analyst->layerMaps({}, {}).ok());
        }
    }

    void textsAtTheirLimits_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("tokens"); // 0: it is refused
        QTest::addColumn<int>("masked");
        const auto row = [](const char* name, const QByteArray& text, int tokens, int masked) {
            QTest::newRow(name) << text << tokens << masked;
        };
        row("empty", "", 2, 0);
        row("one byte", "a", 3, 0);
        row("zero byte", QByteArray(1, '\0'), 3, 0);
        row("no UTF-8", "\xff\xc3(\x80", 6, 0);
        row("only a mask", "[MASK]", 3, 1);
        row("only masks", "[MASK][MASK]", 4, 2);
        row("masks in no UTF-8", "\xff[MASK]\xc3", 5, 1);
        row("other words", "[SEP][PAD][MASK][CLS]", 6, 1);
        row("as long as it may be", QByteArray(509, 'a') + "[MASK]", 512, 1);
        row("longer", QByteArray(510, 'a') + "[MASK]", 0, 1);
        row("much longer", QByteArray(1 << 20, 'a'), 0, 0);
    }

    void textsAtTheirLimits()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, tokens);
        QFETCH(int, masked);
        Analyst& analyst = m_analysts["texts"];
        const auto answered = analyst.analyse({.text = text.toStdString()}, {});
        QVERIFY2(answered.ok() == (tokens > 0), answered.ok() ? "answered" : answered.error().message.c_str());
        if (!answered.ok()) { // and what was there before can be asked about
            QCOMPARE(int(answered.error().kind), int(ErrorKind::BadData));
            QVERIFY(analyst.map({.direction = Direction::LatentToInputs, .elements = {0}}, {}).ok());
            return;
        }
        const Analysis& answer = *answered.value();
        QCOMPARE(answer.inputGrid, Shape{tokens});
        QCOMPARE(int(answer.masked.size()), masked);
        QCOMPARE(answer.outputs, masked > 0 ? tokens : 1);
        QCOMPARE(answer.shares.size(), masked > 0 ? size_t(0) : size_t(2));
        for (const Direction direction : kAll) {
            const MapPtr map = valueOf(analyst.map({.direction = direction, .elements = {0}}, {}));
            const Part to = toOf(direction);
            QCOMPARE(map->weights.size(),
                to == Part::Latents ? answer.facts.latents : to == Part::Inputs ? int64_t(tokens) : answer.outputs);
            for (const float w : map->weights.values)
                QVERIFY(w >= 0 && w <= 1.00001f);
            if (to == Part::Inputs)
                QVERIFY(std::abs(map->sum - 1) < 1e-4);
        }
        int64_t end = 0; // tokens lie one after the other
        for (size_t t = 1; t + 1 < size_t(tokens); ++t) {
            const auto [first, next] = bytesOfToken(answer, t);
            QCOMPARE(first, end);
            QVERIFY(next > first);
            QCOMPARE(tokenOfByte(answer, next - 1), std::optional(uint32_t(t)));
            end = next;
        }
        QCOMPARE(end, int64_t(text.size()));
        QVERIFY(!tokenOfByte(answer, end) && !tokenOfByte(answer, -1));
        QVERIFY(analyst.latentMaps({}, {}).ok());
    }

    // Models for something else say so; the answer before stays.
    void anotherKindOfModel()
    {
        const Case& c = caseOf("image");
        for (const char* model : {"text", "flow", "no such model"}) {
            Question question = c.question;
            question.model = model;
            QVERIFY(!c.analyst->analyse(question, {}).ok());
            ask(c, {.elements = {0}}, model);
        }
        Question bare{.text = "a", .model = PERCEIVERSCOPE_SOURCE_DIR "/tests/cases/bare"};
        QVERIFY(!c.analyst->analyse(bare, {}).ok());
        ask(c, {.elements = {0}}, "bare");
    }

private:
    struct Case {
        std::shared_ptr<Analyst> analyst;
        Question question;
        AnalysisPtr answer;
        WholeMaps maps;
        std::vector<uint32_t> inputs, outputs; // to ask from, in the picture's numbers
        std::vector<uint32_t> inputsWithin, outputsWithin; // in the model's
        tasks::Rect tile; // frames
    };

    // A question answered, its maps by loops; made once.
    const Case& caseOf(const QString& scene)
    {
        if (const auto found = m_cases.find(scene); found != m_cases.end())
            return found->second;
        Case& c = m_cases[scene];
        c.analyst = std::make_shared<Analyst>();
        c.inputs = c.inputsWithin = {0, 3, 11};
        c.outputs = c.outputsWithin = {0};
        if (scene == "image")
            c.question = {.pictures = {waves(70, 56)}};
        else if (scene == "text")
            c.question = {.text = "The c[MASK]t sat.", .masks = {{9, 11}}};
        else if (scene == "sentiment")
            c.question = {.text = "A fine film, but long."};
        else
            c.question = scene == "flow 64x48" ? framesOf(64, 48) : framesOf(40, 30);
        c.answer = valueOf(c.analyst->analyse(c.question, {}));
        const std::string folder = std::string(PERCEIVERSCOPE_SOURCE_DIR) + "/assets/starter/" + c.answer->model;
        const auto model = valueOf(perceiver::Model::load(
            *m_device, valueOf(weights::Checkpoint::open(folder)), perceiver::Flavour::Hf));
        perceiver::Run run;
        if (c.answer->scene == Scene::Frames) {
            const int width = c.question.pictures[0]->width, row = width == 64 ? 40 : 29, column = width - 4;
            auto pass = valueOf(tasks::lastFlowPass(*model, *c.question.pictures[0], *c.question.pictures[1],
                c.answer->beforeLast, row, column));
            run = std::move(pass.run);
            c.tile = {int(pass.tile.left), int(pass.tile.top), int(pass.tile.width), int(pass.tile.height)};
            c.inputs = {uint32_t(row * width + column), uint32_t((row - 2) * width + column - 1)};
            c.outputs = {c.inputs[0]};
            const auto within = [&](std::vector<uint32_t> pixels) {
                for (uint32_t& p : pixels)
                    p = uint32_t((int(p) / width - c.tile.top) * c.tile.width + int(p) % width - c.tile.left);
                return pixels;
            };
            c.inputsWithin = within(c.inputs);
            c.outputsWithin = within(c.outputs);
        } else if (c.answer->scene == Scene::Picture) {
            (void)valueOf(tasks::classify(*model, *c.question.pictures[0], {}, &run));
        } else if (c.answer->outputs == 1) {
            (void)valueOf(tasks::labelText(*model, c.question.text, {}, &run));
        } else {
            (void)valueOf(tasks::fillMasks(*model, c.question.text, c.question.masks, 1, {}, &run));
            c.outputs = c.outputsWithin = {uint32_t(c.answer->masked[0].token), 2};
        }
        c.maps = WholeMaps::of(*model, run);
        return c;
    }

    static void ask(const Case& c, MapQuestion q, const QString& what)
    {
        const bool frames = c.answer->scene == Scene::Frames;
        MapQuestion within = q;
        q.elements = fromOf(q.direction) == Part::Latents ? std::vector<uint32_t>{1, 4}
            : fromOf(q.direction) == Part::Inputs         ? c.inputs
                                                          : c.outputs;
        within.elements = fromOf(q.direction) == Part::Latents ? q.elements
            : fromOf(q.direction) == Part::Inputs              ? c.inputsWithin
                                                               : c.outputsWithin;
        within.head = headOf(q, c.answer->facts);
        if (frames && fromOf(q.direction) == Part::Latents) // of the tile asked about last
            (void)valueOf(c.analyst->map({.elements = c.outputs}, {}));
        const MapPtr map = valueOf(c.analyst->map(q, {}));
        QCOMPARE(map->analysis, c.answer->number);
        QVERIFY(map->question == q);
        const Row full = c.maps.answer(within);
        Row expected = full;
        const bool toLatents = toOf(q.direction) == Part::Latents;
        if (toLatents)
            QCOMPARE(map->weights.shape, Shape{c.answer->facts.latents});
        else if (frames) {
            const int64_t height = c.answer->inputGrid[0], width = c.answer->inputGrid[1];
            QCOMPARE(map->weights.shape, c.answer->inputGrid);
            expected.assign(size_t(height * width), 0.0);
            for (int y = c.tile.top; y < std::min<int64_t>(c.tile.top + c.tile.height, height); ++y)
                for (int x = c.tile.left; x < std::min<int64_t>(c.tile.left + c.tile.width, width); ++x)
                    expected[size_t(y * width + x)] = full[size_t((y - c.tile.top) * c.tile.width + x - c.tile.left)];
            QVERIFY(map->part && map->part->left == c.tile.left && map->part->top == c.tile.top);
            QCOMPARE(int64_t(map->part->width), std::min<int64_t>(c.tile.width, width));
            QCOMPARE(int64_t(map->part->height), std::min<int64_t>(c.tile.height, height));
        } else if (toOf(q.direction) == Part::Inputs)
            QCOMPARE(map->weights.shape, c.answer->inputGrid);
        else
            QCOMPARE(map->weights.size(), c.answer->outputs);
        if (c.answer->scene == Scene::Text && !toLatents && expected.size() > map->weights.values.size())
            expected.resize(map->weights.values.size()); // outputs beyond the text
        expectClose(map->weights.values, expected, what);
        if (QTest::currentTestFailed())
            return;
        double sum = 0;
        for (const double w : expected)
            sum += w;
        QVERIFY(std::abs(map->sum - sum) < 1e-4 * std::max(1.0, sum));
        if (toOf(q.direction) == Part::Inputs) {
            // Of a latent whose smallest weights are all 0, the minimum of heads leaves nothing to divide.
            const bool whole = (!frames || c.tile.height <= c.answer->inputGrid[0]) && q.fusion != HeadFusion::Min;
            QVERIFY(whole ? std::abs(map->sum - 1) < 1e-4 : map->sum < 1.0001);
        }
    }

    std::unique_ptr<ops::Device> m_device;
    std::map<QString, Case> m_cases;
    std::map<std::string, Analyst> m_analysts;
};

QTEST_GUILESS_MAIN(TestAnalyst)
#include "test_analyst.moc"
