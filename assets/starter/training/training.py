"""What the trainings share: optimisers, averaged weights, checkpoints that a run resumes from, the saved model."""
import argparse
import json
import os
import time

import torch


def arguments(doc, batch, rate):
    """The options that all trainings have."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="the folder that holds train/")
    parser.add_argument("--out", required=True, help="for checkpoints, the log and the model; a run continues from it")
    parser.add_argument("--batch", type=int, default=batch)
    parser.add_argument("--rate", type=float, default=rate, help="scales both learning rates")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--start", help="a checkpoint (model.safetensors) to start the weights from")
    parser.add_argument("--export", action="store_true", help="save the model as it stands, and stop")
    parser.add_argument("--limit-steps", type=int, default=0, help="stop here, for trying things out")
    return parser


MATRICES = (".query.", ".key.", ".value.", "dense", "mlp")
COMPARING = (".query.", ".key.")  # learn a tenth as fast: Muon's steps are as long in every direction, and heads that
# start as windows would soon compare contents instead


class Trainer:
    """Muon for the attention and MLP matrices, AdamW for the rest; a constant rate after the warm-up, then a linear
    descent over the last `descent` of the steps; exponential moving average of the weights. `state.pt` in `out` holds
    everything, and is continued from; a run continued with another number of steps changes only the descent."""

    def __init__(self, model, out, steps, lr=2e-3, muon=0.01, decay=0.02, warm=100, descent=0.5, average=0.998):
        self.model, self.out, self.steps, self.warm, self.descent, self.average = model, out, steps, warm, descent, average
        os.makedirs(out, exist_ok=True)
        matrices, comparing, plain, single = [], [], [], []
        for name, p in model.named_parameters():
            if not p.requires_grad:
                continue
            if p.ndim == 2 and any(m in name for m in COMPARING):
                comparing.append(p)
            elif p.ndim == 2 and any(m in name for m in MATRICES):
                matrices.append(p)
            elif p.ndim >= 2 and "latents" not in name and "embeddings" not in name:
                plain.append(p)
            else:
                single.append(p)
        self.optimizers = [
            torch.optim.AdamW([{"params": plain, "weight_decay": decay}, {"params": single, "weight_decay": 0.0}],
                              lr=lr, betas=(0.9, 0.98)),
            torch.optim.Muon([{"params": g, "lr": r} for g, r in ((matrices, muon), (comparing, muon / 10)) if g], lr=muon,
                             weight_decay=decay, adjust_lr_fn="match_rms_adamw")]
        self.rates = [[g["lr"] for g in o.param_groups] for o in self.optimizers]
        self.mean = {k: v.detach().clone() for k, v in model.state_dict().items()}
        self.step, self.seconds, self.log = 0, 0.0, []
        self.last = self.saved = time.time()
        path = os.path.join(out, "state.pt")
        if os.path.exists(path):
            state = torch.load(path, weights_only=False)
            model.load_state_dict(state["model"])
            for o, s in zip(self.optimizers, state["optimizers"]):
                o.load_state_dict(s)
            self.mean, self.step, self.seconds, self.log = state["mean"], state["step"], state["seconds"], state["log"]
            print(f"continuing from step {self.step}", flush=True)

    def update(self, loss):
        done = self.step / self.steps
        rate = min(1, (self.step + 1) / self.warm) * min(1, max(0.01, (1 - done) / self.descent))
        for o, rates in zip(self.optimizers, self.rates):
            for group, r in zip(o.param_groups, rates):
                group["lr"] = r * rate
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for o in self.optimizers:
            o.step()
            o.zero_grad(set_to_none=True)
        keep = min(self.average, (1 + self.step) / (20 + self.step))
        with torch.no_grad():
            for k, v in self.model.state_dict().items():
                if v.is_floating_point():
                    self.mean[k].lerp_(v, 1 - keep)
                else:
                    self.mean[k].copy_(v)
        self.step += 1
        now = time.time()
        self.seconds += min(60.0, now - self.last)
        self.last = now

    def goes_on(self, limit):
        """Called after every step: a checkpoint every two minutes; False at the step `limit`."""
        if self.step == limit:
            return False
        if time.time() - self.saved > 120:
            self.checkpoint()
            self.saved = time.time()
        return True

    def checkpoint(self):
        path = os.path.join(self.out, "state.pt")
        torch.save({"model": self.model.state_dict(), "optimizers": [o.state_dict() for o in self.optimizers],
                    "mean": self.mean, "step": self.step, "seconds": self.seconds, "log": self.log}, path + ".part")
        os.replace(path + ".part", path)

    def note(self, **figures):
        line = {"step": self.step, "seconds": round(self.seconds), **figures}
        self.log.append(line)
        print(json.dumps(line), flush=True)
        with open(os.path.join(self.out, "log.jsonl"), "a") as f:
            f.write(json.dumps(line) + "\n")


def save_model(out, weights, config, half=True, **files):
    """Hugging Face layout: config.json, model.safetensors, and other JSON files by name."""
    from safetensors.torch import save_file
    os.makedirs(out, exist_ok=True)
    kind = torch.float16 if half else torch.float32
    save_file({k: v.detach().to(kind).contiguous() if v.is_floating_point() else v for k, v in weights.items()},
              os.path.join(out, "model.safetensors"), metadata={"format": "pt"})
    for name, content in {"config": config, **files}.items():
        with open(os.path.join(out, name + ".json"), "w") as f:
            json.dump(content, f, indent=2)
            f.write("\n")
