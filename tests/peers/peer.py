"""The reference (transformers on PyTorch, CPU) as a peer of `pscope bench --compare`.

    pscope bench -m DIR -g cpu --compare "python3 tests/peers/peer.py {} --mode eager"

DIR is a case as the reference's case tool writes it (a checkpoint with inputs.safetensors), or a folder of such; bench
puts the case's folder in the place of {}. The peer says "ready" once its modules are imported and its model is loaded,
then answers each line on stdin with the seconds of one forward pass on the same inputs, until stdin ends. The first
one compiles and fills caches: bench counts it in the time from start to first answer alone. A clip's outputs are
computed in 128 chunks, as transformers' own example does, the encoder in each.

--mode compiled takes a C++ compiler, and bf16 is quick only on processors that have such products (AMX, AVX-512 BF16).
"""
import argparse
import json
import os
import sys
import time

import torch
import transformers
from safetensors.torch import load_file

CHUNKS = 128


def whole_clip(model, inputs):
    """All outputs of the multimodal model, chunk by chunk."""
    config = model.config
    image = config.num_frames * config.image_size**2
    audio = config.num_frames * config.audio_samples_per_frame // config.samples_per_patch
    for i in range(CHUNKS):
        points = {
            "image": torch.arange(image * i // CHUNKS, image * (i + 1) // CHUNKS),
            "audio": torch.arange(audio * i // CHUNKS, audio * (i + 1) // CHUNKS),
            "label": None,
        }
        model(inputs=inputs, subsampled_output_points=points)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--mode", choices=["eager", "compiled", "bf16", "compiled-bf16"], default="eager")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.set_grad_enabled(False)
    transformers.utils.logging.disable_progress_bar()

    config = json.load(open(os.path.join(arguments.folder, "config.json")))
    model = getattr(transformers, config["architectures"][0]).from_pretrained(arguments.folder).eval()
    tensors = load_file(os.path.join(arguments.folder, "inputs.safetensors"))
    clip = "inputs.image" in tensors
    if clip:
        inputs = {name.split(".")[1]: t for name, t in tensors.items() if name.startswith("inputs.")}
    else:
        inputs = tensors
    if "bf16" in arguments.mode:
        model = model.to(torch.bfloat16)
        inputs = {k: t.to(torch.bfloat16) if t.is_floating_point() else t for k, t in inputs.items()}
    run = (lambda: whole_clip(model, inputs)) if clip else (lambda: model(**inputs))
    if arguments.mode.startswith("compiled"):
        model.forward = torch.compile(model.forward)
    print("ready", flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        run()
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main()
