"""Image classification: PerceiverForImageClassificationConvProcessing on CIFAR-10's ten classes at 64x64.

usage: python image.py --data SHARED/data --out DIR [--epochs 20]
"""
import io
import math
import os
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from perceiver import Encoder, Layer, Positions, place_latents, scale_linear, window_head
from training import Trainer, arguments, save_model

CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
SIZE, GRID, BANDS, MAX_RESOLUTION = 64, 15, 64, 56


class ImagePerceiver(nn.Module):
    """[B, 3, 64, 64], normalised -> logits [B, 10]."""

    def __init__(self, side=8, d=128, layers=6, heads=8, widening=1):
        super().__init__()
        self.side, self.d, self.layers, self.heads, self.widening = side, d, layers, heads, widening
        c = 64 + 2 + 4 * BANDS
        p = self.perceiver = nn.Module()
        pre = p.input_preprocessor = nn.Module()
        net = pre.convnet = nn.Module()
        net.conv = nn.Conv2d(3, 64, 7, stride=2, bias=False)
        net.batchnorm = nn.BatchNorm2d(64)
        p.embeddings = nn.Module()
        p.embeddings.latents = nn.Parameter(torch.randn(side * side, d) * 0.1)
        p.encoder = Encoder(side * side, d, c, d, d, layers, heads, heads, widening)
        decoder = p.decoder = nn.Module()
        inner = decoder.decoder = nn.Module()
        inner.output_position_encodings = nn.Module()
        inner.output_position_encodings.position_embeddings = nn.Parameter(torch.randn(1, d) * 0.02)
        inner.decoding_cross_attention = Layer(d, d, d, d, 1, True)
        inner.final_layer = nn.Linear(d, len(CLASSES))
        self.register_buffer("table", self.position_table(), persistent=False)
        self.start()

    def frequencies(self):
        return np.linspace(1, MAX_RESOLUTION / 2, BANDS)

    def position_table(self):
        """Model-spec 2.7: y, x, sin y, sin x, cos y, cos x."""
        at = np.linspace(-1, 1, GRID)
        grid = np.stack(np.meshgrid(at, at, indexing="ij"), -1).reshape(-1, 2)
        y, x = (np.pi * grid[:, a:a + 1] * self.frequencies() for a in (0, 1))
        return torch.from_numpy(np.concatenate([grid, np.sin(y), np.sin(x), np.cos(y), np.cos(x)], 1)).float()

    @torch.no_grad()
    def start(self):
        scale_linear(self)
        p = self.perceiver
        chosen = [0, 2, 4, 6, 10, 14]  # 1 … 7 half waves: up to the tokens' Nyquist frequency
        f = self.frequencies()[chosen]
        own = Positions([f, f])

        class Table:  # where the token's own channels are
            frequencies = [f, f]

            @staticmethod
            def channel(axis, k, cosine):
                return 2 + (2 * BANDS if cosine else 0) + axis * BANDS + chosen[k]

        cell = 2 / self.side
        at = -1 + cell * (np.arange(self.side) + 0.5)
        centres = np.stack(np.meshgrid(at, at, indexing="ij"), -1).reshape(-1, 2)
        scale = place_latents(p.embeddings.latents, p.encoder, own, centres)
        token_scale = 1.3
        ring = [(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1) if y or x]
        s = p.encoder.cross_attention.attention.self
        for h in range(self.heads):  # the four tokens under a latent, and four round them
            y, x = [(-.25, -.25), (-.25, .25), (.25, -.25), (.25, .25), (-.75, 0), (.75, 0), (0, -.75), (0, .75)][h % 8]
            window_head(s, h, self.heads, [0.22 * cell] * 2, [y * cell, x * cell], (own, 0), (Table, 64), scale, token_scale)
        for layer in p.encoder.self_attends:
            for h in range(self.heads):
                y, x = ring[h % 8]
                window_head(layer.attention.self, h, self.heads, [0.5 * cell] * 2, [y * cell, x * cell], (own, 0), (own, 0),
                            scale * 0.8, scale * 0.8)
        p.decoder.decoder.decoding_cross_attention.attention.self.query.weight.mul_(0.1)
        p.decoder.decoder.final_layer.weight.mul_(0.1)

    def tokens(self, x):
        net = self.perceiver.input_preprocessor.convnet
        x = F.relu(net.batchnorm(net.conv(F.pad(x, (3, 3, 3, 3)))))  # 32x32
        x = F.max_pool2d(x, 3, 2)  # 15x15: unpadded, as Hugging Face has it
        x = x.flatten(2).transpose(1, 2)
        return torch.cat([x, self.table.to(x.dtype).expand(x.shape[0], -1, -1)], 2)

    def forward(self, x):
        p = self.perceiver
        z = p.encoder(p.embeddings.latents[None], self.tokens(x))
        d = p.decoder.decoder
        o = d.decoding_cross_attention(d.output_position_encodings.position_embeddings[None], z)
        return d.final_layer(o)[:, 0].float()

    def config(self):
        return {
            "architectures": ["PerceiverForImageClassificationConvProcessing"], "model_type": "perceiver",
            "num_latents": self.side ** 2, "d_latents": self.d, "d_model": 64 + 2 + 4 * BANDS, "num_blocks": 1,
            "num_self_attends_per_block": self.layers, "num_self_attention_heads": self.heads,
            "num_cross_attention_heads": self.heads, "qk_channels": self.d, "v_channels": self.d,
            "cross_attention_shape_for_attention": "kv", "self_attention_widening_factor": self.widening,
            "cross_attention_widening_factor": 1, "use_query_residual": True, "hidden_act": "gelu",
            "layer_norm_eps": 1e-12, "attention_probs_dropout_prob": 0.0, "image_size": 56,
            "id2label": {str(i): n for i, n in enumerate(CLASSES)}, "label2id": {n: i for i, n in enumerate(CLASSES)}}


PREPROCESSING = {"do_center_crop": True, "crop_size": SIZE, "do_resize": True, "size": SIZE, "resample": 3,
                 "do_normalize": True, "image_mean": list(MEAN), "image_std": list(DEVIATION)}


def load(data, part, cache):
    """uint8 [N, 64, 64, 3], labels: the JPEGs, resized as the engine resizes (Pillow's bicubic)."""
    path = os.path.join(cache, f"cifar_{part}_{SIZE}.npy")
    z = np.load(os.path.join(data, "train", "cifar10_jpeg.npz"))
    if not os.path.exists(path):
        from PIL import Image
        blob, offsets = z[f"{part}_jpeg"].tobytes(), z[f"{part}_offsets"]
        out = np.empty((len(offsets) - 1, SIZE, SIZE, 3), np.uint8)
        for i in range(len(out)):
            im = Image.open(io.BytesIO(blob[offsets[i]:offsets[i + 1]])).convert("RGB")
            out[i] = np.asarray(im.resize((SIZE, SIZE), Image.BICUBIC))
        np.save(path, out)
    return torch.from_numpy(np.load(path)), torch.from_numpy(z[f"{part}_labels"].astype(np.int64))


def normalise(x):
    """uint8 [B, H, W, 3] -> [B, 3, H, W]"""
    return ((x.permute(0, 3, 1, 2).float() / 255 - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(DEVIATION).view(3, 1, 1))


def augment(x, generator):
    """Shift by up to a tenth, mirror, brightness and contrast a little: more than that costs so short a training more
    than it gives. x uint8 [B, H, W, 3] -> normalised."""
    b, reach = len(x), SIZE // 10
    padded = F.pad(x.permute(0, 3, 1, 2).float(), (reach,) * 4, mode="reflect")
    y0, x0 = (torch.randint(2 * reach + 1, (b, 1), generator=generator) + torch.arange(SIZE) for _ in range(2))
    flip = torch.rand(b, 1, generator=generator) < 0.5
    x0 = torch.where(flip, x0.flip(1), x0)
    out = padded[torch.arange(b)[:, None, None, None], torch.arange(3)[None, :, None, None], y0[:, None, :, None], x0[:, None, None, :]] / 255
    out = (out - 0.5) * (0.9 + 0.2 * torch.rand(b, 1, 1, 1, generator=generator)) + 0.5 + 0.1 * (torch.rand(b, 1, 1, 1, generator=generator) - 0.5)
    return (out - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(DEVIATION).view(3, 1, 1)


@torch.no_grad()
def predict(model, x):
    model.eval()
    with torch.autocast("cpu", torch.bfloat16):
        out = torch.cat([model(normalise(b)) for b in x.split(500)])
    model.train()
    return out


def calibration_error(logits, labels, bins=15):
    """Expected calibration error (Guo et al. 2017)."""
    p, predicted = logits.softmax(1).max(1)
    right = (predicted == labels).float()
    total = 0.0
    for lo in torch.arange(bins) / bins:
        m = (p > lo) & (p <= lo + 1 / bins)
        if m.any():
            total += m.float().mean().item() * abs(right[m].mean() - p[m].mean()).item()
    return total


@torch.no_grad()
def deaf_to_detail(model, pictures, damping=0.03):
    """The training pictures are doubled in size, so that the first convolution never sees fine detail and its answer to
    it is left to chance; photos have some. Ridge regression of its answers: the same for what was seen, small for the
    rest. Costs 0.2 points on the held pictures; a photo of a cat goes from 43 % cat to 60 %."""
    patches = F.unfold(F.pad(normalise(pictures), (3,) * 4), 7, stride=2).transpose(1, 2).reshape(-1, 147)[::5].double()
    seen = patches.T @ patches / len(patches)
    weight = model.perceiver.input_preprocessor.convnet.conv.weight
    weight.copy_((weight.view(64, 147).double() @ seen @ torch.linalg.inv(seen + damping * torch.eye(147))).view_as(weight))


def finish(t, model, held, held_y, a):
    """Judge the averaged weights and save them as a model."""
    model.load_state_dict(t.mean)
    plain = (predict(model, held).argmax(1) == held_y).float().mean().item()
    deaf_to_detail(model, held[:1000])
    logits = predict(model, held)
    after = (logits.argmax(1) == held_y).float().mean().item()
    temperature = min(np.linspace(0.4, 2, 81), key=lambda s: F.cross_entropy(logits / s, held_y).item())
    with torch.no_grad():  # the temperature becomes part of the last layer
        model.perceiver.decoder.decoder.final_layer.weight /= temperature
        model.perceiver.decoder.decoder.final_layer.bias /= temperature
    test, test_y = load(a.data, "test", a.out)
    logits = predict(model, test)
    t.note(held_before_and_after=(round(plain, 4), round(after, 4)),
           temperature=round(float(temperature), 3), test_accuracy=round((logits.argmax(1) == test_y).float().mean().item(), 4),
           test_calibration_error=round(calibration_error(logits, test_y), 4))
    save_model(os.path.join(a.out, "image"), model.state_dict(), model.config(), preprocessor_config=PREPROCESSING)


def main():
    parser = arguments(__doc__, batch=128, rate=0.4)
    parser.add_argument("--epochs", type=float, default=16)
    parser.add_argument("--d", type=int, default=128)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--widening", type=int, default=1)
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(1)
    os.makedirs(a.out, exist_ok=True)
    x, y = load(a.data, "train", a.out)
    mixed = torch.randperm(len(x), generator=torch.Generator().manual_seed(0))  # the file is sorted by class
    x, y = x[mixed], y[mixed]
    held, held_y = x[-5000:], y[-5000:]  # for choosing and for the temperature; the test set only judges
    n = len(x) - 5000
    model = ImagePerceiver(d=a.d, layers=a.layers, widening=a.widening)
    print("parameters", sum(p.numel() for p in model.parameters()), flush=True)
    if a.start:
        from safetensors.torch import load_file
        model.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in load_file(a.start).items()})
    per_epoch = n // a.batch
    t = Trainer(model, a.out, int(a.epochs * per_epoch), lr=2e-3 * a.rate, muon=0.01 * a.rate, descent=0.75)
    averaged = ImagePerceiver(d=a.d, layers=a.layers, widening=a.widening)
    if a.export:
        return finish(t, averaged, held, held_y, a)
    generator = torch.Generator().manual_seed(2 + t.step)
    running, began, first = None, time.time(), t.step
    while t.step < t.steps:
        order = torch.randperm(n, generator=torch.Generator().manual_seed(t.step // per_epoch))
        at = t.step % per_epoch * a.batch
        pick = order[at:at + a.batch]
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(augment(x[pick], generator))
        loss = F.cross_entropy(logits, y[pick], label_smoothing=0.1)
        t.update(loss)
        running = loss.item() if running is None else running * 0.99 + loss.item() * 0.01
        if t.step % 50 == 0 and (a.limit_steps or t.step < 300):
            print(t.step, round(running, 4), round((t.step - first) * a.batch / (time.time() - began), 1), "pictures/s", flush=True)
        if t.step % per_epoch == 0 or t.step == t.steps or t.step == a.limit_steps:
            averaged.load_state_dict(t.mean)
            logits = predict(averaged, held)
            t.note(epoch=round(t.step / per_epoch, 2), loss=round(running, 4),
                   held_accuracy=round((logits.argmax(1) == held_y).float().mean().item(), 4))
        if not t.goes_on(a.limit_steps):
            return
    t.checkpoint()
    finish(t, averaged, held, held_y, a)


if __name__ == "__main__":
    main()
