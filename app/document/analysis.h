// What was asked and what was found, as plain values that any thread may hold: the answer of a model to a picture, two
// frames or a text, with the facts that its views need. Made on the engine's thread, never changed afterwards.
#pragma once

#include "app/document/asked.h"
#include "app/document/clip_parts.h"
#include "app/document/model_facts.h"
#include "app/views/flow_figures.h"
#include "engine/engine.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace app::document {

struct Analysis;

// A picture, two frames of one size, a clip with sound, or (without any) a text.
struct Question {
    std::vector<std::shared_ptr<const engine::Image>> pictures;
    std::shared_ptr<const ClipQuestion> clip;
    std::string text;
    std::vector<std::pair<int64_t, int64_t>> masks; // bytes [first, end) of the text to hide besides its [MASK] words
    std::string model; // a starter's name or a checkpoint's folder; empty: the starter that answers this
    // Asked again with something left out, or for the motion backwards: the answer that this one is compared with.
    std::shared_ptr<const Analysis> before;
    engine::perceiver::KnockOut without; // inputs and latents as the views number them; frames: pixels of the picture
    bool backward = false; // frames: also the motion from the second to the first
    std::optional<int64_t> frame; // of a video: the number of the first picture, from 0 on
    double seconds = 0, nextSeconds = 0; // of a video: when its pictures are shown
    bool live = false; // frames: one pass a level, with nothing known before the answer: as fast as can be
};

enum class Scene { Picture, Frames, Text, Clip };
Scene sceneOf(const Question& question);

struct Share {
    std::string label;
    float probability = 0;
};

struct Analysis {
    uint64_t number = 0; // maps say which analysis they belong to
    Scene scene = Scene::Picture;
    std::string task; // "Optical flow"
    std::string model; // as chosen
    std::string device;
    bool fast = false; // with products of 16-bit numbers
    ModelFacts facts;

    std::vector<Share> shares; // classes or moods, most probable first
    std::optional<engine::FlowField> flow, backward; // pixels; from the first frame to the second, and back
    std::shared_ptr<const views::FlowShown> motion; // the same with its figures
    float flowScale = 0; // pixels of motion at full colour
    engine::FlowField beforeLast; // what the last pass began with
    std::vector<engine::tasks::MaskedByte> masked; // of a text with hidden bytes
    std::string filled; // the text with the best guesses in place
    std::shared_ptr<const ClipAnswer> clip;

    // How the views number the inputs: a picture's [rows, columns] over its crop, frames' pixels, a text's tokens, all
    // of a clip one after the other (ClipAnswer::inputs).
    engine::Shape inputGrid;
    engine::tasks::Rect crop; // the part of the picture that the model sees
    std::vector<int64_t> byteOfToken; // where each token starts in the text; -1 for framing
    int64_t textBytes = 0;
    // That can be asked about, numbered likewise where they lie on the inputs' grid; a clip's by ClipAnswer::outputs.
    int64_t outputs = 0;
    std::optional<engine::tasks::Rect> changed; // frames, asked again without something: the tile that was run again

    std::shared_ptr<const Analysis> before; // what it is compared with
    engine::perceiver::KnockOut without;
    std::vector<engine::ops::PassTime> timings;
    uint64_t deviceBytes = 0; // most memory in use on the device
    std::string remark; // what to keep in mind, a sentence
    double seconds = 0;
};
using AnalysisPtr = std::shared_ptr<const Analysis>;

// As asked.h has it; hidden bytes count as words [MASK], and an empty text as a text.
Asked askedOf(const Question& question);
// The built-in model that answers a question (taskName), and what that is called: {"flow", "Optical flow"}.
std::pair<std::string, std::string> taskOf(const Question& question);

// Whether its labels have different probabilities: a model that never learnt them has none to tell.
bool tellsApart(const Analysis& analysis);

// The token whose bytes hold `byte` of the text, or none.
std::optional<uint32_t> tokenOfByte(const Analysis& analysis, int64_t byte);
// The bytes [first, end) of a token: one, or all of a word like [MASK] or [SEP]. {-1, -1} for framing.
std::pair<int64_t, int64_t> bytesOfToken(const Analysis& analysis, size_t token);

} // namespace app::document
