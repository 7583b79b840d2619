// What stands between a user's file and the model's inputs, and between its outputs and the answer: pictures as
// transformers prepares them (references.safetensors), tile grids, flow patches, blending, masks, Fourier features.
#include "engine/engine.h"
#include "engine/perceiver/positions.h"
#include "engine/tasks/resample.h"
#include "engine/tasks/tile_grid.h"
#include "tests/test_device.h"

#include <QtTest>
#include <cmath>
#include <filesystem>
#include <random>

using namespace engine;

namespace {

const std::filesystem::path kSource = PERCEIVERSCOPE_SOURCE_DIR;

Image noise(int width, int height, unsigned seed)
{
    std::mt19937 random(seed);
    Image image(width, height);
    for (uint8_t& v : image.rgb)
        v = uint8_t(random());
    return image;
}

// model-spec 3.3: 3 x 3 patches of both frames, (frame, ky, kx, rgb), frames in [-1, 1], zeros outside the tile.
HostTensor patchesOf(const Image& first, const Image& second)
{
    HostTensor patches({int64_t(first.width) * first.height, 54});
    for (int y = 0; y < first.height; ++y)
        for (int x = 0; x < first.width; ++x)
            for (int i = 0; i < 54; ++i) {
                const Image& frame = i < 27 ? first : second;
                const int yy = y + i % 27 / 9 - 1, xx = x + i % 9 / 3 - 1;
                if (yy >= 0 && yy < frame.height && xx >= 0 && xx < frame.width)
                    patches.at(y * first.width + x, i) = float(frame.pixel(xx, yy)[i % 3]) / 255 * 2 - 1;
            }
    return patches;
}

Image repeatRim(const Image& image, int width, int height)
{
    Image out(width, height);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            std::copy_n(image.pixel(std::min(x, image.width - 1), std::min(y, image.height - 1)), 3, out.pixel(x, y));
    return out;
}

double distance(const std::vector<float>& a, const std::vector<float>& b)
{
    if (a.size() != b.size())
        return HUGE_VAL;
    double largest = 0;
    for (size_t i = 0; i < a.size(); ++i)
        largest = std::max(largest, std::abs(double(a[i]) - b[i]));
    return largest;
}

} // namespace

class TestPreprocessing : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        m_device = openTestDevice();
    }

    void pictures()
    {
        const auto file = weights::readSafetensors(kSource / "tests/tasks/references.safetensors");
        QVERIFY(file.ok());
        const auto& tensors = file.value().tensors;
        for (int i = 0; i < 6; ++i) {
            const weights::TensorView& view = tensors.at("picture." + std::to_string(i));
            Image picture(int(view.shape[1]), int(view.shape[0]));
            picture.rgb.assign(view.bytes.begin(), view.bytes.end());
            const weights::ImageProcessing processing{.size = 28};
            for (const auto flavour : {perceiver::Flavour::Hf, perceiver::Flavour::Dm}) {
                const auto wanted
                    = toFloat(tensors.at((flavour == perceiver::Flavour::Hf ? "hf." : "dm.") + std::to_string(i)));
                const auto found = tasks::preprocessImage(picture, processing, flavour);
                QVERIFY2(distance(found.pixels.values, wanted) < 2e-6, qPrintable(QString::number(i)));
            }
        }
    }

    void pictureSettings()
    {
        const auto own = weights::parseImageProcessing(
            R"({"size": {"height": 64, "width": 64}, "crop_size": 64, "image_mean": [0, 0.5, 1]})", "p");
        QVERIFY(own.ok());
        QCOMPARE(own.value().size, int64_t(64));
        QCOMPARE(own.value().kept, 1.0);
        QCOMPARE(own.value().mean[2], 1.0f);
        QCOMPARE(own.value().deviation[0], 0.229f);
        QCOMPARE(weights::parseImageProcessing("{}", "p").value().kept, 0.875);
        for (const char* wrong : {R"({"size": 300})", R"({"size": {"height": 64, "width": 32}})", R"({"size": -1})",
                 R"({"image_std": [1, 0, 1]})", R"({"image_mean": [1, 2]})", "[]"})
            QVERIFY2(!weights::parseImageProcessing(wrong, "p").ok(), wrong);
    }

    // The table of model-spec 5.1, and the widths at which the reference's own rule fails.
    void tileGrid()
    {
        using Starts = std::vector<int64_t>;
        const auto rows = [](int64_t n) { return tasks::steppedStarts(n, 368); };
        const auto columns = [](int64_t n) { return tasks::steppedStarts(n, 496); };
        QCOMPARE(rows(436), (Starts{0, 68}));
        QCOMPARE(columns(1024), (Starts{0, 476, 528}));
        QCOMPARE(rows(375), (Starts{0, 7}));
        QCOMPARE(columns(1242), (Starts{0, 476, 746}));
        QCOMPARE(rows(480), (Starts{0, 112}));
        QCOMPARE(columns(640), (Starts{0, 144}));
        QCOMPARE(rows(720), (Starts{0, 348, 352}));
        QCOMPARE(columns(1280), (Starts{0, 476, 784}));
        QCOMPARE(rows(1080), (Starts{0, 348, 696, 712}));
        QCOMPARE(columns(1920), (Starts{0, 476, 952, 1424}));
        QCOMPARE(columns(496), (Starts{0}));
        QCOMPARE(columns(3), (Starts{0}));
        for (int64_t n = 1; n < 3000; ++n) {
            covers(columns(n), n, 496, 20);
            covers(tasks::evenStarts(n, 48, 8), n, 48, 8);
        }
    }

    // Evenly spread: no two steps differ by more than one.
    void evenGrid()
    {
        for (int64_t n = 49; n < 2000; ++n) {
            const auto starts = tasks::evenStarts(n, 48, 8);
            int64_t least = n, most = 0;
            for (size_t i = 1; i < starts.size(); ++i) {
                least = std::min(least, starts[i] - starts[i - 1]);
                most = std::max(most, starts[i] - starts[i - 1]);
            }
            QVERIFY(most - least <= 1);
        }
    }

    // model-spec 2.7, fp64 spot values: channel of the table of all axes, as the models lay it out.
    void fourierFeatures()
    {
        struct Axis {
            int64_t index, n, resolution;
        };
        const auto check = [](std::vector<Axis> axes, int64_t bands, std::map<int, double> wanted) {
            std::vector<float> row;
            std::vector<HostTensor> tables;
            for (const Axis& a : axes)
                tables.push_back(perceiver::fourierAxis(a.n, a.resolution, bands, perceiver::Grid::Closed));
            for (size_t i = 0; i < axes.size(); ++i)
                row.push_back(tables[i].at(axes[i].index, 0));
            for (int part = 0; part < 2; ++part)
                for (size_t i = 0; i < axes.size(); ++i)
                    for (int64_t k = 0; k < bands; ++k)
                        row.push_back(tables[i].at(axes[i].index, 1 + part * bands + k));
            for (const auto& [channel, value] : wanted)
                QVERIFY2(std::abs(double(row[size_t(channel)]) - value) < 1e-6,
                    qPrintable(QString("channel %1: %2").arg(channel).arg(row[size_t(channel)])));
        };
        check({{1, 368, 368}, {2, 496, 496}}, 64,
            {{0, -0.994550}, {1, -0.991919}, {2, -0.017120}, {65, -0.008560}, {66, -0.025384}, {129, 0.012693},
                {130, -0.999853}, {194, -0.999678}, {257, 0.999919}});
        check({{10, 224, 224}, {200, 224, 224}}, 64,
            {{0, -0.910314}, {1, 0.793722}, {2, -0.278044}, {65, 0.140413}, {66, 0.603626}, {130, -0.960568},
                {194, -0.797268}});
        check({{3, 16, 16}, {10, 56, 56}, {20, 56, 56}}, 32,
            {{0, -0.6}, {1, -0.636364}, {2, -0.272727}, {3, -0.951057}, {35, -0.909632}, {67, -0.755750},
                {99, -0.309017}});
        check({{100, 1920, 30720}}, 192, {{0, -0.895779}, {1, -0.321601}, {192, 0.498818}, {193, -0.946875}});
    }

    // Frames, their patches, and frames smaller than the tile whose rim is repeated: the same latents.
    void flowPatches()
    {
        const auto model = load("optical-flow");
        QVERIFY(model);
        const int height = int(model->config().trainSize[0]), width = int(model->config().trainSize[1]);
        const auto latents = [&](const perceiver::Inputs& inputs) {
            const auto run = model->encode(inputs, {}, false);
            return run.ok() ? m_device->download(run.value().latents).value().values : std::vector<float>{};
        };
        const Image a = noise(width, height, 1), b = noise(width, height, 2);
        const auto whole = latents(perceiver::FlowInputs{patchesOf(a, b)});
        QVERIFY(distance(latents(perceiver::FrameInputs{a, b}), whole) < 1e-5);
        const Image smallA = noise(width - 5, height - 3, 3), smallB = noise(width - 5, height - 3, 4);
        const auto padded = latents(
            perceiver::FlowInputs{patchesOf(repeatRim(smallA, width, height), repeatRim(smallB, width, height))});
        QVERIFY(distance(latents(perceiver::FrameInputs{smallA, smallB}), padded) < 1e-5);
        QVERIFY(distance(padded, whole) > 1e-2);
    }

    // Several tiles: each through the network by itself, blended with the integer weights of 5.2 in double, times 20.
    void tiledFlow()
    {
        const auto model = load("optical-flow");
        QVERIFY(model);
        const int th = int(model->config().trainSize[0]), tw = int(model->config().trainSize[1]);
        const int height = th + 2, width = tw + 9; // tiles this small overlap by all but one pixel
        const Image a = noise(width, height, 5), b = noise(width, height, 6);
        std::vector<double> sum(size_t(width * height * 2)), weight(size_t(width * height));
        const auto cut = [&](const Image& image, int64_t top, int64_t left) {
            return tasks::crop(image, int(left), int(top), tw, th);
        };
        int64_t tiles = 0;
        for (const int64_t top : tasks::steppedStarts(height, th))
            for (const int64_t left : tasks::steppedStarts(width, tw)) {
                ++tiles;
                const auto run = model->encode(perceiver::FlowInputs{patchesOf(cut(a, top, left), cut(b, top, left))});
                QVERIFY(run.ok());
                const HostTensor flow
                    = m_device->download(model->decode(run.value(), model->outputs()[0], {.count = th * tw})).value();
                for (int y = 0; y < th; ++y)
                    for (int x = 0; x < tw; ++x) {
                        const int w = std::min(std::min(x + 1, tw - x), std::min(y + 1, th - y));
                        const size_t p = size_t((top + y) * width + left + x);
                        weight[p] += w;
                        for (size_t c = 0; c < 2; ++c)
                            sum[2 * p + c] += w * double(flow.at(y * tw + x, int64_t(c)));
                    }
            }
        QVERIFY(tiles > 2);
        const auto found = tasks::opticalFlow(*model, a, b);
        QVERIFY(found.ok());
        QCOMPARE(found.value().tiles, tiles);
        double largest = 0, difference = 0;
        for (size_t i = 0; i < sum.size(); ++i) {
            const double wanted = sum[i] / weight[i / 2] * 20;
            largest = std::max(largest, std::abs(wanted));
            difference = std::max(difference, std::abs(double(found.value().flow.uv[i]) - wanted));
        }
        QVERIFY2(difference < 2e-5 * largest, qPrintable(QString::number(difference / largest)));
    }

    // [MASK] in the text and a range of bytes hide the same.
    void masks()
    {
        const auto model = load("masked-lm");
        QVERIFY(model);
        const auto word = tasks::fillMasks(*model, "ab[MASK][MASK]ef", {}, 3);
        const auto range = tasks::fillMasks(*model, "abcdef", {{2, 4}}, 3);
        QVERIFY(word.ok() && range.ok());
        QCOMPARE(word.value().masked.size(), size_t(2));
        QCOMPARE(range.value().masked[1].position, int64_t(3));
        for (size_t i = 0; i < 2; ++i)
            for (size_t k = 0; k < 3; ++k) {
                QCOMPARE(word.value().masked[i].best[k].byte, range.value().masked[i].best[k].byte);
                QCOMPARE(word.value().masked[i].best[k].probability, range.value().masked[i].best[k].probability);
            }
        QVERIFY(!tasks::fillMasks(*model, "abcdef", {{4, 9}}, 3).ok());
        QVERIFY(!tasks::fillMasks(*model, "abcdef", {{4, 4}}, 3).ok());
    }

    void cleanupTestCase()
    {
        m_device.reset();
        const auto messages = vulkan::validationMessages();
        QVERIFY2(messages.empty(), messages.empty() ? "" : messages.front().c_str());
    }

private:
    std::shared_ptr<const perceiver::Model> load(const char* name)
    {
        const auto checkpoint = weights::Checkpoint::open(kSource / "assets/selftest" / name);
        if (!checkpoint.ok())
            return nullptr;
        const auto model = perceiver::Model::load(*m_device, checkpoint.value(), perceiver::Flavour::Hf);
        return model.ok() ? model.value() : nullptr;
    }

    // Every pixel is in a tile, neighbours overlap by at least so much, nothing runs past the end.
    static void covers(const std::vector<int64_t>& starts, int64_t length, int64_t tile, int64_t overlap)
    {
        QCOMPARE(starts.front(), int64_t(0));
        if (length <= tile) {
            QCOMPARE(starts.size(), size_t(1));
            return;
        }
        QCOMPARE(starts.back(), length - tile);
        for (size_t i = 1; i < starts.size(); ++i)
            QVERIFY2(starts[i] > starts[i - 1] && starts[i] - starts[i - 1] <= tile - overlap,
                qPrintable(QString::number(length)));
    }

    std::unique_ptr<ops::Device> m_device;
};

QTEST_GUILESS_MAIN(TestPreprocessing)
#include "test_preprocessing.moc"
