#include "app/commands/command.h"
#include "app/commands/forecast.h"
#include "app/commands/top_labels.h"
#include "app/formats/atomic_file.h"
#include "app/formats/atomic_folder.h"
#include "app/formats/flow_colour.h"
#include "app/media/clip_folder.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

namespace app::commands {

using nlohmann::json;
namespace tasks = engine::tasks;

namespace {

struct AutoencodeArguments {
    std::string folder, sound, output;
    int top = 5;
};

// The sound under all of the clips; says what had to be done to it.
Result<std::vector<float>> soundOf(const media::ClipFolder& clip, const tasks::ClipSize& size, int64_t clips)
{
    TRY_ASSIGN(media::ClipSound sound, media::readClipSound(clip, size.sampleRate(), clips * size.samples()));
    if (sound.fileRate == 0)
        std::fprintf(stderr, "There is no sound: silence is assumed.\n");
    else if (sound.fileRate != size.sampleRate())
        std::fprintf(stderr, "The sound has %lld samples a second; this model takes %lld: it is converted.\n",
            static_cast<long long>(sound.fileRate), static_cast<long long>(size.sampleRate()));
    if (sound.shorter)
        std::fprintf(stderr, "The sound is shorter than the frames: silence is assumed after it.\n");
    return std::move(sound.samples);
}

} // namespace

std::function<Result<json>()> declareAutoencode(CLI::App& command, Options& options)
{
    auto a = std::make_shared<AutoencodeArguments>();
    command.add_option("clip", a->folder, "A folder with numbered pictures (25 a second) and a WAV file")->required();
    command.add_option("--sound", a->sound, "The sound, where it is not in the folder");
    command.add_option("-o,--output", a->output, "The folder for the reconstruction: pictures and sound.wav");
    command.add_option("--top", a->top, "How many labels to show")->capture_default_str()->check(CLI::Range(1, 10000));
    command.add_flag("--overwrite", options.overwrite, "Replace the output folder");
    addWithout(command, options);
    addModel(command, options);
    return [a, &options]() -> Result<json> {
        TRY_ASSIGN(const std::string modelName, modelOr(options.model, "clip"));
        if (!a->output.empty())
            TRY(mayWrite(a->output, options));
        TRY_ASSIGN(const auto without, parseWithout(options.without));
        TRY_ASSIGN(const media::ClipFolder clip, media::findClip(a->folder, a->sound));
        TRY_ASSIGN(const auto session, openSession(options, modelName));
        TRY_ASSIGN(const tasks::ClipSize size, tasks::clipSize(*session->model));
        const int64_t frames = int64_t(clip.frames.size()), clips = frames / size.frames;
        if (clips == 0)
            return Error{ErrorKind::BadData,
                a->folder + " holds " + std::to_string(frames) + " pictures; this model takes "
                    + std::to_string(size.frames) + " at a time"};
        if (frames % size.frames != 0)
            std::fprintf(stderr, "The last %lld of %lld pictures fill no clip of %lld and are left out.\n",
                static_cast<long long>(frames % size.frames), static_cast<long long>(frames),
                static_cast<long long>(size.frames));
        TRY_ASSIGN(const std::vector<float> sound, soundOf(clip, size, clips));
        std::optional<formats::AtomicFolder> folder;
        if (!a->output.empty()) {
            TRY_ASSIGN(auto made, formats::AtomicFolder::create(a->output));
            folder.emplace(std::move(made));
        }

        json items = json::array();
        media::Sound rebuilt{.sampleRate = size.sampleRate()};
        for (int64_t i = 0; i < clips; ++i) {
            TRY_ASSIGN(const std::vector<engine::Image> images,
                media::readFrames(clip, size_t(i * size.frames), size_t(size.frames)));
            TRY_ASSIGN(const auto inputs,
                tasks::preprocessClip(*session->model, images,
                    std::span(sound).subspan(size_t(i * size.samples()), size_t(size.samples()))));
            tasks::Reconstruction full, changed;
            const double flop = expectedFlop(*session->model) * (without.empty() ? 1 : 2);
            TRY(withProgress(*session, flop, [&]() -> Result<void> {
                TRY_ASSIGN(full, tasks::autoencode(*session->model, inputs));
                if (!without.empty()) {
                    TRY_ASSIGN(changed, tasks::autoencode(*session->model, inputs, without));
                }
                return {};
            }));
            const tasks::Reconstruction& shown = without.empty() ? full : changed;
            if (!options.json)
                std::printf("frames %lld to %lld: video %.2f dB, sound %.2f dB\n",
                    static_cast<long long>(i * size.frames + 1), static_cast<long long>((i + 1) * size.frames),
                    shown.videoPsnr, shown.soundPsnr);
            json item{{"input", a->folder}, {"first_frame", i * size.frames}, {"frames", size.frames},
                {"video_psnr", shown.videoPsnr}, {"sound_psnr", shown.soundPsnr},
                {"top", topLabels(*session->model, shown.labels, full.labels, a->top, !options.json)}};
            if (!without.empty()) {
                item["video_psnr_full"] = full.videoPsnr;
                item["sound_psnr_full"] = full.soundPsnr;
            }
            items.push_back(std::move(item));
            rebuilt.samples.insert(rebuilt.samples.end(), shown.sound.begin(), shown.sound.end());
            for (size_t frame = 0; folder && frame < shown.frames.size(); ++frame) {
                char name[32];
                std::snprintf(
                    name, sizeof name, "%06lld.png", static_cast<long long>(i * size.frames) + (long long)frame + 1);
                TRY(formats::writeFile(folder->path() / name, formats::encodePng(shown.frames[frame])));
            }
        }
        if (folder) {
            TRY_ASSIGN(const auto wav, media::encodeWav(rebuilt));
            TRY(formats::writeFile(folder->path() / "sound.wav", wav));
            TRY(folder->commit());
        }
        return json{{"items", items}, {"output", a->output}};
    };
}

} // namespace app::commands
