#include "app/commands/attention_inputs.h"

#include "app/media/clip.h"
#include "app/media/image_reader.h"

namespace app::commands {

namespace perceiver = engine::perceiver;
namespace tasks = engine::tasks;

namespace {

Result<perceiver::Inputs> twoFrames(const AttentionInputs& a, const perceiver::Model& model)
{
    TRY_ASSIGN(const engine::Image first, media::readImage(a.items[0]));
    TRY_ASSIGN(const engine::Image second, media::readImage(a.items[1]));
    long long top = 0, left = 0;
    int used = 0;
    if (!a.tile.empty()
        && (std::sscanf(a.tile.c_str(), "%9lld,%9lld%n", &top, &left, &used) != 2 || size_t(used) != a.tile.size()))
        return Error{ErrorKind::Usage, "'" + a.tile + "' is no tile: write its first row and column, as in 0,476"};
    const auto& size = model.config().trainSize;
    if (a.tile.empty() && (first.height > size[0] || first.width > size[1]))
        std::fprintf(stderr,
            "One tile is asked about, the upper left %lld x %lld pixels: choose another with --tile.\n",
            static_cast<long long>(size[1]), static_cast<long long>(size[0]));
    return tasks::flowTile(first, second, top, left);
}

Result<perceiver::Inputs> firstClip(const AttentionInputs& a, const perceiver::Model& model)
{
    TRY_ASSIGN(media::Clip clip, media::Clip::open(a.items[0], a.sound, a.start));
    TRY_ASSIGN(const tasks::ClipSize size, tasks::clipSize(model));
    clip.setLasting(size.seconds());
    TRY_ASSIGN(const auto frames, clip.next(size.frames));
    TRY_ASSIGN(const media::ClipSound sound, clip.sound(size.sampleRate(), 0, size.samples()));
    TRY_ASSIGN(auto inputs, tasks::preprocessClip(model, frames, sound.samples));
    return perceiver::Inputs(std::move(inputs));
}

} // namespace

std::string starterFor(const std::vector<std::string>& items)
{
    std::error_code ignored;
    if (items.size() != 1)
        return "flow";
    if (std::filesystem::is_directory(items[0], ignored)
        || (media::isVideoName(items[0]) && std::filesystem::is_regular_file(items[0], ignored)))
        return "clip";
    return std::filesystem::is_regular_file(items[0], ignored) ? "image" : "text";
}

Result<perceiver::Inputs> attentionInputs(const AttentionInputs& a, const perceiver::Model& model)
{
    if (!a.tensors.empty()) {
        TRY_ASSIGN(const auto file, engine::weights::readSafetensors(a.tensors));
        TRY_ASSIGN(const auto samples, tasks::samplesOf(model, file.tensors));
        if (samples.empty())
            return Error{ErrorKind::BadData, a.tensors + " holds an empty batch"};
        return samples[0];
    }
    const auto need = [&](size_t count, const char* what) -> Result<void> {
        if (a.items.size() != count)
            return Error{ErrorKind::Usage, std::string("this model takes ") + what};
        return {};
    };
    using perceiver::Kind;
    switch (model.kind()) {
    case Kind::MaskedLanguage:
    case Kind::TextClassification:
        TRY(need(1, "one text"));
        return perceiver::Inputs(
            perceiver::TextInputs{tasks::tokenize(a.items[0], model.flavour() == perceiver::Flavour::Hf).ids, {}});
    case Kind::ImageLearned:
    case Kind::ImageFourier:
    case Kind::ImageConv: {
        TRY(need(1, "one picture"));
        TRY_ASSIGN(const engine::Image image, media::readImage(a.items[0]));
        return perceiver::Inputs(tasks::preprocessImage(image, model));
    }
    case Kind::OpticalFlow:
        TRY(need(2, "two frames"));
        return twoFrames(a, model);
    case Kind::Multimodal:
        TRY(need(1, "a folder with a clip's frames and sound"));
        return firstClip(a, model);
    case Kind::Bare:
        break;
    }
    return Error{ErrorKind::Usage, "this model has no preprocessor: give its inputs as tensors, with --inputs"};
}

} // namespace app::commands
