"""Multimodal autoencoding: PerceiverForMultimodalAutoencoding, 16 frames of 64x64 with sound at 8 kHz.

usage: python clip.py --data SHARED/data --out DIR [--steps 1500]

Start: a latent stands for one 4x4 patch over eight frames, or for 4 ms of sound, and each of its heads reads a part of
that; the decoder's attention interpolates between the latents round an output. What the decoder is asked reaches the
answer through attention alone, so that the 16 pixels of a patch would look alike: a few latents stand for a pixel's
place within its patch, and half of the attention goes to them. Training goes on from there.
"""
import math
import os
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from clip_data import CAMERA, FRAMES, RATE, SAMPLES, SIDE, Clips
from clip_windows import Window, positions
from perceiver import Encoder, Layer, scale_linear
from training import Trainer, arguments, save_model

PATCH, PER_PATCH = 4, 32  # pixels a side, samples a token
TOKENS = SIDE // PATCH  # a side
SOUNDS = SAMPLES // PER_PATCH
IMAGE_POSITIONS, AUDIO_POSITIONS = 3 + 2 * 3 * 32, 1 + 2 * 192
WIDTH = PER_PATCH + AUDIO_POSITIONS + 4  # of the inputs
QUERY = AUDIO_POSITIONS + 2
TIMES = 2  # latents along time
PLACES = TIMES * PATCH * PATCH  # latents for a pixel's place within its patch


def patches_of(video):
    """[B, frames, height, width, 3] -> [B, tokens, 48], channel (dy 4 + dx) 3 + rgb."""
    cut = video.unflatten(2, (TOKENS, PATCH)).unflatten(4, (TOKENS, PATCH))
    return cut.permute(0, 1, 2, 4, 3, 5, 6).reshape(len(video), -1, 3 * PATCH ** 2)


class ClipPerceiver(nn.Module):
    """video [B, 16, 64, 64, 3] in [0, 1], sound [B, 5120] -> what is asked for of video, sound and label."""

    def __init__(self, patches=None, d=160, layers=2, heads=4, out=64):
        """patches [n, 48]: what the start takes for typical ones."""
        super().__init__()
        self.d, self.layers, self.heads, self.out = d, layers, heads, out
        self.video_latents = TIMES * TOKENS * TOKENS
        p = self.perceiver = nn.Module()
        pre = p.input_preprocessor = nn.Module()
        widths = {"audio": PER_PATCH + AUDIO_POSITIONS, "image": 3 * PATCH ** 2 + IMAGE_POSITIONS, "label": len(CAMERA)}
        pre.padding = nn.ParameterDict({k: nn.Parameter(torch.randn(1, WIDTH - n) * 0.02) for k, n in widths.items()})
        pre.mask = nn.ParameterDict({k: nn.Parameter(torch.randn(1, WIDTH) * 0.02) for k in widths})
        p.embeddings = nn.Module()
        p.embeddings.latents = nn.Parameter(torch.randn(self.video_latents + SOUNDS + PLACES, d) * 0.02)
        p.encoder = Encoder(self.video_latents + SOUNDS + PLACES, d, WIDTH, d, d, layers, heads, heads)
        dec = p.decoder = nn.Module()
        dec.modalities = nn.ModuleDict({"label": nn.Module()})
        dec.modalities["label"].decoder = nn.Module()
        label = dec.modalities["label"].decoder.output_position_encodings = nn.Module()
        label.position_embeddings = nn.Parameter(torch.randn(1, 64) * 0.05)
        widths = {"audio": AUDIO_POSITIONS, "image": IMAGE_POSITIONS, "label": 64}
        dec.padding = nn.ParameterDict({k: nn.Parameter(torch.randn(1, QUERY - n) * 0.02) for k, n in widths.items()})
        dec.decoder = nn.Module()
        dec.decoder.decoding_cross_attention = Layer(QUERY, d, d, d, 1, True, residual=False)
        dec.decoder.final_layer = nn.Linear(QUERY, out)
        p.output_postprocessor = nn.Module()
        p.output_postprocessor.modalities = nn.ModuleDict({k: nn.Module() for k in widths})
        for k, n in (("audio", PER_PATCH), ("image", 3), ("label", len(CAMERA))):
            p.output_postprocessor.modalities[k].classifier = nn.Linear(out, n)
        table = lambda *a: torch.from_numpy(positions(*a)).float()
        self.register_buffer("video_inputs", table((FRAMES, TOKENS, TOKENS), (FRAMES, SIDE, SIDE), 32, True), persistent=False)
        self.register_buffer("sound_inputs", table((SOUNDS,), (SAMPLES,), 192, True), persistent=False)
        self.register_buffer("video_queries", table((FRAMES, SIDE, SIDE), (FRAMES, SIDE, SIDE), 32, False), persistent=False)
        self.register_buffer("sound_queries", table((SOUNDS,), (SAMPLES,), 192, False), persistent=False)
        self.start(torch.rand(1000, 3 * PATCH ** 2) if patches is None else patches)

    @torch.no_grad()
    def start(self, patches):
        scale_linear(self)
        p, d, n, heads = self.perceiver, self.d, self.video_latents, self.heads
        step, patch = 2 / (FRAMES - 1), 2 / (TOKENS - 1)  # of the inputs' positions
        line = lambda m, unit: np.unique(np.abs(np.arange(m))) * unit
        video = Window(32, (FRAMES, SIDE, SIDE), (1.0 * step, 0.35 * patch, 0.35 * patch), 4, (line(FRAMES, step), line(TOKENS, patch), line(TOKENS, patch)))
        sound = Window(192, (SAMPLES,), (0.3 * 2 / (SOUNDS - 1),), 8, (line(SOUNDS, 2 / (SOUNDS - 1)),))
        pixel, frame = 2 / SIDE, 2 / FRAMES  # of the queries'
        seen = Window(32, (FRAMES, SIDE, SIDE), (4.5 * frame, 2.0 * pixel, 2.0 * pixel), 4, (np.linspace(0, 2, 64), np.linspace(0, 2, 256), np.linspace(0, 2, 256)))
        heard = Window(192, (SAMPLES,), (0.35 * 2 / SOUNDS,), 8, (line(SOUNDS, 2 / SOUNDS),))
        # latents: [video window | its decoder's | sound window | its decoder's | kind | time | c and c^2 of sound, for
        # 2pc - c^2, a wide parabola from the plain position p | place within a patch | 1 for places], then content
        at, columns = 0, {}
        for name, window in (("video", video), ("seen", seen), ("sound", sound), ("heard", heard)):
            columns[name] = list(range(at, at + window.channels))
            at += window.channels
        kind = at
        time, coarse, place, level = at + 1, [at + 2, at + 3], [at + 4 + i for i in range(4)], at + 8
        content = at + 9
        groups = slice(0, n), slice(n, n + SOUNDS), slice(n + SOUNDS, None)
        amplitude = 4.0
        grid = lambda *a: np.stack(np.meshgrid(*a, indexing="ij"), -1).reshape(-1, len(a))
        span = FRAMES // TIMES
        middles = (np.arange(TIMES) + 0.5) * span - 0.5
        z = p.embeddings.latents
        z[:n, columns["video"]] = video.features(grid(-1 + step * middles, -1 + patch * np.arange(TOKENS), -1 + patch * np.arange(TOKENS)))
        across = -1 + pixel * (np.arange(TOKENS) * PATCH + 1.5)
        places = grid(-1 + frame * middles, across, across), grid(-1 + 2 / SOUNDS * np.arange(SOUNDS))
        z[:n, columns["seen"]] = seen.features(places[0])
        z[groups[1], columns["sound"]] = sound.features(grid(-1 + 2 / (SOUNDS - 1) * np.arange(SOUNDS)))
        z[groups[1], columns["heard"]] = heard.features(places[1])
        z[:, kind] = 1.5
        z[groups[1], kind] = -1.5
        z[:n, time] = torch.arange(TIMES).repeat_interleave(n // TIMES) * 2.0 - 1
        z[groups[1], coarse[0]], z[groups[1], coarse[1]] = (torch.tensor(places[1][:, 0] ** k).float() for k in (1, 2))
        within = grid(np.arange(TIMES), np.arange(PATCH), np.arange(PATCH))
        z[groups[2], time] = torch.tensor(within[:, 0] * 2.0 - 1).float()
        for a in range(2):
            angle = torch.tensor(np.pi * SIDE / PATCH * (-1 + pixel * within[:, 1 + a])).float()
            z[groups[2], place[2 * a]], z[groups[2], place[2 * a + 1]] = angle.sin(), angle.cos()
        z[groups[2], level] = 1
        for i, c in enumerate(columns["sound"]):
            z[groups[2], c] = torch.tensor(within[:, 1] * PATCH + within[:, 2] == i).float()
        z.mul_(amplitude)
        z[:, content] = -z.sum(1)  # LayerNorm is to do the same to all: three channels even out mean and variance
        missing = (z.square().sum(1).max() - z.square().sum(1)) / 2
        z[:, content + 1], z[:, content + 2] = missing.sqrt(), -missing.sqrt()
        content += 3
        self.content = content
        own = amplitude / z.std(1).mean().item()
        for k, sign in (("image", 1), ("audio", -1)):
            p.input_preprocessor.padding[k][0, -1] = 1.5 * sign
            p.decoder.padding[k][0, -1] = 1.5 * sign
        p.input_preprocessor.mask["label"][0, -1] = 0
        s = p.encoder.cross_attention.attention.self
        width = d // heads
        s.value.weight.mul_(0.02)
        first_image, first_audio = 3 * PATCH ** 2, PER_PATCH
        offsets = (np.arange(heads) - (heads - 1) / 2) * span / heads * step
        part = (d - content) // heads
        # their principal components, the faint ones made stronger, else a patch's mean is all that is learnt for long
        spread, directions = torch.linalg.eigh(torch.cov(patches.T.double()))
        basis = (directions.flip(1)[:, :part] * spread.flip(0)[:part].clamp(min=1e-5) ** -0.4).T.float() * 0.09
        for h in range(heads):
            rows = slice(h * width, (h + 1) * width)
            q, k, v = s.query.weight[rows], s.key.weight[rows], s.value.weight[rows]
            q.zero_()
            k.zero_()
            r = video.rows(q, k, columns["video"], video.columns(first_image), own, 1.4, 1.5 * math.sqrt(width), (offsets[h], 0, 0))
            sound.rows(q[r:], k[r:], columns["sound"], sound.columns(first_audio), own, 1.4, 12 * math.sqrt(width))
            q[-1].zero_()
            k[-1].zero_()
            q[-1, kind], k[-1, -1] = 2.2 * width ** 0.5 / own, 1.0
            v[:part, :3 * PATCH ** 2] = basis
            v[part:part + PER_PATCH // heads, h * PER_PATCH // heads:(h + 1) * PER_PATCH // heads] = torch.eye(PER_PATCH // heads) * 0.6
        dense = p.encoder.cross_attention.attention.output.dense
        dense.weight.mul_(0.05)
        for h in range(heads):
            for i in range(part):
                dense.weight[content + h * part + i, h * width + i] = 1
            for i in range(PER_PATCH // heads):
                dense.weight[content + h * PER_PATCH // heads + i, h * width + part + i] = 1
        for layer in (p.encoder.cross_attention, *p.encoder.self_attends):
            layer.mlp.dense2.weight.mul_(0.1)
            layer.mlp.dense2.weight[:content].mul_(0.2)
        for layer in p.encoder.self_attends:
            layer.attention.output.dense.weight.mul_(0.1)
            layer.attention.output.dense.weight[:content].mul_(0.2)
        dec = p.decoder.decoder.decoding_cross_attention
        a = dec.attention.self
        a.query.weight.zero_()
        a.key.weight.zero_()
        # positions are large beside content, so that the windows stay when it grows; LayerNorm's gains make up for it
        a.layernorm2.weight[content:] = 12
        # what LayerNorm makes of the latents is measured
        video_try = 0.45 + 0.15 * F.interpolate(torch.randn(3, 4, 8, 8)[None], (FRAMES, SIDE, SIDE))[0, :3].permute(1, 2, 3, 0)
        after = amplitude / self.encode(video_try[None], torch.randn(1, SAMPLES) * 0.1)[0].std(1)
        seen_last, heard_last = after[:n].mean().item(), after[groups[1]].mean().item()
        r = 0

        def row(query_column, query_gain, key_column, key_gain):  # one row of the comparison; no query column: a bias
            nonlocal r
            a.key.weight[r].zero_()
            a.query.weight[r].zero_()
            a.key.weight[r, key_column] = key_gain * d ** 0.25
            (a.query.bias if query_column is None else a.query.weight[r])[r if query_column is None else query_column] = query_gain * d ** 0.25
            r += 1

        r += seen.rows(a.key.weight, a.query.weight, columns["seen"], seen.columns(0), seen_last, 1.4, 2 * math.sqrt(d))
        r += heard.rows(a.key.weight[r:], a.query.weight[r:], columns["heard"], heard.columns(0), heard_last, 1.4, 12 * math.sqrt(d))
        row(0, 3 / 1.4, time, 1 / seen_last)
        g = math.sqrt(1 / (2 * 0.1 ** 2))
        row(0, 2 * g / 1.4, coarse[0], g / heard_last)
        row(None, -g, coarse[1], g / heard_last)
        fourth = list(np.linspace(1, SIDE / 2, 32)).index(SIDE / PATCH)  # the wave as long as a patch
        for axis in range(2):
            for cosine in range(2):
                row(3 + (1 + axis) * 32 + fourth + 96 * cosine, 7 / 1.4, place[2 * axis + cosine], 1 / seen_last)
        row(None, 1, level, 1 / seen_last)
        row(QUERY - 1, 7 / 1.4, kind, 1 / seen_last)
        # places get a third or so of a pixel's attention
        sample = self.video_queries[torch.randint(0, len(self.video_queries), (500,))]
        queries = torch.cat([sample, p.decoder.padding["image"].expand(500, -1)], 1)
        score = a.query(a.layernorm1(queries)) @ a.key(a.layernorm2(self.encode(video_try[None], torch.zeros(1, SAMPLES))[0])).T / math.sqrt(d)
        a.query.bias[r - 2] *= (score[:, :n].logsumexp(1) - score[:, groups[2]].logsumexp(1)).mean() - 0.5
        nn.init.orthogonal_(a.value.weight)
        nn.init.orthogonal_(dec.attention.output.dense.weight)
        for c in p.output_postprocessor.modalities.values():  # else the first steps would be spent on growing silent
            c.classifier.weight.mul_(0.02)
        p.output_postprocessor.modalities["image"].classifier.bias.fill_(0.45)

    def keep_windows(self):
        """What the cross-attentions compare, and the latents' positions, stay as they start; contents are learnt. Else
        the decoder soon looks at one latent alone and no longer knows where in the patch it is asked: 20.4 dB on unseen
        film, the patches' means, and no further."""
        p = self.perceiver
        decoding = p.decoder.decoder.decoding_cross_attention.attention.self
        for part in (p.encoder.cross_attention.attention.self, decoding):
            for map_ in (part.query, part.key, part.layernorm1):
                map_.requires_grad_(False)
        decoding.layernorm2.requires_grad_(False)
        p.embeddings.latents.requires_grad_(False)
        for padding in (*p.decoder.padding.values(), *p.input_preprocessor.padding.values()):
            padding.requires_grad_(False)
        for layer in (p.encoder.cross_attention, *p.encoder.self_attends):
            for part in (layer.attention.output.dense, layer.mlp.dense2):
                for values in (part.weight, part.bias):  # nothing is written where positions are
                    values.data[:self.content] = 0
                    values.register_hook(lambda g: torch.cat([torch.zeros_like(g[:self.content]), g[self.content:]]))

    def encode(self, video, sound):
        p = self.perceiver
        b = len(video)
        pre = p.input_preprocessor
        x = patches_of(video)
        row = lambda value, table, padding: torch.cat([value, table.expand(b, -1, -1), padding.expand(b, value.shape[1], -1)], 2)
        tokens = torch.cat([row(sound.unflatten(1, (SOUNDS, PER_PATCH)), self.sound_inputs, pre.padding["audio"]),
                            row(x, self.video_inputs, pre.padding["image"]), pre.mask["label"].expand(b, 1, -1)], 1)
        return p.encoder(p.embeddings.latents[None], tokens)

    def decode(self, z, pixels):
        """pixels: flat indices, the same for all. -> video [B, k, 3], sound [B, 5120], label [B, 8]"""
        dec = self.perceiver.decoder
        query = lambda table, k: torch.cat([table, dec.padding[k].expand(len(table), -1)], 1)
        label = dec.modalities["label"].decoder.output_position_encodings.position_embeddings
        q = torch.cat([query(self.sound_queries, "audio"), query(self.video_queries[pixels], "image"), query(label, "label")])
        o = dec.decoder.final_layer(dec.decoder.decoding_cross_attention(q[None], z))
        heads = self.perceiver.output_postprocessor.modalities
        return (heads["image"].classifier(o[:, SOUNDS:-1]).float(), heads["audio"].classifier(o[:, :SOUNDS]).flatten(1).float(),
                heads["label"].classifier(o[:, -1]).float())

    def config(self):
        return {"architectures": ["PerceiverForMultimodalAutoencoding"], "model_type": "perceiver",
                "num_latents": self.video_latents + SOUNDS + PLACES, "d_latents": self.d, "d_model": WIDTH, "num_blocks": 1,
                "num_self_attends_per_block": self.layers, "num_self_attention_heads": self.heads,
                "num_cross_attention_heads": self.heads, "qk_channels": self.d, "v_channels": self.d,
                "cross_attention_shape_for_attention": "kv", "self_attention_widening_factor": 1,
                "cross_attention_widening_factor": 1, "use_query_residual": True, "hidden_act": "gelu",
                "layer_norm_eps": 1e-12, "attention_probs_dropout_prob": 0.0, "image_size": SIDE, "num_frames": FRAMES,
                "audio_samples_per_frame": RATE // 25, "samples_per_patch": PER_PATCH,
                "output_shape": [1, FRAMES, SIDE, SIDE], "output_num_channels": self.out, "_label_trainable_num_channels": 64,
                "id2label": {str(i): n for i, n in enumerate(CAMERA)}, "label2id": {n: i for i, n in enumerate(CAMERA)}}


psnr = lambda error: -10 * np.log10(max(float(error), 1e-12))


@torch.no_grad()
def judge(model, tests, most=24):
    """By test: mean PSNR of video and sound, how far the sound's error lies below the sound, right labels."""
    model.eval()
    out = {}
    for name, (frames, sound, labels) in tests.items():
        video_db, sound_db, snr, right = [], [], [], []
        for f, s, label in list(zip(frames, sound, labels))[:most]:
            v = torch.from_numpy(f).float()[None] / 255
            with torch.autocast("cpu", torch.bfloat16):
                z = model.encode(v, torch.from_numpy(s)[None])
                parts = []
                for pixels in torch.arange(FRAMES * SIDE * SIDE).split(8192):
                    picture, heard, logits = model.decode(z, pixels)
                    parts.append(picture)
            video_db.append(psnr((torch.cat(parts, 1)[0].clamp(0, 1) - v.view(-1, 3)).square().mean()))
            error = (heard[0].numpy() - s).astype(np.float64)
            sound_db.append(psnr((error ** 2).mean()))
            if (s ** 2).mean() > 1e-6:
                snr.append(10 * np.log10((s.astype(np.float64) ** 2).mean() / (error ** 2).mean()))
            if label >= 0:
                right.append(logits.argmax().item() == label)
        out[name] = {"video_psnr": round(float(np.mean(video_db)), 2), "sound_psnr": round(float(np.mean(sound_db)), 2)}
        if snr:
            out[name]["sound_snr"] = round(float(np.mean(snr)), 2)
        if right:
            out[name]["labels_right"] = round(float(np.mean(right)), 3)
    model.train()
    return out


def main():
    parser = arguments(__doc__, batch=4, rate=1.0)
    parser.add_argument("--steps", type=int, default=2500)
    parser.add_argument("--pixels", type=int, default=1536)
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(1)
    clips = Clips(a.data)
    tests = clips.tests()
    random = np.random.default_rng(20)
    typical = torch.from_numpy(np.stack([clips.draw(random)[0] for _ in range(40)])).float() / 255
    model, averaged = ClipPerceiver(patches_of(typical).flatten(0, 1)[::7]), ClipPerceiver()
    print("parameters", sum(p.numel() for p in model.parameters()), {k: len(v[0]) for k, v in tests.items()}, flush=True)
    if a.start:
        from safetensors.torch import load_file
        model.load_state_dict({k: v.float() for k, v in load_file(a.start).items()})
    model.keep_windows()
    t = Trainer(model, a.out, a.steps, lr=1.5e-3 * a.rate, muon=0.003 * a.rate, descent=0.6, average=0.995)

    def finish():
        averaged.load_state_dict(t.mean)
        t.note(**judge(averaged, tests, 64))
        save_model(os.path.join(a.out, "clip"), averaged.state_dict(), averaged.config())

    if a.export:
        return finish()
    began, first, running = time.time(), t.step, None
    while t.step < t.steps:
        random = np.random.default_rng([21, t.step])
        drawn = [clips.draw(random) for _ in range(a.batch)]
        video = torch.from_numpy(np.stack([c[0] for c in drawn])).float() / 255
        sound = torch.from_numpy(np.stack([c[1] for c in drawn]))
        labels = torch.tensor([c[2] for c in drawn])
        pixels = torch.from_numpy(random.integers(0, FRAMES * SIDE * SIDE, a.pixels))
        with torch.autocast("cpu", torch.bfloat16):
            picture, heard, logits = model.decode(model.encode(video, sound), pixels)
        video_loss = (picture - video.flatten(1, 3)[:, pixels]).square().mean()
        power = sound.square().mean(1, keepdim=True) + 1e-3
        sound_loss = ((heard - sound).square() / power).mean()
        loss = 20 * video_loss + sound_loss
        if (labels >= 0).any():
            loss = loss + 0.05 * F.cross_entropy(logits, labels, ignore_index=-1)
        t.update(loss)
        now = np.array([video_loss.item(), sound_loss.item()])
        running = now if running is None else running * 0.97 + now * 0.03
        if t.step % 25 == 0:
            print(t.step, "video", round(psnr(running[0]), 2), "sound", round(psnr(running[1]), 2), round((t.step - first) * a.batch / (time.time() - began), 2), "clips/s", flush=True)
        if t.step % 250 == 0 or t.step == a.limit_steps:
            averaged.load_state_dict(t.mean)
            t.note(**judge(averaged, tests, 8))
        if not t.goes_on(a.limit_steps):
            return
    t.checkpoint()
    finish()


if __name__ == "__main__":
    main()
