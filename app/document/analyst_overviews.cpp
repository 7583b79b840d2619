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
constexpr int64_t kLatentsAtOnce = 32;
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

// A row of weights over a grid [height, width] as a small map and as figures. Each weight is looked at once, its cell
// from a table and its place through the sums of its line and column: a flow tile has 374 million.
class RowSummary {
public:
    RowSummary(const engine::Shape& grid, int rows, int columns) : m_lines(size_t(grid[0])), m_columns(size_t(grid[1]))
    {
        for (int64_t r = 0; r < grid[0]; ++r)
            m_lines[size_t(r)] = {size_t(r * rows / grid[0] * columns), (double(r) + 0.5) / double(grid[0])};
        for (int64_t c = 0; c < grid[1]; ++c)
            m_columns[size_t(c)] = {size_t(c * columns / grid[1]), (double(c) + 0.5) / double(grid[1])};
    }

    // Adds to the small map's cells; row may end before the grid does. Without a share and a colour.
    LatentFigures add(const std::vector<float>& row, float* cells)
    {
        const size_t width = m_columns.size();
        m_sums.assign(width, 0.0);
        double sum = 0, y = 0, yy = 0;
        for (size_t r = 0; r * width < row.size(); ++r) {
            const float* weights = row.data() + r * width;
            double line = 0;
            for (size_t c = 0; c < std::min(width, row.size() - r * width); ++c) {
                cells[m_lines[r].cell + m_columns[c].cell] += weights[c];
                m_sums[c] += double(weights[c]);
                line += double(weights[c]);
            }
            sum += line, y += line * m_lines[r].place, yy += line * m_lines[r].place * m_lines[r].place;
        }
        double x = 0, xx = 0;
        for (size_t c = 0; c < width; ++c)
            x += m_sums[c] * m_columns[c].place, xx += m_sums[c] * m_columns[c].place * m_columns[c].place;
        LatentFigures figures;
        figures.entropy = float(perceiver::entropy(row));
        if (sum > 0) {
            x /= sum, y /= sum;
            figures.x = float(x), figures.y = float(y);
            figures.spread = float(std::sqrt(std::max(0.0, xx / sum - x * x + yy / sum - y * y)));
        }
        return figures;
    }

private:
    struct Index {
        size_t cell; // of the small map: of its line's begin, or within a line
        double place; // 0 … 1 of the grid
    };
    std::vector<Index> m_lines, m_columns;
    std::vector<double> m_sums; // of a row's columns
};

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
        const engine::Shape grid = frames ? engine::Shape{trace->tile->height, trace->tile->width}
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
        RowSummary summary(grid, maps->rows, maps->columns);
        std::vector<uint32_t> some(size_t(kLatentsAtOnce), 0u);
        for (int64_t first = 0; first < n; first += kLatentsAtOnce) {
            some.resize(size_t(std::min(kLatentsAtOnce, n - first)));
            std::iota(some.begin(), some.end(), uint32_t(first));
            TRY_ASSIGN(const HostTensor rows, attention.encoderRows(some)); // [h, latents, M]
            const int64_t h = rows.shape[0], m = rows.shape[2];
            for (size_t i = 0; i < some.size(); ++i) {
                std::vector<float> row(static_cast<size_t>(std::min(m, inputs)), 0.0f);
                for (int64_t head = 0; head < h; ++head) {
                    const float* weights = rows.values.data() + (size_t(head) * some.size() + i) * size_t(m);
                    for (size_t k = 0; k < row.size(); ++k)
                        row[k] += weights[k] / float(h);
                }
                maps->latents[some[i]] = summary.add(row, maps->weights.data() + some[i] * cells);
            }
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
