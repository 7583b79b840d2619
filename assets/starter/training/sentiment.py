"""A review's mood: PerceiverForSequenceClassification on IMDB, 1024 bytes, continued from the masked language model.

usage: python sentiment.py --data SHARED/data --out DIR --start TEXT/model.safetensors [--steps 2000]

Twice the text model's length: its positions are waves a byte, so they and the latents' go on beyond 512. Reviews that
are longer are judged by their end, where opinions stand.
"""
import os
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import load_file

from perceiver import Layer, Positions
from text import LENGTH, OFFSET, STRIDE, WAVES, CLS, MASK, PAD, SEP, TextPerceiver, reviews, word_numbers
from training import Trainer, arguments, save_model

LONG = 1024
LABELS = ["negative", "positive"]


class SentimentPerceiver(nn.Module):
    """ids [B, M], mask [B, M] -> logits [B, 2]."""

    def __init__(self):
        super().__init__()
        text = TextPerceiver(length=LONG)
        d = text.d
        self.d, self.base = d, text.config()
        self.perceiver = text.perceiver
        inner = nn.Module()
        inner.output_position_encodings = nn.Module()
        inner.output_position_encodings.position_embeddings = nn.Parameter(torch.randn(1, d) * 0.02)
        inner.decoding_cross_attention = Layer(d, d, d, d, 1, True)
        inner.final_layer = nn.Linear(d, len(LABELS))
        with torch.no_grad():
            inner.decoding_cross_attention.attention.self.query.weight.mul_(0.1)
            inner.final_layer.weight.mul_(0.1)
        self.perceiver.decoder = nn.Module()
        self.perceiver.decoder.decoder = inner

    @torch.no_grad()
    def start_from(self, path):
        """The masked language model's weights; position tables go on in their waves, the rest of them repeats."""
        weights = {k: v.float() for k, v in load_file(path).items()}
        waves = Positions([WAVES * LENGTH])
        n, half = waves.channels, LENGTH / 2

        def longer(table, step):
            at = lambda count: ((np.arange(count) + 0.5) * step / half - 1)[:, None]
            features = lambda count: torch.from_numpy(waves.features(at(count))).float()
            twice = torch.cat([table, table])
            twice[len(table):, :n] += features(len(twice))[len(table):] - features(len(table))
            return twice

        own = self.state_dict()
        for name, value in weights.items():
            if name.endswith("input_preprocessor.position_embeddings.weight"):
                value = longer(value, 1)
            elif name == "perceiver.embeddings.latents":
                value = torch.cat([longer(value[:-1], STRIDE), value[-1:]])
            elif "decoder" in name:
                continue
            own[name].copy_(value)

    def set_dropout(self, share):
        for m in self.modules():
            if isinstance(m, Layer):
                m.drop = share

    def forward(self, ids, mask):
        p = self.perceiver
        pre = p.input_preprocessor
        x = pre.embeddings(ids) + pre.position_embeddings.weight[:ids.shape[1]]
        z = p.encoder(p.embeddings.latents[None], x, mask)
        d = p.decoder.decoder
        return d.final_layer(d.decoding_cross_attention(d.output_position_encodings.position_embeddings[None], z))[:, 0].float()

    def config(self):
        return {**self.base, "architectures": ["PerceiverForSequenceClassification"],
                "id2label": {str(i): n for i, n in enumerate(LABELS)}, "label2id": {n: i for i, n in enumerate(LABELS)}}


def batch_of(texts, random=None):
    """ids and mask of byte strings; with `random`, other windows of long ones and some words hidden."""
    most = LONG - 2
    cut = []
    for t in texts:
        first = max(0, len(t) - most)
        if random is not None and first and random.random() < 0.4:
            first = int(random.integers(0, first))
        cut.append(np.frombuffer(t[first:first + most], np.uint8))
    length = max(len(c) for c in cut)
    rows = np.zeros((len(cut), length), np.uint8)
    for row, c in zip(rows, cut):
        row[:len(c)] = c
    ids = np.full((len(cut), length + 2), PAD, np.int64)
    body = rows.astype(np.int64) + OFFSET
    if random is not None:
        words = word_numbers(rows)
        hidden = (random.random((len(rows), words.max() + 2)) < 0.1)[np.arange(len(rows))[:, None], words] & (words >= 0)
        body = np.where(hidden, MASK, body)
    for i, c in enumerate(cut):
        ids[i, 0] = CLS
        ids[i, 1:len(c) + 1] = body[i, :len(c)]
        ids[i, len(c) + 1] = SEP
    mask = np.arange(length + 2)[None] < np.array([len(c) + 2 for c in cut])[:, None]
    return torch.from_numpy(ids), torch.from_numpy(mask)


def load(data, part):
    texts, labels = reviews(data, part)
    names = {"0": 0, "1": 1, "neg": 0, "pos": 1, "negative": 0, "positive": 1}
    return [t.encode() for t in texts], np.array([names[l] for l in labels])


@torch.no_grad()
def predict(model, texts):
    model.eval()
    order = np.argsort([len(t) for t in texts])
    out = torch.empty(len(texts), len(LABELS))
    for a in range(0, len(order), 64):
        pick = order[a:a + 64]
        ids, mask = batch_of([texts[i] for i in pick])
        with torch.autocast("cpu", torch.bfloat16):
            out[torch.from_numpy(pick)] = model(ids, mask)
    model.train()
    return out


def finish(t, model, test, out):
    model.load_state_dict(t.mean)
    texts, labels = test
    logits = predict(model, texts)
    t.note(test_accuracy=round((logits.argmax(1).numpy() == labels).mean().item(), 4))
    save_model(os.path.join(out, "sentiment"), model.state_dict(), model.config())


def main():
    parser = arguments(__doc__, batch=24, rate=0.35)
    parser.add_argument("--steps", type=int, default=2000)
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(1)
    texts, labels = load(a.data, "train")
    mixed = np.random.default_rng(0).permutation(len(texts))
    texts, labels = [texts[i] for i in mixed], labels[mixed]
    held, held_labels = texts[-1000:], labels[-1000:]
    n = len(texts) - 1000
    model, averaged = SentimentPerceiver(), SentimentPerceiver()
    if a.start:
        model.start_from(a.start)
    model.set_dropout(0.1)
    t = Trainer(model, a.out, a.steps, lr=2e-3 * a.rate, muon=0.006 * a.rate, descent=0.8, average=0.99)
    if a.export:
        return finish(t, averaged, load(a.data, "test"), a.out)
    began, first, saved, running = time.time(), t.step, time.time(), None
    while t.step < t.steps:
        random = np.random.default_rng([11, t.step])
        at = t.step * a.batch % n
        order = np.random.default_rng([12, t.step * a.batch // n]).permutation(n)[at:at + a.batch]
        ids, mask = batch_of([texts[i] for i in order], random)
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(ids, mask)
        loss = F.cross_entropy(logits, torch.from_numpy(labels[order]), label_smoothing=0.05)
        t.update(loss)
        running = loss.item() if running is None else running * 0.98 + loss.item() * 0.02
        if t.step % 50 == 0:
            print(t.step, round(running, 4), round((t.step - first) * a.batch / (time.time() - began), 1), "reviews/s", flush=True)
        if t.step % 250 == 0 or t.step == a.limit_steps:
            averaged.load_state_dict(t.mean)
            t.note(loss=round(running, 4), held_accuracy=round((predict(averaged, held).argmax(1).numpy() == held_labels).mean().item(), 4))
        if t.step == a.limit_steps:
            return
        if time.time() - saved > 120:
            t.checkpoint()
            saved = time.time()
    t.checkpoint()
    finish(t, averaged, load(a.data, "test"), a.out)


if __name__ == "__main__":
    main()
