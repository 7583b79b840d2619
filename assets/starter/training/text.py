"""Masked language modelling on bytes: PerceiverForMaskedLM, 512 bytes.

usage: python text.py --data SHARED/data --out DIR [--steps 6000]

Whole words are hidden, a fifth of them; what the decoder is asked for are the hidden bytes alone. Judged on single
hidden words of text it has not seen (WikiText-2's test part, IMDB reviews kept out), beside a 5-gram byte model.
"""
import collections
import lzma
import math
import os
import re
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from perceiver import Encoder, Layer, Positions, place_latents, scale_linear, window_head
from training import Trainer, arguments, save_model

PAD, MASK, CLS, SEP, OFFSET, VOCABULARY = 0, 3, 4, 5, 6, 262
LENGTH, STRIDE = 512, 4  # bytes, and bytes a latent stands for
AMPLITUDE = 6.0  # of the latents' positions
WAVES = 1 / np.append(STRIDE, np.geomspace(4.2, 1200, 16))  # waves a byte; the first tells a latent's bytes apart


class TextPerceiver(nn.Module):
    """ids [B, M], which [B, K] positions -> logits [B, K, 262].

    A latent stands for four bytes, and one more for nothing: every head of the decoder answers for one of the four, and
    looks at nothing when another is asked for. Without it the four could hardly be told apart, since what the decoder
    is asked reaches its answer through attention alone (it has no query residual)."""

    def __init__(self, c=192, d=192, layers=6, heads=8, length=LENGTH):
        super().__init__()
        self.c, self.d, self.layers, self.heads, self.length = c, d, layers, heads, length
        p = self.perceiver = nn.Module()
        pre = p.input_preprocessor = nn.Module()
        pre.embeddings = nn.Embedding(VOCABULARY, c)
        pre.position_embeddings = nn.Embedding(length, c)
        p.embeddings = nn.Module()
        p.embeddings.latents = nn.Parameter(torch.randn(length // STRIDE + 1, d) * 0.1)
        p.encoder = Encoder(length // STRIDE + 1, d, c, d, d, layers, heads, heads)
        p.decoder = nn.Module()
        p.decoder.decoding_cross_attention = Layer(c, d, 256, c, 8, True, residual=False)
        p.decoder.output_position_encodings = nn.Module()
        p.decoder.output_position_encodings.position_embeddings = nn.Parameter(torch.randn(length, c) * 0.05)
        self.embedding_decoder = nn.Module()
        self.embedding_decoder.bias = nn.Parameter(torch.zeros(VOCABULARY))
        self.start()

    @torch.no_grad()
    def start(self):
        scale_linear(self)
        p = self.perceiver
        half = self.length / 2  # one unit of position is half the text; a wave a byte is `length` half waves
        positions = Positions([WAVES * self.length])
        at = ((np.arange(self.length) + 0.5) / half - 1)[:, None]
        centres = ((np.arange(self.length // STRIDE) + 0.5) * STRIDE / half - 1)[:, None]
        table = torch.from_numpy(positions.features(at)).float()
        n = positions.channels
        pre = p.input_preprocessor
        pre.embeddings.weight.normal_(0, 1)
        pre.embeddings.weight[:, :n] *= 0.05
        pre.position_embeddings.weight.normal_(0, 0.02)
        pre.position_embeddings.weight[:, :n] = table
        queries = p.decoder.output_position_encodings.position_embeddings
        queries[:, :n] = table
        latents = p.embeddings.latents
        scale = place_latents(latents[:-1], p.encoder, positions, centres, amplitude=AMPLITUDE)
        latents[:, -1] = 0
        latents[-1] = 0
        latents[-1, -1] = 24.0
        for layer in [p.encoder.cross_attention, *p.encoder.self_attends]:
            layer.attention.output.dense.weight[-1] *= 0.02
            layer.mlp.dense2.weight[-1] *= 0.02
        for layer in p.encoder.self_attends:  # the windows of all layers are to find the positions they start with
            layer.attention.output.dense.weight *= 0.4
            layer.mlp.dense2.weight *= 0.4
        p.encoder.cross_attention.mlp.dense2.weight *= 0.4
        # large beside what is written later, else the windows fade as it grows; LayerNorm's gains make up for it
        for layer in p.encoder.self_attends:
            layer.attention.self.layernorm1.weight[n:-1] = 3
            layer.layernorm.weight[n:-1] = 3
        decoding = p.decoder.decoding_cross_attention
        decoding.attention.self.layernorm2.weight[n:-1] = 3
        decoding.attention.output.dense.weight *= 0.1
        decoding.mlp.dense2.weight *= 0.1
        tokens = 1 / (pre.embeddings.weight[6] + pre.position_embeddings.weight[0]).std().item()
        byte = 1 / half
        own = (positions, 0)
        for h in range(self.heads):  # a byte each: four under the latent, two on either side
            window_head(p.encoder.cross_attention.attention.self, h, self.heads, [0.45 * byte], [(h - 3.5) * byte], own, own,
                        scale, tokens, gain=2)
        reach = [(-1, .4), (1, .4), (-2, .5), (2, .5), (-4, 1.2), (4, 1.2), (0, 6)]  # latents away, width; one head is free
        for layer in p.encoder.self_attends:
            for h, (offset, sigma) in enumerate(reach[:self.heads - 1]):
                window_head(layer.attention.self, h, self.heads, [sigma * STRIDE * byte], [offset * STRIDE * byte], own, own,
                            scale, scale, gain=2)
        asked, last = 1 / queries.std(1).mean().item(), scale
        s = p.decoder.decoding_cross_attention.attention.self
        for h in range(8):
            phase, width = h % STRIDE, 32
            row, middle = window_head(s, h, 8, [1.0 * byte], [(1.5 - phase) * byte], own, own, asked, last, pairs=12,
                                      gain=1.5)
            # nothing scores less than the window's middle for the head's own byte, more for the three others
            angle = math.pi * WAVES[0] * self.length * (2 * (phase + 0.5) / self.length - 1)
            s.query.weight[row] = 0
            s.query.weight[row, positions.channel(0, 0, False)] = -16 * math.sin(angle) / asked
            s.query.weight[row, positions.channel(0, 0, True)] = -16 * math.cos(angle) / asked
            s.query.bias[row] = middle + 12
            s.key.weight[row] = 0
            s.key.weight[row, -1] = math.sqrt(width) / math.sqrt(self.d)  # LayerNorm makes the lone channel that large

    def encode(self, ids, mask=None):
        pre = self.perceiver.input_preprocessor
        x = pre.embeddings(ids) + pre.position_embeddings.weight[:ids.shape[1]]
        return self.perceiver.encoder(self.perceiver.embeddings.latents[None], x, mask)

    def forward(self, ids, which, mask=None):
        z = self.encode(ids, mask)
        d = self.perceiver.decoder
        o = d.decoding_cross_attention(d.output_position_encodings.position_embeddings[which], z)
        return (o @ self.perceiver.input_preprocessor.embeddings.weight.T + self.embedding_decoder.bias).float()

    def config(self):
        return {"architectures": ["PerceiverForMaskedLM"], "model_type": "perceiver", "num_latents": self.length // STRIDE + 1,
                "d_latents": self.d, "d_model": self.c, "num_blocks": 1, "num_self_attends_per_block": self.layers,
                "num_self_attention_heads": self.heads, "num_cross_attention_heads": self.heads, "qk_channels": self.d,
                "v_channels": self.d, "cross_attention_shape_for_attention": "kv", "self_attention_widening_factor": 1,
                "cross_attention_widening_factor": 1, "use_query_residual": True, "hidden_act": "gelu",
                "layer_norm_eps": 1e-12, "attention_probs_dropout_prob": 0.0, "max_position_embeddings": self.length,
                "vocab_size": VOCABULARY}


def reviews(data, part):
    """Texts of an IMDB file, and their labels where it has them."""
    texts, labels = [], []
    with lzma.open(os.path.join(data, "train", f"imdb_{part}.tsv.xz"), "rt", encoding="utf-8") as f:
        for line in f:
            label, _, text = line.rstrip("\n").partition("\t")
            texts.append(re.sub(r"(<br ?/>)+", " ", text))
            labels.append(label)
    return texts, labels


def corpus(data, cache):
    """One array of bytes to learn from; and texts kept out: (WikiText-2 test, the last 300 unlabelled reviews)."""
    path = os.path.join(cache, "corpus.npy")
    unlabelled, _ = reviews(data, "train_unsup")
    wiki = open(os.path.join(data, "train", "wikitext2_test.txt"), encoding="utf-8").read()
    if not os.path.exists(path):
        glosses = lzma.open(os.path.join(data, "train", "wordnet_glosses.txt.xz"), "rt", encoding="utf-8").read()
        more = open(os.path.join(data, "train", "wikitext2_valid.txt"), encoding="utf-8").read()
        labelled, _ = reviews(data, "train")
        text = "\n".join(unlabelled[:-300] + labelled + [glosses, more])
        np.save(path, np.frombuffer(text.encode(), np.uint8))
    return np.load(path, mmap_mode="r"), wiki.encode(), "\n".join(unlabelled[-300:]).encode()


LETTER = np.zeros(256, bool)
LETTER[[*range(48, 58), *range(65, 91), *range(97, 123), 39, *range(128, 256)]] = True


def word_numbers(rows):
    """uint8 [B, L] -> for every byte the number of its word within the row, or -1."""
    letter = LETTER[rows]
    start = letter & ~np.concatenate([np.zeros((len(rows), 1), bool), letter[:, :-1]], 1)
    return np.where(letter, np.cumsum(start, 1) - 1, -1)


def hide(rows, random, share=0.2, asked=120):
    """ids [B, L + 2] with [CLS] and [SEP], positions asked [B, asked], the ids there, their weight (0: filling)."""
    words = word_numbers(rows)
    chosen = random.random((len(rows), words.max() + 2)) < share
    hidden = chosen[np.arange(len(rows))[:, None], words] & (words >= 0)
    # In half of the texts some letters of the hidden words are left: how words are spelt is learnt before what they mean.
    hidden &= (random.random(rows.shape) < 0.5) | (random.random((len(rows), 1)) < 0.5)
    ids = rows.astype(np.int64) + OFFSET
    order = np.argsort(~hidden + random.random(hidden.shape) * 0.5, 1)[:, :asked]
    labels = np.take_along_axis(ids, order, 1)
    weight = np.take_along_axis(hidden, order, 1)
    framed = np.concatenate([np.full((len(rows), 1), CLS), np.where(hidden, MASK, ids), np.full((len(rows), 1), SEP)], 1)
    return torch.from_numpy(framed), torch.from_numpy(order + 1), torch.from_numpy(labels), torch.from_numpy(weight)


def single_words(text, count, random):
    """Windows of unseen text, each with one word hidden: rows [n, L], hidden [n, L]."""
    data = np.frombuffer(text, np.uint8)
    starts = random.integers(0, len(data) - (LENGTH - 2), count)
    rows = np.stack([data[s:s + LENGTH - 2] for s in starts])
    words = word_numbers(rows)
    pick = (words.max(1) * (0.15 + 0.7 * random.random(count))).astype(int)
    return rows, words == pick[:, None]


class FiveGram:
    """Bytes by the four before them, backing off to fewer; hidden bytes are guessed from left to right."""

    def __init__(self, data):
        self.best = []
        for n in range(5):
            key = np.zeros(len(data) - n, np.int64)
            for i in range(n + 1):
                key = key * 256 + data[i:len(data) - n + i]
            keys, counts = np.unique(key, return_counts=True)
            table = {}
            order = np.argsort(counts, kind="stable")  # the most frequent is written last
            for k, v in zip((keys[order] >> 8).tolist(), (keys[order] & 255).tolist()):
                table[k] = v
            self.best.append(table)

    def fill(self, row, hidden):
        row = row.copy()
        for i in np.flatnonzero(hidden):
            for n in (4, 3, 2, 1, 0):
                key = 0
                for b in row[i - n:i]:
                    key = key * 256 + int(b)
                if i >= n and key in self.best[n]:
                    row[i] = self.best[n][key]
                    break
        return row


@torch.no_grad()
def accuracy(model, rows, hidden):
    """Of hidden bytes, and of whole words, by the most probable byte each."""
    model.eval()
    right_bytes = all_bytes = right_words = 0
    for a in range(0, len(rows), 64):
        r, h = rows[a:a + 64], hidden[a:a + 64]
        ids = np.concatenate([np.full((len(r), 1), CLS), np.where(h, MASK, r.astype(np.int64) + OFFSET), np.full((len(r), 1), SEP)], 1)
        most = h.sum(1).max()
        order = np.argsort(~h, 1, kind="stable")[:, :most]
        with torch.autocast("cpu", torch.bfloat16):
            guess = model(torch.from_numpy(ids), torch.from_numpy(order + 1)).argmax(-1).numpy() - OFFSET
        asked = np.take_along_axis(h, order, 1)
        good = (guess == np.take_along_axis(r, order, 1)) | ~asked
        right_bytes += (good & asked).sum()
        all_bytes += asked.sum()
        right_words += good.all(1).sum()
    model.train()
    return round(right_bytes / all_bytes, 4), round(right_words / len(rows), 4)


def finish(t, model, data, tests, out):
    """Judge the averaged weights beside the 5-gram model, and save them as a model."""
    model.load_state_dict(t.mean)
    save_model(os.path.join(out, "text"), model.state_dict(), model.config())
    gram = FiveGram(data[:40_000_000])
    for name, (rows, hidden) in tests.items():
        guess = np.stack([gram.fill(r, h) for r, h in zip(rows, hidden)])
        good = (guess == rows) | ~hidden
        t.note(text=name, model_bytes_and_words=accuracy(model, rows, hidden),
               five_gram_bytes_and_words=(round((good & hidden).sum() / hidden.sum(), 4), round(good.all(1).mean(), 4)))


def main():
    parser = arguments(__doc__, batch=32, rate=1.0)
    parser.add_argument("--steps", type=int, default=6000)
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(1)
    os.makedirs(a.out, exist_ok=True)
    data, wiki, kept = corpus(a.data, a.out)
    tests = {name: single_words(text, 1500, np.random.default_rng(3)) for name, text in (("wiki", wiki), ("reviews", kept))}
    model = TextPerceiver()
    print("bytes", len(data), "parameters", sum(p.numel() for p in model.parameters()), flush=True)
    if a.start:
        from safetensors.torch import load_file
        model.load_state_dict({k: v.float() for k, v in load_file(a.start).items()})
    t = Trainer(model, a.out, a.steps, lr=2e-3 * a.rate, muon=0.006 * a.rate, descent=0.6, average=0.998)
    averaged = TextPerceiver()
    if a.export:
        return finish(t, averaged, data, tests, a.out)
    running, began, first = collections.deque(maxlen=200), time.time(), t.step
    while t.step < t.steps:
        random = np.random.default_rng([7, t.step])
        length = LENGTH - 2 if random.random() < 0.7 else int(random.integers(24, LENGTH - 2))  # users write short texts
        starts = random.integers(0, len(data) - length, a.batch)
        ids, which, labels, weight = hide(np.stack([data[s:s + length] for s in starts]), random)
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(ids, which)
        loss = (F.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="none") * weight.flatten()).sum() / weight.sum().clamp(min=1)
        t.update(loss)
        running.append(loss.item())
        if t.step % 50 == 0:
            print(t.step, round(float(np.mean(running)), 4), round((t.step - first) * a.batch / (time.time() - began), 1), "texts/s", flush=True)
        if t.step % 500 == 0 or t.step == t.steps or t.step == a.limit_steps:
            averaged.load_state_dict(t.mean)
            t.note(loss=round(float(np.mean(running)), 4), **{n: accuracy(averaged, *v) for n, v in tests.items()})
        if not t.goes_on(a.limit_steps):
            return
    t.checkpoint()
    finish(t, averaged, data, tests, a.out)


if __name__ == "__main__":
    main()
