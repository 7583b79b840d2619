"""Pairs of frames with their exact optical flow, made from photos: layers that move on their own, what they hide, thin
things, shadows, blur, brightness, noise.

Every layer: I2(x) = S(T x), I1(x) = S(T (x + f(x))), so that I1(x) = I2(x + f(x)); masks move as their layers do. Frames
are seen as inference sees them: in most pairs the second frame is warped by an estimate that is somewhat wrong, and what
is left is the target.

usage: python flow_data.py --photos DIR --out PREFIX [--count 3000] [--seed 1]
"""
import argparse
import glob
import math
import os

import cv2
import numpy as np

HEIGHT, WIDTH, MARGIN = 160, 208, 32
HELD_PHOTOS = 8  # the last ones by name, for seeds from 9000: what training never sees
cv2.setNumThreads(1)
Y, X = np.meshgrid(np.arange(HEIGHT, dtype=np.float32), np.arange(WIDTH, dtype=np.float32), indexing="ij")


def between(random, low, high):
    """Uniform in the logarithm."""
    return math.exp(random.uniform(math.log(low), math.log(high)))


def load_photos(folder):
    """Every photo at five sizes."""
    photos = []
    for path in sorted(glob.glob(os.path.join(folder, "*.jpg"))):
        if "UltraBlur" in path or "SolusFresh" in path:  # hardly any texture
            continue
        image = cv2.imread(path, cv2.IMREAD_COLOR)[..., ::-1]
        photos.append([cv2.resize(image, (max(64, int(image.shape[1] * s)), max(64, int(image.shape[0] * s))),
                                  interpolation=cv2.INTER_AREA) for s in (0.8, 0.56, 0.4, 0.28, 0.2)])
    return photos


def smooth(random, rows, columns, height=HEIGHT, width=WIDTH):
    """Noise that varies over a grid of rows x columns cells, of unit variance."""
    n = random.standard_normal((rows + 3, columns + 3)).astype(np.float32)
    n = cv2.resize(n, (int(width * (columns + 3) / columns) + 1, int(height * (rows + 3) / rows) + 1), interpolation=cv2.INTER_CUBIC)
    y, x = random.integers(0, n.shape[0] - height + 1), random.integers(0, n.shape[1] - width + 1)
    return n[y:y + height, x:x + width]


def field(random, cells, size):
    return size * np.stack([smooth(random, cells, cells), smooth(random, cells, cells)], -1)


def motion(random, size):
    """[H, W, 2], of a typical length `size`: a shift, a zoom, turn or shear, a bending."""
    a = random.uniform(0, 2 * math.pi)
    f = np.empty((HEIGHT, WIDTH, 2), np.float32)
    f[:] = size * random.uniform(0.3, 1) * np.array([math.cos(a), math.sin(a)])
    if random.random() < 0.6:
        cx, cy, s = random.uniform(0, WIDTH), random.uniform(0, HEIGHT), size * random.uniform(0.1, 1.2) / 100
        kind = random.random()
        m = np.eye(2) if kind < 0.35 else np.array([[0, -1], [1, 0]]) if kind < 0.7 else random.standard_normal((2, 2)) * 0.7
        m = m * s * random.choice([-1, 1])
        f[..., 0] += m[0, 0] * (X - cx) + m[0, 1] * (Y - cy)
        f[..., 1] += m[1, 0] * (X - cx) + m[1, 1] * (Y - cy)
    if random.random() < 0.5:
        cells = int(random.integers(2, 9))
        f += field(random, cells, size * random.uniform(0.1, 0.8) * min(1.0, 4 / cells + 0.3))
    return f


def drawn(random):
    """A picture that no camera took: clouds of colour, or shapes, lines and letters."""
    h, w = 256, 320
    image = np.empty((h, w, 3), np.float32)
    image[:] = random.uniform(20, 235, 3)
    if random.random() < 0.5:
        for octave in range(1, 7):
            strength = random.uniform(0, 40)
            for c in range(3):
                image[..., c] += strength * smooth(random, 2 ** octave, 2 ** octave, h, w) * random.uniform(0.4, 1)
        return np.clip(image, 0, 255).astype(np.uint8)
    image = image.astype(np.uint8)
    for _ in range(int(random.integers(5, 80))):
        colour, kind = tuple(int(v) for v in random.integers(0, 256, 3)), random.random()
        p, q = ((int(random.integers(0, w)), int(random.integers(0, h))) for _ in range(2))
        if kind < 0.3:
            cv2.circle(image, p, int(random.integers(2, 40)), colour, -1, cv2.LINE_AA)
        elif kind < 0.5:
            cv2.line(image, p, q, colour, int(random.integers(1, 8)), cv2.LINE_AA)
        elif kind < 0.7:
            letters = "".join(chr(int(v)) for v in random.integers(65, 122, 8))
            cv2.putText(image, letters, p, cv2.FONT_HERSHEY_SIMPLEX, random.uniform(0.4, 2), colour, int(random.integers(1, 4)), cv2.LINE_AA)
        else:
            corners = np.array(p) + random.normal(0, 30, (int(random.integers(3, 7)), 2))
            cv2.fillPoly(image, [corners.astype(np.int32)], colour, cv2.LINE_AA)
    return np.clip(cv2.GaussianBlur(image, (0, 0), random.uniform(0.5, 1.0)).astype(np.float32), 0, 255).astype(np.uint8)


class Texture:
    """A photo or a drawing, turned and scaled, that can be read at any place."""

    def __init__(self, random, photos, drawings):
        if random.random() < drawings:
            self.image = drawn(random)
        else:
            self.image = photos[int(random.integers(len(photos)))][int(random.choice(5, p=[0.2, 0.25, 0.25, 0.2, 0.1]))]
        a = random.uniform(0, 2 * math.pi) if random.random() < 0.6 else random.normal(0, 0.1)
        self.m = np.array([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]], np.float32) * random.uniform(0.8, 1.25)
        if random.random() < 0.5:
            self.m[:, 0] *= -1
        h, w = self.image.shape[:2]
        self.centre = random.uniform(0.15, 0.85) * w, random.uniform(0.15, 0.85) * h

    def at(self, flow=None):
        x, y = (X, Y) if flow is None else (X + flow[..., 0], Y + flow[..., 1])
        u, v = x - WIDTH / 2, y - HEIGHT / 2
        m, (cx, cy) = self.m, self.centre
        return cv2.remap(self.image, m[0, 0] * u + m[0, 1] * v + cx, m[1, 0] * u + m[1, 1] * v + cy, cv2.INTER_CUBIC,
                         borderMode=cv2.BORDER_REFLECT_101).astype(np.float32)


def mask(random):
    """What a layer covers, on the second frame's grid with MARGIN round it: blots, ellipses, bars, wires, fences, polygons."""
    h, w = HEIGHT + 2 * MARGIN, WIDTH + 2 * MARGIN
    kind = random.random()
    if kind < 0.15:
        t = smooth(random, int(random.integers(3, 7)), int(random.integers(3, 8)), h, w)
        return np.clip((t - random.uniform(0.2, 0.7)) * 12 + 0.5, 0, 1).astype(np.float32)
    m = np.zeros((h, w), np.uint8)
    c = np.array([random.integers(MARGIN // 2, w - MARGIN // 2), random.integers(MARGIN // 2, h - MARGIN // 2)])
    r = between(random, 8, 75)

    def bar(c, angle, half, thick):
        d = np.array([math.cos(angle), math.sin(angle)]) * half
        cv2.line(m, tuple(int(v) for v in np.round((c - d) * 8)), tuple(int(v) for v in np.round((c + d) * 8)), 255, thick, cv2.LINE_AA, 3)

    if kind < 0.35:
        cv2.ellipse(m, tuple(int(v) for v in c), (max(2, int(r)), max(2, int(r * random.uniform(0.25, 1)))), random.uniform(0, 180), 0, 360, 255, -1, cv2.LINE_AA)
    elif kind < 0.5:
        bar(c, random.uniform(0, math.pi), random.uniform(30, 250), int(between(random, 3, 30)))
    elif kind < 0.6:  # wires and twigs
        for _ in range(int(random.integers(1, 6))):
            bar(c + random.normal(0, 25, 2), random.uniform(0, math.pi), random.uniform(20, 150), int(random.integers(1, 4)))
    elif kind < 0.66:  # a fence
        angle, gap, thick = random.uniform(0, math.pi), random.uniform(8, 30), int(random.integers(1, 6))
        step = np.array([-math.sin(angle), math.cos(angle)]) * gap
        for i in range(-int(200 / gap), int(200 / gap) + 1):
            bar(c + i * step, angle, 300, thick)
    else:
        n = int(random.integers(3, 10))
        a = np.sort(random.uniform(0, 2 * math.pi, n))
        rr = r * random.uniform(0.5, 1.3, n)
        corners = np.stack([c[0] + rr * np.cos(a), c[1] + rr * np.sin(a)], 1)
        cv2.fillPoly(m, [np.round(corners * 8).astype(np.int32)], 255, cv2.LINE_AA, 3)
    m = m.astype(np.float32) / 255
    return cv2.GaussianBlur(m, (0, 0), random.uniform(0.4, 0.9)) if random.random() < 0.7 else m


def moved(m, flow):
    """The mask in the first frame."""
    return cv2.remap(m, X + flow[..., 0] + MARGIN, Y + flow[..., 1] + MARGIN, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[..., None]


def wrong_estimate(random, f):
    """The flow as a coarser level would have it: blurred, uneven, here and there quite wrong."""
    g = cv2.GaussianBlur(f, (0, 0), between(random, 0.7, 4.0))
    if random.random() < 0.5:
        g = cv2.resize(cv2.resize(g, (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_AREA), (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    for _ in range(2):
        where = 1.0 if random.random() < 0.5 else smooth(random, 4, 5)[..., None] > 0.5
        g = g + where * field(random, int(random.integers(2, 28)), between(random, 0.02, 1.2))
    if random.random() < 0.3:
        a = random.uniform(0, 2 * math.pi)
        g = g + between(random, 0.1, 3.0) * np.array([math.cos(a), math.sin(a)])
    return g.astype(np.float32)


def make_pair(random, photos):
    """uint8 frames [H, W, 3], flow [H, W, 2]."""
    warped = random.random() < 0.65
    size = lambda: 0.0 if random.random() < 0.06 else between(random, 0.06, 14.0 if warped else 4.5)
    f = motion(random, size())
    back = Texture(random, photos, 0.08)
    second, first = back.at(), back.at(f)
    for _ in range(int(random.choice([0, 1, 2, 3, 5], p=[0.25, 0.25, 0.22, 0.16, 0.12]))):
        texture, m, g = Texture(random, photos, 0.15), mask(random), motion(random, size())
        if random.random() < 0.5:  # moves much as what is behind it
            g = (g * 0.6 + (f.mean((0, 1)) if random.random() < 0.5 else f)).astype(np.float32)
        there, here = m[MARGIN:-MARGIN, MARGIN:-MARGIN, None], moved(m, g)
        second = second + there * (texture.at() - second)
        first = first + here * (texture.at(g) - first)
        f = np.where(here > 0.5, g, f)
    if random.random() < 0.2:  # a shadow or a gleam, with a motion of its own that is no flow
        m = cv2.GaussianBlur(mask(random), (0, 0), between(random, 1, 10))
        strength = random.uniform(-0.5, 0.3)
        second = second * (1 + strength * m[MARGIN:-MARGIN, MARGIN:-MARGIN, None])
        first = first * (1 + strength * moved(m, motion(random, between(random, 0.1, 6))))
    if random.random() < 0.25:
        s = random.uniform(0.3, 0.9)
        first, second = cv2.GaussianBlur(first, (0, 0), s), cv2.GaussianBlur(second, (0, 0), s)
    if warped:
        g = wrong_estimate(random, f)
        second = cv2.remap(second, X + g[..., 0], Y + g[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        f = f - g
    if random.random() < 0.1:
        s = random.uniform(0.3, 0.8)
        first, second = (cv2.GaussianBlur(first, (0, 0), s), second) if random.random() < 0.5 else (first, cv2.GaussianBlur(second, (0, 0), s))
    to_bytes = lambda image: np.clip(image + 0.5, 0, 255).astype(np.uint8)
    return to_bytes(first), to_bytes(second), np.clip(f, -30, 30).astype(np.float16)


def make_pool(photos, count, seed):
    """count pairs as arrays."""
    photos = photos[-HELD_PHOTOS:] if seed >= 9000 else photos[:-HELD_PHOTOS]
    random = np.random.default_rng(seed)
    pool = (np.empty((count, HEIGHT, WIDTH, 3), np.uint8), np.empty((count, HEIGHT, WIDTH, 3), np.uint8),
            np.empty((count, HEIGHT, WIDTH, 2), np.float16))
    for i in range(count):
        for array, value in zip(pool, make_pair(random, photos)):
            array[i] = value
    return pool


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", required=True)
    parser.add_argument("--out", required=True, help="PREFIX of PREFIX_first.npy, PREFIX_second.npy, PREFIX_flow.npy")
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    a = parser.parse_args()
    for name, array in zip(("first", "second", "flow"), make_pool(load_photos(a.photos), a.count, a.seed)):
        np.save(f"{a.out}_{name}.npy", array)


if __name__ == "__main__":
    main()
