"""Clips to learn from: cuts of the films given, and photos under a moving camera with things that move across; 16 frames
of 64x64 at 25 a second, with mono sound at 8 kHz.

The camera's motion is the label of a made clip (CAMERA); a film's is unknown (-1).
"""
import glob
import math
import os

import cv2
import numpy as np

FRAMES, SIDE, RATE = 16, 64, 8000
SAMPLES = FRAMES * RATE // 25
CAMERA = ["still", "pan left", "pan right", "pan up", "pan down", "zoom in", "zoom out", "turning"]
cv2.setNumThreads(1)


class Film:
    """Every frame at 25 a second, its middle square at most `side` high (uint8), and the sound in [-1, 1]."""

    def __init__(self, path, side=120, video=0, audio=0, start=0.0, end=1e9):
        import av
        with av.open(path) as container:
            frames, times = [], []
            for frame in container.decode(container.streams.video[video]):
                times.append(frame.time)
                image = frame.to_ndarray(format="rgb24")
                s = min(image.shape[:2])
                y, x = (image.shape[0] - s) // 2, (image.shape[1] - s) // 2
                frames.append(cv2.resize(image[y:y + s, x:x + s], (side, side), interpolation=cv2.INTER_AREA))
        times = np.array(times) - times[0]
        count = int(round(times[-1] * 25)) + 1
        at = np.abs(times[None] - np.arange(count)[:, None] / 25).argmin(1)
        at = at[int(start * 25):int(min(end * 25, count))]
        self.frames = np.stack([frames[i] for i in at])
        sound = np.zeros(0, np.float32)
        with av.open(path) as container:
            if container.streams.audio:
                resampler = av.AudioResampler("flt", "mono", RATE)
                parts = [out.to_ndarray()[0] for frame in container.decode(container.streams.audio[audio])
                         for out in resampler.resample(frame)]
                sound = np.concatenate(parts + [out.to_ndarray()[0] for out in resampler.resample(None)])
        sound = sound[int(start * RATE):]
        need = len(self.frames) * RATE // 25
        self.sound = np.pad(sound[:need], (0, max(0, need - len(sound))))

    def cut(self, first):
        s = first * RATE // 25
        return self.frames[first:first + FRAMES], self.sound[s:s + SAMPLES]

    def starts(self):
        return max(0, len(self.frames) - FRAMES + 1)


def films(data):
    """(to learn from, not seen by name): the last ten seconds of one film are other scenes, two files are kept out."""
    path = lambda *p: os.path.join(data, *p)
    return ([Film(path("video", "bbb_480p_30s.mp4"), end=20), Film(path("ship", "tree.avi")),
             Film(path("video", "torchcodec_nasa_13013.mp4"), video=1, audio=1)],
            {"bbb": Film(path("video", "bbb_480p_30s.mp4"), SIDE, start=20), "realshort": Film(path("ship", "realshort.mp4"), SIDE)})


def load_photos(data):
    out = []
    for p in sorted(glob.glob(os.path.join(data, "train", "photos", "*.jpg"))):
        image = cv2.imread(p, cv2.IMREAD_COLOR)
        for s in (0.5, 0.25, 0.15):
            size = [max(160, int(n * s)) for n in image.shape[1::-1]]
            out.append(np.ascontiguousarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA)[..., ::-1]))
    return out


def camera_path(kind, random):
    """For every frame a 2x3 matrix from the frame's pixels (about its middle) to the photo's (about its)."""
    t = np.arange(FRAMES) - (FRAMES - 1) / 2
    speed = math.exp(random.uniform(math.log(0.35), math.log(2.5)))
    dx, dy, zoom, turn = np.zeros((4, FRAMES))
    if kind in ("pan left", "pan right"):
        dx = t * speed * (-1 if kind == "pan left" else 1)
        dy = t * random.normal(0, 0.1) * speed
    elif kind in ("pan up", "pan down"):
        dy = t * speed * (-1 if kind == "pan up" else 1)
        dx = t * random.normal(0, 0.1) * speed
    elif kind in ("zoom in", "zoom out"):
        zoom = t * speed * 0.025 * (-1 if kind == "zoom in" else 1)
    elif kind == "turning":
        turn = t * speed * 0.025 * random.choice([-1, 1])
    angle, scale = random.normal(0, 0.1), math.exp(random.uniform(-0.3, 0.3))
    out = []
    for i in range(FRAMES):
        s, a = scale * math.exp(zoom[i]), angle + turn[i]
        out.append(np.array([[s * math.cos(a), -s * math.sin(a), dx[i]], [s * math.sin(a), s * math.cos(a), dy[i]]], np.float32))
    return out


def made_frames(photos, random):
    photo = photos[random.integers(len(photos))]
    label = int(random.integers(len(CAMERA)))
    h, w = photo.shape[:2]
    centre = np.array([random.uniform(0.3, 0.7) * w, random.uniform(0.3, 0.7) * h])
    flip = random.choice([-1, 1])  # the photo mirrored, not the motion
    frames = []
    thing = None
    if random.random() < 0.4:
        other = photos[random.integers(len(photos))]
        at, move = random.uniform(8, SIDE - 8, 2), random.normal(0, 1.2, 2)
        radius = random.uniform(4, 14)
        y0, x0 = random.integers(0, other.shape[0] - SIDE), random.integers(0, other.shape[1] - SIDE)
        thing = other[y0:y0 + SIDE, x0:x0 + SIDE].astype(np.float32), at, move, radius
    yy, xx = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    u, v = xx - (SIDE - 1) / 2, yy - (SIDE - 1) / 2
    gain, offset = random.uniform(0.75, 1.15), random.uniform(-20, 20)
    for i, m in enumerate(camera_path(CAMERA[label], random)):
        x = flip * (m[0, 0] * u + m[0, 1] * v + m[0, 2]) + centre[0]
        y = m[1, 0] * u + m[1, 1] * v + m[1, 2] + centre[1]
        frame = cv2.remap(photo, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101).astype(np.float32)
        if thing is not None:
            picture, at, move, radius = thing
            px, py = at + move * i
            mask = np.clip(radius - np.hypot(xx - px, yy - py) + 0.5, 0, 1)[..., None]
            shifted = cv2.warpAffine(picture, np.float32([[1, 0, move[0] * i], [0, 1, move[1] * i]]), (SIDE, SIDE), borderMode=cv2.BORDER_REFLECT_101)
            frame = frame + mask * (shifted - frame)
        frames.append(frame * gain + offset)
    return np.clip(frames, 0, 255).astype(np.uint8), label


def made_sound(random):
    """Tones with overtones, sweeps, noise in bands, beats; sometimes silence."""
    t = np.arange(SAMPLES) / RATE
    out = np.zeros(SAMPLES)
    if random.random() < 0.1:
        return out.astype(np.float32)
    for _ in range(random.integers(1, 4)):
        f = math.exp(random.uniform(math.log(80), math.log(2500)))
        phase = 2 * np.pi * (f * t + random.uniform(-1, 1) * f * 0.5 * t ** 2) + random.uniform(0, 6.3)
        voice = sum(np.sin(k * phase) * random.random() / k for k in range(1, random.integers(2, 6)))
        shape = 1.0
        if random.random() < 0.5:
            shape = np.clip(np.sin(2 * np.pi * random.uniform(1, 8) * t + random.uniform(0, 6.3)) + random.uniform(0, 1), 0, None)
        out = out + voice * shape
    if random.random() < 0.5:
        noise = np.fft.rfft(random.standard_normal(SAMPLES))
        f = np.fft.rfftfreq(SAMPLES, 1 / RATE)
        noise *= np.exp(-np.log((f + 20) / math.exp(random.uniform(5, 8))) ** 2 / random.uniform(0.3, 3))
        noise = np.fft.irfft(noise, SAMPLES)
        out = out + noise / (noise.std() + 1e-9) * random.uniform(0.05, 1)
    return (out / (np.abs(out).max() + 1e-9) * math.exp(random.uniform(math.log(0.02), math.log(0.9)))).astype(np.float32)


class Clips:
    """Random clips: uint8 [16, 64, 64, 3], float [5120], label or -1."""

    def __init__(self, data, photos=None):
        self.films, self.kept = films(data)
        pictures = load_photos(data)
        self.photos, self.kept_photos = pictures[:-24], pictures[-24:]

    def draw(self, random):
        kind = random.random()
        if kind < 0.45:
            film = self.films[random.integers(len(self.films))]
            frames, sound = film.cut(random.integers(film.starts()))
            side = int(random.integers(SIDE, frames.shape[1] + 1))
            y, x = random.integers(0, frames.shape[1] - side + 1, 2)
            frames = np.stack([cv2.resize(f[y:y + side, x:x + side], (SIDE, SIDE), interpolation=cv2.INTER_AREA) for f in frames])
            if random.random() < 0.5:
                frames = frames[:, :, ::-1]
            label = -1
        else:
            frames, label = made_frames(self.photos, random)
        if random.random() < 0.5:
            film = self.films[random.choice([0, 2])]
            start = random.integers(0, len(film.sound) - SAMPLES)
            sound = film.sound[start:start + SAMPLES] * math.exp(random.uniform(-1, 1))
        else:
            sound = made_sound(random)
        return np.ascontiguousarray(frames), np.clip(sound, -1, 1).astype(np.float32), label

    def tests(self):
        """name -> (frames [n, 16, 64, 64, 3], sound [n, 5120], labels [n]) of what training does not see."""
        out = {}
        for name, film in self.kept.items():
            cuts = [film.cut(s) for s in range(0, film.starts(), FRAMES)]
            out[name] = np.stack([c[0] for c in cuts]), np.stack([c[1] for c in cuts]), np.full(len(cuts), -1)
        random = np.random.default_rng(5)
        made = [(*made_frames(self.kept_photos, random), made_sound(random)) for _ in range(64)]
        out["made"] = np.stack([m[0] for m in made]), np.stack([m[2] for m in made]), np.array([m[1] for m in made])
        return out
