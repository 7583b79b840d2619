#include "engine/perceiver/preprocess_flow.h"

#include <algorithm>

namespace engine::perceiver {

std::unique_ptr<FlowPreprocessor> FlowPreprocessor::load(Loader loader, const weights::Config& config)
{
    auto preprocessor = std::make_unique<FlowPreprocessor>();
    FlowPreprocessor& p = *preprocessor;
    p.m_height = config.trainSize[0];
    p.m_width = config.trainSize[1];
    if (!config.starterFlow) {
        constexpr int64_t kFeatures = 64, kBands = 64;
        const Shape tile{p.m_height, p.m_width};
        p.m_grid = rowGrid(loader.device(), tile, tile, kBands, kFeatures);
        p.m_positions = p.m_grid->table;
        p.m_features = loader.upload(loader.linear("conv_after_patches", kFeatures, 2 * kPatch));
        return preprocessor;
    }
    const weights::StarterFlow& starter = *config.starterFlow;
    const int64_t side = 2 * starter.matchingCostRadius + 1;
    p.m_costRadius = starter.matchingCostRadius;
    p.m_costWindow = starter.matchingCostWindow;
    p.m_positions = positionTable(loader.device(), {p.m_height, p.m_width},
        {starter.maxResolution[0], starter.maxResolution[1]}, starter.numFrequencyBands);
    const int64_t features = config.dModel - p.m_positions.channels();
    p.m_motionWindows = starter.localMotionWindows;
    HostLinear hidden = loader.linear("conv_after_patches", starter.preprocessorHidden, 2 * kPatch);
    // One map of patches, costs and local motion, side by side.
    const auto join = [&](const char* name, int64_t inputs) {
        const HostTensor more = loader.linear(name, starter.preprocessorHidden, inputs, false).weight;
        HostTensor both({hidden.weight.rows(), hidden.weight.columns() + inputs});
        for (int64_t o = 0; o < both.rows(); ++o) {
            for (int64_t i = 0; i < hidden.weight.columns(); ++i)
                both.at(o, i) = hidden.weight.at(o, i);
            for (int64_t i = 0; i < inputs; ++i)
                both.at(o, hidden.weight.columns() + i) = more.at(o, i);
        }
        hidden.weight = std::move(both);
    };
    if (p.m_costRadius > 0)
        join("conv_after_costs", side * side);
    if (!p.m_motionWindows.empty())
        join("conv_after_motion", 3 * int64_t(p.m_motionWindows.size()));
    p.m_hidden = loader.upload(hidden);
    p.m_features = loader.upload(loader.linear("dense_after_patches", features, starter.preprocessorHidden));
    return preprocessor;
}

TokenRows FlowPreprocessor::tokensOfPatches(ops::Device& device, const ops::Tensor& patches, int64_t batch) const
{
    if (m_grid && batch == 1)
        return TokenRows(device, apply(device, patches, m_features), m_grid);
    constexpr int64_t kRows = 1 << 14; // features are made in pieces, so that they never stand beside all tokens
    ops::Tensor tokens = device.zeros(patches.rows(), channels());
    for (int64_t first = 0; first < patches.rows() && !device.failed(); first += kRows) {
        const int64_t count = std::min(kRows, patches.rows() - first);
        ops::Tensor x = patches.rowRange(first, count);
        if (m_hidden.weight.exists())
            x = apply(device, x, m_hidden, {.activation = ops::Activation::GeluErf});
        device.copyColumns({apply(device, x, m_features), tokens.rowRange(first, count), 0});
    }
    device.fourierColumns(
        {.axes = m_positions.axes, .bands = m_positions.bands, .y = tokens, .column = m_features.outputs()});
    return tokens;
}

Result<Tokens> FlowPreprocessor::tokens(ops::Device& device, const Inputs& inputs) const
{
    const std::vector<Segment> layout{{"", 0, {m_height, m_width}}};
    if (const auto* frames = std::get_if<FrameInputs>(&inputs)) {
        const auto tile = [&](const Image& image) {
            HostTensor values({m_height * m_width, 3});
            for (int64_t y = 0; y < m_height; ++y)
                for (int64_t x = 0; x < m_width; ++x) {
                    const uint8_t* pixel = image.pixel(
                        int(std::min<int64_t>(x, image.width - 1)), int(std::min<int64_t>(y, image.height - 1)));
                    for (int c = 0; c < 3; ++c)
                        values.at(y * m_width + x, c) = float(pixel[c]) / 255.0f * 2.0f - 1.0f;
                }
            return device.upload(values);
        };
        return Tokens{.rows = tokensOfTiles(device, tile(frames->first), tile(frames->second), 1),
            .inputs = m_height * m_width,
            .layout = layout};
    }
    const auto* flow = std::get_if<FlowInputs>(&inputs);
    if (!flow)
        return Error{ErrorKind::Usage, "this model takes two frames"};
    const int64_t pixels = m_height * m_width;
    if (m_costRadius > 0 || !m_motionWindows.empty())
        return Error{ErrorKind::Usage, "this model takes frames, not patches: use the flow command"};
    if (flow->patches.rows() != pixels || flow->patches.columns() != 2 * kPatch)
        return Error{ErrorKind::BadData,
            "the patches have shape " + toString(flow->patches.shape) + "; this model takes " + std::to_string(m_height)
                + " x " + std::to_string(m_width) + " pixels of 54 values"};
    return Tokens{.rows = tokensOfPatches(device, device.upload(flow->patches), 1), .inputs = pixels, .layout = layout};
}

TokenRows FlowPreprocessor::tokensOfTiles(
    ops::Device& device, const ops::Tensor& first, const ops::Tensor& second, int64_t batch) const
{
    ops::Tensor patches = device.zeros(first.rows(), 2 * kPatch + costs() + motion());
    const auto addPatches = [&](const ops::Tensor& frame, int64_t column) {
        ops::Tensor windows = device.create(frame.rows(), kPatch);
        device.unfold({.x = frame,
            .y = windows,
            .batch = batch,
            .height = m_height,
            .width = m_width,
            .outHeight = m_height,
            .outWidth = m_width,
            .window = 3,
            .stride = 1,
            .padTop = 1,
            .padLeft = 1});
        device.copyColumns({windows, patches, column});
    };
    addPatches(first, 0);
    addPatches(second, kPatch);
    if (costs() > 0) {
        ops::Tensor c = device.create(first.rows(), costs());
        device.matchingCosts({.first = first,
            .second = second,
            .y = c,
            .batch = batch,
            .height = m_height,
            .width = m_width,
            .radius = m_costRadius,
            .window = m_costWindow});
        device.copyColumns({c, patches, 2 * kPatch});
    }
    if (motion() > 0) {
        ops::Tensor m = device.create(first.rows(), motion());
        device.localMotion({.first = first,
            .second = second,
            .y = m,
            .batch = batch,
            .height = m_height,
            .width = m_width,
            .windows = m_motionWindows});
        device.copyColumns({m, patches, 2 * kPatch + costs()});
    }
    return tokensOfPatches(device, patches, batch);
}

} // namespace engine::perceiver
