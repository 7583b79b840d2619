// A clip with sound as the window knows it: what is asked about (the pictures and the sound of a place in a file), what
// was found (the model's reconstruction), and how its inputs and outputs are numbered: sound, picture, label, one after
// the other, as the engine does. Plain values; any thread.
#pragma once

#include "engine/engine.h"

#include <filesystem>
#include <string>
#include <vector>

namespace app::document {

// 25 pictures a second and the sound beneath them, as many as the model takes.
struct ClipQuestion {
    engine::tasks::ClipSize size; // of the model
    std::vector<engine::Image> frames; // middle squares, as large as the model sees them
    std::vector<float> sound; // one channel in [-1, 1], at size.sampleRate()
    double seconds = 0; // where it begins in the file
    double length = 0; // of the file, seconds; 0: not known
    std::string remark; // what had to be done to it, sentences; may be empty
};

// A place in a video, or a folder of numbered pictures with a sound. A place so late that the clip would not be whole
// is moved to the last one where it is. BadData when the file is shorter than a clip; else as media::Clip's errors.
engine::Result<ClipQuestion> readClip(
    const std::filesystem::path& path, double seconds, const engine::tasks::ClipSize& size);
// The size of the clips that a model takes, by its config alone. model: a starter's name or a checkpoint's folder.
// Errors as commands::modelFolder and weights::Checkpoint::open; Usage when it is no model for clips.
engine::Result<engine::tasks::ClipSize> clipSizeOf(const std::string& model);
constexpr int64_t kLeastOfAClip = 16; // pictures, as the released model takes
bool isClipFolder(const std::filesystem::path& path); // as many numbered pictures or more, and a sound

struct ClipAnswer {
    engine::tasks::Reconstruction rebuilt;
    std::vector<double> framePsnr; // of each picture, dB
    std::vector<engine::perceiver::Segment> inputs,
        outputs; // "audio" [steps], "image" [frames, rows, columns], "label"
    // |STFT|^2 of the sound as it was and as it was rebuilt: [frequencies, times], 1 = a wave of amplitude 1.
    engine::HostTensor spectrogram, rebuiltSpectrogram;
    int64_t window = 0, hop = 0; // of both, samples
};

enum class ClipPart { Sound, Picture, Label };

struct ClipPlace {
    ClipPart part = ClipPart::Label;
    int64_t frame = 0, row = 0, column = 0; // of a picture, in the grid of its segment
    int64_t step = 0, steps = 1; // of the sound
};

using Segments = std::vector<engine::perceiver::Segment>;
const engine::perceiver::Segment& segmentOf(const Segments& segments, ClipPart part);
ClipPlace placeOf(const Segments& segments, uint32_t element);
uint32_t pictureElement(const Segments& segments, int64_t frame, int64_t row, int64_t column);
uint32_t soundElement(const Segments& segments, int64_t step);
// The inputs that lie where these outputs do: a pixel's patch, a sound's, the label.
std::vector<uint32_t> inputsUnder(const ClipAnswer& clip, const std::vector<uint32_t>& outputs);

// How a map over a clip's inputs or outputs is shared among its parts, and among their times.
struct MapOverTime {
    double sound = 0, picture = 0, label = 0; // shares of the sum
    std::vector<double> ofFrame, ofStep; // shares of the sum: of each picture, of each step of the sound
};
MapOverTime overTime(const Segments& segments, const engine::HostTensor& weights);
// The part of a map that lies on one picture, or all pictures' together: [rows, columns].
engine::HostTensor onFrame(const Segments& segments, const engine::HostTensor& weights, int64_t frame);
engine::HostTensor onAllFrames(const Segments& segments, const engine::HostTensor& weights);

} // namespace app::document
