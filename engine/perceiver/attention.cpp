#include "engine/perceiver/attention.h"

#include "engine/base/assert.h"

#include <algorithm>
#include <cmath>

namespace engine::perceiver {

namespace {

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

// Floats of fused layers kept at most: the released flow model's 24 layers of 2048 x 2048 are within.
constexpr int64_t kMostKeptFloats = int64_t(128) << 20;
constexpr int64_t kMostLayerFloats = int64_t(16) << 20; // of one, which the least binding that Vulkan promises holds

bool needsNormalising(HeadChoice choice)
{
    return !choice.head && choice.fusion != ops::HeadFusion::Mean;
}

} // namespace

double entropy(const std::vector<float>& weights)
{
    double sum = 0, logs = 0;
    for (const float w : weights)
        if (w > 0) {
            sum += double(w);
            logs += double(w) * std::log(double(w));
        }
    return sum > 0 ? std::log(sum) - logs / sum : 0;
}

ops::Tensor Attention::encoderRowSums(HeadChoice choice) const
{
    if (!needsNormalising(choice))
        return {};
    const EncoderCross& encoder = m_model.encoder();
    const TokenRows& tokens = m_run.encoder.tokens;
    const EncoderQueries queries = encoder.queries(m_device, m_run.encoder);
    const int64_t n = encoder.latentCount();
    const int64_t step = inputsAtOnce(encoder.heads() * n);
    ops::Tensor sums = m_device.zeros(1, n);
    for (int64_t first = 0; first < tokens.rows() && !m_device.failed(); first += step) {
        const int64_t count = std::min(step, tokens.rows() - first);
        m_device.rowSums({fuse(encoderWeights(queries, first, count), encoder.heads(), choice), sums, true});
    }
    return sums;
}

ops::Tensor Attention::timesEncoder(const ops::Tensor& row, HeadChoice choice) const
{
    const EncoderCross& encoder = m_model.encoder();
    const TokenRows& tokens = m_run.encoder.tokens;
    const EncoderQueries queries = encoder.queries(m_device, m_run.encoder);
    const int64_t n = encoder.latentCount();
    const int64_t step = inputsAtOnce(encoder.heads() * n);
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
        const ops::Tensor fused = fuse(encoderWeights(queries, first, count), encoder.heads(), choice); // [N, M']
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

Result<HostTensor> Attention::latentsToInputs(const std::vector<float>& weights, HeadChoice choice) const
{
    ENGINE_ASSERT(int64_t(weights.size()) == m_model.encoder().latentCount(), "a weight a latent");
    return overInputs(timesEncoder(m_device.upload(1, int64_t(weights.size()), weights), choice));
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

void Attention::eachFusedBlock(
    int64_t l, HeadChoice choice, const std::function<void(int64_t first, const ops::Tensor& fused)>& take) const
{
    const int64_t n = m_run.latents.rows();
    const SelfLayer& layer = m_model.layer(l);
    const ops::Tensor queryKey = layer.queryKey(m_device, m_run.layers[size_t(l)]);
    const int64_t step = std::max<int64_t>(4, kBlockFloats / (layer.heads() * n) / 4 * 4);
    for (int64_t first = 0; first < n && !m_device.failed(); first += step) {
        const int64_t count = std::min(step, n - first);
        const ops::Tensor fused = fuse(layerWeights(queryKey, layer, first, count), layer.heads(), choice);
        if (needsNormalising(choice))
            normaliseRows(m_device, fused);
        take(first, fused);
    }
}

bool Attention::keepsLayers(HeadChoice choice) const
{
    const int64_t layers = int64_t(m_run.layers.size()), n = m_run.latents.rows();
    if (!m_kept || layers * n * n > kMostKeptFloats || n * n > kMostLayerFloats)
        return false;
    if (m_kept->layers.empty() || m_kept->choice != choice) {
        m_kept->layers.clear();
        m_kept->choice = choice;
        for (int64_t l = 0; l < layers; ++l) {
            const ops::Tensor all = m_device.zeros(n, n); // its padding takes part in products
            eachFusedBlock(l, choice, [&](int64_t first, const ops::Tensor& fused) {
                m_device.copyColumns({fused, all.rowRange(first, fused.rows()), 0});
            });
            m_kept->layers.push_back(all);
        }
        if (m_device.failed()) // half of them would be worse than none
            m_kept->layers.clear();
    }
    return !m_kept->layers.empty();
}

ops::Tensor Attention::rollout(const ops::Tensor& start, HeadChoice choice, bool forwards) const
{
    const int64_t layers = int64_t(m_run.layers.size()), n = start.columns();
    ops::Tensor row = start;
    const bool kept = keepsLayers(choice);
    for (int64_t i = 0; i < layers && !m_device.failed(); ++i) {
        const int64_t l = forwards ? i : layers - 1 - i;
        ops::Tensor moved = m_device.zeros(1, n);
        const auto move = [&](int64_t first, const ops::Tensor& fused) { // [count, N]
            if (forwards) { // A_l times the column
                const ops::Tensor part = times(m_device, fused, row);
                m_device.copyColumns({part, moved, first});
            } else { // the row times A_l
                ops::Tensor part = m_device.create(1, n);
                m_device.multiplyRows({row.columnRange(first, fused.rows()), fused, part});
                m_device.add({part, moved});
            }
        };
        if (kept)
            move(0, m_kept->layers[size_t(l)]);
        else
            eachFusedBlock(l, choice, move);
        m_device.add({row, moved});
        const ops::Tensor half = m_device.upload(1, 1, std::vector<float>{0.5f});
        m_device.scaleRows({moved, half, 1, 1, false});
        row = moved;
    }
    return row;
}

std::vector<std::pair<const OutputHead*, Selection>> Attention::byHead(const std::vector<uint32_t>& outputs) const
{
    std::vector<std::pair<const OutputHead*, Selection>> parts;
    for (const OutputHead& head : m_model.outputs()) {
        const Segment& segment = head.segment;
        Selection chosen;
        for (const uint32_t output : outputs)
            if (output >= segment.first && output < segment.first + segment.count())
                chosen.points.push_back(uint32_t(output - segment.first));
        if (!chosen.points.empty())
            parts.emplace_back(&head, std::move(chosen));
    }
    return parts;
}

ops::Tensor Attention::outputMean(const std::vector<uint32_t>& outputs, HeadChoice choice) const
{
    const DecoderLatents latents = m_model.readLatents(m_run, 0);
    const int64_t h = m_model.decoder().heads(), n = m_run.latents.rows();
    const int64_t step = std::max<int64_t>(16, kBlockFloats / (h * n));
    ops::Tensor sum = m_device.zeros(1, n);
    for (const auto& [head, chosen] : byHead(outputs))
        for (int64_t first = 0; first < chosen.size() && !m_device.failed(); first += step) {
            const int64_t count = std::min(step, chosen.size() - first);
            const ops::Tensor fused = fuse(decoderWeights(*head, latents, partOf(chosen, first, count)), h, choice);
            if (needsNormalising(choice))
                normaliseRows(m_device, fused);
            const std::vector<float> share(size_t(count), 1.0f / float(outputs.size()));
            ops::Tensor mean = m_device.create(1, n);
            m_device.multiplyRows({m_device.upload(1, count, share), fused, mean});
            m_device.add({mean, sum});
        }
    return sum;
}

Result<HostTensor> Attention::decoderTimes(const OutputHead* only, const ops::Tensor& column, HeadChoice choice) const
{
    const int64_t h = m_model.decoder().heads(), n = m_run.latents.rows();
    const int64_t step = std::max<int64_t>(16, kBlockFloats / (h * n) / 16 * 16);
    HostTensor all;
    for (const OutputHead& head : m_model.outputs()) {
        if (only && only != &head)
            continue;
        const int64_t total = head.segment.count();
        const DecoderLatents latents = m_model.readLatents(m_run, total);
        ops::Tensor out = m_device.create(1, total);
        for (int64_t first = 0; first < total && !m_device.failed(); first += step) {
            const int64_t count = std::min(step, total - first);
            const ops::Tensor fused = fuse(decoderWeights(head, latents, {.first = first, .count = count}), h, choice);
            if (needsNormalising(choice))
                normaliseRows(m_device, fused);
            m_device.copyColumns({times(m_device, fused, column), out, first});
        }
        TRY_ASSIGN(const HostTensor part, m_device.download(out));
        all.values.insert(all.values.end(), part.values.begin(), part.values.end());
    }
    all.shape = {all.size()};
    return all;
}

Result<HostTensor> Attention::outputToLatents(const std::vector<uint32_t>& outputs, HeadChoice choice) const
{
    TRY_ASSIGN(HostTensor out, m_device.download(outputMean(outputs, choice)));
    out.shape = {out.columns()};
    return out;
}

Result<HostTensor> Attention::latentToOutputs(
    const std::vector<uint32_t>& latents, HeadChoice choice, const OutputHead* only) const
{
    std::vector<float> column(size_t(m_run.latents.rows()), 0.0f);
    for (const uint32_t latent : latents)
        column[latent] = 1.0f;
    return latentsToOutputs(column, choice, only);
}

Result<HostTensor> Attention::latentsToOutputs(
    const std::vector<float>& weights, HeadChoice choice, const OutputHead* only) const
{
    ENGINE_ASSERT(int64_t(weights.size()) == m_run.latents.rows(), "a weight a latent");
    return decoderTimes(only, m_device.upload(1, int64_t(weights.size()), weights), choice);
}

Result<HostTensor> Attention::outputToInputs(
    const std::vector<uint32_t>& outputs, HeadChoice choice, bool through) const
{
    ops::Tensor row = outputMean(outputs, choice); // [1, N]
    if (through)
        row = rollout(row, choice, false);
    return overInputs(timesEncoder(row, choice));
}

Result<HostTensor> Attention::inputToOutputs(
    const std::vector<uint32_t>& inputs, HeadChoice choice, bool through, const OutputHead* only) const
{
    TRY_ASSIGN(const HostTensor column, inputToLatents(inputs, choice));
    ops::Tensor row = m_device.upload(1, column.size(), column.values);
    if (through)
        row = rollout(row, choice, true);
    return decoderTimes(only, row, choice);
}

} // namespace engine::perceiver
