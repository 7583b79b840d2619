// The last pass over a tile alone, as maps are made of it, against the flow that the whole of coarse to fine gives:
// where no other tile blends in they are the same up to the median; with the released layout up to the rounding of
// blending. And what is known of coarser levels before the answer.
#include "engine/engine.h"
#include "tests/test_device.h"

#include <QtTest>
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

using namespace engine;

namespace {

template <typename Value> Value valueOf(Result<Value> result)
{
    if (!result.ok())
        qFatal("%s", result.error().message.c_str());
    return std::move(result).value();
}

Image waves(int width, int height, double dx, double dy)
{
    Image image(width, height);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (int c = 0; c < 3; ++c)
                image.rgb[size_t((y * width + x) * 3 + c)] = uint8_t(std::lround(
                    127 + 60 * std::sin((x - dx) * 0.31 + c) + 60 * std::cos((y - dy) * 0.23 + (x - dx) * 0.11 * c)));
    return image;
}

// The middle of 3 x 3 vectors, each component by itself, the rim repeated.
FlowField medianOf(const FlowField& flow, int side)
{
    FlowField out(flow.width, flow.height);
    for (int y = 0; y < flow.height; ++y)
        for (int x = 0; x < flow.width; ++x)
            for (int k = 0; k < 2; ++k) {
                std::vector<float> all;
                for (int dy = -side / 2; dy <= side / 2; ++dy)
                    for (int dx = -side / 2; dx <= side / 2; ++dx)
                        all.push_back(flow.vector(
                            std::clamp(x + dx, 0, flow.width - 1), std::clamp(y + dy, 0, flow.height - 1))[k]);
                std::nth_element(all.begin(), all.begin() + ptrdiff_t(all.size() / 2), all.end());
                out.vector(x, y)[k] = all[all.size() / 2];
            }
    return out;
}

float largestDifference(const FlowField& a, const FlowField& b)
{
    float most = a.uv.size() == b.uv.size() ? 0.0f : INFINITY;
    for (size_t i = 0; i < std::min(a.uv.size(), b.uv.size()); ++i)
        most = std::max(most, std::isfinite(a.uv[i]) ? std::abs(a.uv[i] - b.uv[i]) : INFINITY);
    return most;
}

} // namespace

class TestFlowPasses : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        m_device = openTestDevice();
        const std::filesystem::path source = PERCEIVERSCOPE_SOURCE_DIR;
        const auto load = [&](const char* folder) {
            return valueOf(perceiver::Model::load(
                *m_device, valueOf(weights::Checkpoint::open(source / folder)), perceiver::Flavour::Hf));
        };
        m_starter = load("assets/starter/flow");
        m_released = load("tests/cases/optical-flow-dm");
    }

    // Frames of one tile: the last pass is added to what it began with, and the median smooths that.
    void starterWithOneTile()
    {
        const int height = int(m_starter->config().trainSize[0]), width = int(m_starter->config().trainSize[1]);
        const Image first = waves(width, height, 0, 0), second = waves(width, height, 1.25, -0.5);
        const tasks::FlowResult whole = valueOf(tasks::opticalFlow(*m_starter, first, second));
        QCOMPARE(whole.beforeLast.width, width);
        QCOMPARE(whole.beforeLast.height, height);
        const auto last
            = valueOf(tasks::lastFlowPass(*m_starter, first, second, whole.beforeLast, height - 1, width / 2));
        QCOMPARE(last.tile.top, int64_t(0));
        QCOMPARE(last.tile.left, int64_t(0));
        FlowField sum = whole.beforeLast;
        float moved = 0;
        for (size_t i = 0; i < sum.uv.size(); ++i) {
            moved = std::max(moved, std::abs(last.motion.uv[i]));
            sum.uv[i] += last.motion.uv[i];
        }
        QVERIFY(moved > 0.01f);
        const int side = int(m_starter->config().starterFlow->pyramidMedian);
        const float difference = largestDifference(side > 1 ? medianOf(sum, side) : sum, whole.flow);
        QVERIFY2(difference < 1e-4f, qPrintable(QString::number(double(difference))));
        QVERIFY(largestDifference(whole.beforeLast, whole.flow) > 0.01f); // the pass did something
    }

    // The released layout has one pass that begins with no motion.
    void releasedWithOneTile()
    {
        const int height = int(m_released->config().trainSize[0]), width = int(m_released->config().trainSize[1]);
        const Image first = waves(width, height, 0, 0), second = waves(width, height, 1, 0);
        const tasks::FlowResult whole = valueOf(tasks::opticalFlow(*m_released, first, second));
        QVERIFY(whole.beforeLast.uv.empty());
        QCOMPARE(whole.tiles, int64_t(1));
        const auto last = valueOf(tasks::lastFlowPass(*m_released, first, second, whole.beforeLast, 0, width - 1));
        QCOMPARE(last.motion.uv.size(), whole.flow.uv.size());
        for (size_t i = 0; i < whole.flow.uv.size(); ++i) {
            // Blending multiplies by a weight and divides by it, and pixels are made after that.
            const float v = whole.flow.uv[i];
            QVERIFY(std::abs(last.motion.uv[i] - v) <= 2 * std::numeric_limits<float>::epsilon() * std::abs(v));
        }
    }

    // Larger frames, and a motion that leads far out of the tile and beyond the rim: where no other tile blends in, the
    // pass over one tile alone is the whole's.
    void cornersOfLargerFrames()
    {
        const Image first = waves(64, 48, 0, 0), second = waves(64, 48, 9, -7);
        const tasks::FlowResult whole = valueOf(tasks::opticalFlow(*m_starter, first, second));
        float most = 0;
        for (const float v : whole.beforeLast.uv)
            most = std::max(most, std::abs(v));
        QVERIFY(most > 1);
        const int side = int(m_starter->config().starterFlow->pyramidMedian);
        for (const auto& [x0, y0] : {std::pair(0, 0), {63, 0}, {0, 47}, {63, 47}}) {
            const auto last = valueOf(tasks::lastFlowPass(*m_starter, first, second, whole.beforeLast, y0, x0));
            const auto blind
                = valueOf(tasks::lastFlowPass(*m_starter, first, second, whole.beforeLast, y0, x0, {}, false));
            QVERIFY(blind.motion.uv.empty());
            QCOMPARE(valueOf(m_device->download(blind.run.latents)).values,
                valueOf(m_device->download(last.run.latents)).values);
            QCOMPARE(last.tile.left, int64_t(x0 == 0 ? 0 : 64 - last.tile.width));
            QCOMPARE(last.tile.top, int64_t(y0 == 0 ? 0 : 48 - last.tile.height));
            FlowField sum = whole.beforeLast;
            for (int y = 0; y < last.tile.height; ++y)
                for (int x = 0; x < last.tile.width; ++x)
                    for (int k = 0; k < 2; ++k)
                        sum.vector(x + int(last.tile.left), y + int(last.tile.top))[k] += last.motion.vector(x, y)[k];
            const FlowField smooth = side > 1 ? medianOf(sum, side) : sum;
            for (int y = 0; y < 14; ++y) // tiles start at 0 and 16; the median reads the neighbours
                for (int x = 0; x < 14; ++x)
                    for (int k = 0; k < 2; ++k) {
                        const int px = x0 == 0 ? x : 63 - x, py = y0 == 0 ? y : 47 - y;
                        QVERIFY(std::abs(smooth.vector(px, py)[k] - whole.flow.vector(px, py)[k]) < 1e-3f);
                    }
        }
    }

    // Of larger frames, each pixel's tile holds it, lies on the grid that the flow is made on, and no tile's middle is
    // nearer; smaller frames have one that reaches beyond them.
    void tilesOfPixels_data()
    {
        QTest::addColumn<bool>("starter");
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("height");
        for (const bool starter : {true, false})
            for (const auto& [width, height] : {std::pair(64, 48), {40, 30}, {200, 131}, {49, 33}, {1, 1}, {3, 300}})
                QTest::newRow(qPrintable(QString("%1, %2 x %3").arg(starter).arg(width).arg(height)))
                    << starter << width << height;
    }

    void tilesOfPixels()
    {
        QFETCH(bool, starter);
        QFETCH(int, width);
        QFETCH(int, height);
        const perceiver::Model& model = starter ? *m_starter : *m_released;
        std::set<std::pair<int64_t, int64_t>> tiles;
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x) {
                const tasks::FlowTile tile = tasks::flowTileAt(model, height, width, y, x);
                QVERIFY(y >= tile.top && y < tile.top + tile.height && x >= tile.left && x < tile.left + tile.width);
                QVERIFY(tile.top >= 0 && tile.top <= std::max<int64_t>(0, height - tile.height));
                QVERIFY(tile.left >= 0 && tile.left <= std::max<int64_t>(0, width - tile.width));
                tiles.emplace(tile.top, tile.left);
            }
        if (!starter)
            QCOMPARE(int64_t(tiles.size()), tasks::flowTileCount(model, height, width));
        if (width <= model.config().trainSize[1] && height <= model.config().trainSize[0])
            QCOMPARE(tiles.size(), size_t(1));
        for (const auto& [top, left] : tiles) { // every tile is found at its middle
            const auto& tile = model.config().trainSize;
            const tasks::FlowTile found = tasks::flowTileAt(model, height, width,
                std::min<int64_t>(top + tile[0] / 2, height - 1), std::min<int64_t>(left + tile[1] / 2, width - 1));
            QVERIFY(found.top == top && found.left == left);
        }
    }

    // Each coarser level once, as large as the frames, the last of them nearest to the answer; none of one level.
    void coarserLevels()
    {
        const Image first = waves(120, 90, 0, 0), second = waves(120, 90, 2, -1);
        std::vector<FlowField> coarse;
        const tasks::FlowResult whole = valueOf(tasks::opticalFlow(
            *m_starter, first, second, {.onCoarser = [&](FlowField flow) { coarse.push_back(std::move(flow)); }}));
        int levels = 1; // halved while its shorter side has 24 pixels
        const int64_t most = m_starter->config().starterFlow->pyramidLevels;
        for (int side = 90; levels < most && side >= 24; side = (side + 1) / 2)
            ++levels;
        QVERIFY(levels > 1);
        QCOMPARE(int(coarse.size()), levels - 1);
        for (const FlowField& flow : coarse) {
            QCOMPARE(flow.width, 120);
            QCOMPARE(flow.height, 90);
            QVERIFY(std::isfinite(largestDifference(flow, whole.flow)));
        }
        // Asked for or not, the answer is the same.
        QCOMPARE(valueOf(tasks::opticalFlow(*m_starter, first, second)).flow.uv, whole.flow.uv);
        coarse.clear();
        const auto collect = [&](FlowField flow) { coarse.push_back(std::move(flow)); };
        QVERIFY(tasks::opticalFlow(*m_released, waves(30, 20, 0, 0), waves(30, 20, 1, 0), {.onCoarser = collect}).ok());
        QVERIFY(tasks::opticalFlow(*m_starter, waves(20, 20, 0, 0), waves(20, 20, 1, 0), {.onCoarser = collect}).ok());
        QVERIFY(coarse.empty());
    }

    void whatIsNotThere()
    {
        const Image frame = waves(64, 48, 0, 0);
        for (const auto& [row, column] : {std::pair<int64_t, int64_t>(48, 0), {0, 64}, {-1, 0}, {0, -1}}) {
            const auto pass = tasks::lastFlowPass(*m_starter, frame, frame, {}, row, column);
            QVERIFY(!pass.ok());
            QCOMPARE(int(pass.error().kind), int(ErrorKind::Usage));
        }
        QVERIFY(!tasks::lastFlowPass(*m_starter, frame, waves(64, 47, 0, 0), {}, 0, 0).ok());
        const auto other = tasks::lastFlowPass(*m_starter, frame, frame, FlowField(63, 48), 0, 0);
        QVERIFY(!other.ok()); // a motion of other frames
        QCOMPARE(int(other.error().kind), int(ErrorKind::Usage));
        QVERIFY(tasks::lastFlowPass(*m_starter, frame, frame, FlowField(64, 48), 0, 0).ok());
    }

    // What is left out of the pass has no weight in it, and changes its motion.
    void leftOut()
    {
        const Image first = waves(64, 48, 0, 0), second = waves(64, 48, 1.25, -0.5);
        const auto plain = valueOf(tasks::lastFlowPass(*m_starter, first, second, {}, 40, 60));
        const auto less = valueOf(tasks::lastFlowPass(*m_starter, first, second, {}, 40, 60, {.inputs = {7, 900}}));
        QVERIFY(largestDifference(plain.motion, less.motion) > 0);
        const perceiver::Attention attention(*m_starter, less.run);
        const HostTensor seen = valueOf(attention.latentToInputs({0, 5}, {}));
        QVERIFY(seen.values[7] == 0 && seen.values[900] == 0 && seen.values[8] > 0);
        const int64_t pixels = elementCount(m_starter->config().trainSize);
        QVERIFY(!tasks::lastFlowPass(*m_starter, first, second, {}, 40, 60, {.inputs = {uint32_t(pixels)}}).ok());
    }

    // Wherever it is stopped, it says so, and the next one is whole. Frames that give each level of the pyramid another
    // number of tiles, of which some do not divide the latents.
    void stoppedAnywhere()
    {
        const Image first = waves(96, 64, 0, 0), second = waves(96, 64, 1.25, -0.5);
        const FlowField whole = valueOf(tasks::opticalFlow(*m_starter, first, second)).flow;
        int64_t calls = 0, stopAt = -1;
        const auto flow = [&] {
            calls = 0;
            m_device->beginJob(0, [&](const ops::Progress&) {
                if (calls++ == stopAt)
                    m_device->requestCancel();
            });
            auto found = tasks::opticalFlow(*m_starter, first, second);
            const auto ended = m_device->endJob();
            if (found.ok() && !ended.ok())
                found = ended.error();
            return found;
        };
        QVERIFY(flow().ok());
        const int64_t all = calls;
        QVERIFY(all > 4);
        for (stopAt = 0; stopAt < all - 1; ++stopAt) {
            const auto stopped = flow();
            QVERIFY2(!stopped.ok(), qPrintable(QString("at %1 of %2").arg(stopAt).arg(all)));
            QCOMPARE(int(stopped.error().kind), int(ErrorKind::Cancelled));
        }
        stopAt = -1;
        QCOMPARE(largestDifference(valueOf(flow()).flow, whole), 0.0f);
    }

    void cleanupTestCase()
    {
        m_starter.reset();
        m_released.reset();
        m_device.reset();
        const auto messages = vulkan::validationMessages();
        QVERIFY2(messages.empty(), messages.empty() ? "" : messages.front().c_str());
    }

private:
    std::unique_ptr<ops::Device> m_device;
    std::shared_ptr<const perceiver::Model> m_starter, m_released;
};

QTEST_GUILESS_MAIN(TestFlowPasses)
#include "test_flow_passes.moc"
