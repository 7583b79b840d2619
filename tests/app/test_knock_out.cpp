// What an answer is tested with: overviews of latents and layers against plain loops, what leaving something out changes
// and what it does not, answers taken up again, and questions stopped in the middle.
#include "tests/app/whole_maps.h"

#include "app/document/principal_components.h"

#include <random>

using namespace app::document;
using namespace engine;

class TestKnockOut : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { m_device = valueOf(devices::openDevice()); }

    void overviews_data()
    {
        QTest::addColumn<QString>("scene");
        for (const char* scene : {"image", "text", "sentiment", "flow"})
            QTest::newRow(scene) << scene;
    }

    void overviews()
    {
        QFETCH(QString, scene);
        Analyst& analyst = m_analysts[scene];
        const Question question = questionOf(scene);
        const AnalysisPtr answer = valueOf(analyst.analyse(question, {}));
        const bool frames = answer->scene == Scene::Frames;
        const uint32_t place = frames ? 40 * 64 + 60 : 0;
        const LatentMapsPtr maps = valueOf(analyst.latentMaps(frames ? std::optional(place) : std::nullopt, {}));
        const LayerMapsPtr layers = valueOf(analyst.layerMaps({}, {})); // of the same tile
        const auto [whole, grid, masked] = wholeOf(question, *answer, place);
        const int64_t n = answer->facts.latents;
        QCOMPARE(maps->latents.size(), size_t(n));
        QCOMPARE(maps->analysis, answer->number);
        QVERIFY(maps->rows <= 24 && maps->columns <= 48 && maps->rows >= 1 && maps->columns >= 1);

        // A latent's small map: its row over the inputs, added up in cells.
        const Matrix rows = fusedMap(whole.encoder, {});
        const Row shares = meanOfRows(fusedMap(whole.decoder, {}), masked);
        double allShares = 0;
        for (int64_t latent = 0; latent < n; ++latent) {
            Row cells(size_t(maps->rows * maps->columns), 0.0);
            double entropy = 0, x = 0, y = 0, sum = 0;
            for (int64_t r = 0; r < grid[0]; ++r)
                for (int64_t c = 0; c < grid[1]; ++c) {
                    const double w = rows[size_t(latent)][size_t(r * grid[1] + c)];
                    cells[size_t(r * maps->rows / grid[0] * maps->columns + c * maps->columns / grid[1])] += w;
                    entropy -= w > 0 ? w * std::log(w) : 0;
                    x += w * (double(c) + 0.5) / double(grid[1]);
                    y += w * (double(r) + 0.5) / double(grid[0]);
                    sum += w;
                }
            const auto found = maps->mapOf(size_t(latent));
            expectClose({found.begin(), found.end()}, cells, QString("latent %1").arg(latent));
            const LatentFigures& figures = maps->latents[size_t(latent)];
            QVERIFY(std::abs(sum - 1) < 1e-4);
            QVERIFY(std::abs(double(figures.entropy) - entropy) < 1e-3);
            QVERIFY(std::abs(double(figures.x) - x) < 1e-4 && std::abs(double(figures.y) - y) < 1e-4);
            QVERIFY(figures.spread >= 0 && figures.spread < 0.75f);
            for (const float c : figures.colour)
                QVERIFY(c >= 0 && c <= 1);
            allShares += double(figures.share);
            QVERIFY(std::abs(double(figures.share) - shares[size_t(latent)]) < 1e-5);
            if (QTest::currentTestFailed())
                return;
        }
        QVERIFY(std::abs(allShares - 1) < 1e-4);

        // A layer's small map: every row of cells adds up to 1, and lies where the whole map has its weight.
        QCOMPARE(layers->layers, answer->facts.layers);
        QCOMPARE(layers->heads, answer->facts.latentHeads);
        for (int64_t layer = 0; layer < layers->layers; ++layer)
            for (int64_t head = 0; head < layers->heads; ++head) {
                const Matrix map = fusedMap(whole.layers[size_t(layer)], {.head = head});
                const size_t side = size_t(layers->side);
                Row cells(side * side, 0.0), rowsOf(side, 0.0);
                double entropy = 0;
                for (size_t i = 0; i < size_t(n); ++i) {
                    rowsOf[i * side / size_t(n)] += 1;
                    for (size_t j = 0; j < size_t(n); ++j) {
                        cells[i * side / size_t(n) * side + j * side / size_t(n)] += map[i][j];
                        entropy -= map[i][j] > 0 ? map[i][j] * std::log(map[i][j]) / double(n) : 0;
                    }
                }
                const auto found = layers->mapOf(layer, head);
                for (size_t r = 0; r < side; ++r) {
                    double sum = 0;
                    for (size_t c = 0; c < side; ++c)
                        sum += double(found[r * side + c]);
                    QVERIFY2(std::abs(sum - 1) < 1e-4, qPrintable(QString::number(sum)));
                }
                if (n <= 256) { // of more latents, some stand for their neighbours
                    for (size_t k = 0; k < cells.size(); ++k)
                        cells[k] /= rowsOf[k / side];
                    expectClose({found.begin(), found.end()}, cells, "layer map");
                    QVERIFY(std::abs(double(layers->entropy[size_t(layer * layers->heads + head)]) - entropy) < 1e-3);
                } else {
                    QVERIFY(std::abs(double(layers->entropy[size_t(layer * layers->heads + head)]) - entropy) < 0.2);
                }
            }
    }

    // Points on a line in space: one component, the rest nothing; two directions come out in the order of their spread.
    void principalComponentsOfKnownPoints()
    {
        std::mt19937 random(3);
        std::normal_distribution<float> normal;
        std::vector<float> line, plane;
        Row along, across;
        for (int i = 0; i < 1000; ++i) {
            const float t = normal(random), u = 0.2f * normal(random);
            along.push_back(double(t)), across.push_back(double(u));
            for (const float d : {2.0f, -1.0f, 0.5f, 3.0f})
                line.push_back(5 + t * d);
            for (const auto& [d, e] : {std::pair(2.0f, 1.0f), {-1.0f, 2.0f}, {2.0f, 0.0f}, {0.0f, 3.0f}})
                plane.push_back(t * d + u * e);
        }
        const auto correlation = [](const std::vector<float>& all, size_t component, const Row& with) {
            double a = 0, b = 0, aa = 0, bb = 0, ab = 0, n = double(with.size());
            for (size_t i = 0; i < with.size(); ++i) {
                const double v = double(all[3 * i + component]);
                a += v, b += with[i], aa += v * v, bb += with[i] * with[i], ab += v * with[i];
            }
            return std::abs((ab - a * b / n) / std::sqrt((aa - a * a / n) * (bb - b * b / n)));
        };
        const auto one = principalComponents(line, 1000, 4), two = principalComponents(plane, 1000, 4);
        QVERIFY(correlation(one, 0, along) > 0.9999);
        QVERIFY(correlation(two, 0, along) > 0.98);
        QVERIFY(correlation(two, 1, across) > 0.98);
        QCOMPARE(two, principalComponents(plane, 1000, 4));
        for (const auto& [rows, columns] : {std::pair<size_t, size_t>(1, 4), {4, 1}, {1, 1}, {0, 4}}) {
            const auto few = principalComponents(std::vector<float>(rows * columns, 7.0f), rows, columns);
            QCOMPARE(few, std::vector<float>(rows * 3, 0.5f)); // no spread
        }
    }

    void nothingLeftOut_data() { overviews_data(); }

    void nothingLeftOut()
    {
        QFETCH(QString, scene);
        Analyst& analyst = m_analysts[scene];
        Question question = questionOf(scene);
        const AnalysisPtr plain = valueOf(analyst.analyse(question, {}));
        QVERIFY(plain->number > 0 && !plain->before);
        question.before = plain;
        const AnalysisPtr again = valueOf(analyst.analyse(question, {}));
        QCOMPARE(again->before, plain);
        QVERIFY(again->number > plain->number);
        QVERIFY(sameAnswer(*again, *plain));
    }

    void leavingOut_data() { overviews_data(); }

    void leavingOut()
    {
        QFETCH(QString, scene);
        Analyst& analyst = m_analysts[scene];
        const Question question = questionOf(scene);
        const AnalysisPtr plain = valueOf(analyst.analyse(question, {}));
        const uint32_t input = scene == "flow" ? 40 * 64 + 60 : 3;
        for (const perceiver::KnockOut& without :
            {perceiver::KnockOut{.inputs = {input}}, {.latents = {2, 5}}, {.heads = {{1, 2}}}, {{input}, {2}, {{0, 0}}}}) {
            const AnalysisPtr less = valueOf(analyst.analyse(withoutIt(question, plain, without), {}));
            QVERIFY(!sameAnswer(*less, *plain));
            QVERIFY(finite(*less));
            const MapPtr map = valueOf(analyst.map({.direction = Direction::LatentToInputs, .elements = {0, 7}}, {}));
            QCOMPARE(map->analysis, less->number);
            QVERIFY((map->weights.values[input] == 0) == !without.inputs.empty());
        }
        QVERIFY(sameAnswer(*valueOf(analyst.analyse(question, {})), *plain)); // nothing stays left out
    }

    // All of it left out: a number or a refusal, and then the next question.
    void everythingLeftOut_data() { overviews_data(); }

    void everythingLeftOut()
    {
        QFETCH(QString, scene);
        Analyst& analyst = m_analysts[scene];
        const Question question = questionOf(scene);
        const AnalysisPtr plain = valueOf(analyst.analyse(question, {}));
        std::vector<std::pair<int64_t, int64_t>> heads;
        for (int64_t layer = 0; layer < plain->facts.layers; ++layer)
            for (int64_t head = 0; head < plain->facts.latentHeads; ++head)
                heads.emplace_back(layer, head);
        for (const perceiver::KnockOut& without :
            {perceiver::KnockOut{.inputs = firstNumbers(elementCount(plain->inputGrid))},
                {.latents = firstNumbers(plain->facts.latents)}, {.heads = heads}}) {
            const auto less = analyst.analyse(withoutIt(question, plain, without), {});
            if (less.ok()) {
                QVERIFY(finite(*less.value()));
                for (int direction = 0; direction < kDirections; ++direction) {
                    const MapPtr map = valueOf(analyst.map({.direction = Direction(direction), .elements = {0}}, {}));
                    for (const float w : map->weights.values)
                        QVERIFY(std::isfinite(w));
                }
            } else {
                QVERIFY2(less.error().message.size() > 20, less.error().message.c_str());
            }
        }
        for (const perceiver::KnockOut& none :
            {perceiver::KnockOut{.inputs = {uint32_t(elementCount(plain->inputGrid))}},
                {.latents = {uint32_t(plain->facts.latents)}}, {.heads = {{plain->facts.layers, 0}}},
                {.heads = {{0, plain->facts.latentHeads}}}}) {
            const auto refused = analyst.analyse(withoutIt(question, plain, none), {});
            QVERIFY(!refused.ok());
            QCOMPARE(int(refused.error().kind), int(ErrorKind::Usage));
            QVERIFY(analyst.map({.direction = Direction::LatentToInputs, .elements = {0}}, {}).ok());
        }
        QVERIFY(sameAnswer(*valueOf(analyst.analyse(question, {})), *plain));
    }

    // Of frames only the tile with the selection's middle is run again; its maps stay those of the run without, also
    // after a look at another tile.
    void oneTileIsRunAgain()
    {
        Analyst& analyst = m_analysts["flow"];
        const Question question = questionOf("flow");
        const AnalysisPtr plain = valueOf(analyst.analyse(question, {}));
        const uint32_t pixel = 40 * 64 + 60, far = 2 * 64 + 2;
        const MapQuestion q{.elements = {pixel}}, elsewhere{.elements = {far}};
        const MapPtr before = valueOf(analyst.map(q, {})), farBefore = valueOf(analyst.map(elsewhere, {}));
        const std::vector<uint32_t> left{pixel - 1, pixel, pixel + 1, far};
        const AnalysisPtr less
            = valueOf(analyst.analyse(withoutIt(question, plain, {.inputs = {pixel - 1, pixel, pixel + 1}}), {}));
        QVERIFY(less->changed && less->changed->left == 16 && less->changed->top == 16);
        QCOMPARE(less->changed->width, 48);
        QCOMPARE(less->changed->height, 32);
        bool any = false;
        for (int y = 0; y < 48; ++y)
            for (int x = 0; x < 64; ++x) {
                const bool same = less->flow->vector(x, y)[0] == plain->flow->vector(x, y)[0];
                any = any || !same;
                QVERIFY(same || (x >= 16 && y >= 16));
            }
        QVERIFY(any);
        const MapPtr now = valueOf(analyst.map(q, {}));
        QVERIFY(now->weights.values != before->weights.values);
        QCOMPARE(now->weights.values[pixel], 0.0f);
        QCOMPARE(valueOf(analyst.map(elsewhere, {}))->weights.values, farBefore->weights.values);
        QCOMPARE(valueOf(analyst.map(q, {}))->weights.values, now->weights.values);
    }

    // An answer to frames taken up again after others, also after another model's.
    void resume()
    {
        Analyst& analyst = m_analysts["flow"];
        const Question question = questionOf("flow"), other = framesOf(40, 30);
        const MapQuestion q{.elements = {40 * 64 + 60}}, all{.direction = Direction::LatentToInputs, .elements = {3}};
        const AnalysisPtr first = valueOf(analyst.analyse(question, {}));
        const MapPtr map = valueOf(analyst.map(q, {})), latent = valueOf(analyst.map(all, {}));
        const AnalysisPtr second = valueOf(analyst.analyse(other, {}));
        QVERIFY(!analyst.map(q, {}).ok()); // 40 x 30 has no such pixel
        const AnalysisPtr text = valueOf(analyst.analyse(questionOf("text"), {}));
        const MapPtr textMap = valueOf(analyst.map({.elements = {6}}, {}));
        QVERIFY(analyst.resume(question, first).ok());
        QCOMPARE(valueOf(analyst.map(q, {}))->weights.values, map->weights.values);
        QCOMPARE(valueOf(analyst.map(q, {}))->analysis, first->number);
        QCOMPARE(valueOf(analyst.map(all, {}))->weights.values, latent->weights.values);
        QVERIFY(analyst.resume(questionOf("text"), text).ok()); // run again
        const MapPtr letter = valueOf(analyst.map({.elements = {6}}, {}));
        QCOMPARE(letter->analysis, text->number);
        QCOMPARE(letter->weights.values, textMap->weights.values);
        QVERIFY(analyst.resume(other, second).ok());
        QVERIFY(!analyst.map(q, {}).ok());
    }

    // A map stopped anywhere gives an error, and asked again what it would have been; a model as well, and the answer
    // before can still be asked about.
    void stoppedInTheMiddle_data() { overviews_data(); }

    void stoppedInTheMiddle()
    {
        QFETCH(QString, scene);
        Analyst analyst;
        const Question question = questionOf(scene);
        const AnalysisPtr answer = valueOf(analyst.analyse(question, {}));
        const uint32_t place = answer->masked.empty() ? 0 : uint32_t(answer->masked[0].token);
        const MapQuestion q{.elements = {place}};
        const MapPtr expected = valueOf(analyst.map(q, {}));
        int stopped = 0;
        for (int after = 1; after < 40; ++after) {
            (void)valueOf(analyst.analyse(question, {})); // no layers are kept now
            int steps = 0;
            const auto watch = [&](const ops::Progress&) {
                if (++steps >= after)
                    analyst.cancel();
            };
            const auto found = analyst.map(q, watch);
            if (found.ok() && steps < after)
                break;
            if (!found.ok()) {
                QCOMPARE(int(found.error().kind), int(ErrorKind::Cancelled));
                ++stopped;
            }
            QCOMPARE(valueOf(analyst.map(q, {}))->weights.values, expected->weights.values);
        }
        QVERIFY(stopped > 0 || scene != "flow"); // the others' maps may be done before they are stopped
        const AnalysisPtr last = valueOf(analyst.analyse(question, {}));
        const Question next = questionOf(scene == "image" ? "text" : "image");
        for (int after = 1; after < 100; ++after) { // its model is loaded first
            int steps = 0;
            const auto found = analyst.analyse(next, [&](const ops::Progress&) {
                if (++steps >= after)
                    analyst.cancel();
            });
            if (found.ok())
                break;
            QCOMPARE(int(found.error().kind), int(ErrorKind::Cancelled));
            const MapPtr map = valueOf(analyst.map(q, {}));
            QCOMPARE(map->analysis, last->number);
            QCOMPARE(map->weights.values, expected->weights.values);
        }
        QVERIFY(analyst.analyse(next, {}).ok());
    }

private:
    static Question questionOf(const QString& scene)
    {
        if (scene == "image")
            return {.pictures = {waves(70, 56)}};
        if (scene == "text")
            return {.text = "The c[MASK]t sat.", .masks = {{9, 11}}};
        return scene == "sentiment" ? Question{.text = "A fine film, but long."} : framesOf(64, 48);
    }

    static Question withoutIt(Question question, const AnalysisPtr& before, const perceiver::KnockOut& without)
    {
        question.before = before;
        question.without = without;
        return question;
    }

    static std::vector<float> numbers(const Analysis& a)
    {
        std::vector<float> all;
        for (const Share& share : a.shares)
            all.push_back(share.probability);
        for (const auto& masked : a.masked)
            for (const auto& guess : masked.best)
                all.push_back(guess.probability);
        if (a.flow)
            all.insert(all.end(), a.flow->uv.begin(), a.flow->uv.end());
        return all;
    }

    static bool sameAnswer(const Analysis& a, const Analysis& b) { return numbers(a) == numbers(b); }

    static bool finite(const Analysis& a)
    {
        const auto all = numbers(a);
        return !all.empty() && std::all_of(all.begin(), all.end(), [](float v) { return std::isfinite(v); });
    }

    // The whole maps of a run of its own, the inputs' grid and the outputs that shares are taken from.
    std::tuple<WholeMaps, Shape, std::vector<uint32_t>> wholeOf(
        const Question& question, const Analysis& answer, uint32_t place)
    {
        const std::string folder = std::string(PERCEIVERSCOPE_SOURCE_DIR) + "/assets/starter/" + answer.model;
        const auto model = valueOf(
            perceiver::Model::load(*m_device, valueOf(weights::Checkpoint::open(folder)), perceiver::Flavour::Hf));
        perceiver::Run run;
        Shape grid{1, elementCount(answer.inputGrid)};
        std::vector<uint32_t> outputs{0};
        if (answer.scene == Scene::Frames) {
            auto pass = valueOf(tasks::lastFlowPass(*model, *question.pictures[0], *question.pictures[1],
                answer.beforeLast, place / 64, place % 64));
            run = std::move(pass.run);
            grid = {pass.tile.height, pass.tile.width};
            outputs.clear();
            for (int64_t i = 0; i < 512; ++i)
                outputs.push_back(uint32_t(i * elementCount(grid) / 512));
        } else if (answer.scene == Scene::Picture) {
            (void)valueOf(tasks::classify(*model, *question.pictures[0], {}, &run));
            grid = answer.inputGrid;
        } else if (answer.outputs == 1) {
            (void)valueOf(tasks::labelText(*model, question.text, {}, &run));
        } else {
            (void)valueOf(tasks::fillMasks(*model, question.text, question.masks, 1, {}, &run));
            outputs.clear();
            for (const auto& masked : answer.masked)
                outputs.push_back(uint32_t(masked.token));
        }
        return {WholeMaps::of(*model, run), grid, outputs};
    }

    std::unique_ptr<ops::Device> m_device;
    std::map<QString, Analyst> m_analysts;
};

QTEST_GUILESS_MAIN(TestKnockOut)
#include "test_knock_out.moc"
