"""Perceiver IO as the engine defines it, with Hugging Face's tensor names, and the start that makes small ones learn.

Source: Jaegle et al. 2021, section 3; transformers' PerceiverModel. Shapes are [batch, index, channels].

Window heads: a head whose query and key rows read Fourier features of a position starts as a Gaussian window round
(own position + offset); a layer of such heads is a convolution that training may leave. The first `len(features)`
channels of every latent hold its position, and the layers start by not writing into them.
"""
import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class Attention(nn.Module):
    def __init__(self, q, kv, qk, v, heads, cross):
        super().__init__()
        self.self = nn.Module()
        self.self.layernorm1 = nn.LayerNorm(q)
        if cross:
            self.self.layernorm2 = nn.LayerNorm(kv)
        self.self.query = nn.Linear(q, qk)
        self.self.key = nn.Linear(kv, qk)
        self.self.value = nn.Linear(kv, v)
        self.output = nn.Module()
        self.output.dense = nn.Linear(v, q)
        self.heads, self.cross = heads, cross


class Layer(nn.Module):
    """PerceiverLayer: attention, then MLP, both with LayerNorm before. x [B or 1, O, q], z [B, M, kv], mask [B, M]."""

    def __init__(self, q, kv, qk, v, heads, cross, residual=True, widening=1):
        super().__init__()
        self.attention = Attention(q, kv, qk, v, heads, cross)
        self.layernorm = nn.LayerNorm(q)
        self.mlp = nn.Module()
        self.mlp.dense1 = nn.Linear(q, widening * q)
        self.mlp.dense2 = nn.Linear(widening * q, q)
        self.residual = residual
        self.drop = 0.0

    def forward(self, x, z=None, mask=None):
        a = self.attention
        s, h = a.self, a.heads
        xn = s.layernorm1(x)
        zn = s.layernorm2(z) if a.cross else xn
        split = lambda t: t.unflatten(-1, (h, -1)).transpose(1, 2)
        q, k, v = split(s.query(xn)), split(s.key(zn)), split(s.value(zn))
        if q.shape[0] != k.shape[0]:
            q = q.expand(k.shape[0], -1, -1, -1)
        # written out: on CPUs PyTorch's fused attention is five times slower for heads this narrow
        scores = (q * (q.shape[-1] ** -0.5)) @ k.transpose(2, 3)
        if mask is not None:
            scores = scores.masked_fill(~mask[:, None, None, :], -1e9)
        o = scores.softmax(-1, dtype=v.dtype) @ v
        o = F.dropout(a.output.dense(o.transpose(1, 2).flatten(2)), self.drop, self.training)
        t = o + x if self.residual else o
        return t + F.dropout(self.mlp.dense2(F.gelu(self.mlp.dense1(self.layernorm(t)))), self.drop, self.training)


class Encoder(nn.Module):
    """PerceiverEncoder with one block."""

    def __init__(self, latents, d, kv, qk, v, layers, cross_heads, self_heads, widening=1):
        super().__init__()
        self.cross_attention = Layer(d, kv, qk, v, cross_heads, True)
        self.self_attends = nn.ModuleList(Layer(d, d, qk, v, self_heads, False, widening=widening) for _ in range(layers))

    def forward(self, latents, tokens, mask=None):
        z = self.cross_attention(latents, tokens, mask)
        for layer in self.self_attends:
            z = layer(z)
        return z


def scale_linear(module):
    """Unit-variance start of every linear map; the ends of the residual branches at half."""
    for m in module.modules():
        if isinstance(m, nn.Linear):
            nn.init.normal_(m.weight, std=1 / math.sqrt(m.in_features))
            if m.bias is not None:
                nn.init.zeros_(m.bias)
    for m in module.modules():
        if isinstance(m, Layer):
            with torch.no_grad():
                m.attention.output.dense.weight.mul_(0.5)
                m.mlp.dense2.weight.mul_(0.5)


class Positions:
    """Fourier features of positions in [-1, 1]^axes: for every axis and frequency a sine and a cosine."""

    def __init__(self, frequencies):
        self.frequencies = [np.asarray(f, dtype=np.float64) for f in frequencies]  # by axis
        self.channels = 2 * sum(len(f) for f in self.frequencies)

    def features(self, positions):
        """positions [n, axes] -> [n, channels], for every axis: sines, then cosines."""
        p = np.asarray(positions, dtype=np.float64)
        columns = []
        for axis, f in enumerate(self.frequencies):
            angle = np.pi * p[:, axis:axis + 1] * f
            columns += [np.sin(angle), np.cos(angle)]
        return np.concatenate(columns, 1)

    def channel(self, axis, k, cosine):
        base = 2 * sum(len(f) for f in self.frequencies[:axis])
        return base + (len(self.frequencies[axis]) if cosine else 0) + k


def window_weights(frequencies, sigma, spread, pairs, distances=None):
    """Which `pairs` of the frequencies, with which nonnegative weights w, make sum w cos(pi f d) close to
    max(-d^2 / 2 sigma^2, -9) up to a constant, for |d| <= spread, or at the given distances alone (frequencies beyond
    the tokens' spacing then serve as well). Greedy choice, non-negative least squares."""
    from scipy.optimize import nnls
    fine = max(401, int(8 * spread / sigma))
    d = distances if distances is not None else np.concatenate(
        [np.linspace(-spread, spread, fine if fine < 8001 else 2001), np.linspace(-8, 8, 401) * sigma])
    target = np.maximum(-d ** 2 / (2 * sigma * sigma), -9.0)
    weight = np.sqrt(np.exp(target * 0.15) + 0.05)

    def solve(chosen):
        basis = np.concatenate([np.cos(np.pi * np.outer(d, frequencies[chosen])), np.ones((len(d), 1)),
                                -np.ones((len(d), 1))], 1)
        return nnls(basis * weight[:, None], target * weight)

    chosen = []
    while len(chosen) < min(pairs, len(frequencies)):
        rest = [k for k in range(len(frequencies)) if k not in chosen]
        chosen.append(min(rest, key=lambda k: solve(chosen + [k])[1]))
    return chosen, solve(chosen)[0][:len(chosen)]


@torch.no_grad()
def window_head(s, head, heads, sigma, offset, query, key, query_scale, key_scale, spread=2.0, pairs=None, gain=1.0):
    """Start head `head` of the attention s as a window of width sigma[axis] round own position + offset[axis].
    query, key: (Positions, first channel) in the query's and the key's input; *_scale: what LayerNorm does to them.
    pairs: frequencies an axis, as many as fit if not given; gain: makes the window sharper. Returns the first row left
    free, and the score at the window's middle."""
    width = s.query.out_features // heads
    rows = slice(head * width, (head + 1) * width)
    s.query.weight[rows] *= 0.3
    s.key.weight[rows] *= 0.3
    axes = len(sigma)
    row, middle = head * width, 0.0
    positions_q, base_q = query
    positions_k, base_k = key
    for axis in range(axes):
        shared = [(i, j) for i, f in enumerate(positions_q.frequencies[axis])
                  for j, g in enumerate(positions_k.frequencies[axis]) if abs(f - g) < 1e-9]
        f = np.array([positions_q.frequencies[axis][i] for i, _ in shared])
        chosen, w = window_weights(f, sigma[axis], spread, pairs or width // (2 * axes))
        w = w * gain
        middle += w.sum()
        for k, weight in zip(chosen, w * math.sqrt(width)):
            root, phase = math.sqrt(weight), math.pi * f[k] * offset[axis]
            i, j = shared[k]
            qs, qc = base_q + positions_q.channel(axis, i, False), base_q + positions_q.channel(axis, i, True)
            ks, kc = base_k + positions_k.channel(axis, j, False), base_k + positions_k.channel(axis, j, True)
            for r in (row, row + 1):
                s.query.weight[r] = 0
                s.key.weight[r] = 0
            # sine and cosine of the angle moved by the phase
            s.query.weight[row, qs], s.query.weight[row, qc] = root * math.cos(phase) / query_scale, root * math.sin(phase) / query_scale
            s.query.weight[row + 1, qs], s.query.weight[row + 1, qc] = -root * math.sin(phase) / query_scale, root * math.cos(phase) / query_scale
            s.key.weight[row, ks] = root / key_scale
            s.key.weight[row + 1, kc] = root / key_scale
            row += 2
    return row, middle


@torch.no_grad()
def place_latents(latents, encoder, positions, centres, amplitude=1.0):
    """Write the centres' features into the first channels of the latents, keep the layers from writing there at the
    start, and return what LayerNorm will multiply the features by."""
    p = positions.channels
    latents[:, :p] = torch.from_numpy(positions.features(centres)).float() * amplitude
    for layer in [encoder.cross_attention, *encoder.self_attends]:
        layer.attention.output.dense.weight[:p] *= 0.05
        layer.mlp.dense2.weight[:p] *= 0.05
    return amplitude / latents.std(1).mean().item()
