"""A review's mood: PerceiverForSequenceClassification on IMDB, 2048 bytes.

usage: python sentiment.py --data SHARED/data --out DIR [--steps 4000]

A latent stands for two bytes. Encoder heads read one byte each, ten in a row; the latents' heads read one latent each, so
that they put words and then phrases together. Which one, queries and keys find by a clock code of positions (cosines and
sines of the position over 2, 4, 8 … bytes): a softmax over it is all but one-hot. These queries and keys are not learnt,
and training takes a shortcut through them: it fetches the one byte or latent. At the end both ways are compared.

One label a review teaches little, so in training every latent is also asked for something nearer: what a logistic
regression over words and pairs of words (`sentiment_teacher.py`) says of those that end in it. That head is not part of
the model. (transformers' class cannot hold it: there v_channels of latent layers must be d_latents, and heads divide it.)
The regression's labels also serve for the reviews without one, and SST-2's phrases for short texts.
"""
import math
import os
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from perceiver import Encoder, Layer, scale_linear
from sentiment_teacher import Teacher
from text import CLS, MASK, OFFSET, PAD, SEP, VOCABULARY, reviews, word_numbers
from training import Trainer, arguments, save_model

LENGTH, STRIDE = 2048, 2
LABELS = ["negative", "positive"]
BYTES = range(-8, 2)  # what encoder heads read, from a latent's first byte
REACH = [(-1, -2, -3, -4, -5, -6, -7, -8), (-4, -8, -12, -16, -24, 4, 8, 16)]  # what the layers' heads read, in latents
PADDING = 52  # latents of nothing at a batch's end: more than the layers reach together
HALVES = 11  # waves of 2, 4, … 2048 bytes
LEVEL = 0.25  # of the latents' constant channel


def clock(count, waves):
    """[count, 2 len(waves)]: cosines and sines of index over waves."""
    angle = 2 * np.pi * np.arange(count)[:, None] / np.asarray(waves)[None]
    return torch.from_numpy(np.concatenate([np.cos(angle), np.sin(angle)], 1)).float()


class SentimentPerceiver(nn.Module):
    """Places come first in inputs and latents, each with its negative, so that LayerNorm's mean does not move them."""

    def __init__(self, d=192, c=96, widening=3):
        super().__init__()
        self.d, self.c, self.widening = d, c, widening
        self.code, self.own = 4 * HALVES + 2, 4 * (HALVES - 1)  # channels of places: of inputs, of latents
        n = LENGTH // STRIDE
        p = self.perceiver = nn.Module()
        pre = p.input_preprocessor = nn.Module()
        pre.embeddings = nn.Embedding(VOCABULARY, c)
        pre.position_embeddings = nn.Embedding(LENGTH, c)
        p.embeddings = nn.Module()
        p.embeddings.latents = nn.Parameter(torch.zeros(n, d), requires_grad=False)
        p.encoder = Encoder(n, d, c, 240, 320, len(REACH), len(BYTES), len(REACH[0]), widening)
        e = p.encoder.cross_attention
        e.mlp.dense1, e.mlp.dense2 = nn.Linear(d, 4 * d), nn.Linear(4 * d, d)
        p.decoder = nn.Module()
        inner = p.decoder.decoder = nn.Module()
        inner.output_position_encodings = nn.Module()
        inner.output_position_encodings.position_embeddings = nn.Parameter(torch.randn(1, d) * 0.02)
        inner.decoding_cross_attention = Layer(d, d, d, d, 1, True)
        inner.final_layer = nn.Linear(d, len(LABELS))
        self.evidence = nn.Sequential(nn.LayerNorm(d), nn.Linear(d, 1))  # of training alone
        self.start()

    @torch.no_grad()
    def start(self):
        scale_linear(self)
        p, n = self.perceiver, LENGTH // STRIDE
        pre = p.input_preprocessor
        pre.position_embeddings.weight.zero_()
        half = 2 * HALVES
        code = clock(LENGTH, 2.0 ** np.arange(1, HALVES + 1))
        pre.position_embeddings.weight[:, :half] = code
        pre.position_embeddings.weight[:, half:2 * half] = -code
        # what a head finds where its byte is missing: [CLS], which has no place but this
        pre.position_embeddings.weight[0] = 0
        pre.position_embeddings.weight[0, self.code - 2], pre.position_embeddings.weight[0, self.code - 1] = HALVES ** 0.5, -HALVES ** 0.5
        pre.position_embeddings.weight.requires_grad_(False)
        own = clock(n, 2.0 ** np.arange(1, HALVES))
        own[:, HALVES - 1] = LEVEL  # the sine of the wave of two latents, which is 0 everywhere: a constant in its place
        p.embeddings.latents[:, :self.own // 2] = own
        p.embeddings.latents[:, self.own // 2:self.own] = -own
        pre.embeddings.weight.normal_(0, 1)
        for layer in [p.encoder.cross_attention, *p.encoder.self_attends]:
            for w in (layer.attention.self.query, layer.attention.self.key):
                w.weight.requires_grad_(False)
                w.bias.requires_grad_(False)
        d = p.decoder.decoder
        d.decoding_cross_attention.attention.self.query.weight.mul_(0.1)
        d.final_layer.weight.mul_(0.1)
        nn.init.zeros_(self.evidence[1].weight)
        self.keep_places()

    @torch.no_grad()
    def keep_places(self):
        """Nothing is read from the channels of places but by queries and keys, and nothing written there."""
        p = self.perceiver
        table = p.input_preprocessor.embeddings.weight
        table[:, :self.code] = 0
        content = table[:, self.code:]
        content.sub_(content.mean(1, keepdim=True))
        content.div_(content.std(1, keepdim=True, unbiased=False))
        p.encoder.cross_attention.attention.self.value.weight[:, :self.code] = 0
        for layer in [p.encoder.cross_attention, *p.encoder.self_attends]:
            for w in (layer.attention.output.dense, layer.mlp.dense2):
                w.weight[:self.own] = 0
                w.bias[:self.own] = 0
            layer.mlp.dense1.weight[:, :self.own] = 0
        for layer in p.encoder.self_attends:
            layer.attention.self.value.weight[:, :self.own] = 0
        last = p.decoder.decoder.decoding_cross_attention.attention.self
        last.key.weight[:, :self.own] = 0
        last.value.weight[:, :self.own] = 0
        self.evidence[1].weight[:, :self.own] = 0

    @torch.no_grad()
    def write_places(self, sharpness, loudest):
        """Queries and keys of the heads that training fetches for. sharpness: how much less than the one byte or latent
        every other scores, at least; loudest: for every layer, how much LayerNorm may shrink the latents' places. It
        shrinks some more than others, so between latents the score is (waves that agree) - (all but one), times how much
        both are shrunk: above 0 for the one and below for every other, whatever their sizes."""
        p = self.perceiver

        def heads(s, offsets, waves, stride, query_scale, key_scale, nothing):
            s.query.weight.zero_(), s.query.bias.zero_(), s.key.weight.zero_(), s.key.bias.zero_()
            width, count = s.query.out_features // len(offsets), len(waves)
            have = len([w for w in waves if w > STRIDE]) if stride > 1 else count  # of the latents' waves
            g = math.sqrt(sharpness / 2 * math.sqrt(width))  # any other place misses a wave entirely: twice its weight
            for h, offset in enumerate(offsets):
                row = h * width
                for j, wave in enumerate(waves):
                    phase = 2 * math.pi * offset / wave
                    k = 2 * j
                    for r, (kc, angle) in enumerate(((j, 0.0), (count + j, -math.pi / 2))):
                        if stride == 1 and r == 1 and wave == 2:  # no sine, but the constant
                            for w, sign in ((s.query, -1), (s.key, 1)):
                                level = sign * g * math.sqrt(count - 1) / LEVEL / (query_scale if w is s.query else key_scale)
                                w.weight[row + k + r, kc], w.weight[row + k + r, kc + 2 * count] = level / 2, -level / 2
                            continue
                        # the place's cosine and sine, turned by the offset: cos(a + phase), sin(a + phase)
                        for sign, half in ((0.5, 0), (-0.5, 2 * count)):
                            s.key.weight[row + k + r, kc + half] = sign * g / key_scale
                        cosine, sine = math.cos(phase + angle), -math.sin(phase + angle)
                        if stride > 1 and wave <= stride:  # a latent's first byte always stands at the same place of it
                            s.query.bias[row + k + r] = g * cosine
                            continue
                        q = j - (count - have)
                        for sign, half in ((0.5, 0), (-0.5, 2 * have)):
                            s.query.weight[row + k + r, q + half] = sign * g * cosine / query_scale
                            if q > 0:  # the first wave has no sine
                                s.query.weight[row + k + r, have + q + half] = sign * g * sine / query_scale
                if nothing is not None:
                    s.query.bias[row + 2 * count] = 1.0
                    level = (count - 1) * g * g  # the match has count g^2, a byte elsewhere at most (count - 2) g^2
                    for sign, half in ((0.5, 0), (-0.5, 1)):
                        s.key.weight[row + 2 * count, nothing + half] = sign * level / (HALVES ** 0.5 * key_scale)

        norm = lambda row: 1 / row.std(unbiased=False).item()
        pre = p.input_preprocessor
        tokens = norm(pre.position_embeddings.weight[1] + pre.embeddings.weight[OFFSET])
        first = norm(p.embeddings.latents[0])
        heads(p.encoder.cross_attention.attention.self, list(BYTES), 2.0 ** np.arange(1, HALVES + 1), STRIDE, first, tokens, self.code - 2)
        for layer, reach, scale in zip(p.encoder.self_attends, REACH, loudest):
            heads(layer.attention.self, list(reach), 2.0 ** np.arange(1, HALVES), 1, scale, scale, None)

    def after(self, layer, x, o):
        """The rest of a layer behind its attention."""
        t = layer.attention.output.dense(o) + x
        drop = lambda v: F.dropout(v, layer.drop, self.training)
        return t + drop(layer.mlp.dense2(F.gelu(layer.mlp.dense1(layer.layernorm(t)))))

    def latents(self, ids, shortcut):
        """ids [B, M], all places filled -> latents [B, M / 2, d]"""
        p = self.perceiver
        if not shortcut:
            pre = p.input_preprocessor
            x = pre.embeddings(ids) + pre.position_embeddings.weight[:ids.shape[1]]
            return p.encoder(p.embeddings.latents[None], x, ids != PAD)
        e = p.encoder.cross_attention
        s = e.attention.self
        pre = p.input_preprocessor
        # a byte's value is the same wherever it stands: LayerNorm sees the same sum of squares everywhere
        table = pre.embeddings.weight.clone()
        table[:, self.code - 2] += HALVES ** 0.5
        table[:, self.code - 1] -= HALVES ** 0.5
        content = torch.cat([torch.zeros(self.code), torch.ones(self.c - self.code)])
        values = s.value(s.layernorm2(table) * content).unflatten(1, (len(BYTES), -1))  # [262, heads, width]
        count = ids.shape[1] // STRIDE
        padded = F.pad(torch.where(ids == PAD, CLS, ids), (-BYTES[0], BYTES[-1]), value=CLS)
        parts = [F.embedding(padded[:, o - BYTES[0]:o - BYTES[0] + STRIDE * count:STRIDE], values[:, h]) for h, o in enumerate(BYTES)]
        z = self.after(e, p.embeddings.latents[None, :count].expand(len(ids), -1, -1), torch.cat(parts, -1))
        for layer, reach in zip(p.encoder.self_attends, REACH):
            v = layer.attention.self.value(layer.attention.self.layernorm1(z)).unflatten(2, (len(reach), -1))
            z = self.after(layer, z, torch.cat([v[:, :, h].roll(-o, 1) for h, o in enumerate(reach)], -1))
        return z

    def forward(self, ids, shortcut=True):
        z = self.latents(ids, shortcut)
        inner = self.perceiver.decoder.decoder
        layer, q = inner.decoding_cross_attention, inner.output_position_encodings.position_embeddings[None]
        s = layer.attention.self
        zn = s.layernorm2(z)
        scores = s.query(s.layernorm1(q)) @ s.key(zn).transpose(1, 2) * self.d ** -0.5
        # the latents of nothing that a batch leaves out are all as this one, which no text reaches from either side
        times = torch.zeros(z.shape[1])
        times[-max(REACH[-1]) - 1] = math.log(1.0 + LENGTH // STRIDE - z.shape[1])
        o = (scores.float() + times).softmax(-1).to(zn.dtype) @ s.value(zn)
        return inner.final_layer(self.after(layer, q, o))[:, 0].float(), self.evidence(z)[..., 0].float()

    def config(self):
        return {"architectures": ["PerceiverForSequenceClassification"], "model_type": "perceiver",
                "num_latents": LENGTH // STRIDE, "d_latents": self.d, "d_model": self.c, "num_blocks": 1,
                "num_self_attends_per_block": len(REACH), "num_self_attention_heads": len(REACH[0]),
                "num_cross_attention_heads": len(BYTES), "qk_channels": 240, "v_channels": 320,
                "cross_attention_shape_for_attention": "kv", "self_attention_widening_factor": self.widening,
                "cross_attention_widening_factor": 4, "use_query_residual": True, "hidden_act": "gelu",
                "layer_norm_eps": 1e-12, "attention_probs_dropout_prob": 0.0, "max_position_embeddings": LENGTH,
                "vocab_size": VOCABULARY,
                "id2label": {str(i): n for i, n in enumerate(LABELS)}, "label2id": {n: i for i, n in enumerate(LABELS)}}


def batch_of(texts, most=LENGTH - 2, random=None, hidden=0.04):
    """ids [B, M], bytes, of byte strings: the last `most` bytes of longer ones; with `random` other stretches, and some
    words hidden. M has room for PADDING latents of nothing where the length allows."""
    cut = []
    for t in texts:
        first = max(0, len(t) - most)
        if random is not None and first and random.random() < 0.5:
            first = int(random.integers(0, first))
        cut.append(np.frombuffer(t[first:first + most], np.uint8))
    width = min(LENGTH, -(-(max(len(c) for c in cut) + 2) // STRIDE) * STRIDE + PADDING * STRIDE)
    rows = np.zeros((len(cut), width - 2), np.uint8)
    ids = np.full((len(cut), width), PAD, np.int64)
    for row, id, c in zip(rows, ids, cut):
        row[:len(c)] = c
        id[0], id[1:len(c) + 1], id[len(c) + 1] = CLS, c.astype(np.int64) + OFFSET, SEP
    if random is not None:
        words = word_numbers(rows)
        gone = (random.random((len(rows), words.max() + 2)) < hidden)[np.arange(len(rows))[:, None], words] & (words >= 0)
        ids[:, 1:-1][gone] = MASK
    return torch.from_numpy(ids), cut


def evidence_targets(cut, width, teacher):
    """[B, latents]: what the teacher says of the words that end in each latent's bytes ([CLS] is the first)."""
    out = np.zeros((len(cut), width // STRIDE), np.float32)
    for target, c in zip(out, cut):
        for at, weight in teacher.evidence(c.tobytes()).items():
            target[(at + 1) // STRIDE] += weight
    return torch.from_numpy(out)


def load(data, part):
    texts, labels = reviews(data, part)
    names = {"0": 0, "1": 1, "neg": 0, "pos": 1, "negative": 0, "positive": 1}
    return [t.encode() for t in texts], np.array([names.get(l, -1) for l in labels])


def phrases(data, part="train"):
    texts, labels = [], []
    with open(os.path.join(data, "train", f"sst2_{part}.tsv"), encoding="utf-8") as f:
        next(f)
        for line in f:
            text, _, label = line.rstrip("\n").rpartition("\t")
            texts.append(text.strip().replace(" n't", "n't").replace(" '", "'").replace(" ,", ",").replace(" .", ".").encode())
            labels.append(int(label))
    return texts, np.array(labels)


@torch.no_grad()
def predict(model, texts, shortcut=True):
    model.eval()
    order = np.argsort([len(t) for t in texts])
    out = torch.empty(len(texts), len(LABELS))
    for a in range(0, len(order), 16):
        pick = order[a:a + 16]
        ids, _ = batch_of([texts[i] for i in pick])
        if shortcut:
            with torch.autocast("cpu", torch.bfloat16):
                out[torch.from_numpy(pick)] = model(ids)[0]
        else:
            full = F.pad(ids, (0, LENGTH - ids.shape[1]), value=PAD)
            out[torch.from_numpy(pick)] = model(full, shortcut=False)[0]
    model.train()
    return out


def accuracy(model, texts, labels, **how):
    return round((predict(model, texts, **how).argmax(1).numpy() == labels).mean().item(), 4)


@torch.no_grad()
def scales(model, texts):
    """For every latent layer the least that LayerNorm multiplies places by."""
    least, hooks = [], []
    for layer in model.perceiver.encoder.self_attends:
        least.append(1e9)
        at = len(least) - 1
        def look(module, inputs, at=at):
            least[at] = min(least[at], (1 / inputs[0].float().std(-1, unbiased=False)).min().item())
        hooks.append(layer.attention.self.layernorm1.register_forward_pre_hook(look))
    predict(model, texts)
    for h in hooks:
        h.remove()
    return least


def finish(t, model, held, data, out):
    model.load_state_dict(t.mean)
    model.keep_places()
    least = scales(model, held[0][:400])
    model.write_places(sharpness=24.0, loudest=least)
    sample = held[0][:48]
    short, real = predict(model, sample), predict(model, sample, shortcut=False)
    t.note(scales=[round(s, 3) for s in least], shortcut_differs=round((short - real).abs().max().item(), 4))
    weights = {k: v for k, v in model.state_dict().items() if not k.startswith("evidence")}
    save_model(os.path.join(out, "sentiment"), weights, model.config())
    t.note(test_accuracy=accuracy(model, *load(data, "test")), phrases=accuracy(model, *phrases(data, "dev")))


def main():
    parser = arguments(__doc__, batch=24, rate=1.0)
    parser.add_argument("--steps", type=int, default=4000)
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(1)
    texts, labels = load(a.data, "train")
    mixed = np.random.default_rng(0).permutation(len(texts))
    texts, labels = [texts[i] for i in mixed], labels[mixed]
    held = texts[-1000:], labels[-1000:]
    texts, labels = texts[:-1000], labels[:-1000]
    model, averaged = SentimentPerceiver(), SentimentPerceiver()
    for m in model.modules():
        if isinstance(m, Layer):
            m.drop = 0.1
    t = Trainer(model, a.out, a.steps, lr=3e-3 * a.rate, muon=0.01 * a.rate, descent=0.7, average=0.995)
    if a.export:
        return finish(t, averaged, held, a.data, a.out)
    teacher = Teacher(texts, labels)
    print("parameters", sum(p.numel() for n, p in model.named_parameters() if not n.startswith("evidence")),
          "the teacher's accuracy", ((teacher.logits(held[0]) > 0) == held[1]).mean(), flush=True)
    more, _ = load(a.data, "train_unsup")
    soft = 1 / (1 + np.exp(-teacher.logits(more)))
    certain = np.eye(2)[labels]
    everything = texts + more
    targets = np.concatenate([certain * 0.9 + 0.05, np.stack([1 - soft, soft], 1)]).astype(np.float32)
    short, short_labels = phrases(a.data)
    by_length = np.argsort([len(s) for s in short], kind="stable")
    began, first, running, seen = time.time(), t.step, None, 0
    while t.step < t.steps:
        random = np.random.default_rng([11, t.step])
        if t.step % 4 == 3:
            at = int(random.integers(0, len(short) - 8 * a.batch))
            pick = by_length[at:at + 8 * a.batch]
            chosen, target = [short[i] for i in pick], np.eye(2)[short_labels[pick]] * 0.9 + 0.05
        else:
            part = len(texts) if random.random() < 0.6 else len(everything)
            pick = random.integers(0, part, a.batch * 4)
            lengths = np.array([min(len(everything[i]), 1500) for i in pick])
            pick = pick[np.argsort(lengths, kind="stable")]  # neighbours in length: little padding
            at = int(random.integers(0, 4)) * a.batch
            pick = pick[at:at + a.batch]
            chosen, target = [everything[i] for i in pick], targets[pick]
        ids, cut = batch_of(chosen, most=1500, random=random)
        with torch.autocast("cpu", torch.bfloat16):
            logits, guess = model(ids)
        loss = -(torch.from_numpy(np.asarray(target, np.float32)) * logits.log_softmax(1)).sum(1).mean()
        weights = evidence_targets(cut, ids.shape[1], teacher)
        words = (guess - weights * 10).square().sum() / (weights * 10).square().sum()  # 1: nothing is known of any word
        t.update(loss + words)
        model.keep_places()
        seen += len(chosen) if t.step % 4 else 0
        now = np.array([loss.item(), words.item()])
        if t.step % 4:
            running = now if running is None else running * 0.97 + now * 0.03
        if t.step % 50 == 0:
            print(t.step, running.round(4), round(seen / (time.time() - began), 1), "reviews/s", flush=True)
        if t.step % 500 == 0 or t.step == a.limit_steps:
            averaged.load_state_dict(t.mean)
            t.note(loss=round(running[0], 4), words=round(running[1], 4), held_accuracy=accuracy(averaged, *held))
        if not t.goes_on(a.limit_steps):
            return
    t.checkpoint()
    finish(t, averaged, held, a.data, a.out)


if __name__ == "__main__":
    main()
