#include "engine/tasks/optical_flow.h"

#include "engine/perceiver/preprocess_flow.h"
#include "engine/tasks/image_classification.h"
#include "engine/tasks/resample.h"
#include "engine/tasks/tile_grid.h"

#include <algorithm>
#include <cmath>

namespace engine::tasks {

namespace {

using ops::Tensor;

// A picture or a field on the device: [height * width, channels].
struct Plane {
    Tensor values;
    int64_t height = 0, width = 0;
};

constexpr double kReferenceScale = 20; // the released models' targets were pixels / 20

std::vector<int64_t> startsOf(const perceiver::Model& model, int64_t length, int64_t tile)
{
    const auto& starter = model.config().starterFlow;
    return starter ? evenStarts(length, tile, starter->tileOverlap) : steppedStarts(length, tile);
}

// Whether the pyramid goes on below a level of this size.
bool isHalved(const weights::StarterFlow& starter, int64_t levels, int64_t height, int64_t width)
{
    constexpr int64_t kLeastSide = 24;
    return levels < starter.pyramidLevels && std::min(height, width) >= kLeastSide;
}

class Estimator {
public:
    Estimator(const perceiver::Model& model, const perceiver::KnockOut& without)
        : m_model(model)
        , m_without(without)
        , m_device(model.device())
        , m_preprocessor(static_cast<const perceiver::FlowPreprocessor&>(model.preprocessor()))
    {
    }

    Plane upload(const Image& image) const
    {
        std::vector<float> values(image.rgb.size());
        std::transform(image.rgb.begin(), image.rgb.end(), values.begin(),
            [](uint8_t v) { return float(v) / 255.0f * 2.0f - 1.0f; });
        return {m_device.upload(int64_t(image.width) * image.height, 3, values), image.height, image.width};
    }

    // The network over all tiles of one pair: flow in pixels.
    Plane network(const Plane& first, const Plane& second)
    {
        const int64_t th = m_preprocessor.height(), tw = m_preprocessor.width(), pixels = th * tw;
        const auto rows = startsOf(m_model, first.height, th), columns = startsOf(m_model, first.width, tw);
        // zeros: tiles are copied into two of four columns, and what the others hold must be a number
        Tensor answers = m_device.zeros(int64_t(rows.size() * columns.size()) * pixels, 2);
        // Tiles of small models go together, as many rows of tiles as fit the scratch memory.
        const int64_t rowTokens = int64_t(columns.size()) * pixels * m_preprocessor.widest();
        const int64_t rowsAtOnce = m_without.empty() ? std::max<int64_t>(1, m_device.scratchFloats() / rowTokens) : 1;
        int64_t done = 0;
        for (size_t r = 0; r < rows.size() && !m_device.failed(); r += size_t(rowsAtOnce)) {
            const std::vector<int64_t> some(rows.begin() + int64_t(r),
                rows.begin() + std::min<int64_t>(int64_t(r) + rowsAtOnce, int64_t(rows.size())));
            const bool single = rowTokens > m_device.scratchFloats() || !m_without.empty();
            for (size_t c = 0; c < (single ? columns.size() : 1) && !m_device.failed(); ++c) {
                const std::vector<int64_t> across = single ? std::vector{columns[c]} : columns;
                const int64_t batch = int64_t(some.size() * across.size());
                Tensor part = answers.rowRange(done * pixels, batch * pixels);
                tiles(first, second, some, across, batch, part);
                done += batch;
            }
        }
        m_tiles += done;
        Plane out{m_device.create(first.height * first.width, 2), first.height, first.width};
        m_device.blendTiles({.tiles = answers,
            .y = out.values,
            .height = out.height,
            .width = out.width,
            .tileHeight = th,
            .tileWidth = tw,
            .rowStarts = rows,
            .columnStarts = columns});
        scale(out.values, float(unit()), float(unit()));
        return out;
    }

    // One tile of the pair, its run kept.
    Result<FlowTileRun> tileRun(const Plane& first, const Plane& second, int64_t top, int64_t left, bool withMotion)
    {
        const int64_t th = m_preprocessor.height(), tw = m_preprocessor.width();
        const perceiver::TokenRows tokens = tokensOf(first, second, {top}, {left}, 1);
        const perceiver::OutputHead& head = m_model.outputs().front();
        FlowTileRun tile{.tile = {top, left, th, tw}};
        perceiver::Tokens rows{.rows = tokens, .inputs = tokens.rows(), .layout = {{"", 0, {th, tw}}}};
        TRY_ASSIGN(tile.run, m_model.encode(std::move(rows), m_without, true));
        if (!withMotion) {
            TRY(m_device.finish());
            return tile;
        }
        tile.motion = FlowField(int(tw), int(th));
        const Tensor motion = m_device.zeros(tokens.rows(), 2);
        m_device.copyColumns({m_model.decode(tile.run, head, {.count = tokens.rows()}), motion, 0});
        scale(motion, float(unit()), float(unit()));
        TRY_ASSIGN(HostTensor values, m_device.download(motion));
        tile.motion.uv = std::move(values.values);
        return tile;
    }

    Plane warped(const Plane& second, const FlowField& flow)
    {
        Plane out{m_device.create(second.height * second.width, 3), second.height, second.width};
        m_device.warp({second.values, m_device.upload(second.height * second.width, 2, flow.uv), out.values,
            second.height, second.width});
        return out;
    }

    Plane coarseToFine(const Plane& first, const Plane& second, int64_t iterations, const FlowField& start,
        const std::function<void(FlowField)>& onCoarser)
    {
        const weights::StarterFlow& starter = *m_model.config().starterFlow;
        std::vector<std::pair<Plane, Plane>> pyramid{{first, second}};
        {
            const auto pass = m_device.pass("image pyramid");
            while (isHalved(starter, int64_t(pyramid.size()), pyramid.back().first.height, pyramid.back().first.width))
                pyramid.emplace_back(halved(pyramid.back().first), halved(pyramid.back().second));
        }
        Plane flow;
        if (!start.uv.empty()) {
            const Plane& coarsest = pyramid.back().first;
            flow = resized(
                {m_device.upload(first.height * first.width, 2, start.uv), first.height, first.width}, coarsest);
        }
        for (size_t level = pyramid.size(); level-- > 0 && !m_device.failed();) {
            const auto& [a, b] = pyramid[level];
            const auto pass = m_device.pass("warp and median");
            flow = flow.values.exists() ? resized(flow, a)
                                        : Plane{m_device.zeros(a.height * a.width, 2), a.height, a.width};
            for (int64_t i = 0; i < iterations && !m_device.failed(); ++i) {
                Plane moved{m_device.create(a.height * a.width, 3), a.height, a.width};
                m_device.warp({b.values, flow.values, moved.values, a.height, a.width});
                const Plane residual = network(a, moved);
                if (level == 0 && i + 1 == iterations)
                    m_beforeLast = copied(flow);
                m_device.add({residual.values, flow.values});
                if (starter.pyramidMedian > 1) {
                    Plane smooth{m_device.create(a.height * a.width, 2), a.height, a.width};
                    m_device.median({flow.values, smooth.values, a.height, a.width, starter.pyramidMedian});
                    flow = smooth;
                }
            }
            if (level > 0 && onCoarser)
                if (auto values = m_device.download(resized(flow, first).values); values.ok()) {
                    FlowField coarse(int(first.width), int(first.height));
                    coarse.uv = std::move(values.value().values);
                    onCoarser(std::move(coarse));
                }
        }
        return flow;
    }

    int64_t tileCount() const { return m_tiles; }
    const Tensor& beforeLast() const { return m_beforeLast; } // [pixels, 2] or none
    const std::optional<Error>& error() const { return m_error; } // what cannot be left out

private:
    double unit() const
    {
        const auto& starter = m_model.config().starterFlow;
        return starter ? starter->flowPixelsPerUnit : kReferenceScale;
    }

    Tensor copied(const Plane& plane)
    {
        Tensor out = m_device.create(plane.values.rows(), plane.values.columns());
        m_device.copyColumns({plane.values, out, 0});
        return out;
    }

    // Tiles of two frames as tokens: [batch * pixels of a tile, C].
    perceiver::TokenRows tokensOf(const Plane& first, const Plane& second, const std::vector<int64_t>& rows,
        const std::vector<int64_t>& columns, int64_t batch)
    {
        const int64_t th = m_preprocessor.height(), tw = m_preprocessor.width();
        const auto crop = [&](const Plane& plane) {
            Tensor tile = m_device.create(batch * th * tw, 3);
            m_device.cropTiles({.x = plane.values,
                .y = tile,
                .height = plane.height,
                .width = plane.width,
                .tileHeight = th,
                .tileWidth = tw,
                .rowStarts = rows,
                .columnStarts = columns});
            return tile;
        };
        const auto pass = m_device.pass("preprocess");
        return m_preprocessor.tokensOfTiles(m_device, crop(first), crop(second), batch);
    }

    void tiles(const Plane& first, const Plane& second, const std::vector<int64_t>& rows,
        const std::vector<int64_t>& columns, int64_t batch, Tensor& out)
    {
        const perceiver::TokenRows tokens = tokensOf(first, second, rows, columns, batch); // [batch M, C]
        if (batch > 1) {
            const Tensor latents = m_model.encodeBatch(tokens.stored(), batch);
            m_device.copyColumns({m_model.decodeBatch(tokens.stored(), latents, batch), out, 0});
            return;
        }
        const auto run = m_model.encode(perceiver::Tokens{.rows = tokens, .inputs = tokens.rows()}, m_without, false);
        if (!run.ok()) {
            m_error = run.error();
            return;
        }
        const perceiver::OutputHead& head = m_model.outputs().front();
        m_device.copyColumns({m_model.decode(run.value(), head, {.count = tokens.rows()}), out, 0});
    }

    void scale(const Tensor& flow, float u, float v)
    {
        // Two "heads" would need padding to four channels: a map of 2 x 2 does the same.
        const Tensor map = m_device.upload(2, 2, std::vector<float>{u, 0, 0, v});
        Tensor scaled = perceiver::apply(m_device, flow, {map, {}});
        m_device.copyColumns({scaled, flow, 0});
    }

    Plane halved(const Plane& plane)
    {
        Plane out{.height = (plane.height + 1) / 2, .width = (plane.width + 1) / 2};
        out.values = m_device.create(out.height * out.width, 3);
        m_device.resize({plane.values, out.values, plane.height, plane.width, out.height, out.width, true});
        return out;
    }

    Plane resized(const Plane& flow, const Plane& like)
    {
        if (flow.height == like.height && flow.width == like.width)
            return flow;
        Plane out{m_device.create(like.height * like.width, 2), like.height, like.width};
        m_device.resize({flow.values, out.values, flow.height, flow.width, out.height, out.width,
            out.width < flow.width || out.height < flow.height});
        scale(out.values, float(like.width) / float(flow.width), float(like.height) / float(flow.height));
        return out;
    }

    const perceiver::Model& m_model;
    const perceiver::KnockOut& m_without;
    ops::Device& m_device;
    const perceiver::FlowPreprocessor& m_preprocessor;
    Tensor m_beforeLast;
    int64_t m_tiles = 0;
    std::optional<Error> m_error;
};

Result<void> checkFrames(const perceiver::Model& model, const Image& first, const Image& second)
{
    if (model.kind() != perceiver::Kind::OpticalFlow)
        return Error{ErrorKind::Usage,
            std::string("this model is for ") + perceiver::name(model.kind()) + ", not for optical flow"};
    if (first.empty() || second.empty())
        return Error{ErrorKind::BadData, "a frame is empty"};
    const auto size
        = [](const Image& image) { return std::to_string(image.width) + " x " + std::to_string(image.height); };
    if (first.width != second.width || first.height != second.height)
        return Error{ErrorKind::BadData,
            "the frames have different sizes: " + size(first) + " and " + size(second)
                + ". Give two frames of one video"};
    return {};
}

Result<void> checkPixel(const Image& frame, int64_t row, int64_t column)
{
    if (row >= 0 && column >= 0 && row < frame.height && column < frame.width)
        return {};
    return Error{ErrorKind::Usage,
        "there is no pixel in row " + std::to_string(row) + ", column " + std::to_string(column) + ": the frames have "
            + std::to_string(frame.height) + " rows and " + std::to_string(frame.width) + " columns"};
}

// The start whose tile's middle is nearest to `place`.
int64_t nearestTo(const std::vector<int64_t>& starts, int64_t tile, int64_t place)
{
    return *std::min_element(starts.begin(), starts.end(), [&](int64_t a, int64_t b) {
        return std::abs(2 * (place - a) + 1 - tile) < std::abs(2 * (place - b) + 1 - tile);
    });
}

// What a tile's pass reads of the frames: its pixels, and those that the motion leads to. Of large frames it is little.
Rect readBy(const FlowTile& tile, const FlowField& motion, int width, int height)
{
    int left = int(tile.left), top = int(tile.top), right = std::min(int(tile.left + tile.width), width),
        bottom = std::min(int(tile.top + tile.height), height); // first beyond
    const int tileRight = right, tileBottom = bottom;
    for (int y = int(tile.top); y < tileBottom && !motion.uv.empty(); ++y)
        for (int x = int(tile.left); x < tileRight; ++x) { // bilinear, clamped to the border, as warping is
            const float u = std::clamp(float(x) + motion.vector(x, y)[0], 0.0f, float(width - 1)),
                        v = std::clamp(float(y) + motion.vector(x, y)[1], 0.0f, float(height - 1));
            if (!std::isfinite(u) || !std::isfinite(v))
                continue; // leads nowhere
            left = std::min(left, int(u)), right = std::max(right, std::min(int(u) + 2, width));
            top = std::min(top, int(v)), bottom = std::max(bottom, std::min(int(v) + 2, height));
        }
    return {left, top, right - left, bottom - top};
}

FlowField cropped(const FlowField& field, const Rect& part)
{
    FlowField out(part.width, part.height);
    for (int y = 0; y < part.height; ++y)
        std::copy_n(field.vector(part.left, part.top + y), 2 * part.width, out.vector(0, y));
    return out;
}

} // namespace

Result<FlowResult> opticalFlow(
    const perceiver::Model& model, const Image& first, const Image& second, const FlowOptions& options)
{
    TRY(checkFrames(model, first, second));
    if (!options.start.uv.empty() && (options.start.width != first.width || options.start.height != first.height))
        return Error{ErrorKind::Usage, "the motion to begin with belongs to frames of another size"};
    Estimator estimator(model, options.without);
    const Plane a = estimator.upload(first), b = estimator.upload(second);
    const auto& starter = model.config().starterFlow;
    const Plane flow = starter ? estimator.coarseToFine(a, b, options.iterations.value_or(starter->pyramidIterations),
                           options.start, options.onCoarser)
                               : estimator.network(a, b);
    if (estimator.error())
        return *estimator.error();
    TRY_ASSIGN(HostTensor values, model.device().download(flow.values));
    FlowResult result{.flow = FlowField(first.width, first.height), .tiles = estimator.tileCount()};
    result.flow.uv = std::move(values.values);
    if (estimator.beforeLast().exists()) {
        TRY_ASSIGN(HostTensor before, model.device().download(estimator.beforeLast()));
        result.beforeLast = FlowField(first.width, first.height);
        result.beforeLast.uv = std::move(before.values);
    }
    result.padded
        = !starter && (first.height < model.config().trainSize[0] || first.width < model.config().trainSize[1]);
    return result;
}

FlowTile flowTileAt(const perceiver::Model& model, int64_t height, int64_t width, int64_t row, int64_t column)
{
    const Shape& tile = model.config().trainSize;
    return {nearestTo(startsOf(model, height, tile[0]), tile[0], row),
        nearestTo(startsOf(model, width, tile[1]), tile[1], column), tile[0], tile[1]};
}

Result<FlowTileRun> lastFlowPass(const perceiver::Model& model, const Image& first, const Image& second,
    const FlowField& beforeLast, int64_t row, int64_t column, const perceiver::KnockOut& without, bool withMotion)
{
    TRY(checkFrames(model, first, second));
    TRY(checkPixel(first, row, column));
    if (!beforeLast.uv.empty() && (beforeLast.width != first.width || beforeLast.height != first.height))
        return Error{ErrorKind::Usage, "the motion that the last pass begins with belongs to frames of another size"};
    const FlowTile tile = flowTileAt(model, first.height, first.width, row, column);
    const Rect part = readBy(tile, beforeLast, first.width, first.height);
    const auto cut = [&](const Image& image) { return crop(image, part.left, part.top, part.width, part.height); };
    Estimator estimator(model, without);
    const Plane a = estimator.upload(cut(first)), b = estimator.upload(cut(second));
    TRY_ASSIGN(FlowTileRun run,
        estimator.tileRun(a, beforeLast.uv.empty() ? b : estimator.warped(b, cropped(beforeLast, part)),
            tile.top - part.top, tile.left - part.left, withMotion));
    run.tile = tile;
    return run;
}

int64_t flowTileCount(const perceiver::Model& model, int64_t height, int64_t width, const FlowOptions& options)
{
    const Shape& tile = model.config().trainSize;
    const auto& starter = model.config().starterFlow;
    const auto tilesOf
        = [&] { return int64_t(startsOf(model, height, tile[0]).size() * startsOf(model, width, tile[1]).size()); };
    int64_t count = tilesOf();
    for (int64_t levels = 1; starter && isHalved(*starter, levels, height, width); ++levels) {
        height = (height + 1) / 2;
        width = (width + 1) / 2;
        count += tilesOf();
    }
    return count * (starter ? options.iterations.value_or(starter->pyramidIterations) : 1);
}

Result<perceiver::Inputs> flowTile(const Image& first, const Image& second, int64_t top, int64_t left)
{
    if (first.width != second.width || first.height != second.height || first.empty())
        return Error{ErrorKind::BadData, "two frames of one size are needed"};
    TRY(checkPixel(first, top, left));
    const auto rest = [&](const Image& image) {
        return crop(image, int(left), int(top), image.width - int(left), image.height - int(top));
    };
    return perceiver::Inputs(perceiver::FrameInputs{rest(first), rest(second)});
}

} // namespace engine::tasks
