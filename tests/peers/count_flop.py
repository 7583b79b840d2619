"""What torch counts in one forward pass of the reference: the figures of tests/app/test_reference_flop.cpp.

    python3 tests/peers/count_flop.py DIR...

DIR is a case as the reference's case tool writes it. Nothing is computed: all tensors are on the device "meta". Prints
the preprocessor, the encoder's cross-attention, the latent layers, the decoder with all that follows it, and the whole.
"""
import json
import os
import sys

import torch
import transformers
from safetensors.torch import load_file
from torch.utils.flop_counter import FlopCounterMode
from transformers.models.perceiver import modeling_perceiver

modeling_perceiver.create_bidirectional_mask = lambda *_, **__: None  # it looks at values, of which there are none

for folder in sys.argv[1:]:
    architecture = json.load(open(os.path.join(folder, "config.json")))["architectures"][0]
    config = getattr(transformers, architecture).config_class.from_pretrained(folder)
    config._attn_implementation = "eager"
    with torch.device("meta"):
        model = getattr(transformers, architecture)(config).eval()
    tensors = {name: t[:1].to("meta") for name, t in load_file(os.path.join(folder, "inputs.safetensors")).items()}
    if "inputs.image" in tensors:
        image = torch.arange(config.num_frames * config.output_shape[2] * config.output_shape[3])
        audio = torch.arange(config.num_frames * config.audio_samples_per_frame // config.samples_per_patch)
        clip = {name: tensors["inputs." + name] for name in ("image", "audio", "label")}
        tensors = {"inputs": clip, "subsampled_output_points": {"image": image, "audio": audio, "label": None}}
    with FlopCounterMode(display=False, depth=8) as counter:
        model(**tensors)
    counts = {name: sum(ops.values()) for name, ops in counter.get_flop_counts().items()}
    perceiver = architecture if architecture == "PerceiverModel" else architecture + ".perceiver"
    of = lambda part: counts.get(f"{perceiver}.{part}", 0)
    first, cross, encoder = of("input_preprocessor"), of("encoder.cross_attention"), of("encoder")
    total = counter.get_total_flops()
    print(os.path.basename(folder.rstrip("/")), first, cross, encoder - cross, total - first - encoder, total)
