"""Writes references.safetensors: what transformers' image processor makes of pictures of awkward sizes.

usage: python make_references.py   (transformers 5.23.0, Pillow; no torchvision)
Small sizes with the released ratio of 224 to 256, so that the file stays small.
"""
import numpy as np
from PIL import Image
from safetensors.numpy import save_file
from transformers.models.perceiver.image_processing_pil_perceiver import PerceiverImageProcessorPil

random = np.random.default_rng(1)
out = {}
for i, (height, width) in enumerate([(61, 47), (33, 100), (255, 57), (29, 29), (2, 3), (20, 19)]):
    coarse = random.integers(0, 256, (5, 5, 3), dtype=np.uint8)  # smooth, with noise on top
    picture = np.asarray(Image.fromarray(coarse).resize((width, height), Image.BICUBIC)).astype(np.int16)
    picture = np.clip(picture + random.integers(-40, 41, picture.shape), 0, 255).astype(np.uint8)
    processor = PerceiverImageProcessorPil(size={"height": 28, "width": 28}, crop_size={"height": 32, "width": 32})
    values = np.asarray(processor(Image.fromarray(picture), return_tensors="np")["pixel_values"][0])
    out[f"picture.{i}"] = picture
    out[f"hf.{i}"] = values.transpose(1, 2, 0).astype(np.float32).copy()
    # DeepMind's colab: the same crop, its offsets rounded up
    side = int(28 / 32 * min(height, width))
    top, left = (height - side + 1) // 2, (width - side + 1) // 2
    cut = Image.fromarray(picture).crop((left, top, left + side, top + side)).resize((28, 28), Image.BICUBIC)
    out[f"dm.{i}"] = ((np.asarray(cut, np.float32) / 255 - np.float32([0.485, 0.456, 0.406])) / np.float32([0.229, 0.224, 0.225])).astype(np.float32)
save_file(out, "references.safetensors")
