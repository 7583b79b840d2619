#include "engine/perceiver/attention.h"

#include "engine/base/assert.h"

#include <algorithm>
#include <cmath>

namespace engine::perceiver {

namespace {

// Floats of scores held at once beside the trace.
constexpr int64_t kBlockFloats = 4 << 20;

ops::Tensor gathered(ops::Device& device, const ops::Tensor& table, const std::vector<uint32_t>& rows)
{
    ops::Tensor out = device.create(int64_t(rows.size()), table.columns());
    device.gatherRows({table, device.uploadIndices(rows), out});
    return out;
}

// How many inputs of so many channels one block holds, for so many rows of scores.
int64_t inputsAtOnce(int64_t rows, int64_t channels)
{
    return std::max<int64_t>(64, kBlockFloats / std::max(rows, channels) / 64 * 64);
}

// Every row of x divided by its sum.
void normaliseRows(ops::Device& device, const ops::Tensor& x)
{
    ops::Tensor sums = device.create(1, x.rows());
    device.rowSums({x, sums, false});
    device.scaleRows({x, sums, 1, x.rows(), true});
}

// [1, n]: the mean of x's rows.
ops::Tensor meanRow(ops::Device& device, const ops::Tensor& x)
{
    const std::vector<float> share(size_t(x.rows()), 1.0f / float(x.rows()));
    ops::Tensor y = device.create(1, x.columns());
    device.multiplyRows({device.upload(1, x.rows(), share), x, y});
    return y;
}

// [1, rows of x]: x times a column given as a row.
ops::Tensor times(ops::Device& device, const ops::Tensor& x, const ops::Tensor& column)
{
    ops::Tensor y = device.create(1, x.rows());
    device.gemm({.rows = 1, .columns = x.rows(), .depth = x.columns(), .a = {column}, .b = {x}, .c = {y}});
    return y;
}

Selection partOf(const Selection& selection, int64_t first, int64_t count)
{
    Selection part{.first = selection.first + first, .count = count};
    if (!selection.points.empty())
        part.points.assign(selection.points.begin() + first, selection.points.begin() + first + count);
    return part;
}

bool needsNormalising(HeadChoice choice)
{
    return !choice.head && choice.fusion != ops::HeadFusion::Mean;
}

} // namespace

double entropy(const std::vector<float>& weights)
{
    double sum = 0;
    for (const float w : weights)
        if (w > 0)
            sum -= double(w) * std::log(double(w));
    return sum;
}

Result<HostTensor> Attention::rowsInBlocks(int64_t heads, int64_t rows, int64_t columns,
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

ops::Tensor Attention::fuse(const ops::Tensor& weights, int64_t heads, HeadChoice choice) const
{
    const int64_t rows = weights.rows() / heads;
    if (choice.head)
        return weights.rowRange(*choice.head * rows, rows);
    ops::Tensor fused = m_device.create(rows, weights.columns());
    m_device.fuseHeads({weights, fused, heads, choice.fusion});
    return fused;
}

// ------------------------------------------------------------------------------------------------------------- encoder

ops::Tensor Attention::encoderWeights(const ops::Tensor& tokens, const ops::Tensor& mask) const
{
    const EncoderCross& encoder = m_model.encoder();
    const ops::Tensor weights
        = encoder.scores(m_device, m_run.encoder, encoder.keys(m_device, tokens), 0, encoder.latentCount());
    m_device.probabilities({weights, mask, m_run.encoder.maximum, m_run.encoder.sum});
    return weights;
}

ops::Tensor Attention::encoderRowSums(HeadChoice choice) const
{
    if (!needsNormalising(choice))
        return {};
    const EncoderCross& encoder = m_model.encoder();
    const ops::Tensor& tokens = m_run.encoder.tokens;
    const int64_t n = encoder.latentCount();
    const int64_t step = inputsAtOnce(encoder.heads() * n, tokens.columns());
    ops::Tensor sums = m_device.zeros(1, n);
    for (int64_t first = 0; first < tokens.rows() && !m_device.failed(); first += step) {
        const int64_t count = std::min(step, tokens.rows() - first);
        const ops::Tensor mask
            = m_run.encoder.mask.exists() ? m_run.encoder.mask.columnRange(first, count) : ops::Tensor();
        m_device.rowSums(
            {fuse(encoderWeights(tokens.rowRange(first, count), mask), encoder.heads(), choice), sums, true});
    }
    return sums;
}

ops::Tensor Attention::timesEncoder(const ops::Tensor& row, HeadChoice choice) const
{
    const EncoderCross& encoder = m_model.encoder();
    const ops::Tensor& tokens = m_run.encoder.tokens;
    const int64_t n = encoder.latentCount();
    const int64_t step = inputsAtOnce(encoder.heads() * n, tokens.columns());
    ops::Tensor weighted = row; // each latent divided by its fused row's sum, where fusing changes that
    if (const ops::Tensor sums = encoderRowSums(choice); sums.exists()) {
        ops::Tensor column = m_device.create(n, 1);
        m_device.transpose({row, column, 1});
        m_device.scaleRows({column, sums, 1, n, true});
        weighted = m_device.create(1, n);
        m_device.transpose({column, weighted, 1});
    }
    ops::Tensor out = m_device.create(1, tokens.rows());
    for (int64_t first = 0; first < tokens.rows() && !m_device.failed(); first += step) {
        const int64_t count = std::min(step, tokens.rows() - first);
        const ops::Tensor mask
            = m_run.encoder.mask.exists() ? m_run.encoder.mask.columnRange(first, count) : ops::Tensor();
        const ops::Tensor fused
            = fuse(encoderWeights(tokens.rowRange(first, count), mask), encoder.heads(), choice); // [N, M']
        m_device.multiplyRows({weighted, fused, out.columnRange(first, count)});
    }
    return out;
}

Result<HostTensor> Attention::overInputs(const ops::Tensor& row) const
{
    TRY_ASSIGN(const HostTensor kept, m_device.download(row));
    HostTensor all({m_run.encoder.inputs});
    for (size_t i = 0; i < kept.values.size(); ++i)
        all.values[m_run.encoder.original.empty() ? i : m_run.encoder.original[i]] = kept.values[i];
    return all;
}

Result<HostTensor> Attention::encoderRows(const std::vector<uint32_t>& latents) const
{
    const EncoderCross& encoder = m_model.encoder();
    const ops::Tensor& tokens = m_run.encoder.tokens;
    const int64_t h = encoder.heads(), n = encoder.latentCount(), count = int64_t(latents.size());
    std::vector<uint32_t> rows; // statistics of the chosen latents, head after head
    for (int64_t head = 0; head < h; ++head)
        for (const uint32_t latent : latents)
            rows.push_back(uint32_t(head * n) + latent);
    const auto chosen = [&](const ops::Tensor& statistics) {
        ops::Tensor column = m_device.create(h * n, 1), out = m_device.create(1, h * count);
        m_device.transpose({statistics, column, 1});
        m_device.transpose({gathered(m_device, column, rows), out, 1});
        return out;
    };
    const ops::Tensor maximum = chosen(m_run.encoder.maximum), sum = chosen(m_run.encoder.sum);
    const int64_t step = inputsAtOnce(h * count, tokens.columns());
    HostTensor out({h, count, m_run.encoder.inputs});
    for (int64_t first = 0; first < tokens.rows(); first += step) {
        const int64_t keys = std::min(step, tokens.rows() - first);
        const ops::Tensor mask
            = m_run.encoder.mask.exists() ? m_run.encoder.mask.columnRange(first, keys) : ops::Tensor();
        const ops::Tensor weights = encoder.scoresOf(
            m_device, m_run.encoder, encoder.keys(m_device, tokens.rowRange(first, keys)), latents); // [h n, M']
        m_device.probabilities({weights, mask, maximum, sum});
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

Result<HostTensor> Attention::encoderColumns(const std::vector<uint32_t>& inputs) const
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
        m_device.transpose({gathered(m_device, column, rows), mask, 1});
    }
    TRY_ASSIGN(const HostTensor weights,
        m_device.download(encoderWeights(gathered(m_device, m_run.encoder.tokens, rows), mask)));
    for (int64_t r = 0; r < h * n; ++r)
        for (size_t i = 0; i < places.size(); ++i)
            out.values[size_t(r) * inputs.size() + places[i]] = weights.at(r, int64_t(i));
    return out;
}

Result<HostTensor> Attention::latentToInputs(const std::vector<uint32_t>& latents, HeadChoice choice) const
{
    TRY_ASSIGN(const HostTensor rows, encoderRows(latents)); // [h, n, M]
    const int64_t h = rows.shape[0], n = rows.shape[1], m = rows.shape[2];
    HostTensor out({m});
    for (int64_t i = 0; i < n; ++i) {
        std::vector<double> fused(size_t(m), 0.0);
        double sum = 0;
        for (int64_t k = 0; k < m; ++k) {
            const auto at = [&](int64_t head) { return double(rows.values[size_t((head * n + i) * m + k)]); };
            double value = at(choice.head.value_or(0));
            for (int64_t head = 1; head < h && !choice.head; ++head)
                value = choice.fusion == ops::HeadFusion::Max ? std::max(value, at(head))
                    : choice.fusion == ops::HeadFusion::Min   ? std::min(value, at(head))
                                                              : value + at(head);
            if (!choice.head && choice.fusion == ops::HeadFusion::Mean)
                value /= double(h);
            sum += fused[size_t(k)] = value;
        }
        const double scale = (needsNormalising(choice) && sum > 0 ? 1 / sum : 1) / double(n);
        for (int64_t k = 0; k < m; ++k)
            out.values[size_t(k)] += float(fused[size_t(k)] * scale);
    }
    return out;
}

Result<HostTensor> Attention::inputToLatents(const std::vector<uint32_t>& inputs, HeadChoice choice) const
{
    TRY_ASSIGN(const HostTensor columns, encoderColumns(inputs)); // [h, N, inputs]
    const int64_t h = columns.shape[0], n = columns.shape[1];
    const ops::Tensor weights = m_device.upload(columns);
    const ops::Tensor fused = fuse(weights, h, choice);
    ops::Tensor column = m_device.create(1, n);
    m_device.rowSums({fused, column, false});
    if (const ops::Tensor sums = encoderRowSums(choice); sums.exists()) {
        ops::Tensor tall = m_device.create(n, 1);
        m_device.transpose({column, tall, 1});
        m_device.scaleRows({tall, sums, 1, n, true});
        m_device.transpose({tall, column, 1});
    }
    TRY_ASSIGN(HostTensor out, m_device.download(column));
    out.shape = {n};
    return out;
}

// --------------------------------------------------------------------------------------------------------------
// latents

ops::Tensor Attention::layerWeights(
    const ops::Tensor& queryKey, const SelfLayer& layer, int64_t first, int64_t count) const
{
    const ops::Tensor weights = layer.scores(m_device, queryKey, queryKey.rowRange(first, count));
    m_device.softmax({weights, m_run.latentMask, {}, {}});
    return weights;
}

Result<HostTensor> Attention::layerRows(int64_t layer, const std::vector<uint32_t>& latents) const
{
    ENGINE_ASSERT(layer >= 0 && layer < int64_t(m_run.layers.size()), "a layer that the run kept");
    const SelfLayer& self = m_model.layer(layer);
    const ops::Tensor queryKey = self.queryKey(m_device, m_run.layers[size_t(layer)]);
    return rowsInBlocks(self.heads(), int64_t(latents.size()), queryKey.rows(), [&](int64_t first, int64_t count) {
        const std::vector<uint32_t> some(latents.begin() + first, latents.begin() + first + count);
        const ops::Tensor weights = self.scores(m_device, queryKey, gathered(m_device, queryKey, some));
        m_device.softmax({weights, m_run.latentMask, {}, {}});
        return weights;
    });
}

Result<HostTensor> Attention::latentToLatents(
    int64_t layer, const std::vector<uint32_t>& latents, HeadChoice choice) const
{
    TRY_ASSIGN(HostTensor rows, layerRows(layer, latents));
    const ops::Tensor fused = fuse(m_device.upload(rows), rows.shape[0], choice);
    if (needsNormalising(choice))
        normaliseRows(m_device, fused);
    TRY_ASSIGN(HostTensor out, m_device.download(meanRow(m_device, fused)));
    out.shape = {out.columns()};
    return out;
}

ops::Tensor Attention::rollout(const ops::Tensor& start, HeadChoice choice, bool forwards) const
{
    const int64_t layers = int64_t(m_run.layers.size()), n = start.columns();
    ops::Tensor row = start;
    for (int64_t i = 0; i < layers && !m_device.failed(); ++i) {
        const int64_t l = forwards ? i : layers - 1 - i;
        const SelfLayer& layer = m_model.layer(l);
        const ops::Tensor queryKey = layer.queryKey(m_device, m_run.layers[size_t(l)]);
        const int64_t step = std::max<int64_t>(4, kBlockFloats / (layer.heads() * n) / 4 * 4);
        ops::Tensor moved = m_device.zeros(1, n);
        for (int64_t first = 0; first < n && !m_device.failed(); first += step) {
            const int64_t count = std::min(step, n - first);
            const ops::Tensor fused
                = fuse(layerWeights(queryKey, layer, first, count), layer.heads(), choice); // [count, N]
            if (needsNormalising(choice))
                normaliseRows(m_device, fused);
            if (forwards) { // A_l times the column
                const ops::Tensor part = times(m_device, fused, row);
                m_device.copyColumns({part, moved, first});
            } else { // the row times A_l
                ops::Tensor part = m_device.create(1, n);
                m_device.multiplyRows({row.columnRange(first, count), fused, part});
                m_device.add({part, moved});
            }
        }
        m_device.add({row, moved});
        const ops::Tensor half = m_device.upload(1, 1, std::vector<float>{0.5f});
        m_device.scaleRows({moved, half, 1, 1, false});
        row = moved;
    }
    return row;
}

// --------------------------------------------------------------------------------------------------------------
// decoder

ops::Tensor Attention::decoderWeights(
    const OutputHead& head, const DecoderLatents& latents, const Selection& outputs) const
{
    const ops::Tensor weights = m_model.decoder().scores(m_device, latents, head.queries(m_run, outputs));
    m_device.softmax({weights, latents.mask, {}, {}});
    return weights;
}

Result<HostTensor> Attention::decoderRows(const OutputHead& head, const Selection& outputs) const
{
    const DecoderLatents latents = m_model.readLatents(m_run, 0);
    return rowsInBlocks(m_model.decoder().heads(), outputs.size(), m_run.latents.rows(),
        [&](int64_t first, int64_t count) { return decoderWeights(head, latents, partOf(outputs, first, count)); });
}

ops::Tensor Attention::outputMean(const OutputHead& head, const Selection& outputs, HeadChoice choice) const
{
    const DecoderLatents latents = m_model.readLatents(m_run, 0);
    const int64_t h = m_model.decoder().heads(), n = m_run.latents.rows(), total = outputs.size();
    const int64_t step = std::max<int64_t>(16, kBlockFloats / (h * n));
    ops::Tensor sum = m_device.zeros(1, n);
    for (int64_t first = 0; first < total && !m_device.failed(); first += step) {
        const int64_t count = std::min(step, total - first);
        const ops::Tensor fused = fuse(decoderWeights(head, latents, partOf(outputs, first, count)), h, choice);
        if (needsNormalising(choice))
            normaliseRows(m_device, fused);
        const std::vector<float> share(size_t(count), 1.0f / float(total));
        ops::Tensor mean = m_device.create(1, n);
        m_device.multiplyRows({m_device.upload(1, count, share), fused, mean});
        m_device.add({mean, sum});
    }
    return sum;
}

ops::Tensor Attention::decoderTimes(const OutputHead& head, const ops::Tensor& column, HeadChoice choice) const
{
    const int64_t h = m_model.decoder().heads(), n = m_run.latents.rows(), total = head.segment.count();
    const DecoderLatents latents = m_model.readLatents(m_run, total);
    const int64_t step = std::max<int64_t>(16, kBlockFloats / (h * n) / 16 * 16);
    ops::Tensor out = m_device.create(1, total);
    for (int64_t first = 0; first < total && !m_device.failed(); first += step) {
        const int64_t count = std::min(step, total - first);
        const ops::Tensor fused = fuse(decoderWeights(head, latents, {.first = first, .count = count}), h, choice);
        if (needsNormalising(choice))
            normaliseRows(m_device, fused);
        m_device.copyColumns({times(m_device, fused, column), out, first});
    }
    return out;
}

Result<HostTensor> Attention::outputToLatents(const OutputHead& head, const Selection& outputs, HeadChoice choice) const
{
    TRY_ASSIGN(HostTensor out, m_device.download(outputMean(head, outputs, choice)));
    out.shape = {out.columns()};
    return out;
}

Result<HostTensor> Attention::latentToOutputs(
    const OutputHead& head, const std::vector<uint32_t>& latents, HeadChoice choice) const
{
    std::vector<float> column(size_t(m_run.latents.rows()), 0.0f);
    for (const uint32_t latent : latents)
        column[latent] = 1.0f;
    TRY_ASSIGN(HostTensor out,
        m_device.download(decoderTimes(head, m_device.upload(1, int64_t(column.size()), column), choice)));
    out.shape = {out.columns()};
    return out;
}

// ----------------------------------------------------------------------------------------------------------
// compositions

Result<HostTensor> Attention::outputToInputs(
    const OutputHead& head, const Selection& outputs, HeadChoice choice, bool through) const
{
    ops::Tensor row = outputMean(head, outputs, choice); // [1, N]
    if (through)
        row = rollout(row, choice, false);
    return overInputs(timesEncoder(row, choice));
}

Result<HostTensor> Attention::inputToOutputs(
    const OutputHead& head, const std::vector<uint32_t>& inputs, HeadChoice choice, bool through) const
{
    TRY_ASSIGN(const HostTensor column, inputToLatents(inputs, choice));
    ops::Tensor row = m_device.upload(1, column.size(), column.values);
    if (through)
        row = rollout(row, choice, true);
    TRY_ASSIGN(HostTensor out, m_device.download(decoderTimes(head, row, choice)));
    out.shape = {out.columns()};
    return out;
}

} // namespace engine::perceiver
