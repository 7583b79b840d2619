// config.json as transformers' PerceiverConfig writes it (model-spec 1.2), its defaults where keys are left out, and
// the one extra object of our starter flow models. Unknown keys are ignored; a key of a wrong type or out of range is
// BadData with its name. Plain values; any thread.
#pragma once

#include "engine/base/host_tensor.h"
#include "engine/base/result.h"

#include <array>
#include <filesystem>
#include <optional>
#include <string_view>

namespace engine::weights {

// `starter_flow`: a flow model that runs coarse to fine; its README defines each key.
struct StarterFlow {
    int64_t patchSize = 3;
    int64_t preprocessorHidden = 0;
    int64_t numFrequencyBands = 0;
    Shape maxResolution{0, 0};
    int64_t decoderNumHeads = 1;
    int64_t decoderQkChannels = 0;
    int64_t decoderVChannels = 0;
    bool decoderUseQueryResidual = false;
    double flowPixelsPerUnit = 1;
    int64_t matchingCostRadius = 0;
    int64_t matchingCostWindow = 5;
    std::vector<int64_t> localMotionWindows; // none: no such features
    int64_t pyramidLevels = 1;
    int64_t pyramidIterations = 1;
    int64_t pyramidMedian = 5;
    int64_t tileOverlap = 8;
};

// preprocessor_config.json: what an image classifier does to a picture. Without the file, what the released ones do.
struct ImageProcessing {
    int64_t size = 224; // of the square that the model sees
    double kept = 224.0 / 256.0; // of the shorter side, by the centre crop: size / crop_size
    std::array<float, 3> mean{0.485f, 0.456f, 0.406f}, deviation{0.229f, 0.224f, 0.225f};
};

struct Config {
    int64_t numLatents = 256;
    int64_t dLatents = 1280;
    int64_t dModel = 768;
    int64_t numBlocks = 1;
    int64_t numSelfAttendsPerBlock = 26;
    int64_t numSelfAttentionHeads = 8;
    int64_t numCrossAttentionHeads = 8;
    std::optional<int64_t> qkChannels, vChannels;
    bool crossAttentionShapeIsKv = true; // "kv"; false: "q"
    int64_t selfAttentionWideningFactor = 1;
    int64_t crossAttentionWideningFactor = 1;
    bool useQueryResidual = true;
    int64_t maxPositionEmbeddings = 2048;
    int64_t vocabSize = 262;
    int64_t imageSize = 56;
    Shape trainSize{368, 496};
    int64_t numFrames = 16;
    int64_t audioSamplesPerFrame = 1920;
    int64_t samplesPerPatch = 16;
    Shape outputShape{1, 16, 224, 224};
    int64_t outputNumChannels = 512;
    int64_t labelTrainableNumChannels = 1024;
    std::vector<std::string> labels; // id2label, by id; empty when the file has none
    std::optional<StarterFlow> starterFlow;
    ImageProcessing imageProcessing;
};

// `file` is the name used in errors.
Result<Config> parseConfig(std::string_view text, const std::string& file);
Result<ImageProcessing> parseImageProcessing(std::string_view text, const std::string& file);
// config.json of a folder, and preprocessor_config.json where there is one.
Result<Config> readConfig(const std::filesystem::path& folder);

} // namespace engine::weights
