#include "engine/perceiver/layers.h"

#include <cmath>

namespace engine::perceiver {

ops::Activation gelu(Flavour flavour)
{
    return flavour == Flavour::Hf ? ops::Activation::GeluErf : ops::Activation::GeluTanh;
}

float attentionScale(const Heads& heads)
{
    return float(1.0 / std::sqrt(double(heads.width)));
}

Mlp Mlp::load(Loader& loader, int64_t channels, int64_t widening, Flavour flavour)
{
    const auto norm = loader.norm("layernorm", channels);
    const int64_t hidden = channels * widening;
    return {loader.upload(folded(loader.linear("mlp.dense1", hidden, channels), norm)),
        loader.upload(loader.linear("mlp.dense2", channels, hidden)), gelu(flavour)};
}

ops::Tensor Mlp::hidden(ops::Device& device, const ops::Tensor& x) const
{
    return apply(device, x, dense1, {.statistics = statistics(device, x), .activation = activation});
}

ops::Tensor Mlp::forward(ops::Device& device, const ops::Tensor& x) const
{
    return apply(device, hidden(device, x), dense2, {.residual = x});
}

SelfLayer SelfLayer::load(
    Loader& loader, int64_t channels, Heads queryKey, Heads value, int64_t widening, Flavour flavour)
{
    const std::string self = "attention.self.";
    const auto norm = loader.norm(self + "layernorm1", channels);
    const auto part = [&](const char* name, const Heads& heads) {
        return headRows(folded(loader.linear(self + name, heads.channels(), channels), norm), heads);
    };
    SelfLayer layer;
    layer.m_queryKey = queryKey;
    layer.m_value = value;
    layer.m_scale = attentionScale(queryKey);
    std::vector<HostLinear> parts; // not in braces, which would copy them
    for (const char* name : {"query", "key", "value"})
        parts.push_back(part(name, parts.size() < 2 ? queryKey : value));
    layer.m_queryKeyValue = loader.upload(stacked(parts));
    layer.m_output
        = loader.upload(headColumns(loader.linear("attention.output.dense", channels, value.channels()), value));
    layer.m_mlp = Mlp::load(loader, channels, widening, flavour);
    return layer;
}

ops::Tensor SelfLayer::forward(
    ops::Device& device, const ops::Tensor& z, int64_t batch, const SelfOptions& options) const
{
    const int64_t latents = z.rows() / batch, f = m_queryKey.stored(), g = m_value.stored();
    const ops::Tensor qkv = apply(device, z, m_queryKeyValue, {.statistics = statistics(device, z)}); // [N, 2 F + V]
    ops::Attended attended = attend(device,
        {.q = qkv.columnRange(0, f),
            .k = qkv.columnRange(f, f),
            .v = qkv.columnRange(2 * f, g),
            .mask = options.latentMask,
            .batch = batch,
            .heads = m_queryKey.count,
            .queries = latents,
            .keys = latents,
            .scale = m_scale}); // [N, V]
    for (const int64_t head : options.headsLeftOut) {
        const int64_t width = ops::padded(m_value.width);
        device.fillColumns({device.zeros(1, width), attended.context, head * width});
    }
    const ops::Tensor t = apply(device, attended.context, m_output, {.residual = z}); // [N, D]
    return m_mlp.forward(device, t); // [N, D]
}

ops::Tensor SelfLayer::queryKey(ops::Device& device, const ops::Tensor& z) const
{
    const int64_t both = 2 * m_queryKey.stored();
    const Linear part{m_queryKeyValue.weight.rowRange(0, both), m_queryKeyValue.bias.columnRange(0, both)};
    return apply(device, z, part, {.statistics = statistics(device, z)});
}

ops::Tensor SelfLayer::scores(ops::Device& device, const ops::Tensor& queryKey, const ops::Tensor& queries) const
{
    const int64_t f = m_queryKey.stored();
    return ops::scores(device, queries.columnRange(0, f), queryKey.columnRange(f, f), m_queryKey.count, m_scale);
}

} // namespace engine::perceiver
