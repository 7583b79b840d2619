#include "app/commands/command.h"
#include "app/commands/flow_run.h"
#include "app/commands/forecast.h"
#include "app/commands/top_labels.h"
#include "app/formats/atomic_file.h"
#include "app/formats/flow_colour.h"
#include "app/formats/flow_files.h"
#include "app/formats/flow_metrics.h"
#include "app/media/clip_folder.h"
#include "app/media/image_reader.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace app::commands {

using nlohmann::json;

namespace {

namespace fs = std::filesystem;

Result<json> demoFlow(Options& options, const fs::path& folder)
{
    const fs::path samples = assets() / "samples";
    const std::string first = (samples / "rubberwhale1.png").string(), second = (samples / "rubberwhale2.png").string();
    TRY_ASSIGN(const auto session, openSession(options, "flow"));
    TRY_ASSIGN(const FlowRun run, runFlow(*session, first, second, {}, false));
    const fs::path picture = fs::absolute(folder / "rubberwhale-flow.png");
    const fs::path numbers = fs::absolute(folder / "rubberwhale-flow.flo");
    const float scale = formats::colourScale(run.forward.flow);
    TRY(formats::writeFile(picture, formats::encodePng(formats::flowPicture(run.forward.flow))));
    TRY(formats::writeFlow(numbers, run.forward.flow));
    const double motion = formats::meanMotion(run.forward.flow);
    if (!options.json)
        std::printf("Optical flow of the rubber whale, frame 1 to frame 2 (starter model)\n"
                    "  picture      %s (full colour: %.2f px)\n"
                    "  numbers      %s\n"
                    "  mean motion  %.3f px over %d x %d pixels\n"
                    "  time         %.2f s, %lld tiles\n"
                    "  device       %s\n",
            picture.c_str(), double(scale), numbers.c_str(), motion, run.forward.flow.width, run.forward.flow.height,
            run.seconds, static_cast<long long>(run.forward.tiles), session->device->info().name.c_str());
    return json{{"task", "flow"}, {"first", first}, {"second", second}, {"picture", picture.string()},
        {"output", numbers.string()}, {"mean_motion", motion}, {"seconds", run.seconds},
        {"device", session->device->info().name}};
}

Result<json> demoImage(Options& options, const fs::path&)
{
    const std::string path = (assets() / "samples/chelsea.png").string();
    TRY_ASSIGN(const auto session, openSession(options, "image"));
    TRY_ASSIGN(const engine::Image image, media::readImage(path));
    std::vector<float> classes;
    TRY(withProgress(*session, 0, [&]() -> Result<void> {
        TRY_ASSIGN(classes, engine::tasks::classify(*session->model, image));
        return {};
    }));
    if (!options.json)
        std::printf("\nWhat is in %s, of the ten things that the starter model knows\n", path.c_str());
    return json{
        {"task", "classify"}, {"input", path}, {"top", topLabels(*session->model, classes, classes, 3, !options.json)}};
}

// Whole words hidden: as many [MASK] as they have bytes.
Result<json> demoText(Options& options, const fs::path&)
{
    TRY_ASSIGN(const auto session, openSession(options, "text"));
    if (!options.json)
        std::printf("\nHidden words, filled in by the starter model\n");
    json all = json::array();
    for (const std::pair<std::string, std::string>& sample :
        {std::pair<std::string, std::string>{"She opened the door and walked into the room.", "the"},
            {"It was one of the best movies that I have ever seen.", "have"},
            {"The film is a complete waste of time.", "of"}}) {
        const std::string &text = sample.first, &word = sample.second;
        const auto start = int64_t(text.rfind(word));
        engine::tasks::Filled filled;
        TRY(withProgress(*session, 0, [&]() -> Result<void> {
            TRY_ASSIGN(
                filled, engine::tasks::fillMasks(*session->model, text, {{start, start + int64_t(word.size())}}, 1));
            return {};
        }));
        std::string hidden = text;
        hidden.replace(size_t(start), word.size(), std::string(word.size(), '_'));
        if (!options.json)
            std::printf("  %s\n  %s\n", hidden.c_str(), filled.text.c_str());
        all.push_back({{"input", hidden}, {"filled", filled.text}, {"truth", text}});
    }
    return json{{"task", "fill"}, {"texts", all}};
}

Result<json> demoMood(Options& options, const fs::path&)
{
    TRY_ASSIGN(const auto session, openSession(options, "sentiment"));
    if (!options.json)
        std::printf("\nThe mood of a review\n");
    json all = json::array();
    for (const std::string text : {"What a wonderful film. I laughed, I cried, and I will watch it again.",
             "The worst film of the year: boring, badly acted, and far too long. Do not waste your money."}) {
        std::vector<float> labels;
        TRY(withProgress(*session, 0, [&]() -> Result<void> {
            TRY_ASSIGN(labels, engine::tasks::labelText(*session->model, text));
            return {};
        }));
        if (!options.json)
            std::printf("  %s\n", text.c_str());
        all.push_back({{"input", text}, {"top", topLabels(*session->model, labels, labels, 1, !options.json)}});
    }
    return json{{"task", "label-text"}, {"texts", all}};
}

// The film's first frame, a middle one and the last, above what the model made of them.
engine::Image beside(const std::vector<engine::Image>& frames, const std::vector<engine::Image>& rebuilt)
{
    const int side = rebuilt[0].width;
    engine::Image sheet(3 * side, 2 * side);
    for (int column = 0; column < 3; ++column)
        for (int row = 0; row < 2; ++row) {
            const auto& from = row == 0 ? frames : rebuilt;
            const engine::Image& frame = from[(from.size() - 1) * size_t(column) / 2];
            const engine::Image small = engine::tasks::resizeBilinear(frame, side, side);
            for (int y = 0; y < side; ++y)
                std::copy_n(small.pixel(0, y), size_t(side) * 3,
                    sheet.rgb.begin() + (ptrdiff_t(row * side + y) * 3 * side + column * side) * 3);
        }
    return sheet;
}

Result<json> demoClip(Options& options, const fs::path& folder)
{
    TRY_ASSIGN(const auto session, openSession(options, "clip"));
    TRY_ASSIGN(const auto size, engine::tasks::clipSize(*session->model));
    TRY_ASSIGN(const media::ClipFolder clip, media::findClip(assets() / "samples/clip", {}));
    TRY_ASSIGN(const auto frames, media::readFrames(clip, 0, size_t(size.frames)));
    TRY_ASSIGN(const media::ClipSound sound, media::readClipSound(clip, size.sampleRate(), size.samples()));
    TRY_ASSIGN(const auto inputs, engine::tasks::preprocessClip(*session->model, frames, sound.samples));
    engine::tasks::Reconstruction rebuilt;
    TRY(withProgress(*session, expectedFlop(*session->model), [&]() -> Result<void> {
        TRY_ASSIGN(rebuilt, engine::tasks::autoencode(*session->model, inputs));
        return {};
    }));
    const fs::path picture = fs::absolute(folder / "clip-rebuilt.png"), heard = fs::absolute(folder / "clip-rebuilt.wav");
    TRY(formats::writeFile(picture, formats::encodePng(beside(frames, rebuilt.frames))));
    TRY_ASSIGN(const auto wav, media::encodeWav({.sampleRate = size.sampleRate(), .samples = rebuilt.sound}));
    TRY(formats::writeFile(heard, wav));
    if (!options.json)
        std::printf("\nA clip of 16 frames and its sound through %lld latents, and back\n"
                    "  picture      %s (above the frames, below what was rebuilt)\n  sound        %s\n"
                    "  video        %.1f dB (PSNR), sound %.1f dB\n",
            static_cast<long long>(session->model->config().numLatents), picture.c_str(), heard.c_str(),
            rebuilt.videoPsnr, rebuilt.soundPsnr);
    return json{{"task", "autoencode"}, {"picture", picture.string()}, {"sound", heard.string()},
        {"video_psnr", rebuilt.videoPsnr}, {"sound_psnr", rebuilt.soundPsnr}};
}

struct Scene {
    const char* model;
    Result<json> (*show)(Options& options, const fs::path& folder);
};
constexpr Scene kScenes[] = {{"flow", demoFlow}, {"image", demoImage}, {"text", demoText}, {"sentiment", demoMood},
    {"clip", demoClip}};

} // namespace

std::function<Result<json>()> declareDemo(CLI::App& command, Options& options)
{
    auto folder = std::make_shared<std::string>("perceiverscope-demo");
    command.add_option("-o,--output", *folder, "The folder for the pictures")->capture_default_str();
    addDevice(command, options);
    return [folder, &options]() -> Result<json> {
        std::error_code failed;
        fs::create_directories(*folder, failed);
        if (failed)
            return Error{ErrorKind::InputOutput, "cannot make the folder " + *folder + ": " + failed.message()};
        json items = json::array();
        for (const Scene& scene : kScenes)
            if (fs::exists(assets() / "starter" / scene.model / "config.json", failed)) {
                TRY_ASSIGN(const json item, scene.show(options, *folder));
                items.push_back(item);
            }
        return json{{"items", items}};
    };
}

} // namespace app::commands
