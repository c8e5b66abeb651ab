"""Trains a small model by open_clip's own `train_one_epoch`, for the Swift tests to compare with.

    python trainer.py FOLDER

FOLDER receives config.json, recipe.json, and for each of CASES the file CASE.safetensors: the batches, the losses of the
steps, the weights at the start and at the end.
"""

import json
import math
import pathlib
import sys
import types

sys.modules["torchvision._meta_registrations"] = types.ModuleType("torchvision._meta_registrations")

import open_clip
import torch
from open_clip.loss import SigLipLoss
from open_clip.model import CLIP
from open_clip_train.scheduler import cosine_lr
from open_clip_train.train import train_one_epoch
from recipe import optimizer_of, random_tokens
from safetensors.torch import save_file

CONFIG = {
    "embed_dim": 48,
    "vision_cfg": {"image_size": 48, "patch_size": 8, "width": 96, "head_width": 32, "layers": 3},
    "text_cfg": {"context_length": 16, "vocab_size": 400, "width": 64, "heads": 2, "layers": 2},
}
RECIPE = {
    "steps": 20, "batch": 32, "micro_batch": 8, "learning_rate": 5e-4, "warmup": 5, "beta1": 0.9, "beta2": 0.98,
    "epsilon": 1e-6, "weight_decay": 0.2, "largest_scale": 100.0,
}
CASES = ["plain", "sigmoid", "cached", "locked"]


class Batches:
    """What `train_one_epoch` asks of its data."""

    def __init__(self, pixels, tokens, size):
        self.batches = list(zip(pixels.split(size), tokens.split(size)))
        self.num_batches, self.num_samples = len(self.batches), len(pixels)
        self.dataloader = self

    def set_epoch(self, epoch):
        pass

    def __iter__(self):
        return iter(self.batches)


class Recorder(torch.nn.Module):
    """A loss that keeps what it gave."""

    def __init__(self, loss):
        super().__init__()
        self.loss, self.values = loss, []

    def forward(self, *arguments, **named):
        result = self.loss(*arguments, **named)
        self.values.append(float(sum(result.values()).detach()))
        return result


def write(case, folder):
    torch.manual_seed(3)
    sigmoid = {"init_logit_scale": math.log(10), "init_logit_bias": -10} if case == "sigmoid" else {}
    model = CLIP(**CONFIG, output_dict=True, **sigmoid)
    start = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    count = RECIPE["steps"] * RECIPE["batch"]
    side, text = CONFIG["vision_cfg"]["image_size"], CONFIG["text_cfg"]
    pixels, tokens = torch.randn(count, 3, side, side), random_tokens(count, text["context_length"], text["vocab_size"])
    accumulated = RECIPE["batch"] // RECIPE["micro_batch"] if case == "cached" else 1
    if case == "locked":
        model.lock_image_tower()
    if accumulated > 1:
        # train_one_epoch adds the scale's gradient up once for each part, of which each is that of the whole batch.
        model.logit_scale.register_hook(lambda gradient: gradient / accumulated)
    loss = Recorder(SigLipLoss() if case == "sigmoid" else open_clip.ClipLoss())
    optimizer = optimizer_of(model, RECIPE)
    schedule = cosine_lr(optimizer, RECIPE["learning_rate"], RECIPE["warmup"], RECIPE["steps"])
    options = types.SimpleNamespace(
        device="cpu", precision="fp32", distill=False, accum_freq=accumulated, skip_scheduler=False, horovod=False,
        grad_clip_norm=None, log_every_n_steps=1000, world_size=1, rank=0, batch_size=RECIPE["batch"] // accumulated,
        wandb=False, distributed=False, local_rank=0)
    data = {"train": Batches(pixels, tokens, RECIPE["batch"] // accumulated)}
    train_one_epoch(model, data, loss, 0, optimizer, None, schedule, None, options)
    save_file(
        {"pixels": pixels.view(RECIPE["steps"], RECIPE["batch"], *pixels.shape[1:]),
         "tokens": tokens.view(RECIPE["steps"], RECIPE["batch"], -1).contiguous(),
         "losses": torch.tensor(loss.values[::accumulated], dtype=torch.float64)}
        | {f"start/{name}": tensor.contiguous() for name, tensor in start.items()}
        | {f"end/{name}": tensor.detach().contiguous() for name, tensor in model.state_dict().items()},
        str(folder / f"{case}.safetensors"))


def main():
    folder = pathlib.Path(sys.argv[1])
    (folder / "config.json").write_text(json.dumps(CONFIG))
    (folder / "recipe.json").write_text(json.dumps(RECIPE))
    for case in CASES:
        write(case, folder)


main()
