"""A review's mood: PerceiverForSequenceClassification on IMDB, 1024 bytes, continued from the masked language model.

usage: python sentiment.py --data SHARED/data --out DIR --start TEXT/model.safetensors [--steps 2000]

Twice the text model's length: its positions are waves a byte, so they and the latents' go on beyond 512. Reviews that
are longer are judged by their end, where opinions stand.

One label a review teaches little, so in training every latent is also asked for something nearer: how much more often the
words that end in it stand in positive reviews than in negative ones (naive Bayes' weight of evidence, counted on the
training reviews). That head is not part of the model.
"""
import collections
import math
import os
import re
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import load_file

from perceiver import Layer, Positions
from text import AMPLITUDE, LENGTH, OFFSET, STRIDE, WAVES, CLS, MASK, PAD, SEP, TextPerceiver, reviews, word_numbers
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
        self.evidence = nn.Sequential(nn.LayerNorm(d), nn.Linear(d, 1))  # of training alone
        nn.init.zeros_(self.evidence[1].weight)

    @torch.no_grad()
    def start_from(self, path):
        """The masked language model's weights; position tables go on in their waves, the rest of them repeats."""
        weights = {k: v.float() for k, v in load_file(path).items()}
        waves = Positions([WAVES * LENGTH])
        n, half = waves.channels, LENGTH / 2

        def longer(table, step, amplitude=1.0):
            at = lambda count: ((np.arange(count) + 0.5) * step / half - 1)[:, None]
            features = lambda count: torch.from_numpy(waves.features(at(count))).float()
            twice = torch.cat([table, table])
            twice[len(table):, :n] += amplitude * (features(len(twice))[len(table):] - features(len(table)))
            return twice

        own = self.state_dict()
        for name, value in weights.items():
            if name.endswith("input_preprocessor.position_embeddings.weight"):
                value = longer(value, 1)
            elif name == "perceiver.embeddings.latents":
                value = torch.cat([longer(value[:-1], STRIDE, AMPLITUDE), value[-1:]])
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
        answer = d.final_layer(d.decoding_cross_attention(d.output_position_encodings.position_embeddings[None], z))
        return answer[:, 0].float(), self.evidence(z)[..., 0].float()

    def config(self):
        return {**self.base, "architectures": ["PerceiverForSequenceClassification"],
                "id2label": {str(i): n for i, n in enumerate(LABELS)}, "label2id": {n: i for i, n in enumerate(LABELS)}}


WORD = re.compile(rb"[0-9A-Za-z'\x80-\xff]+")  # as LETTER has it


def evidence_of(texts, labels, least=8):
    """word -> log of how much more often it is in positive reviews, -3 … 3; rare words are left out."""
    counts = np.zeros((2,), object)
    counts[:] = [collections.Counter(), collections.Counter()]
    for text, label in zip(texts, labels):
        counts[label].update(set(WORD.findall(text.lower())))
    total = [sum(c.values()) for c in counts]
    return {w: float(np.clip(math.log((counts[1][w] + 1) / total[1]) - math.log((counts[0][w] + 1) / total[0]), -3, 3))
            for w in set(counts[0]) | set(counts[1]) if counts[0][w] + counts[1][w] >= least}


def evidence_targets(rows, evidence):
    """uint8 [B, L] -> [B, latents]: the evidence of the words that end in each latent's bytes ([CLS] is the first)."""
    out = np.zeros((len(rows), LONG // STRIDE + 1), np.float32)
    for target, row in zip(out, rows):
        for m in WORD.finditer(row.tobytes().lower()):
            target[m.end() // STRIDE] += evidence.get(m.group(), 0.0)  # the last byte is token m.end()
    return out


def batch_of(texts, random=None):
    """ids, mask and bytes of byte strings; with `random`, other windows of long ones and some words hidden."""
    most = LONG - 2
    cut = []
    for t in texts:
        first = max(0, len(t) - most)
        if random is not None and first and random.random() < 0.3:
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
        hidden = (random.random((len(rows), words.max() + 2)) < 0.05)[np.arange(len(rows))[:, None], words] & (words >= 0)
        body = np.where(hidden, MASK, body)
    for i, c in enumerate(cut):
        ids[i, 0] = CLS
        ids[i, 1:len(c) + 1] = body[i, :len(c)]
        ids[i, len(c) + 1] = SEP
    mask = np.arange(length + 2)[None] < np.array([len(c) + 2 for c in cut])[:, None]
    return torch.from_numpy(ids), torch.from_numpy(mask), rows


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
        ids, mask, _ = batch_of([texts[i] for i in pick])
        with torch.autocast("cpu", torch.bfloat16):
            out[torch.from_numpy(pick)] = model(ids, mask)[0]
    model.train()
    return out


def finish(t, model, test, out):
    model.load_state_dict(t.mean)
    texts, labels = test
    logits = predict(model, texts)
    t.note(test_accuracy=round((logits.argmax(1).numpy() == labels).mean().item(), 4))
    weights = {k: v for k, v in model.state_dict().items() if not k.startswith("evidence")}
    save_model(os.path.join(out, "sentiment"), weights, model.config())


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
    evidence = evidence_of(texts[:n], labels[:n])
    model, averaged = SentimentPerceiver(), SentimentPerceiver()
    if a.start:
        model.start_from(a.start)
    model.set_dropout(0.1)
    t = Trainer(model, a.out, a.steps, lr=2e-3 * a.rate, muon=0.006 * a.rate, descent=0.8, average=0.99)
    if a.export:
        return finish(t, averaged, load(a.data, "test"), a.out)
    began, first, running = time.time(), t.step, None
    while t.step < t.steps:
        random = np.random.default_rng([11, t.step])
        at = t.step * a.batch % n
        order = np.random.default_rng([12, t.step * a.batch // n]).permutation(n)[at:at + a.batch]
        ids, mask, rows = batch_of([texts[i] for i in order], random)
        with torch.autocast("cpu", torch.bfloat16):
            logits, guess = model(ids, mask)
        loss = F.cross_entropy(logits, torch.from_numpy(labels[order]), label_smoothing=0.05)
        target = torch.from_numpy(evidence_targets(rows, evidence))
        words = (guess - target).square().sum() / target.square().sum()  # 1: nothing is known of any word
        t.update(loss + words)
        now = np.array([loss.item(), words.item()])
        running = now if running is None else running * 0.98 + now * 0.02
        if t.step % 50 == 0:
            print(t.step, running.round(4), round((t.step - first) * a.batch / (time.time() - began), 1), "reviews/s", flush=True)
        if t.step % 250 == 0 or t.step == a.limit_steps:
            averaged.load_state_dict(t.mean)
            t.note(loss=round(running[0], 4), words=round(running[1], 4), held_accuracy=round((predict(averaged, held).argmax(1).numpy() == held_labels).mean().item(), 4))
        if not t.goes_on(a.limit_steps):
            return
    t.checkpoint()
    finish(t, averaged, load(a.data, "test"), a.out)


if __name__ == "__main__":
    main()
