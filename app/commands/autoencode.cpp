#include "app/batch/rebuilt_clip.h"
#include "app/commands/command.h"
#include "app/commands/forecast.h"
#include "app/commands/top_labels.h"
#include "app/media/clip.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace app::commands {

using nlohmann::json;
namespace tasks = engine::tasks;

namespace {

struct AutoencodeArguments {
    std::string folder, sound, output;
    int top = 5;
    double start = 0; // seconds
    int64_t most = 0; // clips; 0: all
    bool beside = false;
};

// The sound under one clip; says, once, what had to be done to it.
Result<std::vector<float>> soundOf(media::Clip& clip, const tasks::ClipSize& size, int64_t first)
{
    TRY_ASSIGN(media::ClipSound sound, clip.sound(size.sampleRate(), first * size.samplesPerFrame, size.samples()));
    if (first == 0 && sound.fileRate == 0)
        std::fprintf(stderr, "There is no sound: silence is assumed.\n");
    else if (first == 0 && sound.fileRate != size.sampleRate())
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
    command.add_option("clip", a->folder, "A video, or a folder with numbered pictures (25 a second) and a WAV file")
        ->required();
    command.add_option("--sound", a->sound, "The sound, where it is another file's");
    command.add_option("--start", a->start, "Where in the clip to begin, in seconds")->check(CLI::NonNegativeNumber);
    command.add_option("--clips", a->most, "How many clips of the model's length (default: to the end)")
        ->check(CLI::PositiveNumber);
    command.add_option(
        "-o,--output", a->output, "The reconstruction: a video (.mp4), or a folder for pictures and sound.wav");
    command.add_flag("--beside", a->beside, "In a video: the original at the left of it");
    command.add_option("--top", a->top, "How many labels to show")->capture_default_str()->check(CLI::Range(1, 10000));
    command.add_flag("--overwrite", options.overwrite, "Replace what is there");
    addWithout(command, options);
    addModel(command, options);
    return [a, &options]() -> Result<json> {
        TRY_ASSIGN(const std::string modelName, modelOr(options.model, "clip"));
        if (!a->output.empty())
            TRY(mayWrite(a->output, options));
        TRY_ASSIGN(const auto without, parseWithout(options.without));
        TRY_ASSIGN(media::Clip clip, media::Clip::open(a->folder, a->sound, a->start));
        TRY_ASSIGN(const auto session, openSession(options, modelName));
        TRY_ASSIGN(const tasks::ClipSize size, tasks::clipSize(*session->model));
        clip.setLasting(double(a->most) * size.seconds());
        TRY_ASSIGN(batch::RebuiltClip rebuilt, batch::RebuiltClip::create(a->output, size, a->beside));

        json items = json::array();
        for (int64_t i = 0; a->most == 0 || i < a->most; ++i) {
            TRY_ASSIGN(const std::vector<engine::Image> images, clip.next(size.frames));
            const auto some = int64_t(images.size());
            if (some < size.frames && i == 0)
                return Error{ErrorKind::BadData,
                    a->folder + " holds " + std::to_string(some) + " pictures; this model takes "
                        + std::to_string(size.frames) + " at a time, 25 a second"};
            if (some < size.frames) {
                if (some > 0)
                    std::fprintf(stderr, "The last %lld of %lld pictures fill no clip of %lld and are left out.\n",
                        static_cast<long long>(some), static_cast<long long>(i * size.frames + some),
                        static_cast<long long>(size.frames));
                break;
            }
            TRY_ASSIGN(const std::vector<float> sound, soundOf(clip, size, i * size.frames));
            TRY_ASSIGN(const auto inputs, tasks::preprocessClip(*session->model, images, sound));
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
            std::vector<engine::Image> seen;
            for (int64_t frame = 0; frame < size.frames; ++frame)
                seen.push_back(tasks::clipFrame(images[size_t(frame)], size));
            TRY(rebuilt.add(shown, seen));
        }
        for (const std::string& remark : clip.remarks())
            std::fprintf(stderr, "%s\n", remark.c_str());
        TRY(rebuilt.finish());
        return json{{"items", items}, {"output", a->output}};
    };
}

} // namespace app::commands
