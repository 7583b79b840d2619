// Clips with sound as the window asks about them: cut from a video at any place as reading it through would, answered
// as the command line answers, their parts numbered as the engine numbers them.
#include "app/document/analyst.h"
#include "app/document/opening.h"
#include "app/media/clip.h"
#include "app/media/video_writer.h"
#include "tests/app/run_pscope.h"

#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <numeric>

using namespace app::document;
using namespace app;

namespace {

const QString kSample = kSource + "/assets/samples/clip";
constexpr int64_t kRate = 48'000;

engine::Image picture(int number)
{
    engine::Image image(48, 32);
    for (int y = 0; y < 32; ++y)
        for (int x = 0; x < 48; ++x) {
            image.pixel(x, y)[0] = uint8_t(5 * x);
            image.pixel(x, y)[1] = uint8_t(7 * y);
            image.pixel(x, y)[2] = uint8_t(number);
        }
    return image;
}

} // namespace

class TestClipDocument : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    std::unique_ptr<Analyst> m_analyst;
    Question m_question;
    AnalysisPtr m_answer;

    std::filesystem::path at(const char* name) const { return m_folder.filePath(name).toStdString(); }

    // Each second's tone is higher than the one before.
    void write(const char* name, int frames, int rate, bool sound = true)
    {
        auto video = media::VideoWriter::create(
            at(name), {.width = 48, .height = 32, .timeBase = {1, rate}, .sampleRate = sound ? kRate : 0});
        QVERIFY2(video.ok(), video.ok() ? "" : video.error().message.c_str());
        for (int i = 0; i < frames; ++i)
            QVERIFY(video.value()->add(picture(i % 256), i).ok());
        std::vector<float> tone(size_t(kRate * frames / rate));
        for (size_t i = 0; i < tone.size(); ++i)
            tone[i]
                = 0.5f * float(std::sin(double(i) * 2 * M_PI * 200 * double(1 + i / size_t(kRate)) / double(kRate)));
        if (sound)
            QVERIFY(video.value()->addSound(tone).ok());
        QVERIFY(video.value()->finish().ok());
    }

private slots:
    void initTestCase()
    {
        m_analyst = std::make_unique<Analyst>([] { return engine::devices::openDevice("cpu"); });
        auto opened = readSource({kSample});
        QVERIFY2(opened.ok(), opened.ok() ? "" : opened.error().message.c_str());
        m_question = opened.value().question;
        QVERIFY(m_question.clip);
        QCOMPARE(int(sceneOf(m_question)), int(Scene::Clip));
        QCOMPARE(taskOf(m_question).first, std::string("clip"));
        auto answer = m_analyst->analyse(m_question, {});
        QVERIFY2(answer.ok(), answer.ok() ? "" : answer.error().message.c_str());
        m_answer = answer.value();
        QVERIFY(m_answer->clip);
    }

    void answersAsTheCommandDoes()
    {
        const Outcome told = pscope({"autoencode", kSample, "--json", "-g", "cpu"});
        QVERIFY2(told.code == 0, told.err);
        const QJsonObject item = told.json()["items"].toArray()[0].toObject();
        QCOMPARE(m_answer->clip->rebuilt.videoPsnr, item["video_psnr"].toDouble());
        QCOMPARE(m_answer->clip->rebuilt.soundPsnr, item["sound_psnr"].toDouble());
        // All pictures' errors together are the pictures' own; those are of what is shown, in 8 bits.
        double error = 0;
        for (const double psnr : m_answer->clip->framePsnr)
            error += std::pow(10, -psnr / 10) / double(m_answer->clip->framePsnr.size());
        QVERIFY(std::abs(-10 * std::log10(error) - m_answer->clip->rebuilt.videoPsnr) < 0.05);
    }

    void mapsAreTheCommands()
    {
        const auto& clip = *m_answer->clip;
        const uint32_t label = uint32_t(segmentOf(clip.outputs, ClipPart::Label).first);
        const uint32_t pixel = pictureElement(clip.outputs, 3, 20, 40), sound = soundElement(clip.outputs, 17);
        for (const auto& [element, name] : {std::pair{label, QString("output:label:0")},
                 {pixel, QString("output:image:%1").arg(3 * 64 * 64 + 20 * 64 + 40)},
                 {sound, QString("output:audio:17")}}) {
            const Outcome told
                = pscope({"attention", kSample, "--from", name, "--to", "inputs", "--json", "-g", "cpu"});
            QVERIFY2(told.code == 0, told.err);
            const auto map = m_analyst->map({.direction = Direction::OutputToInputs, .elements = {element}}, {});
            QVERIFY2(map.ok(), map.ok() ? "" : map.error().message.c_str());
            QCOMPARE(map.value()->weights.size(), engine::elementCount(m_answer->inputGrid));
            QVERIFY(std::abs(map.value()->sum - 1) < 1e-4);
            QVERIFY(std::abs(map.value()->entropy - told.json()["entropy"].toDouble()) < 1e-5);
            const MapOverTime parts = overTime(clip.inputs, map.value()->weights);
            for (const QJsonValue& part : told.json()["segments"].toArray()) {
                const QString which = part["name"].toString();
                const double share = which == "audio" ? parts.sound : which == "image" ? parts.picture : parts.label;
                QVERIFY(std::abs(share - part["share"].toDouble()) < 1e-6);
            }
            QVERIFY(std::abs(parts.sound + parts.picture + parts.label - 1) < 1e-9);
            QVERIFY(std::abs(std::accumulate(parts.ofFrame.begin(), parts.ofFrame.end(), 0.0) - parts.picture) < 1e-9);
            QVERIFY(std::abs(std::accumulate(parts.ofStep.begin(), parts.ofStep.end(), 0.0) - parts.sound) < 1e-9);
            double frames = 0, all = 0;
            for (int64_t frame = 0; frame < 16; ++frame)
                for (const float w : onFrame(clip.inputs, map.value()->weights, frame).values)
                    frames += double(w);
            for (const float w : onAllFrames(clip.inputs, map.value()->weights).values)
                all += double(w);
            QVERIFY(std::abs(frames - parts.picture) < 1e-5 && std::abs(all - parts.picture) < 1e-5);
        }
    }

    void everyDirectionHasAMap()
    {
        const auto& clip = *m_answer->clip;
        const uint32_t starts[] = {5, pictureElement(clip.inputs, 2, 3, 4), pictureElement(clip.outputs, 2, 13, 14),
            soundElement(clip.outputs, 3), soundElement(clip.inputs, 30)};
        for (int i = 0; i < kDirections; ++i) {
            const auto map = m_analyst->map({.direction = Direction(i), .elements = {starts[i]}}, {});
            QVERIFY2(map.ok(), map.ok() ? "" : map.error().message.c_str());
            const Part to = toOf(Direction(i));
            QCOMPARE(map.value()->weights.size(),
                to == Part::Latents      ? m_answer->facts.latents
                    : to == Part::Inputs ? engine::elementCount(m_answer->inputGrid)
                                         : m_answer->outputs);
            QCOMPARE(map.value()->shares.size(), size_t(to == Part::Latents ? 0 : 3));
        }
        QVERIFY(!m_analyst->map({.direction = Direction::OutputToInputs, .elements = {uint32_t(m_answer->outputs)}}, {})
                     .ok());
    }

    // A latent's small map is its row over the pictures, summed.
    void latentsLookAtThePictures()
    {
        const auto maps = m_analyst->latentMaps({}, {});
        QVERIFY2(maps.ok(), maps.ok() ? "" : maps.error().message.c_str());
        QCOMPARE(maps.value()->rows, 16);
        QCOMPARE(maps.value()->columns, 16);
        for (const uint32_t latent : {0u, 481u, 703u}) {
            const auto map = m_analyst->map({.direction = Direction::LatentToInputs, .elements = {latent}}, {});
            QVERIFY(map.ok());
            const engine::HostTensor expected = onAllFrames(m_answer->clip->inputs, map.value()->weights);
            const auto found = maps.value()->mapOf(latent);
            for (size_t i = 0; i < found.size(); ++i)
                QVERIFY(std::abs(found[i] - expected.values[i]) < 1e-5f);
        }
        const auto layers = m_analyst->layerMaps({}, {});
        QVERIFY(layers.ok());
        QCOMPARE(layers.value()->layers, m_answer->facts.layers);
    }

    void placesAreNumberedAsTheEngineDoes()
    {
        for (const Segments* all : {&m_answer->clip->inputs, &m_answer->clip->outputs}) {
            const auto& grid = segmentOf(*all, ClipPart::Picture).grid;
            const uint32_t last = pictureElement(*all, grid[0] - 1, grid[1] - 1, grid[2] - 1);
            const ClipPlace corner = placeOf(*all, last);
            QCOMPARE(int(corner.part), int(ClipPart::Picture));
            QCOMPARE(corner.frame, grid[0] - 1);
            QCOMPARE(corner.row, grid[1] - 1);
            QCOMPARE(corner.column, grid[2] - 1);
            QCOMPARE(int(placeOf(*all, last + 1).part), int(ClipPart::Label));
            QCOMPARE(placeOf(*all, soundElement(*all, 7)).step, int64_t(7));
            QCOMPARE(int(placeOf(*all, soundElement(*all, 0)).part), int(ClipPart::Sound));
        }
        const auto& clip = *m_answer->clip;
        QCOMPARE(inputsUnder(clip, {pictureElement(clip.outputs, 5, 9, 15), pictureElement(clip.outputs, 5, 8, 12)}),
            std::vector<uint32_t>{pictureElement(clip.inputs, 5, 2, 3)}); // pixels of one patch of 4 x 4
        QCOMPARE(
            inputsUnder(clip, {soundElement(clip.outputs, 9)}), std::vector<uint32_t>{soundElement(clip.inputs, 9)});
        QCOMPARE(inputsUnder(clip, {uint32_t(segmentOf(clip.outputs, ClipPart::Label).first)}),
            std::vector<uint32_t>{uint32_t(segmentOf(clip.inputs, ClipPart::Label).first)});
    }

    // Without the left half of its pictures it is rebuilt worse, and there.
    void leavingOutChangesTheAnswer()
    {
        Question without = m_question;
        without.before = m_answer;
        for (int64_t place = 0; place < 16 * 16 * 8; ++place)
            without.without.inputs.push_back(
                pictureElement(m_answer->clip->inputs, place / 128, place / 8 % 16, place % 8));
        const auto less = m_analyst->analyse(without, {});
        QVERIFY(less.ok());
        const auto error = [&](const Analysis& answer, int left) { // of picture 3, from this column on half of it
            int64_t sum = 0;
            for (int y = 0; y < 64; ++y)
                for (int x = left; x < left + 32; ++x)
                    sum += std::abs(int(answer.clip->rebuilt.frames[2].pixel(x, y)[1])
                        - int(m_question.clip->frames[2].pixel(x, y)[1]));
            return double(sum);
        };
        QVERIFY(less.value()->clip->framePsnr[2] < m_answer->clip->framePsnr[2]);
        QVERIFY(error(*less.value(), 0) > 1.5 * error(*m_answer, 0));
        QVERIFY(error(*less.value(), 0) > error(*less.value(), 32));
        QVERIFY(m_analyst->resume(m_question, m_answer).ok());
    }

    void soundIsSeenAsItsWaves()
    {
        const auto& clip = *m_answer->clip;
        QCOMPARE(clip.spectrogram.shape, clip.rebuiltSpectrogram.shape);
        QCOMPARE(clip.spectrogram.rows(), clip.window / 2 + 1);
        QCOMPARE(clip.spectrogram.columns(), (m_question.clip->size.samples() + clip.hop - 1) / clip.hop);
        write("tones.mp4", 75, 25);
        const auto read = readClip(at("tones.mp4"), 1.2, m_question.clip->size); // 400 Hz, a 1 / 8 s after its begin
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
        Question tone;
        tone.clip = std::make_shared<const ClipQuestion>(read.value());
        const auto found = m_analyst->analyse(tone, {});
        QVERIFY(found.ok());
        const engine::HostTensor& power = found.value()->clip->spectrogram;
        int64_t loudest = 0;
        for (int64_t row = 1; row < power.rows(); ++row)
            if (power.at(row, power.columns() / 2) > power.at(loudest, power.columns() / 2))
                loudest = row;
        const double hertz = double(loudest * m_question.clip->size.sampleRate()) / double(found.value()->clip->window);
        QVERIFY2(std::abs(hertz - 400) < 32, qPrintable(QString::number(hertz)));
        QVERIFY(m_analyst->resume(m_question, m_answer).ok());
    }

    // A jump gives what reading from the beginning gives, in pictures to the byte and in sound to a sample.
    void anyPlaceIsThatPlace()
    {
        write("long.mp4", 200, 20); // ten seconds
        auto whole = media::Clip::open(at("long.mp4"), {});
        QVERIFY(whole.ok());
        const auto pictures = whole.value().next(250);
        QVERIFY(pictures.ok());
        QCOMPARE(pictures.value().size(), size_t(250));
        const auto sound = whole.value().sound(8000, 0, 80'000);
        QVERIFY(sound.ok());
        for (const double from : {0.0, 0.4, 2.0, 2.04, 5.6, 9.32}) {
            auto clip = media::Clip::open(at("long.mp4"), {}, from);
            QVERIFY(clip.ok());
            clip.value().setLasting(0.64);
            const auto some = clip.value().next(16);
            QVERIFY(some.ok());
            QCOMPARE(some.value().size(), size_t(16));
            for (size_t i = 0; i < 16; ++i)
                QVERIFY2(some.value()[i].rgb == pictures.value()[size_t(std::llround(from * 25)) + i].rgb,
                    qPrintable(QString("from %1 s, picture %2").arg(from).arg(i)));
            const auto part = clip.value().sound(8000, 0, 5120);
            QVERIFY(part.ok() && !part.value().shorter);
            double error = 0; // the filter begins anew: not to the bit
            for (size_t i = 100; i < 5120; ++i)
                error = std::max(error,
                    std::abs(double(part.value().samples[i])
                        - double(sound.value().samples[size_t(std::llround(from * 8000)) + i])));
            QVERIFY2(error < 0.02, qPrintable(QString("from %1 s: %2").arg(from).arg(error)));
        }
    }

    void whatIsTooLateBeginsEarlier()
    {
        write("late.mp4", 60, 25); // 2.4 seconds
        const auto& size = m_question.clip->size;
        for (const double from : {1.9, 2.3, 7.0}) {
            const auto clip = readClip(at("late.mp4"), from, size);
            QVERIFY2(clip.ok(), clip.ok() ? "" : clip.error().message.c_str());
            QCOMPARE(clip.value().frames.size(), size_t(16));
            QVERIFY2(std::abs(clip.value().seconds - 1.76) < 0.041, qPrintable(QString::number(clip.value().seconds)));
        }
        QVERIFY(std::abs(readClip(at("late.mp4"), 1.5, size).value().seconds - 1.5) < 1e-9);
        QVERIFY(std::abs(readClip(at("late.mp4"), 1.5, size).value().length - 2.4) < 0.1);
    }

    void whatIsNoClipIsSaid()
    {
        const auto& size = m_question.clip->size;
        write("short.mp4", 10, 25);
        const auto brief = readClip(at("short.mp4"), 0, size);
        QVERIFY(!brief.ok());
        QVERIFY2(QString::fromStdString(brief.error().message).contains("10 pictures"), brief.error().message.c_str());
        write("silent.mp4", 30, 25, false);
        const auto silent = readClip(at("silent.mp4"), 0, size);
        QVERIFY(silent.ok());
        QVERIFY(silent.value().remark.find("no sound") != std::string::npos);
        QVERIFY(!readClip(at("nothing.mp4"), 0, size).ok());
        QVERIFY(!clipSizeOf("flow").ok());
        QCOMPARE(clipSizeOf("").value().frames, int64_t(16));
        QVERIFY(isClipFolder(kSample.toStdString()) && !isClipFolder(m_folder.path().toStdString()));
    }
};

QTEST_GUILESS_MAIN(TestClipDocument)
#include "test_clip_document.moc"
