#include "engine/perceiver/preprocess_flow.h"

#include <algorithm>

namespace engine::perceiver {

namespace {

// Columns of `from` into those of `to` from `column` on.
void put(const HostTensor& from, int64_t first, int64_t count, HostTensor& to, int64_t column)
{
    for (int64_t r = 0; r < from.rows(); ++r)
        for (int64_t c = 0; c < count; ++c)
            to.at(r, column + c) = from.at(r, first + c);
}

// Both frames' patches, or weights of them, without their gap: as they stand in the maps' inputs.
HostTensor spread(const HostTensor& patches)
{
    constexpr int64_t kPatch = FlowPreprocessor::kPatch, kSecond = FlowPreprocessor::kSecond;
    HostTensor out({patches.rows(), 2 * kSecond});
    put(patches, 0, kPatch, out, 0);
    put(patches, kPatch, kPatch, out, kSecond);
    return out;
}

} // namespace

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
        HostLinear features = loader.linear("conv_after_patches", kFeatures, 2 * kPatch);
        features.weight = spread(features.weight);
        p.m_features = loader.upload(features);
        return preprocessor;
    }
    const weights::StarterFlow& starter = *config.starterFlow;
    p.m_costRadius = starter.matchingCostRadius;
    p.m_costWindow = starter.matchingCostWindow;
    p.m_positions = positionTable(loader.device(), {p.m_height, p.m_width},
        {starter.maxResolution[0], starter.maxResolution[1]}, starter.numFrequencyBands);
    const int64_t features = config.dModel - p.m_positions.channels();
    p.m_motionWindows = starter.localMotionWindows;
    // One map of patches, costs and local motion, side by side.
    HostLinear hidden = loader.linear("conv_after_patches", starter.preprocessorHidden, 2 * kPatch);
    HostTensor weight({starter.preprocessorHidden, p.inputs()});
    put(spread(hidden.weight), 0, kCosts, weight, 0);
    const auto join = [&](const char* name, int64_t inputs, int64_t column) {
        put(loader.linear(name, starter.preprocessorHidden, inputs, false).weight, 0, inputs, weight, column);
    };
    if (p.costs() > 0)
        join("conv_after_costs", p.costs(), kCosts);
    if (p.motion() > 0)
        join("conv_after_motion", p.motion(), p.motionColumn());
    hidden.weight = std::move(weight);
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
    return Tokens{
        .rows = tokensOfPatches(device, device.upload(spread(flow->patches)), 1), .inputs = pixels, .layout = layout};
}

TokenRows FlowPreprocessor::tokensOfTiles(
    ops::Device& device, const ops::Tensor& first, const ops::Tensor& second, int64_t batch) const
{
    ops::Tensor patches = device.create(first.rows(), inputs());
    const auto addPatches = [&](const ops::Tensor& frame, int64_t column) {
        device.unfold({.x = frame,
            .y = patches.columnBlock(column, kPatch),
            .batch = batch,
            .height = m_height,
            .width = m_width,
            .outHeight = m_height,
            .outWidth = m_width,
            .window = 3,
            .stride = 1,
            .padTop = 1,
            .padLeft = 1});
    };
    addPatches(first, 0);
    addPatches(second, kSecond);
    if (costs() > 0)
        device.matchingCosts({.first = first,
            .second = second,
            .y = patches.columnBlock(kCosts, costs()),
            .batch = batch,
            .height = m_height,
            .width = m_width,
            .radius = m_costRadius,
            .window = m_costWindow});
    if (motion() > 0)
        device.localMotion({.first = first,
            .second = second,
            .y = patches.columnBlock(motionColumn(), motion()),
            .batch = batch,
            .height = m_height,
            .width = m_width,
            .windows = m_motionWindows});
    return tokensOfPatches(device, patches, batch);
}

} // namespace engine::perceiver
