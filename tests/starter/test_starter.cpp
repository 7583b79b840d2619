// The models that come with the program: each one's figure on what training never saw (our own sentences and reviews,
// frames and clips made here with known motion) stays above a bar, Hugging Face's classes answer the same with their
// weights, and every device of this machine answers alike.
#include "app/formats/flow_metrics.h"
#include "app/formats/model_cards.h"
#include "app/media/image_reader.h"
#include "engine/engine.h"

#include <QtTest>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numbers>

using namespace engine;
namespace fs = std::filesystem;

namespace {

const fs::path kSource = PERCEIVERSCOPE_SOURCE_DIR;
const fs::path kStarter = kSource / "assets/starter";

// A picture read at any place, bilinear; beyond its rim mirrored.
struct Photo {
    Image image;

    double at(double x, double y, int channel) const
    {
        const auto mirrored = [](int i, int n) {
            i = std::abs(i) % (2 * n - 2);
            return i < n ? i : 2 * n - 2 - i;
        };
        const double fx = std::floor(x), fy = std::floor(y), u = x - fx, v = y - fy;
        const auto pixel = [&](int dx, int dy) {
            return double(
                image.pixel(mirrored(int(fx) + dx, image.width), mirrored(int(fy) + dy, image.height))[channel]);
        };
        return (1 - v) * ((1 - u) * pixel(0, 0) + u * pixel(1, 0)) + v * ((1 - u) * pixel(0, 1) + u * pixel(1, 1));
    }
};

Photo photo(const char* name, int width, int height)
{
    const auto image = app::media::readImage(kSource / "assets/samples" / name);
    if (!image.ok())
        qFatal("%s", image.error().message.c_str());
    return {tasks::resizeBilinear(image.value(), width, height)};
}

uint8_t byte(double value)
{
    return uint8_t(std::clamp(std::lround(value), 0L, 255L));
}

// Two frames: a background that turns and grows a little, a disc in front of it that moves on its own; and the flow.
struct Pair {
    Image first, second;
    FlowField flow;
};

Pair movingDisc(double turn, double zoom, double u, double v)
{
    constexpr int kWidth = 200, kHeight = 150;
    const Photo back = photo("coffee.png", 300, 200), front = photo("astronaut.png", 256, 256);
    Pair pair{Image(kWidth, kHeight), Image(kWidth, kHeight), FlowField(kWidth, kHeight)};
    const double radius = 30, cx = 110, cy = 80; // in the second frame
    const auto disc = [&](double x, double y) { return std::clamp(radius - std::hypot(x - cx, y - cy) + 0.5, 0.0, 1.0); };
    for (int y = 0; y < kHeight; ++y)
        for (int x = 0; x < kWidth; ++x) {
            const double bu = zoom * (x - 90) - turn * (y - 70), bv = turn * (x - 90) + zoom * (y - 70);
            const double here = disc(x + u, y + v), there = disc(x, y);
            for (int c = 0; c < 3; ++c) {
                pair.first.rgb[size_t((y * kWidth + x) * 3 + c)] = byte((1 - here) * back.at(x + bu + 30, y + bv + 20, c)
                    + here * front.at(x + u, y + v, c));
                pair.second.rgb[size_t((y * kWidth + x) * 3 + c)]
                    = byte((1 - there) * back.at(x + 30, y + 20, c) + there * front.at(x, y, c));
            }
            pair.flow.uv[size_t((y * kWidth + x) * 2)] = float(here > 0.5 ? u : bu);
            pair.flow.uv[size_t((y * kWidth + x) * 2 + 1)] = float(here > 0.5 ? v : bv);
        }
    return pair;
}

double endPointError(const FlowField& a, const FlowField& b)
{
    double sum = 0;
    for (size_t i = 0; i < a.uv.size(); i += 2)
        sum += std::hypot(double(a.uv[i] - b.uv[i]), double(a.uv[i + 1] - b.uv[i + 1]));
    return sum / double(a.uv.size() / 2);
}

std::vector<std::string> lines(const char* name)
{
    std::ifstream in(kSource / "tests/starter" / name);
    std::vector<std::string> all;
    for (std::string line; std::getline(in, line);)
        all.push_back(line);
    return all;
}

} // namespace

class TestStarter : public QObject {
    Q_OBJECT

private:
    std::vector<std::unique_ptr<ops::Device>> m_devices;
    nlohmann::json m_answers;

    // On every device the model's answer, a list of numbers; they agree, and the first is returned.
    template <typename Ask> std::vector<float> onEveryDevice(const char* name, Ask ask)
    {
        std::vector<float> first;
        for (const auto& device : m_devices) {
            const auto checkpoint = weights::Checkpoint::open(kStarter / name);
            if (!checkpoint.ok())
                qFatal("%s", checkpoint.error().message.c_str());
            const auto model = perceiver::Model::load(*device, checkpoint.value(), perceiver::Flavour::Hf);
            if (!model.ok())
                qFatal("%s", model.error().message.c_str());
            const std::vector<float> answer = ask(*model.value());
            if (first.empty())
                first = answer;
            compare(answer, first, 1e-3);
        }
        return first;
    }

    template <typename Numbers> void compare(const std::vector<float>& found, const Numbers& expected, double tolerance)
    {
        QCOMPARE(found.size(), expected.size());
        for (size_t i = 0; i < found.size(); ++i)
            QVERIFY2(std::abs(double(found[i]) - double(expected[i])) <= tolerance,
                qPrintable(QString("number %1: %2 instead of %3").arg(i).arg(found[i]).arg(double(expected[i]))));
    }

    template <typename Value> static Value valueOf(Result<Value> result)
    {
        if (!result.ok())
            qFatal("%s", result.error().message.c_str());
        return std::move(result).value();
    }

    double flowError(const char* model, const Pair& pair)
    {
        FlowField found(pair.first.width, pair.first.height);
        found.uv = onEveryDevice(model, [&](const perceiver::Model& m) {
            return valueOf(tasks::opticalFlow(m, pair.first, pair.second)).flow.uv;
        });
        return endPointError(found, pair.flow);
    }

private slots:
    void initTestCase()
    {
        for (const ops::Candidate& candidate : devices::listDevices())
            if (candidate.usable)
                m_devices.push_back(valueOf(devices::openDevice(candidate.request)));
        QVERIFY(!m_devices.empty());
        std::ifstream in(kSource / "tests/starter/answers.json");
        m_answers = nlohmann::json::parse(in);
    }

    // Every model has a card that says what it is and what it was trained on, and all together stay small.
    void cards()
    {
        const auto cards = app::formats::modelCards(kStarter);
        QVERIFY(cards.size() >= 3);
        uintmax_t all = 0;
        for (const auto& card : cards) {
            QVERIFY2(card.title.starts_with("Starter"), card.name.c_str());
            for (const char* part : {"- Data:", "- Licences:", "- Cost:", "- Figures:", "- Limits:"})
                QVERIFY2(card.text.find(part) != std::string::npos, (card.name + " " + part).c_str());
            const uintmax_t size = fs::file_size(kStarter / card.name / "model.safetensors");
            QVERIFY2(size <= 6'000'000, card.name.c_str());
            all += size;
        }
        QVERIFY(all <= 16'000'000);
    }

    void flow_data()
    {
        QTest::addColumn<double>("bar");
        QTest::newRow("flow") << 0.4;
        QTest::newRow("flow-live") << 0.5;
    }

    void flow()
    {
        QFETCH(const double, bar);
        const Pair pair = movingDisc(0.02, 0.015, 4.3, -2.6);
        const double zero = endPointError(FlowField(pair.first.width, pair.first.height), pair.flow);
        const double error = flowError(QTest::currentDataTag(), pair);
        qInfo("%s: end-point error %.3f px; of no motion %.3f", QTest::currentDataTag(), error, zero);
        QVERIFY(error < bar && error < zero / 4);
    }

    void flowBelowAPixel()
    {
        const Pair pair = movingDisc(0.003, -0.002, 0.6, 0.45);
        const double zero = endPointError(FlowField(pair.first.width, pair.first.height), pair.flow);
        const double error = flowError("flow", pair);
        qInfo("flow below a pixel: end-point error %.3f px; of no motion %.3f", error, zero);
        QVERIFY(error < zero / 2);
    }

    // Many tiles, whose patches and costs are wider than their tokens: no tensor may outgrow what the device binds.
    void flowOfManyTiles()
    {
        const auto read = [](const char* name) {
            return valueOf(app::media::readImage(kSource / "assets/samples" / name));
        };
        const Image first = read("rubberwhale1.png"), second = read("rubberwhale2.png");
        FlowField found(first.width, first.height);
        found.uv = onEveryDevice("flow-live", [&](const perceiver::Model& m) {
            return valueOf(tasks::opticalFlow(m, first, second)).flow.uv;
        });
        const double mean = app::formats::meanMotion(found);
        qInfo("rubber whale: mean motion %.3f px", mean);
        QVERIFY(mean > 1.1 && mean < 1.3); // 1.256 of the known ones
    }

    // The one sample that shows one of the ten classes, whole, mirrored and its corners; as Hugging Face answers.
    void image()
    {
        const auto sample = valueOf(app::media::readImage(kSource / "assets/samples/chelsea.png"));
        std::vector<Image> pictures{sample, sample};
        for (int y = 0; y < sample.height; ++y)
            for (int x = 0; x < sample.width; ++x)
                for (int c = 0; c < 3; ++c)
                    pictures[1].rgb[size_t((y * sample.width + x) * 3 + c)] = sample.pixel(sample.width - 1 - x, y)[c];
        for (const int left : {40, 80, 100, 120})
            pictures.push_back(tasks::crop(sample, left, left / 5, 270, 270));
        const size_t classes = 10, cat = 3;
        const std::vector<float> p = onEveryDevice("image", [&](const perceiver::Model& model) {
            std::vector<float> all;
            for (const Image& picture : pictures)
                for (const float value : valueOf(tasks::classify(model, picture)))
                    all.push_back(value);
            return all;
        });
        size_t right = 0;
        for (size_t i = 0; i < pictures.size(); ++i) {
            const auto best = std::max_element(p.begin() + long(i * classes), p.begin() + long((i + 1) * classes));
            right += size_t(best - p.begin()) == i * classes + cat;
        }
        qInfo("image: %zu of %zu views of a cat are a cat", right, pictures.size());
        QVERIFY(right >= 4);
        compare(std::vector(p.begin(), p.begin() + long(classes)), m_answers["image"].get<std::vector<double>>(), 1e-4);
    }

    void text()
    {
        size_t bytes = 0, right = 0, words = 0;
        std::vector<std::string> truth;
        std::vector<std::vector<float>> expected = m_answers["text"];
        const auto sentences = lines("sentences.txt");
        const std::vector<float> guesses = onEveryDevice("text", [&](const perceiver::Model& model) {
            std::vector<float> all; // of every hidden byte the best guess and its probability
            for (std::string sentence : sentences) {
                const size_t open = sentence.find('['), close = sentence.find(']');
                sentence.erase(close, 1).erase(open, 1);
                const auto filled = valueOf(
                    tasks::fillMasks(model, sentence, {{int64_t(open), int64_t(close) - 1}}, 1));
                for (const tasks::MaskedByte& masked : filled.masked) {
                    all.push_back(float(masked.best[0].byte));
                    all.push_back(masked.best[0].probability);
                }
            }
            return all;
        });
        size_t at = 0;
        for (size_t i = 0; i < sentences.size(); ++i) {
            const size_t open = sentences[i].find('['), length = sentences[i].find(']') - open - 1;
            size_t good = 0;
            for (size_t b = 0; b < length; ++b, at += 2) {
                good += int(guesses[at]) == uint8_t(sentences[i][open + 1 + b]);
                QVERIFY(std::abs(guesses[at + 1] - expected[i][b]) < 1e-4f);
            }
            right += good;
            bytes += length;
            words += good == length;
        }
        qInfo("text: %zu of %zu hidden bytes right, %zu of %zu words", right, bytes, words, sentences.size());
        QVERIFY(double(right) >= 0.2 * double(bytes)); // a 5-gram model has an eighth or so
    }

    void sentiment()
    {
        const auto reviews = lines("reviews.tsv");
        const std::vector<float> p = onEveryDevice("sentiment", [&](const perceiver::Model& model) {
            std::vector<float> all;
            for (const std::string& review : reviews)
                all.push_back(valueOf(tasks::labelText(model, review.substr(review.find('\t') + 1)))[1]);
            return all;
        });
        size_t right = 0;
        for (size_t i = 0; i < reviews.size(); ++i)
            right += reviews[i].starts_with("positive") == (p[i] > 0.5f);
        qInfo("sentiment: %zu of %zu right", right, reviews.size());
        QVERIFY(right * 10 >= reviews.size() * 8);
        compare(p, m_answers["sentiment"].get<std::vector<double>>(), 1e-4);
    }

    // A camera that pans over a photo, under three tones.
    void clip()
    {
        if (!fs::exists(kStarter / "clip"))
            QSKIP("no such model comes with the program yet");
        const Photo back = photo("astronaut.png", 200, 200);
        std::vector<Image> frames;
        for (int t = 0; t < 16; ++t) {
            Image& frame = frames.emplace_back(64, 64);
            for (int y = 0; y < 64; ++y)
                for (int x = 0; x < 64; ++x)
                    for (int c = 0; c < 3; ++c)
                        frame.rgb[size_t((y * 64 + x) * 3 + c)] = byte(back.at(60 + x + 1.2 * t, 40 + y, c));
        }
        double video = 0, sound = 0;
        onEveryDevice("clip", [&](const perceiver::Model& model) {
            const auto size = valueOf(tasks::clipSize(model));
            std::vector<float> samples(size_t(size.samples()));
            for (size_t i = 0; i < samples.size(); ++i)
                for (const double hertz : {220.0, 330.0, 550.0})
                    samples[i] += 0.1f
                        * float(std::sin(2 * std::numbers::pi * hertz * double(i) / double(size.sampleRate())));
            const auto rebuilt
                = valueOf(tasks::autoencode(model, valueOf(tasks::preprocessClip(model, frames, samples))));
            double power = 0;
            for (const float s : samples)
                power += double(s) * s / double(samples.size());
            video = rebuilt.videoPsnr;
            sound = rebuilt.soundPsnr + 10 * std::log10(power);
            return rebuilt.sound;
        });
        qInfo("clip: video %.2f dB, sound %.2f dB above its error", video, sound);
        QVERIFY(video > 16 && sound > 8);
    }
};

QTEST_GUILESS_MAIN(TestStarter)
#include "test_starter.moc"
