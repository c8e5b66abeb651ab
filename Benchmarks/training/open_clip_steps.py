"""Takes open_clip's training steps on the batch in a folder, one for each line of standard input, and prints each one's
seconds and loss.

    open_clip_steps.py FOLDER fp32|bf16|pure_bf16 eager|compiled

fp32 and bf16 are open_clip's own precisions (the latter under autocast); pure_bf16 keeps weights and moments in 16 bits.
"""

import json
import pathlib
import sys
import time
import types

sys.modules["torchvision._meta_registrations"] = types.ModuleType("torchvision._meta_registrations")

import open_clip
import torch
from open_clip.loss import ClipLoss
from safetensors.torch import load_file


def main(folder, precision, mode):
    folder = pathlib.Path(folder)
    torch.set_num_threads(2)
    torch.set_flush_denormal(True)
    config = json.loads((folder / "model/open_clip_config.json").read_text())["model_cfg"]
    model = open_clip.CLIP(**config)
    model.load_state_dict(load_file(folder / "model/open_clip_model.safetensors"))
    batch = load_file(folder / "batch.safetensors")
    pixels, tokens = batch["pixels"], batch["tokens"].long()
    if precision == "pure_bf16":
        model, pixels = model.bfloat16(), pixels.bfloat16()
    # As open_clip's trainer splits them.
    def is_free(name, p):
        return p.ndim < 2 or "bn" in name or "ln" in name or "bias" in name or "logit_scale" in name

    free = [p for n, p in model.named_parameters() if is_free(n, p)]
    rest = [p for n, p in model.named_parameters() if not is_free(n, p)]
    optimizer = torch.optim.AdamW(
        [{"params": free, "weight_decay": 0.0}, {"params": rest, "weight_decay": 0.2}],
        lr=1e-4, betas=(0.9, 0.98), eps=1e-6, fused=True)
    forward = torch.compile(model) if mode == "compiled" else model
    contrast = ClipLoss()
    for _ in sys.stdin:
        start = time.perf_counter()
        optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            images, texts, scale = forward(pixels, tokens)[:3]
            loss = contrast(images, texts, scale)
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            model.logit_scale.clamp_(0, 4.6052)
        value = loss.item()
        print(time.perf_counter() - start, value, flush=True)


main(*sys.argv[1:])
