"""Fourier positions of clips, and the comparisons by which their latents find their places."""
import math

import numpy as np
import torch

from perceiver import window_weights


def positions(shape, resolution, bands, last):
    """Model-spec 2.7: [n, d + 2 d K]. last: whether +1 is reached (inputs) or not (output queries)."""
    at = [(-1 + 2 * np.arange(n) / (n - 1 if last else n)) for n in shape]
    grid = np.stack(np.meshgrid(*at, indexing="ij"), -1).reshape(-1, len(shape))
    f = [np.linspace(1, r / 2, bands) for r in resolution]
    angle = [np.pi * grid[:, a:a + 1] * f[a] for a in range(len(shape))]
    return np.concatenate([grid, *map(np.sin, angle), *map(np.cos, angle)], 1)


class Window:
    """Chosen frequencies of some axes, by which latents and tokens compare their places."""

    def __init__(self, bands, resolution, sigmas, pairs, distances):
        self.bands, self.axes = bands, len(resolution)
        self.chosen, self.weights, self.frequencies = [], [], []
        for r, sigma, d in zip(resolution, sigmas, distances):
            f = np.linspace(1, r / 2, bands)
            chosen, w = window_weights(f, sigma, 2.0, pairs, d)
            self.chosen.append(chosen)
            self.weights.append(w)
            self.frequencies.append(f[chosen])
        self.channels = 2 * sum(map(len, self.chosen))

    def features(self, centres):
        """[n, axes] -> [n, channels]: by axis and frequency a sine and a cosine."""
        out = []
        for a, f in enumerate(self.frequencies):
            for k in f:
                out += [np.sin(np.pi * k * centres[:, a]), np.cos(np.pi * k * centres[:, a])]
        return torch.tensor(np.stack(out, 1), dtype=torch.float32)

    def columns(self, first):
        """The same channels' places in a row of Fourier positions that begins at `first`."""
        out = []
        for a, chosen in enumerate(self.chosen):
            for k in chosen:
                sine = first + self.axes + a * self.bands + k
                out += [sine, sine + self.axes * self.bands]
        return out

    def rows(self, place, other, own_columns, other_columns, own_scale, other_scale, gain, offset=None):
        """Write the comparison into the first rows of `place` (reads features of a centre) and `other`."""
        row = 0
        for a, w in enumerate(self.weights):
            for k, weight in enumerate(w):
                g = math.sqrt(weight * gain)
                phase = 0.0 if offset is None else np.pi * self.frequencies[a][k] * offset[a]
                c, s = math.cos(phase), math.sin(phase)
                i, j = own_columns[row], own_columns[row + 1]
                place[row, i], place[row, j] = g * c / own_scale, g * s / own_scale
                place[row + 1, i], place[row + 1, j] = -g * s / own_scale, g * c / own_scale
                other[row, other_columns[row]] = g / other_scale
                other[row + 1, other_columns[row + 1]] = g / other_scale
                row += 2
        return row
