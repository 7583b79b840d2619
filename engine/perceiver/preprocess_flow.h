// Two frames (model-spec 3.3; PerceiverImagePreprocessor with prep_type patches; the starter models' own preprocessor
// as their README defines it): 3x3 patches of both frames, for starter models matching costs and local motion too, a
// map to features, and Fourier positions. Engine thread.
#pragma once

#include "engine/perceiver/preprocessor.h"
#include "engine/weights/config.h"

#include <algorithm>

namespace engine::perceiver {

class FlowPreprocessor : public Preprocessor {
public:
    static constexpr int64_t kPatch = 27; // values of a 3x3 RGB patch
    // The maps' inputs: patches, costs and motion, each from a column on that is a multiple of four, where an operation
    // may write them. What lies between are zeros.
    static constexpr int64_t kSecond = ops::padded(kPatch), kCosts = 2 * kSecond;
    // Names under input_preprocessor.
    static std::unique_ptr<FlowPreprocessor> load(Loader loader, const weights::Config& config);

    int64_t channels() const override { return m_features.outputs() + m_positions.channels(); }
    int64_t pairChannels() const override { return m_grid ? m_features.outputs() : channels(); }
    Result<Tokens> tokens(ops::Device& device, const Inputs& inputs) const override;
    std::array<std::vector<double>, 2> pictureFrequencies() const override
    {
        return {fourierFrequencies(m_positions.maxResolution[0], m_positions.bands),
            fourierFrequencies(m_positions.maxResolution[1], m_positions.bands)};
    }
    // Tiles of two frames that are on the device already, values in [-1, 1]: each [batch * H * W, 3] -> the tokens
    // [batch * H * W, C].
    TokenRows tokensOfTiles(
        ops::Device& device, const ops::Tensor& first, const ops::Tensor& second, int64_t batch) const;

    int64_t height() const { return m_height; }
    int64_t width() const { return m_width; }
    // The most values a pixel that tokensOfTiles holds in one tensor.
    int64_t widest() const { return std::max(channels(), inputs()); }

private:
    int64_t motionColumn() const { return kCosts + ops::padded(costs()); }
    int64_t inputs() const { return motionColumn() + motion(); }
    int64_t costs() const { return m_costRadius > 0 ? (2 * m_costRadius + 1) * (2 * m_costRadius + 1) : 0; }
    int64_t motion() const { return 3 * int64_t(m_motionWindows.size()); }
    // batch: how many tiles one above the other the patches are of.
    TokenRows tokensOfPatches(ops::Device& device, const ops::Tensor& patches, int64_t batch) const;

    int64_t m_height = 0, m_width = 0;
    int64_t m_costRadius = 0, m_costWindow = 0; // 0: no matching costs
    std::vector<int64_t> m_motionWindows; // none: no local motion
    Linear m_hidden; // starter models: patches and costs to a hidden layer
    Linear m_features;
    PositionTable m_positions;
    std::shared_ptr<const RowGrid> m_grid; // where positions outnumber the features, and are not stored
};

} // namespace engine::perceiver
