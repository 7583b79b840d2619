"""Writes answers.json: what Hugging Face's classes answer with the starter models' weights, in fp32; for sentiment, whose shape
transformers does not take, the training code's own attention.

usage: python make_answers.py STARTER_FOLDER SAMPLES_FOLDER > answers.json      (torch, transformers, pillow)
"""
import json
import os
import re
import sys

import numpy as np
import torch
from PIL import Image
from transformers import PerceiverForImageClassificationConvProcessing, PerceiverForMaskedLM

starter, samples = sys.argv[1:]
here = os.path.dirname(os.path.abspath(__file__))
load = lambda kind, name: kind.from_pretrained(os.path.join(starter, name), dtype=torch.float32).eval()
ids = lambda text: [4] + [b + 6 for b in text.encode()] + [5]
out = {}
with torch.no_grad():
    picture = Image.open(os.path.join(samples, "chelsea.png")).convert("RGB")
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    picture = picture.crop((left, top, left + side, top + side)).resize((64, 64), Image.BICUBIC)
    x = (np.asarray(picture, np.float32) / 255 - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)
    model = load(PerceiverForImageClassificationConvProcessing, "image")
    out["image"] = model(inputs=torch.tensor(x.transpose(2, 0, 1)[None], dtype=torch.float32)).logits.softmax(-1)[0].tolist()

    model, out["text"] = load(PerceiverForMaskedLM, "text"), []
    for line in open(os.path.join(here, "sentences.txt"), encoding="utf-8"):
        before, word, after = re.match(r"(.*)\[(.*)\](.*)", line.rstrip("\n")).groups()
        tokens, first = ids(before + word + after), 1 + len(before.encode())
        tokens[first:first + len(word)] = [3] * len(word)
        mask = torch.ones(1, len(tokens))
        logits = model(inputs=torch.tensor([tokens]), attention_mask=mask).logits[0, first:first + len(word)]
        out["text"].append(logits.softmax(-1).max(-1).values.tolist())

    sys.path.insert(0, os.path.join(starter, "training"))
    from safetensors.torch import load_file
    from sentiment import LENGTH, SentimentPerceiver
    model, out["sentiment"] = SentimentPerceiver().eval(), []
    model.load_state_dict({k: v.float() for k, v in load_file(os.path.join(starter, "sentiment", "model.safetensors")).items()}, strict=False)
    for line in open(os.path.join(here, "reviews.tsv"), encoding="utf-8"):
        tokens = ids(line.rstrip("\n").partition("\t")[2])
        full = torch.tensor([tokens + [0] * (LENGTH - len(tokens))])
        out["sentiment"].append(model(full, shortcut=False)[0].softmax(-1)[0, 1].item())
print(json.dumps(out))
