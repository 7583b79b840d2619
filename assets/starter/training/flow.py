"""Optical flow, coarse to fine: PerceiverForOpticalFlow on tiles of 32x48, as the engine's starter_flow defines it.

usage: python flow_data.py --photos SHARED/data/train/photos --out POOL1   (and POOL2 …, HELD with --seed 9000)
       python flow.py --data SHARED/data --out DIR --pool POOL1,POOL2 --held HELD [--steps 6000] [--start model.safetensors]
       python flow.py … --judge     end-point errors of the pairs with ground truth in SHARED/data, of the saved model

A pair with ground truth is never learnt from. `--kind live` is the small model for one pass a level.
"""
import json
import math
import os
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from perceiver import Encoder, Layer, scale_linear
from training import Trainer, arguments, save_model

TILE, GRID, BANDS, HEADS, UNIT = (32, 48), (6, 8), 4, 4, 4.0
COST_RADIUS, COST_WINDOW = 3, 5
KINDS = {  # channels of inputs and latents, latent layers, hidden width of the preprocessor, windows of local motion
    "still": dict(c=64, d=128, layers=5, hidden=128, windows=(5, 11)),
    "live": dict(c=40, d=96, layers=3, hidden=40, windows=(5, 11))}
POSITIONS = 2 + 4 * BANDS


def frequencies(size):
    return 1 + np.arange(BANDS) * (size / 2 - 1) / (BANDS - 1)


def fourier(rows, columns):
    """Model-spec 2.7 with max_resolution half a tile: y, x, sin y, sin x, cos y, cos x."""
    grid = np.stack(np.meshgrid(rows, columns, indexing="ij"), -1).reshape(-1, 2)
    y, x = (np.pi * grid[:, a:a + 1] * frequencies(TILE[a] / 2) for a in (0, 1))
    return torch.from_numpy(np.concatenate([grid, np.sin(y), np.sin(x), np.cos(y), np.cos(x)], 1)).float()


def shifted(image, dy, dx, radius):
    """image is padded by radius."""
    h, w = image.shape[2] - 2 * radius, image.shape[3] - 2 * radius
    return image[:, :, radius + dy:radius + dy + h, radius + dx:radius + dx + w]


def window_mean(x, window):
    return F.avg_pool2d(F.pad(x, (window // 2,) * 4, mode="replicate"), window, 1)


def matching_costs(first, second):
    """[B, 49, h, w]: mean difference of windows at every displacement, standardised over them."""
    padded = F.pad(second, (COST_RADIUS,) * 4, mode="replicate")
    reach = range(-COST_RADIUS, COST_RADIUS + 1)
    costs = torch.stack([(first - shifted(padded, dy, dx, COST_RADIUS)).abs().mean(1) for dy in reach for dx in reach], 1)
    costs = window_mean(costs, COST_WINDOW)
    centred = costs - costs.mean(1, keepdim=True)
    return centred / (centred.square().mean(1, keepdim=True).sqrt() + 0.01)


def local_motion(first, second, windows, damping=3e-4, reach=3.0):
    """Lucas and Kanade's least squares in every window: u, v within reach, and how well they are determined,
    log2(smaller eigenvalue / damping) / 4, at least 0. [B, 3 windows, h, w]"""
    middle, change = (first + second) / 2, second - first
    padded = F.pad(middle, (1,) * 4, mode="replicate")
    ix = (shifted(padded, 0, 1, 1) - shifted(padded, 0, -1, 1)) / 2
    iy = (shifted(padded, 1, 0, 1) - shifted(padded, -1, 0, 1)) / 2
    products = torch.stack([(ix * ix).mean(1), (ix * iy).mean(1), (iy * iy).mean(1), (ix * change).mean(1), (iy * change).mean(1)], 1)
    out = []
    for window in windows:
        xx, xy, yy, xt, yt = window_mean(products, window).unbind(1)
        a, b = xx + damping, yy + damping
        determinant = a * b - xy * xy
        out += [((xy * yt - b * xt) / determinant).clamp(-reach, reach), ((xy * xt - a * yt) / determinant).clamp(-reach, reach)]
        smaller = (xx + yy) / 2 - (((xx - yy) / 2).square() + xy * xy).sqrt()
        out.append((smaller / damping).clamp(min=1).log2() / 4)
    return torch.stack(out, 1)


class FlowPerceiver(nn.Module):
    """[B, 6, 32, 48], two frames in [-1, 1] -> flow in pixels [B, asked pixels, 2]."""

    def __init__(self, kind):
        super().__init__()
        self.kind, k = kind, KINDS[kind]
        c, d, hidden = k["c"], k["d"], k["hidden"]
        self.windows = k["windows"]
        p = self.perceiver = nn.Module()
        pre = p.input_preprocessor = nn.Module()
        pre.conv_after_patches = nn.Linear(54, hidden)
        pre.conv_after_costs = nn.Linear((2 * COST_RADIUS + 1) ** 2, hidden, bias=False)
        pre.conv_after_motion = nn.Linear(3 * len(self.windows), hidden, bias=False)
        pre.dense_after_patches = nn.Linear(hidden, c - POSITIONS)
        p.embeddings = nn.Module()
        p.embeddings.latents = nn.Parameter(torch.randn(GRID[0] * GRID[1], d) * 0.1)
        p.encoder = Encoder(GRID[0] * GRID[1], d, c, c, c, 0, HEADS, HEADS)
        p.encoder.self_attends = nn.ModuleList(Layer(d, d, d, d, HEADS, False) for _ in range(k["layers"]))
        p.decoder = nn.Module()
        p.decoder.decoder = nn.Module()
        p.decoder.decoder.decoding_cross_attention = Layer(c, d, c, c, HEADS, True)
        p.decoder.decoder.final_layer = nn.Linear(c, 2)
        self.register_buffer("positions", fourier(*(np.linspace(-1, 1, n) for n in TILE)), persistent=False)
        self.start()

    @torch.no_grad()
    def start(self):
        """Latents on a grid, heads as windows round their places, the first features mixtures of Ix, Iy and It."""
        scale_linear(self)
        p = self.perceiver
        z = p.embeddings.latents
        z[:, :POSITIONS] = fourier(*(-1 + (2 * np.arange(n) + 1) / n for n in GRID))
        own, tokens, cell = 1 / z.std(1).mean().item(), 1.15, (TILE[0] / GRID[0] + TILE[1] / GRID[1]) / 2
        for i in range(HEADS):
            at = tuple((v - 0.5) * cell / 2 for v in divmod(i, 2))
            self.window(p.encoder.cross_attention.attention.self, i, 0.36 * cell, at, own, tokens)
            self.window(p.decoder.decoder.decoding_cross_attention.attention.self, i, cell * [0.45, 0.7, 0.5, 1.0][i], (0, 0), tokens, own * 0.7)
        for layer in p.encoder.self_attends:
            for i in range(2):
                self.window(layer.attention.self, i, cell * [1.0, 2.0][i], (0, 0), own * 0.7, own * 0.7)
        p.decoder.decoder.final_layer.weight.mul_(0.1)
        w = p.input_preprocessor.conv_after_patches.weight.view(-1, 2, 3, 3, 3)  # frame, y, x, colour
        smooth, slope = torch.tensor([0.25, 0.5, 0.25]), torch.tensor([-0.5, 0, 0.5])
        share = int(len(w) * 0.7)
        for row in w[:share]:
            gx, gy, gt = torch.randn(3) * torch.tensor([8.0, 8.0, 12.0]) * math.exp(torch.rand(1).item() * 1.4)
            dx, dy, plain = torch.outer(smooth, slope), torch.outer(slope, smooth), torch.outer(smooth, smooth)
            row[0] = (gx / 2 * dx + gy / 2 * dy - gt * plain)[..., None] / 3
            row[1] = (gx / 2 * dx + gy / 2 * dy + gt * plain)[..., None] / 3
        p.input_preprocessor.conv_after_patches.bias[:share] = torch.randn(share) * 0.5

    def window(self, s, head, sigma, offset, query_scale, key_scale):
        """Head as a window of `sigma` pixels round (own place + offset)."""
        from scipy.optimize import nnls
        width = s.query.out_features // HEADS
        pairs = min(BANDS, width // 4)
        s.query.weight[head * width:(head + 1) * width] *= 0.3
        s.key.weight[head * width:(head + 1) * width] *= 0.3
        row = head * width
        for axis, size in enumerate(TILE):
            f, d = frequencies(size / 2)[:pairs], np.linspace(-2, 2, 401)
            target = np.maximum(-d ** 2 / (2 * (2 * sigma / (size - 1)) ** 2), -9.0)
            weight = np.sqrt(np.exp(target * 0.15) + 0.05)[:, None]
            basis = np.concatenate([np.cos(np.pi * np.outer(d, f)), np.ones((401, 1)), -np.ones((401, 1))], 1)
            w = nnls(basis * weight, target * weight[:, 0])[0][:pairs] * math.sqrt(width)
            for k in range(pairs):
                g, phase = math.sqrt(w[k]), math.pi * f[k] * 2 * offset[axis] / (size - 1)
                sine, cosine = 2 + axis * BANDS + k, 2 + 2 * BANDS + axis * BANDS + k
                s.query.weight[row:row + 2] = 0
                s.key.weight[row:row + 2] = 0
                s.query.weight[row, sine], s.query.weight[row, cosine] = g * math.cos(phase) / query_scale, g * math.sin(phase) / query_scale
                s.query.weight[row + 1, sine], s.query.weight[row + 1, cosine] = -g * math.sin(phase) / query_scale, g * math.cos(phase) / query_scale
                s.key.weight[row, sine], s.key.weight[row + 1, cosine] = g / key_scale, g / key_scale
                row += 2

    @torch.no_grad()
    def grow_from(self, weights):
        """A smaller model's weights; what is new starts without effect."""
        own = self.state_dict()
        for name, value in own.items():
            old = weights.get(name)
            if old is None:
                if "conv_after_motion" in name or name.endswith(("attention.output.dense.weight", "mlp.dense2.weight")):
                    value.zero_()
                continue
            if name.endswith("dense_after_patches.weight"):
                value.zero_()
            value[tuple(slice(n) for n in old.shape)] = old.float()

    def tokens(self, x):
        pre = self.perceiver.input_preprocessor
        first, second = x[:, :3].float(), x[:, 3:].float()
        patches = F.unfold(x, 3, padding=1).unflatten(1, (2, 3, 9)).transpose(2, 3).flatten(1, 3)  # frame, place, colour
        line = lambda t: t.flatten(2).transpose(1, 2)
        h = (pre.conv_after_patches(patches.transpose(1, 2)) + pre.conv_after_costs(line(matching_costs(first, second)))
             + pre.conv_after_motion(line(local_motion(first, second, self.windows))))
        f = pre.dense_after_patches(F.gelu(h))
        return torch.cat([f, self.positions.to(f.dtype).expand(len(f), -1, -1)], 2)

    def forward(self, x, asked=slice(None)):
        p = self.perceiver
        tokens = self.tokens(x)
        z = p.encoder(p.embeddings.latents[None], tokens)
        d = p.decoder.decoder
        return d.final_layer(d.decoding_cross_attention(tokens[:, asked], z)).float() * UNIT

    def flop_per_pixel(self):
        k = KINDS[self.kind]
        c, d, hidden, n, m = k["c"], k["d"], k["hidden"], GRID[0] * GRID[1], TILE[0] * TILE[1]
        inputs = 2 * hidden * (54 + 49 + 3 * len(self.windows) + c - POSITIONS)
        attention = 2 * (2 * c * 2 * c + 2 * n * 2 * c)  # keys and values, or queries and output; scores and sums
        latents = n / m * 2 * (3 * c * d + 2 * d * d + k["layers"] * (6 * d * d + 2 * n * d))
        return round(inputs + attention + 4 * c * c + 4 * c + latents)

    def config(self):
        k = KINDS[self.kind]
        return {"architectures": ["PerceiverForOpticalFlow"], "model_type": "perceiver", "num_latents": GRID[0] * GRID[1],
                "d_latents": k["d"], "d_model": k["c"], "num_blocks": 1, "num_self_attends_per_block": k["layers"],
                "num_self_attention_heads": HEADS, "num_cross_attention_heads": HEADS, "qk_channels": None, "v_channels": None,
                "cross_attention_shape_for_attention": "kv", "self_attention_widening_factor": 1,
                "cross_attention_widening_factor": 1, "use_query_residual": True, "hidden_act": "gelu", "layer_norm_eps": 1e-12,
                "attention_probs_dropout_prob": 0.0, "train_size": list(TILE),
                "starter_flow": {
                    "patch_size": 3, "preprocessor_hidden": k["hidden"], "num_frequency_bands": BANDS,
                    "max_resolution": [n // 2 for n in TILE], "decoder_num_heads": HEADS, "decoder_qk_channels": k["c"],
                    "decoder_v_channels": k["c"], "decoder_use_query_residual": True, "flow_pixels_per_unit": UNIT,
                    "matching_cost_radius": COST_RADIUS, "matching_cost_window": COST_WINDOW,
                    "local_motion_windows": list(self.windows), "pyramid_levels": 6,
                    "pyramid_iterations": 1 if self.kind == "live" else 2, "pyramid_median": 5, "tile_overlap": 8}}


class Pool:
    """Random tiles of pairs that flow_data.py made, half of them turned on their side."""

    def __init__(self, prefixes):
        load = lambda name: torch.from_numpy(np.concatenate([np.load(f"{p}_{name}.npy") for p in prefixes.split(",")]))
        self.first, self.second, self.flow = load("first"), load("second"), load("flow")

    def draw(self, count, generator):
        """x [B, 2, h, w, 3] in [0, 1], flow [B, h, w, 2]"""
        n, height, width = self.first.shape[:3]
        parts = []
        for turned in (False, True):
            h, w = TILE[::-1] if turned else TILE
            number = lambda limit: torch.randint(limit, (count // 2,), generator=generator)
            which, rows, columns = number(n), number(height - h + 1), number(width - w + 1)
            at = ((which[:, None] * height + rows[:, None] + torch.arange(h)) * width)[:, :, None] + (columns[:, None] + torch.arange(w))[:, None]
            at = at.transpose(1, 2) if turned else at
            pick = lambda a: a.view(-1, a.shape[-1]).index_select(0, at.reshape(-1)).view(*at.shape, a.shape[-1])
            flow = pick(self.flow).float()
            parts.append((torch.stack([pick(self.first), pick(self.second)], 1).float() / 255, flow.flip(-1) if turned else flow))
        return torch.cat([p[0] for p in parts]), torch.cat([p[1] for p in parts])


def to_network(x):
    return (x * 2 - 1).permute(0, 1, 4, 2, 3).flatten(1, 2).contiguous()


def augment(x, flow, generator):
    """Mirror, mix colours, gamma, contrast and brightness, exposure that differs between the frames, noise."""
    b = len(x)
    uniform = lambda low, high: torch.rand(b, 1, 1, 1, 1, generator=generator) * (high - low) + low
    x = torch.cat([part[..., torch.randperm(3, generator=generator)] for part in x.chunk(4)])
    for axis, component in ((3, 0), (2, 1)):
        m = uniform(0, 1) < 0.5
        x = torch.where(m, x.flip(axis), x)
        sign = torch.ones(b, 1, 1, 2)
        sign[m.flatten(), :, :, component] = -1
        flow = torch.where(m[:, 0], flow.flip(axis - 1), flow) * sign
    x = (x.clamp(1e-4, 1) ** uniform(-0.4, 0.4).exp() - 0.5) * uniform(0.5, 1.3) + 0.5 + uniform(-0.2, 0.2)
    second = torch.tensor([0.0, 1.0]).view(1, 2, 1, 1, 1) * (uniform(0, 1) < 0.35)
    x = (x - 0.5) * (1 + second * uniform(-0.06, 0.06)) + 0.5 + second * uniform(-0.04, 0.04)
    x = x + uniform(math.log(0.001), math.log(0.025)).exp() * (uniform(0, 1) < 0.6) * torch.randn(x.shape, generator=generator)
    return to_network(x.clamp(0, 1)), flow


@torch.no_grad()
def evaluate(model, tests):
    """End-point error over the held tiles, in all and by the length of the true flow."""
    with torch.autocast("cpu", torch.bfloat16):
        answers = torch.cat([model(x) for x, _ in tests])
    truth = torch.cat([f for _, f in tests]).flatten(1, 2)
    error, length = (answers - truth).norm(dim=-1), truth.norm(dim=-1)
    bins = {f"{lo}-{hi}": round(error[(length >= lo) & (length < hi)].mean().item(), 4) for lo, hi in ((0, .3), (.3, 1), (1, 3), (3, 6))}
    return {"held_epe": round(error.mean().item(), 4), **bins}


def main():
    parser = arguments(__doc__, batch=32, rate=1.0)
    parser.add_argument("--kind", choices=KINDS, default="still")
    parser.add_argument("--pool")
    parser.add_argument("--held")
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--asked", type=int, default=384, help="pixels of a tile that are decoded in training")
    parser.add_argument("--judge", action="store_true")
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(1)
    name = "flow" if a.kind == "still" else "flow-live"
    folder = os.path.join(a.out, name)
    from safetensors.torch import load_file
    if a.judge:
        from flow_judge import judge
        model = FlowPerceiver(a.kind).eval()
        model.grow_from(load_file(a.start or os.path.join(folder, "model.safetensors")))
        print(json.dumps(judge(model, a.data)))
        return
    model, averaged = FlowPerceiver(a.kind), FlowPerceiver(a.kind)
    if a.start:
        model.grow_from(load_file(a.start))
    print("parameters", sum(p.numel() for p in model.parameters()), "FLOP a pixel", model.flop_per_pixel(), flush=True)
    t = Trainer(model, a.out, a.steps, lr=1.5e-3 * a.rate, muon=0.008 * a.rate, descent=0.7, average=0.999)

    def save():
        averaged.load_state_dict(t.mean)
        save_model(folder, averaged.state_dict(), averaged.config())

    if a.export:
        return save()
    pool = Pool(a.pool)
    held, generator = Pool(a.held), torch.Generator().manual_seed(5)
    tests = [(to_network(x), f) for x, f in (held.draw(32, generator) for _ in range(16))]
    rim = torch.minimum(*(torch.minimum(torch.arange(1, n + 1), torch.arange(n, 0, -1)).view(-1, *[1] * (1 - i)).float() for i, n in enumerate(TILE)))
    weight = (rim / 8).clamp(0.15, 1).flatten()  # the blending of tiles discounts the rim too
    generator = torch.Generator().manual_seed(7 + t.step)
    began, first, running = time.time(), t.step, None
    while t.step < t.steps:
        x, truth = augment(*pool.draw(a.batch, generator), generator)
        asked = torch.multinomial(weight, a.asked, generator=generator)
        truth = truth.flatten(1, 2)[:, asked]
        with torch.autocast("cpu", torch.bfloat16):
            answer = model(x, asked)
        square = (answer - truth).square().sum(-1)
        importance = torch.where(truth.square().sum(-1) < 36, 1.0, 0.2)
        t.update((importance * (square + 1e-4) ** 0.35).mean())
        error = square.detach().sqrt().mean().item()
        running = error if running is None else running * 0.98 + error * 0.02
        if t.step % 50 == 0:
            print(t.step, round(running, 4), round((t.step - first) * a.batch / (time.time() - began), 1), "tiles/s", flush=True)
        if t.step % 500 == 0 or t.step == a.limit_steps:
            averaged.load_state_dict(t.mean)
            t.note(error=round(running, 4), **evaluate(averaged, tests))
        if not t.goes_on(a.limit_steps):
            return
    t.checkpoint()
    save()


if __name__ == "__main__":
    main()
