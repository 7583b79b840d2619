// What was asked and what was found, as plain values that any thread may hold: the answer of a model to a picture, two
// frames or a text, and where it came from. Made on the engine's thread.
#pragma once

#include "engine/engine.h"

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace app::document {

// A picture, two frames of one size, or (without pictures) a text.
struct Question {
    std::vector<engine::Image> pictures;
    std::string text;
};

struct Share {
    std::string label;
    float probability = 0;
};

struct Analysis {
    std::string task; // "Optical flow"
    std::string model; // its name
    std::vector<Share> shares; // classes or moods, most probable first
    std::optional<engine::FlowField> flow; // pixels, from the first frame to the second
    float flowScale = 0; // pixels of motion at full colour
    std::vector<engine::tasks::MaskedByte> masked; // of a text with [MASK]
    std::string filled; // the text with the best guesses in place
    // The composition output -> inputs (attention.md, section 2), mean of the heads, by rollout: over the picture's crop
    // [rows, columns], or a weight a byte of the text. Sums to 1 with what frames the text. Empty for flow.
    engine::HostTensor weights;
    engine::tasks::Rect crop; // the part of the picture that the model sees
    std::string remark; // what to keep in mind, a sentence
    double seconds = 0;
};

// An open device and the models used so far. Engine thread.
class Analyst {
public:
    // Opens the device at the first question. Errors as the tasks', the device's and the loaders' own.
    engine::Result<std::shared_ptr<const Analysis>> analyse(
        const Question& question, const engine::ops::ProgressCallback& progress);
    // Stops the question that runs, if any; from any thread, while the device is open.
    void cancel();

private:
    engine::Result<std::shared_ptr<const engine::perceiver::Model>> model(const std::string& name);
    engine::Result<void> picture(const engine::Image& image, Analysis& answer);
    engine::Result<void> text(const std::string& text, Analysis& answer);
    engine::Result<void> frames(const engine::Image& first, const engine::Image& second, Analysis& answer);

    std::unique_ptr<engine::ops::Device> m_device;
    std::atomic<engine::ops::Device*> m_open = nullptr;
    std::map<std::string, std::shared_ptr<const engine::perceiver::Model>> m_models; // go before their device
    engine::ops::ProgressCallback m_progress;
};

// The built-in model that answers a question, and what that is called: {"flow", "Optical flow"}.
std::pair<std::string, std::string> taskOf(const Question& question);

} // namespace app::document
