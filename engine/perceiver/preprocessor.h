// Preprocessors: what turns an input into tokens [M, C] for the encoder (model-spec 3; transformers' *Preprocessor).
// One file pair each; preprocessor.cpp recognises which one a checkpoint has. Engine thread.
#pragma once

#include "engine/perceiver/inputs.h"
#include "engine/perceiver/layers.h"
#include "engine/perceiver/token_rows.h"

#include <array>

namespace engine::perceiver {

enum class Kind {
    MaskedLanguage,
    TextClassification,
    ImageLearned,
    ImageFourier,
    ImageConv,
    OpticalFlow,
    Multimodal,
    Bare
};
// The names of the reference's case tool: "masked-lm", "text-classification", "image-learned" …
const char* name(Kind kind);

struct Tokens {
    TokenRows rows; // [M', C]: the valid inputs
    std::vector<uint32_t> original; // row -> input; empty when all inputs are there
    int64_t inputs = 0; // M
    bool noneValid = false; // no valid input at all (2.3)
    std::vector<Segment> layout; // of the M inputs
};

class Preprocessor {
public:
    virtual ~Preprocessor() = default;
    virtual int64_t channels() const = 0; // C
    // Of these, what is multiplied for each pair of a latent and an input: not the positions of a grid.
    virtual int64_t pairChannels() const { return channels(); }
    // Usage or BadData errors in words when the inputs are of another kind or size than the model takes.
    virtual Result<Tokens> tokens(ops::Device& device, const Inputs& inputs) const = 0;
    // Of the Fourier positions of a picture (a tile, a frame) down and across. Empty: trained positions, or no picture.
    virtual std::array<std::vector<double>, 2> pictureFrequencies() const { return {}; }
};

// The numbers of those whose mask is not 0; empty when all are.
std::vector<uint32_t> validRows(const std::vector<uint8_t>& mask);

} // namespace engine::perceiver
