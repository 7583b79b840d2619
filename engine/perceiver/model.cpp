#include "engine/perceiver/model.h"

#include "engine/base/assert.h"

#include <algorithm>

namespace engine::perceiver {

namespace {

// [1, count] of ones with zeros at the listed places; none when there are none.
ops::Tensor maskWithout(ops::Device& device, int64_t count, const std::vector<uint32_t>& left)
{
    if (left.empty())
        return {};
    std::vector<float> mask(size_t(count), 1.0f);
    for (const uint32_t index : left)
        mask[index] = 0.0f;
    return device.upload(1, count, mask);
}

Result<void> checkKnockOut(const KnockOut& without, int64_t inputs, int64_t latents, int64_t layers, int64_t heads)
{
    const auto outside = [](const char* what, int64_t index, int64_t count) {
        return Error{ErrorKind::Usage,
            std::string("there is no ") + what + " " + std::to_string(index) + ": this run has 0 to "
                + std::to_string(count - 1)};
    };
    for (const uint32_t index : without.inputs)
        if (index >= inputs)
            return outside("input", index, inputs);
    for (const uint32_t index : without.latents)
        if (index >= latents)
            return outside("latent", index, latents);
    for (const auto& [layer, head] : without.heads) {
        if (layer < 0 || layer >= layers)
            return outside("layer", layer, layers);
        if (head < 0 || head >= heads)
            return outside("head", head, heads);
    }
    return {};
}

} // namespace

Result<Run> Model::encode(const Inputs& inputs, const KnockOut& without, bool keepLayers) const
{
    Tokens tokens;
    {
        const auto pass = m_device->pass("preprocess");
        TRY_ASSIGN(tokens, m_preprocessor->tokens(*m_device, inputs)); // [M, C]
    }
    TRY_ASSIGN(Run run, encode(std::move(tokens), without, keepLayers));
    if (const auto* text = std::get_if<TextInputs>(&inputs)) {
        for (const uint8_t valid : text->mask)
            run.padded.push_back(valid ? 0 : 1);
    }
    return run;
}

Result<Run> Model::encode(Tokens tokens, const KnockOut& without, bool keepLayers) const
{
    ops::Device& device = *m_device;
    Run run{.tokens = std::move(tokens)};
    TRY(checkKnockOut(
        without, run.tokens.inputs, m_config.numLatents, executedLayers(), m_config.numSelfAttentionHeads));
    run.encoder.tokens = run.tokens.rows;
    run.encoder.original = run.tokens.original;
    run.encoder.inputs = run.tokens.inputs;
    run.encoder.uniform = run.tokens.noneValid && m_flavour == Flavour::Hf;
    if (run.tokens.noneValid && m_flavour == Flavour::Dm)
        run.encoder.mask = device.zeros(1, run.tokens.rows.rows());
    else if (!without.inputs.empty()) {
        const ops::Tensor mask = maskWithout(device, run.tokens.inputs, without.inputs);
        TRY_ASSIGN(const HostTensor all, device.download(mask));
        std::vector<float> kept;
        for (int64_t row = 0; row < run.tokens.rows.rows(); ++row)
            kept.push_back(all.values[run.tokens.original.empty() ? size_t(row) : run.tokens.original[size_t(row)]]);
        run.encoder.mask = device.upload(1, int64_t(kept.size()), kept);
    }
    run.latentMask = maskWithout(device, m_config.numLatents, without.latents);

    const auto encoderPass = device.pass("encoder cross-attention");
    ops::Tensor z = m_encoder.forward(device, run.encoder, 1); // [N, D]
    const auto layersPass = device.pass("latent layers");
    for (int64_t block = 0, executed = 0; block < m_config.numBlocks; ++block)
        for (size_t i = 0; i < m_layers.size() && !device.failed(); ++i, ++executed) { // the same layers in each block
            if (keepLayers)
                run.layers.push_back(z);
            SelfOptions options{.latentMask = run.latentMask};
            for (const auto& [layer, head] : without.heads)
                if (layer == executed)
                    options.headsLeftOut.push_back(head);
            z = m_layers[i].forward(device, z, 1, options); // [N, D]
        }
    run.latents = z;
    return run;
}

ops::Tensor Model::encodeBatch(const ops::Tensor& tokens, int64_t batch) const
{
    ops::Device& device = *m_device;
    EncoderTrace trace{.tokens = tokens, .inputs = tokens.rows() / batch};
    const auto encoderPass = device.pass("encoder cross-attention");
    ops::Tensor z = m_encoder.forward(device, trace, batch); // [batch N, D]
    const auto layersPass = device.pass("latent layers");
    for (int64_t block = 0; block < m_config.numBlocks; ++block)
        for (const SelfLayer& layer : m_layers)
            z = layer.forward(device, z, batch, {}); // [batch N, D]
    return z;
}

DecoderLatents Model::readLatents(const Run& run, int64_t queries) const
{
    const bool explicitKeys = m_flavour == Flavour::Dm && !run.padded.empty();
    return m_decoder.read(*m_device, run.latents, explicitKeys ? 0 : queries, run.latentMask);
}

ops::Tensor Model::decode(const Run& run, const OutputHead& head, const Selection& selection) const
{
    ops::Device& device = *m_device;
    const auto pass = device.pass("decoder cross-attention");
    const int64_t total = selection.size();
    const auto& grid = head.ofInputs ? run.tokens.rows.grid() : head.grid;
    const bool whole = !grid || !selection.points.empty() || (m_flavour == Flavour::Dm && !run.padded.empty());
    const DecoderLatents latents
        = whole ? readLatents(run, total) : m_decoder.readForGrid(device, run.latents, run.latentMask, grid);
    const int64_t step = m_decoder.chunk(device, run.latents.rows());
    ops::Tensor values = device.create(total, head.map.outputs()); // [O, values]
    for (int64_t first = 0; first < total && !device.failed(); first += step) {
        const int64_t count = std::min(step, total - first);
        Selection part;
        std::vector<uint8_t> contextZero;
        if (selection.points.empty()) {
            part.first = selection.first + first;
            part.count = count;
        } else {
            part.points.assign(selection.points.begin() + first, selection.points.begin() + first + count);
        }
        if (m_kind == Kind::MaskedLanguage && m_flavour == Flavour::Dm && !run.padded.empty()) // F6
            for (int64_t i = 0; i < count; ++i) {
                const size_t output = part.points.empty() ? size_t(part.first + i) : part.points[size_t(i)];
                contextZero.push_back(output >= run.padded.size() || run.padded[output]);
            }
        ops::Tensor out = values.rowRange(first, count); // [O', values]
        if (latents.grid) {
            const ops::Tensor features
                = head.ofInputs ? run.tokens.rows.stored().rowRange(part.first, count) : ops::Tensor();
            const ops::Tensor rows = m_decoder.attendGrid(device, latents, features, part.first, count); // [O', E]
            finish(head, rows, out);
        } else {
            const ops::Tensor queries = head.queries(run, part); // [O', E]
            const ops::Tensor rows = m_decoder.forward(device, latents, queries, 1, contextZero); // [O', E]
            applyInto(device, rows, head.map, out);
        }
    }
    return values;
}

void Model::finish(const OutputHead& head, const ops::Tensor& rows, ops::Tensor& out) const
{
    const Mlp& mlp = m_decoder.mlp();
    if (!head.hiddenMap.weight.exists())
        return applyInto(*m_device, mlp.forward(*m_device, rows), head.map, out);
    applyInto(*m_device, rows, {head.map.weight, {}}, out);
    applyInto(*m_device, mlp.hidden(*m_device, rows), head.hiddenMap, out, {.residual = out});
}

ops::Tensor Model::decodeBatch(const ops::Tensor& queries, const ops::Tensor& latents, int64_t batch) const
{
    ops::Device& device = *m_device;
    const auto pass = device.pass("decoder cross-attention");
    const DecoderLatents read = m_decoder.read(device, latents, 0, {});
    return apply(device, m_decoder.forward(device, read, queries, batch, {}), m_outputs.front().map);
}

} // namespace engine::perceiver
