#include "app/document/clip_parts.h"

#include "app/commands/model_folder.h"
#include "app/media/clip.h"

#include <algorithm>
#include <cmath>

namespace app::document {

using engine::Error;
using engine::ErrorKind;
using engine::HostTensor;
using engine::Result;
using engine::perceiver::Segment;
namespace tasks = engine::tasks;

namespace {

// What a clip holds from here on, and how many pictures of it there are.
struct Read {
    ClipQuestion clip;
    int64_t frames = 0;
};

Result<Read> readFrom(const std::filesystem::path& path, double seconds, const tasks::ClipSize& size)
{
    TRY_ASSIGN(media::Clip clip, media::Clip::open(path, {}, seconds));
    clip.setLasting(size.seconds());
    Read read{.clip = {.size = size, .seconds = seconds, .length = clip.length()}};
    for (; read.frames < size.frames; ++read.frames) { // one at a time: they may be large
        TRY_ASSIGN(const std::vector<engine::Image> next, clip.next(1));
        if (next.empty())
            return read;
        read.clip.frames.push_back(tasks::clipFrame(next[0], size));
    }
    TRY_ASSIGN(media::ClipSound sound, clip.sound(size.sampleRate(), 0, size.samples()));
    read.clip.sound = std::move(sound.samples);
    if (sound.fileRate == 0)
        read.clip.remark = "There is no sound in it: the model is given silence.";
    else if (sound.shorter)
        read.clip.remark = "Its sound ends before its pictures: silence is assumed after it.";
    return read;
}

} // namespace

Result<ClipQuestion> readClip(const std::filesystem::path& path, double seconds, const tasks::ClipSize& size)
{
    TRY_ASSIGN(Read read, readFrom(path, seconds, size));
    if (read.frames < size.frames && seconds > 0) { // too late by so many pictures; the length may be wrong, too
        const double earlier = seconds - double(size.frames - read.frames) / media::kClipRate;
        const double last = read.frames == 0 && read.clip.length > 0 ? read.clip.length - size.seconds() : earlier;
        TRY_ASSIGN(read, readFrom(path, std::max(0.0, std::min(earlier, last)), size));
    }
    if (read.frames < size.frames && seconds > 0) {
        TRY_ASSIGN(read, readFrom(path, 0, size));
    }
    if (read.frames < size.frames)
        return Error{ErrorKind::BadData,
            path.string() + " holds " + std::to_string(read.frames)
                + " pictures at 25 a second; a clip of this model has " + std::to_string(size.frames)};
    return std::move(read.clip);
}

Result<tasks::ClipSize> clipSizeOf(const std::string& model)
{
    TRY_ASSIGN(const std::filesystem::path folder, commands::modelFolder(model.empty() ? "clip" : model));
    TRY_ASSIGN(const auto checkpoint, engine::weights::Checkpoint::open(folder));
    if (engine::perceiver::kindOf(checkpoint) != engine::perceiver::Kind::Multimodal)
        return Error{ErrorKind::Usage, "The model in " + folder.string() + " is not for clips with sound"};
    return tasks::clipSize(checkpoint.config());
}

bool isClipFolder(const std::filesystem::path& path)
{
    std::error_code ignored;
    if (!std::filesystem::is_directory(path, ignored))
        return false;
    const auto found = media::findClip(path, {});
    return found.ok() && !found.value().sound.empty() && int64_t(found.value().frames.size()) >= kLeastOfAClip;
}

const Segment& segmentOf(const Segments& segments, ClipPart part)
{
    const char* name = part == ClipPart::Sound ? "audio" : part == ClipPart::Picture ? "image" : "label";
    return *std::find_if(segments.begin(), segments.end(), [name](const Segment& s) { return s.name == name; });
}

ClipPlace placeOf(const Segments& segments, uint32_t element)
{
    for (const ClipPart part : {ClipPart::Sound, ClipPart::Picture}) {
        const Segment& segment = segmentOf(segments, part);
        const int64_t at = int64_t(element) - segment.first;
        if (at < 0 || at >= segment.count())
            continue;
        if (part == ClipPart::Sound)
            return {.part = part, .step = at, .steps = segment.count()};
        const int64_t rows = segment.grid[1], columns = segment.grid[2];
        return {.part = part, .frame = at / (rows * columns), .row = at / columns % rows, .column = at % columns};
    }
    return {};
}

uint32_t pictureElement(const Segments& segments, int64_t frame, int64_t row, int64_t column)
{
    const Segment& segment = segmentOf(segments, ClipPart::Picture);
    return uint32_t(segment.first + (frame * segment.grid[1] + row) * segment.grid[2] + column);
}

uint32_t soundElement(const Segments& segments, int64_t step)
{
    return uint32_t(segmentOf(segments, ClipPart::Sound).first + step);
}

std::vector<uint32_t> inputsUnder(const ClipAnswer& clip, const std::vector<uint32_t>& outputs)
{
    std::vector<uint32_t> inputs;
    const engine::Shape &to = segmentOf(clip.inputs, ClipPart::Picture).grid,
                        &from = segmentOf(clip.outputs, ClipPart::Picture).grid;
    for (const uint32_t output : outputs) {
        const ClipPlace place = placeOf(clip.outputs, output);
        if (place.part == ClipPart::Label)
            inputs.push_back(uint32_t(segmentOf(clip.inputs, ClipPart::Label).first));
        else if (place.part == ClipPart::Sound)
            inputs.push_back(
                soundElement(clip.inputs, place.step * segmentOf(clip.inputs, ClipPart::Sound).count() / place.steps));
        else
            inputs.push_back(pictureElement(clip.inputs, place.frame * to[0] / from[0], place.row * to[1] / from[1],
                place.column * to[2] / from[2]));
    }
    std::sort(inputs.begin(), inputs.end());
    inputs.erase(std::unique(inputs.begin(), inputs.end()), inputs.end());
    return inputs;
}

MapOverTime overTime(const Segments& segments, const HostTensor& weights)
{
    const auto sums = [&](const Segment& segment, int64_t pieces) {
        std::vector<double> all(static_cast<size_t>(pieces));
        const int64_t each = segment.count() / pieces;
        for (int64_t i = 0; i < segment.count(); ++i)
            all[size_t(i / each)] += double(weights.values[size_t(segment.first + i)]);
        return all;
    };
    const auto total = [](const std::vector<double>& all) {
        double sum = 0;
        for (const double each : all)
            sum += each;
        return sum;
    };
    MapOverTime found;
    const Segment& picture = segmentOf(segments, ClipPart::Picture);
    const Segment& sound = segmentOf(segments, ClipPart::Sound);
    found.ofFrame = sums(picture, picture.grid[0]);
    found.ofStep = sums(sound, sound.count());
    found.picture = total(found.ofFrame);
    found.sound = total(found.ofStep);
    found.label = total(sums(segmentOf(segments, ClipPart::Label), 1));
    const double sum = found.picture + found.sound + found.label;
    if (sum <= 0)
        return found;
    for (double* each : {&found.picture, &found.sound, &found.label})
        *each /= sum;
    for (std::vector<double>* all : {&found.ofFrame, &found.ofStep})
        for (double& each : *all)
            each /= sum;
    return found;
}

HostTensor onFrame(const Segments& segments, const HostTensor& weights, int64_t frame)
{
    const Segment& segment = segmentOf(segments, ClipPart::Picture);
    HostTensor map({segment.grid[1], segment.grid[2]});
    std::copy_n(
        weights.values.begin() + segment.first + std::clamp<int64_t>(frame, 0, segment.grid[0] - 1) * map.size(),
        map.size(), map.values.begin());
    return map;
}

HostTensor onAllFrames(const Segments& segments, const HostTensor& weights)
{
    const Segment& segment = segmentOf(segments, ClipPart::Picture);
    HostTensor map({segment.grid[1], segment.grid[2]});
    for (int64_t i = 0; i < segment.count(); ++i)
        map.values[size_t(i % map.size())] += weights.values[size_t(segment.first + i)];
    return map;
}

} // namespace app::document
