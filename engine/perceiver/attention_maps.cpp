#include "engine/perceiver/attention_maps.h"

#include "engine/base/assert.h"

#include <algorithm>
#include <numeric>

namespace engine::perceiver {

Selection partOf(const Selection& selection, int64_t first, int64_t count)
{
    Selection part{.first = selection.first + first, .count = count};
    if (!selection.points.empty())
        part.points.assign(selection.points.begin() + first, selection.points.begin() + first + count);
    return part;
}

int64_t AttentionMaps::inputsAtOnce(int64_t rows) const
{
    return std::max<int64_t>(64, kBlockFloats / std::max(rows, m_run.encoder.tokens.columns()) / 64 * 64);
}

ops::Tensor AttentionMaps::inputMask(int64_t first, int64_t count) const
{
    return m_run.encoder.mask.exists() ? m_run.encoder.mask.columnRange(first, count) : ops::Tensor();
}

Result<HostTensor> AttentionMaps::rowsInBlocks(int64_t heads, int64_t rows, int64_t columns,
    const std::function<ops::Tensor(int64_t first, int64_t count)>& weights) const
{
    const int64_t step = std::max<int64_t>(1, kBlockFloats / (heads * columns));
    HostTensor out({heads, rows, columns});
    for (int64_t first = 0; first < rows; first += step) {
        const int64_t count = std::min(step, rows - first);
        TRY_ASSIGN(const HostTensor part, m_device.download(weights(first, count)));
        for (int64_t head = 0; head < heads; ++head)
            std::copy_n(part.values.begin() + head * count * columns, count * columns,
                out.values.begin() + (head * rows + first) * columns);
    }
    return out;
}

ops::Tensor AttentionMaps::fuse(const ops::Tensor& weights, int64_t heads, HeadChoice choice) const
{
    const int64_t rows = weights.rows() / heads;
    if (choice.head)
        return weights.rowRange(*choice.head * rows, rows);
    if (heads == 1)
        return weights;
    ops::Tensor fused = m_device.create(rows, weights.columns());
    m_device.fuseHeads({weights, fused, heads, choice.fusion});
    return fused;
}

ops::Tensor AttentionMaps::encoderWeights(const EncoderQueries& queries, int64_t first, int64_t count) const
{
    const ops::Tensor weights = m_model.encoder().scores(m_device, m_run.encoder, queries, first, count);
    m_device.probabilities({weights, inputMask(first, count), m_run.encoder.maximum, m_run.encoder.sum});
    return weights;
}

Result<HostTensor> AttentionMaps::encoderRows(const std::vector<uint32_t>& latents) const
{
    const EncoderCross& encoder = m_model.encoder();
    const TokenRows& tokens = m_run.encoder.tokens;
    const int64_t h = encoder.heads(), n = encoder.latentCount(), count = int64_t(latents.size());
    std::vector<uint32_t> rows; // statistics of the chosen latents, head after head
    for (int64_t head = 0; head < h; ++head)
        for (const uint32_t latent : latents)
            rows.push_back(uint32_t(head * n) + latent);
    const auto chosen = [&](const ops::Tensor& statistics) {
        ops::Tensor column = m_device.create(h * n, 1), out = m_device.create(1, h * count);
        m_device.transpose({statistics, column, 1});
        m_device.transpose({chosenRows(m_device, column, {.points = rows}), out, 1});
        return out;
    };
    const ops::Tensor maximum = chosen(m_run.encoder.maximum), sum = chosen(m_run.encoder.sum);
    const EncoderQueries queries = encoder.queries(m_device, m_run.encoder, latents);
    const int64_t step = inputsAtOnce(h * count);
    HostTensor out({h, count, m_run.encoder.inputs});
    for (int64_t first = 0; first < tokens.rows(); first += step) {
        const int64_t keys = std::min(step, tokens.rows() - first);
        const ops::Tensor weights = encoder.scores(m_device, m_run.encoder, queries, first, keys); // [h n, M']
        m_device.probabilities({weights, inputMask(first, keys), maximum, sum});
        TRY_ASSIGN(const HostTensor part, m_device.download(weights));
        for (int64_t r = 0; r < part.rows(); ++r)
            for (int64_t i = 0; i < keys; ++i) {
                const int64_t row = first + i;
                const int64_t input
                    = m_run.encoder.original.empty() ? row : int64_t(m_run.encoder.original[size_t(row)]);
                out.values[size_t(r * m_run.encoder.inputs + input)] = part.at(r, i);
            }
    }
    return out;
}

Result<HostTensor> AttentionMaps::encoderCells(const InputCells& cells) const
{
    const EncoderCross& encoder = m_model.encoder();
    const int64_t h = encoder.heads(), n = encoder.latentCount(), tokens = m_run.encoder.tokens.rows();
    const EncoderQueries queries = encoder.queries(m_device, m_run.encoder);
    const ops::Tensor sums = m_device.zeros(n, ops::kCellSums * cells.count);
    const auto& original = m_run.encoder.original;
    const int64_t step = inputsAtOnce(h * n);
    for (int64_t first = 0; first < tokens && !m_device.failed(); first += step) {
        const int64_t count = std::min(step, tokens - first);
        HostTensor places({2, count});
        std::vector<uint32_t> columns, begins(size_t(cells.count) + 1, 0u);
        std::vector<std::pair<uint32_t, uint32_t>> inCells; // cell, column
        for (int64_t i = 0; i < count; ++i) {
            const size_t input = original.empty() ? size_t(first + i) : size_t(original[size_t(first + i)]);
            if (input >= cells.cellOf.size() || int64_t(cells.cellOf[input]) >= cells.count)
                continue;
            inCells.emplace_back(cells.cellOf[input], uint32_t(i));
            ++begins[size_t(cells.cellOf[input]) + 1];
            places.at(0, i) = cells.places[input][0];
            places.at(1, i) = cells.places[input][1];
        }
        if (inCells.empty())
            continue;
        std::sort(inCells.begin(), inCells.end());
        for (const auto& each : inCells)
            columns.push_back(each.second);
        std::partial_sum(begins.begin(), begins.end(), begins.begin());
        const ops::Tensor weights = fuse(encoderWeights(queries, first, count), h, {});
        m_device.cellSums(
            {weights, m_device.upload(places), m_device.uploadIndices(columns), m_device.uploadIndices(begins), sums});
    }
    return m_device.download(sums);
}

Result<HostTensor> AttentionMaps::encoderColumns(const std::vector<uint32_t>& inputs) const
{
    const int64_t h = m_model.encoder().heads(), n = m_model.encoder().latentCount();
    HostTensor out({h, n, int64_t(inputs.size())});
    std::vector<uint32_t> rows; // of the tokens
    std::vector<size_t> places; // among the asked-for inputs; padding has weight 0 and no row
    for (size_t i = 0; i < inputs.size(); ++i) {
        const auto& original = m_run.encoder.original;
        const auto found = std::lower_bound(original.begin(), original.end(), inputs[i]);
        if (original.empty() || (found != original.end() && *found == inputs[i])) {
            rows.push_back(original.empty() ? inputs[i] : uint32_t(found - original.begin()));
            places.push_back(i);
        }
    }
    if (rows.empty())
        return out;
    ops::Tensor mask;
    if (m_run.encoder.mask.exists()) {
        ops::Tensor column = m_device.create(m_run.encoder.tokens.rows(), 1);
        m_device.transpose({m_run.encoder.mask, column, 1});
        mask = m_device.create(1, int64_t(rows.size()));
        m_device.transpose({chosenRows(m_device, column, {.points = rows}), mask, 1});
    }
    const EncoderCross& encoder = m_model.encoder();
    const ops::Tensor scores
        = encoder.scores(m_device, m_run.encoder, encoder.queries(m_device, m_run.encoder), rows); // [h N, inputs]
    m_device.probabilities({scores, mask, m_run.encoder.maximum, m_run.encoder.sum});
    TRY_ASSIGN(const HostTensor weights, m_device.download(scores));
    for (int64_t r = 0; r < h * n; ++r)
        for (size_t i = 0; i < places.size(); ++i)
            out.values[size_t(r) * inputs.size() + places[i]] = weights.at(r, int64_t(i));
    return out;
}

ops::Tensor AttentionMaps::layerWeights(
    const ops::Tensor& queryKey, const SelfLayer& layer, int64_t first, int64_t count) const
{
    const ops::Tensor weights = layer.scores(m_device, queryKey, queryKey.rowRange(first, count));
    m_device.softmax({weights, m_run.latentMask, {}, {}});
    return weights;
}

Result<HostTensor> AttentionMaps::layerRows(int64_t layer, const std::vector<uint32_t>& latents) const
{
    ENGINE_ASSERT(layer >= 0 && layer < int64_t(m_run.layers.size()), "a layer that the run kept");
    const SelfLayer& self = m_model.layer(layer);
    const ops::Tensor queryKey = self.queryKey(m_device, m_run.layers[size_t(layer)]);
    return rowsInBlocks(self.heads(), int64_t(latents.size()), queryKey.rows(), [&](int64_t first, int64_t count) {
        const std::vector<uint32_t> some(latents.begin() + first, latents.begin() + first + count);
        const ops::Tensor weights = self.scores(m_device, queryKey, chosenRows(m_device, queryKey, {.points = some}));
        m_device.softmax({weights, m_run.latentMask, {}, {}});
        return weights;
    });
}

ops::Tensor AttentionMaps::decoderWeights(
    const OutputHead& head, const DecoderLatents& latents, const Selection& outputs) const
{
    const ops::Tensor weights = m_model.decoder().scores(m_device, latents, head.queries(m_run, outputs));
    m_device.softmax({weights, latents.mask, {}, {}});
    return weights;
}

Result<HostTensor> AttentionMaps::decoderRows(const OutputHead& head, const Selection& outputs) const
{
    const DecoderLatents latents = m_model.readLatents(m_run, 0);
    return rowsInBlocks(m_model.decoder().heads(), outputs.size(), m_run.latents.rows(),
        [&](int64_t first, int64_t count) { return decoderWeights(head, latents, partOf(outputs, first, count)); });
}

} // namespace engine::perceiver
