"""Coarse-to-fine inference of a starter flow model, as the engine does it, and its errors on pairs with ground truth."""
import os

import cv2
import numpy as np
import torch
import torch.nn.functional as F

OVERLAP, LEVELS, LEAST_SIDE, MEDIAN = 8, 6, 24, 5


def starts(length, tile):
    if length <= tile:
        return [0]
    count = max(1, -(-(length - OVERLAP) // (tile - OVERLAP)))
    return [round(i * (length - tile) / (count - 1)) for i in range(count)] if count > 1 else [0]


@torch.no_grad()
def tiles_flow(model, x):
    """x [1, 6, H, W] -> [1, 2, H, W]: overlapping tiles, weighted by their distance from the rim."""
    from flow import TILE
    th, tw = TILE
    height, width = x.shape[2:]
    x = F.pad(x, (0, max(0, tw - width), 0, max(0, th - height)), mode="replicate")
    h, w = x.shape[2:]
    places = [(r, c) for r in starts(h, th) for c in starts(w, tw)]
    edge = lambda n: torch.minimum(torch.arange(1, n + 1), torch.arange(n, 0, -1)).float()
    weight = torch.minimum(edge(th)[:, None], edge(tw)[None])[..., None]
    total, weights = torch.zeros(h, w, 2), torch.zeros(h, w, 1)
    for i in range(0, len(places), 64):
        part = places[i:i + 64]
        with torch.autocast("cpu", torch.bfloat16):
            flows = model(torch.stack([x[0, :, r:r + th, c:c + tw] for r, c in part])).view(-1, th, tw, 2)
        for (r, c), f in zip(part, flows):
            total[r:r + th, c:c + tw] += f * weight
            weights[r:r + th, c:c + tw] += weight
    return (total / weights).permute(2, 0, 1)[None, :, :height, :width]


def warp(image, flow):
    h, w = image.shape[2:]
    y, x = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
    grid = torch.stack([(x + flow[0, 0]) / (w - 1) * 2 - 1, (y + flow[0, 1]) / (h - 1) * 2 - 1], -1)[None]
    return F.grid_sample(image, grid, padding_mode="border", align_corners=True)


def pyramid_flow(model, first, second, iterations):
    """[1, 3, H, W] in [-1, 1] -> [1, 2, H, W]"""
    pyramid = [(first, second)]
    while len(pyramid) < LEVELS and min(pyramid[-1][0].shape[2:]) >= LEAST_SIDE:
        size = [(n + 1) // 2 for n in pyramid[-1][0].shape[2:]]
        pyramid.append(tuple(F.interpolate(i, size=size, mode="bilinear", antialias=True) for i in pyramid[-1]))
    flow = None
    for a, b in reversed(pyramid):
        h, w = a.shape[2:]
        if flow is None:
            flow = torch.zeros(1, 2, h, w)
        else:
            ratio = torch.tensor([w / flow.shape[3], h / flow.shape[2]]).view(1, 2, 1, 1)
            flow = F.interpolate(flow, size=(h, w), mode="bilinear") * ratio
        for _ in range(iterations):
            flow = flow + tiles_flow(model, torch.cat([a, warp(b, flow)], 1))
            flow = torch.from_numpy(np.stack([cv2.medianBlur(np.ascontiguousarray(c), MEDIAN) for c in flow[0].numpy()]))[None]
    return flow


def read_flo(path):
    with open(path, "rb") as f:
        assert np.fromfile(f, np.float32, 1)[0] == 202021.25, path
        w, h = np.fromfile(f, np.int32, 2)
        return np.fromfile(f, np.float32, 2 * w * h).reshape(h, w, 2)


def pairs(data):
    at = lambda *p: os.path.join(data, "flow", *p)
    for name in ("RubberWhale", "Venus", "Grove2"):
        yield name, at("middlebury", name, "frame10.png"), at("middlebury", name, "frame11.png"), at("middlebury", name, "flow10.flo")
    yield "alley_1", at("sintel_alley_1", "frame_0001.png"), at("sintel_alley_1", "frame_0002.png"), at("sintel_alley_1", "flow_0001.flo")
    yield "FlyingChairs 0", at("flyingchairs_0", "img0.ppm"), at("flyingchairs_0", "img1.ppm"), at("flyingchairs_0", "flow.flo")


def judge(model, data):
    """Mean end-point error in pixels, by pair, where the truth is known."""
    iterations = model.config()["starter_flow"]["pyramid_iterations"]
    read = lambda path: torch.from_numpy(cv2.imread(path, cv2.IMREAD_COLOR)[..., ::-1].astype(np.float32)).permute(2, 0, 1)[None] / 127.5 - 1
    out = {}
    for name, first, second, truth in pairs(data):
        flow, truth = pyramid_flow(model, read(first), read(second), iterations)[0].permute(1, 2, 0).numpy(), read_flo(truth)
        known = (np.abs(truth) < 1e8).all(-1)
        out[name] = round(float(np.sqrt(((flow - truth) ** 2).sum(-1))[known].mean()), 4)
    return out
