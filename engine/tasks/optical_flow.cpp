#include "engine/tasks/optical_flow.h"

#include "engine/perceiver/preprocess_flow.h"
#include "engine/tasks/tile_grid.h"

#include <algorithm>
#include <numeric>

namespace engine::tasks {

namespace {

using ops::Tensor;

// A picture or a field on the device: [height * width, channels].
struct Plane {
    Tensor values;
    int64_t height = 0, width = 0;
};

constexpr double kReferenceScale = 20; // the released models' targets were pixels / 20

class Estimator {
public:
    Estimator(const perceiver::Model& model)
        : m_model(model)
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
        const auto& starter = m_model.config().starterFlow;
        const auto starts = [&](int64_t length, int64_t tile) {
            return starter ? evenStarts(length, tile, starter->tileOverlap) : steppedStarts(length, tile);
        };
        const auto rows = starts(first.height, th), columns = starts(first.width, tw);
        Tensor answers = m_device.create(int64_t(rows.size() * columns.size()) * pixels, 2);
        // Tiles of small models go together, as many rows of tiles as fit the scratch memory.
        const int64_t rowTokens = int64_t(columns.size()) * pixels * m_preprocessor.channels();
        const int64_t rowsAtOnce = std::max<int64_t>(1, m_device.scratchFloats() / rowTokens);
        int64_t done = 0;
        for (size_t r = 0; r < rows.size() && !m_device.failed(); r += size_t(rowsAtOnce)) {
            const std::vector<int64_t> some(rows.begin() + int64_t(r),
                rows.begin() + std::min<int64_t>(int64_t(r) + rowsAtOnce, int64_t(rows.size())));
            const bool single = rowTokens > m_device.scratchFloats();
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
        const double unit = starter ? starter->flowPixelsPerUnit : kReferenceScale;
        scale(out.values, float(unit), float(unit));
        return out;
    }

    Plane coarseToFine(const Plane& first, const Plane& second, int64_t iterations)
    {
        const weights::StarterFlow& starter = *m_model.config().starterFlow;
        std::vector<std::pair<Plane, Plane>> pyramid{{first, second}};
        {
            const auto pass = m_device.pass("image pyramid");
            while (int64_t(pyramid.size()) < starter.pyramidLevels
                && std::min(pyramid.back().first.height, pyramid.back().first.width) >= kLeastSide)
                pyramid.emplace_back(halved(pyramid.back().first), halved(pyramid.back().second));
        }
        Plane flow;
        for (size_t level = pyramid.size(); level-- > 0 && !m_device.failed();) {
            const auto& [a, b] = pyramid[level];
            const auto pass = m_device.pass("warp and median");
            flow = flow.values.exists() ? enlarged(flow, a)
                                        : Plane{m_device.zeros(a.height * a.width, 2), a.height, a.width};
            for (int64_t i = 0; i < iterations && !m_device.failed(); ++i) {
                Plane warped{m_device.create(a.height * a.width, 3), a.height, a.width};
                m_device.warp({b.values, flow.values, warped.values, a.height, a.width});
                const Plane residual = network(a, warped);
                m_device.add({residual.values, flow.values});
                if (starter.pyramidMedian > 1) {
                    Plane smooth{m_device.create(a.height * a.width, 2), a.height, a.width};
                    m_device.median({flow.values, smooth.values, a.height, a.width, starter.pyramidMedian});
                    flow = smooth;
                }
            }
        }
        return flow;
    }

    int64_t tileCount() const { return m_tiles; }

private:
    static constexpr int64_t kLeastSide = 24; // a level is halved while its shorter side has at least this

    void tiles(const Plane& first, const Plane& second, const std::vector<int64_t>& rows,
        const std::vector<int64_t>& columns, int64_t batch, Tensor& out)
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
        Tensor tokens;
        {
            const auto pass = m_device.pass("preprocess");
            tokens = m_preprocessor.tokensOfTiles(m_device, crop(first), crop(second), batch); // [batch M, C]
        }
        if (batch > 1) {
            const Tensor latents = m_model.encodeBatch(tokens, batch);
            m_device.copyColumns({m_model.decodeBatch(tokens, latents, batch), out, 0});
            return;
        }
        perceiver::Run run;
        run.tokens.rows = tokens;
        run.latents = m_model.encodeBatch(tokens, 1);
        const perceiver::OutputHead& head = m_model.outputs().front();
        m_device.copyColumns({m_model.decode(run, head, {.count = tokens.rows()}), out, 0});
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

    Plane enlarged(const Plane& flow, const Plane& like)
    {
        Plane out{m_device.create(like.height * like.width, 2), like.height, like.width};
        m_device.resize({flow.values, out.values, flow.height, flow.width, out.height, out.width, false});
        scale(out.values, float(like.width) / float(flow.width), float(like.height) / float(flow.height));
        return out;
    }

    const perceiver::Model& m_model;
    ops::Device& m_device;
    const perceiver::FlowPreprocessor& m_preprocessor;
    int64_t m_tiles = 0;
};

} // namespace

Result<FlowResult> opticalFlow(
    const perceiver::Model& model, const Image& first, const Image& second, const FlowOptions& options)
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

    Estimator estimator(model);
    const Plane a = estimator.upload(first), b = estimator.upload(second);
    const auto& starter = model.config().starterFlow;
    const Plane flow = starter ? estimator.coarseToFine(a, b, options.iterations.value_or(starter->pyramidIterations))
                               : estimator.network(a, b);
    TRY_ASSIGN(HostTensor values, model.device().download(flow.values));
    FlowResult result{.flow = FlowField(first.width, first.height), .tiles = estimator.tileCount()};
    result.flow.uv = std::move(values.values);
    result.padded
        = !starter && (first.height < model.config().trainSize[0] || first.width < model.config().trainSize[1]);
    return result;
}

Result<perceiver::Inputs> flowTile(const Image& first, const Image& second)
{
    if (first.width != second.width || first.height != second.height || first.empty())
        return Error{ErrorKind::BadData, "two frames of one size are needed"};
    return perceiver::Inputs(perceiver::FrameInputs{first, second});
}

} // namespace engine::tasks
