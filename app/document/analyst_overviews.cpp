// The overviews of the last answer: a small map a latent, and a small map a head of every latent layer.
#include "app/document/analyst.h"

#include "app/document/elapsed.h"
#include "app/document/principal_components.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace app::document {

using engine::Error;
using engine::ErrorKind;
using engine::HostTensor;
using engine::Result;
namespace perceiver = engine::perceiver;

namespace {

constexpr int kLongestSide = 24; // of a latent's small map
constexpr int kTextCells = 48;
constexpr int kLayerSide = 24;
constexpr int64_t kMostOutputs = 512; // what latents' shares are taken from

int scaled(int64_t length, int64_t longest)
{
    return std::max<int>(1, int(std::min<int64_t>(length, length * kLongestSide / longest)));
}

// count places of [0, length), evenly.
std::vector<uint32_t> spread(int64_t length, int64_t count)
{
    std::vector<uint32_t> places;
    for (int64_t i = 0; i < std::min(length, count); ++i)
        places.push_back(uint32_t(i * length / std::min(length, count)));
    return places;
}

// The inputs of a grid [height, width] as rows x columns cells, at places 0 … 1 across and down.
perceiver::InputCells cellsOf(const engine::Shape& grid, int rows, int columns)
{
    perceiver::InputCells cells{.count = int64_t(rows) * columns, .cellOf = {}, .places = {}};
    for (int64_t r = 0; r < grid[0]; ++r)
        for (int64_t c = 0; c < grid[1]; ++c) {
            cells.cellOf.push_back(uint32_t(r * rows / grid[0] * columns + c * columns / grid[1]));
            cells.places.push_back(
                {float((double(c) + 0.5) / double(grid[1])), float((double(r) + 0.5) / double(grid[0]))});
        }
    return cells;
}

// The pictures of a clip, one over the other; sound and label are in no cell.
perceiver::InputCells cellsOf(const Segments& inputs, int rows, int columns)
{
    const perceiver::Segment& picture = segmentOf(inputs, ClipPart::Picture);
    const engine::Shape frame{picture.grid[1], picture.grid[2]};
    const perceiver::InputCells of = cellsOf(frame, rows, columns);
    const auto pixels = int64_t(of.cellOf.size());
    perceiver::InputCells cells{.count = of.count, .cellOf = {}, .places = {}};
    cells.cellOf.assign(size_t(picture.first), uint32_t(of.count));
    cells.places.resize(size_t(picture.first));
    for (int64_t i = 0; i < picture.count(); ++i) {
        cells.cellOf.push_back(of.cellOf[size_t(i % pixels)]);
        cells.places.push_back(of.places[size_t(i % pixels)]);
    }
    return cells;
}

// What follows from a latent's sums over its cells; without a share and a colour.
LatentFigures figuresOf(const float* sums, size_t cells)
{
    std::array<double, engine::ops::kCellSums> total{};
    for (size_t k = 0; k < total.size(); ++k)
        total[k] = std::accumulate(sums + k * cells, sums + (k + 1) * cells, 0.0);
    const auto [sum, logs, x, xx, y, yy] = total;
    LatentFigures figures;
    if (sum > 0) {
        figures.entropy = float(std::log(sum) - logs / sum);
        figures.x = float(x / sum), figures.y = float(y / sum);
        figures.spread
            = float(std::sqrt(std::max(0.0, (xx - x * x / sum) / sum) + std::max(0.0, (yy - y * y / sum) / sum)));
    }
    return figures;
}

} // namespace

Result<LatentMapsPtr> Analyst::latentMaps(std::optional<uint32_t> place, const engine::ops::ProgressCallback& progress)
{
    TRY(recover(progress));
    if (!m_answer || !m_model)
        return Error{ErrorKind::Usage, "Nothing has been answered yet that could be asked about"};
    const auto start = std::chrono::steady_clock::now();
    auto maps = std::make_shared<LatentMaps>();
    maps->analysis = m_answer->number;
    TRY(job(0, progress, [&]() -> Result<void> {
        const bool frames = m_answer->scene == Scene::Frames;
        const auto& picture = m_answer->inputGrid;
        TRY_ASSIGN(const Trace* trace, traceAt(place.value_or(pixelMeant(*m_answer))));
        const ClipAnswer* clip = m_answer->clip.get();
        const engine::Shape ofClip = clip ? segmentOf(clip->inputs, ClipPart::Picture).grid : engine::Shape();
        const engine::Shape grid = frames ? engine::Shape{trace->tile->height, trace->tile->width}
            : clip                        ? engine::Shape{ofClip[1], ofClip[2]}
            : picture.size() == 1         ? engine::Shape{1, picture[0]}
                                          : picture;
        const int64_t inputs = engine::elementCount(grid), n = m_answer->facts.latents;
        maps->rows = grid[0] == 1 ? 1 : scaled(grid[0], std::max(grid[0], grid[1]));
        maps->columns
            = grid[0] == 1 ? int(std::min<int64_t>(grid[1], kTextCells)) : scaled(grid[1], std::max(grid[0], grid[1]));
        const size_t cells = size_t(maps->rows) * size_t(maps->columns);
        maps->weights.assign(size_t(n) * cells, 0.0f);
        maps->latents.resize(size_t(n));
        const perceiver::Attention attention(*m_model, trace->run);
        TRY_ASSIGN(const HostTensor sums,
            attention.encoderCells(
                clip ? cellsOf(clip->inputs, maps->rows, maps->columns) : cellsOf(grid, maps->rows, maps->columns)));
        for (size_t i = 0; i < maps->latents.size(); ++i) {
            const float* row = sums.values.data() + i * size_t(sums.columns());
            std::copy_n(row, cells, maps->weights.data() + i * cells);
            maps->latents[i] = figuresOf(row, cells);
        }
        if (m_answer->outputs > 0) {
            std::vector<uint32_t> outputs;
            for (const auto& masked : m_answer->masked)
                outputs.push_back(uint32_t(masked.token));
            if (outputs.empty())
                outputs = spread(frames ? inputs : m_answer->outputs, kMostOutputs);
            TRY_ASSIGN(const HostTensor shares, attention.outputToLatents(outputs, {}));
            for (size_t i = 0; i < maps->latents.size(); ++i)
                maps->latents[i].share = shares.values[i];
        }
        TRY_ASSIGN(const HostTensor latents, m_device->download(trace->run.latents));
        const std::vector<float> components = principalComponents(latents.values, size_t(n), size_t(latents.columns()));
        for (size_t i = 0; i < maps->latents.size(); ++i)
            std::copy_n(components.begin() + ptrdiff_t(3 * i), 3, maps->latents[i].colour);
        return {};
    }));
    maps->seconds = secondsSince(start);
    return LatentMapsPtr(maps);
}

Result<LayerMapsPtr> Analyst::layerMaps(std::optional<uint32_t> place, const engine::ops::ProgressCallback& progress)
{
    TRY(recover(progress));
    if (!m_answer || !m_model)
        return Error{ErrorKind::Usage, "Nothing has been answered yet that could be asked about"};
    const auto start = std::chrono::steady_clock::now();
    auto maps = std::make_shared<LayerMaps>();
    maps->analysis = m_answer->number;
    TRY(job(0, progress, [&]() -> Result<void> {
        TRY_ASSIGN(const Trace* trace, traceAt(place.value_or(pixelMeant(*m_answer))));
        const int64_t n = m_answer->facts.latents;
        maps->layers = m_answer->facts.layers;
        maps->heads = m_answer->facts.latentHeads;
        maps->side = int(std::min<int64_t>(n, kLayerSide));
        const size_t cells = size_t(maps->side) * size_t(maps->side);
        maps->weights.assign(size_t(maps->layers * maps->heads) * cells, 0.0f);
        maps->entropy.assign(size_t(maps->layers * maps->heads), 0.0f);
        const perceiver::Attention attention(*m_model, trace->run);
        // Of many latents some rows stand for their neighbours: a small map needs no more.
        const std::vector<uint32_t> some = spread(n, n <= 256 ? n : 5 * int64_t(maps->side));
        std::vector<float> rowsOfCell(size_t(maps->side), 0.0f);
        for (const uint32_t latent : some)
            rowsOfCell[latent * size_t(maps->side) / size_t(n)] += 1.0f;
        for (int64_t layer = 0; layer < maps->layers; ++layer) {
            TRY_ASSIGN(const HostTensor rows, attention.layerRows(layer, some)); // [h, rows, N]
            for (int64_t head = 0; head < maps->heads; ++head) {
                const size_t map = size_t(layer * maps->heads + head);
                for (size_t i = 0; i < some.size(); ++i) {
                    const float* row = rows.values.data() + (size_t(head) * some.size() + i) * size_t(n);
                    const size_t cell = some[i] * size_t(maps->side) / size_t(n);
                    for (int64_t j = 0; j < n; ++j)
                        maps->weights[map * cells + cell * size_t(maps->side) + size_t(j * maps->side / n)]
                            += row[j] / rowsOfCell[cell];
                    maps->entropy[map]
                        += float(perceiver::entropy(std::vector<float>(row, row + n)) / double(some.size()));
                }
            }
        }
        return {};
    }));
    maps->seconds = secondsSince(start);
    return LayerMapsPtr(maps);
}

Result<SpectrumPtr> Analyst::spectrum(const HostTensor& map, const engine::ops::ProgressCallback& progress)
{
    namespace tasks = engine::tasks;
    if (!m_device || !m_model)
        return Error{ErrorKind::Usage, "Nothing has been answered yet whose waves could be shown"};
    auto found = std::make_shared<MapSpectrum>();
    TRY(job(0, progress, [&]() -> Result<void> {
        TRY_ASSIGN(found->power, tasks::powerSpectrum(*m_device, map, true));
        return {};
    }));
    found->bandsAcross = tasks::fourierBands(*m_model, tasks::PictureAxis::Across);
    found->bandsDown = tasks::fourierBands(*m_model, tasks::PictureAxis::Down);
    return SpectrumPtr(found);
}

} // namespace app::document
