// Questions about where an answer came from, and what is shown of them: maps, a small map a latent, a small map a head
// of every latent layer (attention.md, section 1). Plain values, any thread.
#pragma once

#include "app/document/analysis.h"

namespace app::document {

enum class Part { Inputs, Latents, Outputs };

// The five questions, in the order of their keys.
enum class Direction { LatentToInputs, InputToLatents, OutputToLatents, OutputToInputs, InputToOutputs };
constexpr int kDirections = 5;
Part fromOf(Direction direction);
Part toOf(Direction direction);
const char* titleOf(Direction direction); // "latent → inputs"
const char* tipOf(Direction direction); // a sentence that teaches

// How outputs and inputs are joined through the latent layers: rollout counts each layer and the way round it alike;
// direct leaves the layers out; one layer takes that one's attention alone.
enum class Through { Rollout, Direct, OneLayer };

struct MapQuestion {
    Direction direction = Direction::OutputToInputs;
    std::vector<uint32_t> elements; // where it starts, as Analysis numbers them
    std::optional<int64_t> head; // one of the cross-attention's, else fused
    engine::ops::HeadFusion fusion = engine::ops::HeadFusion::Mean;
    Through through = Through::Rollout;
    int64_t layer = 0; // OneLayer
    std::optional<int64_t> layerHead; // OneLayer: one of its heads, else their mean

    bool operator==(const MapQuestion&) const = default;
};

struct AttentionMap {
    uint64_t analysis = 0;
    MapQuestion question;
    engine::HostTensor weights; // over the inputs' grid, the outputs' (the same where they lie on it), or [latents]
    std::optional<engine::tasks::Rect> part; // frames: the tiles that were looked at, in pixels; elsewhere is nothing
    std::vector<Share> shares; // of what does not lie on the grid: "framing of the text"
    double sum = 0, entropy = 0; // entropy in nats; exp(entropy) places share the weight
    double seconds = 0;
    // Frames: the tiles that the question reaches. Each has latents of its own: a map over latents is the first
    // element's tile's, about so many of the elements.
    int tiles = 1;
    size_t answeredElements = 0;
};
using MapPtr = std::shared_ptr<const AttentionMap>;

struct LatentFigures {
    float share = 0; // how much of the outputs' attention it gets; sums to 1
    float entropy = 0; // of its row over the inputs, nats
    float x = 0, y = 0; // where it looks on average, 0 … 1 of the grid; of a text x alone
    float spread = 0; // standard deviation of that, likewise
    float colour[3] = {}; // the first three principal components of the latents after the last layer, each 0 … 1
};

// Where each latent looks, averaged down to a small grid; of frames, in the tile asked about last; of a clip, its
// pictures one over the other.
struct LatentMaps {
    uint64_t analysis = 0;
    int rows = 0, columns = 0;
    std::vector<float> weights; // [latents, rows, columns]
    std::vector<LatentFigures> latents;
    double seconds = 0;

    std::span<const float> mapOf(size_t latent) const
    {
        return {weights.data() + latent * size_t(rows * columns), size_t(rows * columns)};
    }
};
using LatentMapsPtr = std::shared_ptr<const LatentMaps>;

// Which latent reads which, for every executed layer and head, averaged down to side x side.
struct LayerMaps {
    uint64_t analysis = 0;
    int64_t layers = 0, heads = 0;
    int side = 0;
    std::vector<float> weights; // [layers, heads, side, side]
    std::vector<float> entropy; // [layers, heads]: the mean of its rows', nats
    double seconds = 0;

    std::span<const float> mapOf(int64_t layer, int64_t head) const
    {
        const size_t count = size_t(side) * size_t(side);
        return {weights.data() + size_t(layer * heads + head) * count, count};
    }
};
using LayerMapsPtr = std::shared_ptr<const LayerMaps>;

// The waves in a map, zero frequency in the middle, and the model's own frequencies along its axes.
struct MapSpectrum {
    engine::HostTensor power;
    std::vector<double> bandsAcross, bandsDown; // periods a picture
};
using SpectrumPtr = std::shared_ptr<const MapSpectrum>;

} // namespace app::document
