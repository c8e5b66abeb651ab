"""Writes what open_clip's models compute, for the Swift tests to compare with.

    python model.py FOLDER [DATA]

FOLDER receives presets.json, architectures.json and fresh.json, for each small model of SMALL the files NAME.config.json,
NAME.weights.safetensors, NAME.forward.PRECISION.safetensors, NAME.gradients.PRECISION.safetensors and
NAME.training.PRECISION.safetensors, for those of LOCKED NAME.locked.CASE.safetensors, and for each model of FULL the files NAME.weights.safetensors and
NAME.embeddings.safetensors. DATA, where it is given, holds photographs under coco/images.
"""

import contextlib
import json
import math
import pathlib
import sys
import types

# torchvision built for CUDA fails to import beside a torch without it; nothing here needs the part that fails.
sys.modules["torchvision._meta_registrations"] = types.ModuleType("torchvision._meta_registrations")

import open_clip
import torch
from open_clip.model import CLIP
from open_clip_train.scheduler import cosine_lr
from PIL import Image
from recipe import optimizer_of, random_tokens
from safetensors.torch import save_file

TEXT = {"context_length": 16, "vocab_size": 400, "width": 64, "heads": 2, "layers": 2}
# 50 pixels are not a whole number of patches: the remainder is not seen.
VIT = {"image_size": 50, "patch_size": 8, "width": 96, "head_width": 32, "layers": 3, "mlp_ratio": 3.0}
RESNET = {"image_size": 96, "layers": [1, 2, 1, 1], "width": 16}
SMALL = {
    "vit": {"embed_dim": 48, "vision_cfg": VIT, "text_cfg": TEXT},
    "vit-quickgelu": {"embed_dim": 48, "vision_cfg": VIT, "text_cfg": TEXT, "quick_gelu": True},
    "resnet": {"embed_dim": 48, "vision_cfg": RESNET, "text_cfg": TEXT},
    "resnet-quickgelu": {"embed_dim": 48, "vision_cfg": RESNET, "text_cfg": TEXT, "quick_gelu": True},
}
FULL = {"ViT-B-32": "ViT-B-32-quickgelu", "RN50": "RN50-quickgelu"}
PRESETS = [
    "RN50", "RN101", "RN50x4", "RN50x16", "RN50x64", "ViT-B-32", "ViT-B-16", "ViT-L-14", "ViT-L-14-336",
]
CAPTIONS = [
    "a diagram", "a photo of a dog on a beach", "two cats asleep on a red couch", "",
    "an unusually long caption that goes on and on about a kitchen with a stove, a sink, three windows, four chairs, "
    "a table, a vase of flowers and a sleeping child " * 3,
]
# What the Swift test of training repeats, by the same names.
TRAINING = {
    "steps": 10, "batch": 16, "learning_rate": 1e-3, "warmup": 3, "beta1": 0.9, "beta2": 0.98, "epsilon": 1e-6,
    "weight_decay": 0.2,
    # The clamp of the scale, and a start above it by more than a step takes away, so that the first step meets it. The
    # published bound of 100 would stretch the rounding of cosines sevenfold.
    "largest_scale": 14.0, "logit_scale": math.log(14.0) + 1e-3,
}
# Runs of twice the steps with locked towers: the arguments of open_clip's functions.
LOCKED = {
    "vit": {
        "image": {"image": {}}, "image-1": {"image": {"unlocked_groups": 1}}, "image-2": {"image": {"unlocked_groups": 2}},
        "both": {"image": {"unlocked_groups": 3}, "text": {"unlocked_layers": 2}},
    },
    "resnet": {"image": {"image": {"freeze_bn_stats": True}}, "image-moving": {"image": {"freeze_bn_stats": False}}},
}


def architectures():
    """open_clip's own architectures with CLIP's vocabulary, by their names."""
    for name in open_clip.list_models():
        config = open_clip.get_model_config(name)
        text, vision = config["text_cfg"], config["vision_cfg"]
        is_native = "multimodal_cfg" not in config and "timm_model_name" not in vision and "hf_model_name" not in text
        if is_native and "hf_tokenizer_name" not in text and text["vocab_size"] == 49408:
            yield name, config


def precisions():
    yield "fp32", contextlib.nullcontext
    yield "bf16", lambda: torch.autocast("cpu", dtype=torch.bfloat16)


def save(tensors, path):
    save_file({name: tensor.detach().clone().contiguous() for name, tensor in tensors.items()}, str(path))


def inputs(config, count):
    size = config["vision_cfg"]["image_size"]
    text = config["text_cfg"]
    return torch.randn(count, 3, size, size), random_tokens(count, text["context_length"], text["vocab_size"])


@torch.no_grad()
def disturb(model, pixels):
    """Moves every tensor away from where it starts: zeros and ones hide mistakes."""
    for name, tensor in model.named_parameters():
        if name == "logit_scale":
            tensor += 0.25
        elif tensor.ndim == 1 and (tensor == 1).all():
            tensor += 0.2 * torch.randn_like(tensor)
        elif tensor.ndim == 1 and (tensor == 0).all():
            tensor += (0.5 if name.endswith("weight") else 0) + 0.1 * torch.randn_like(tensor)
    measure_statistics(model, pixels)
    for name, tensor in model.named_buffers():
        if name.endswith("running_mean"):
            tensor += 0.1 * torch.randn_like(tensor)
        elif name.endswith("running_var"):
            tensor *= 0.7 + 0.6 * torch.rand_like(tensor)


def measure_statistics(model, pixels):
    """Gives batch norms the running statistics of these pixels: with others a deep network's signal dies."""
    norms = [module for module in model.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = 1
    if norms:
        model.train()
        model.encode_image(pixels)
    for norm in norms:
        norm.momentum = 0.1
        norm.num_batches_tracked.zero_()
    model.eval()


def pictured(name, tensor, tokens):
    """An output in the layout of the Swift trace: sequences [batch, length, width], and of the last norms only the
    position that is used, which is all that Swift computes."""
    if name == "visual.conv1" and tensor.shape[1] == VIT["width"]:
        return tensor.flatten(2).transpose(1, 2)
    if name == "visual.ln_post":
        return tensor[:, 0]
    if name == "ln_final":
        return tensor[torch.arange(len(tokens)), tokens.argmax(1)]
    return tensor


@contextlib.contextmanager
def recording(model, tokens):
    """Collects the output of every module that computes something."""
    seen = {}

    def keep(name):
        def hook(module, arguments, output):
            output = output[0] if isinstance(output, tuple) else output
            seen[name] = pictured(name, output.detach(), tokens).float().clone()
        return hook

    hooks = [
        module.register_forward_hook(keep(name)) for name, module in model.named_modules()
        if name and not isinstance(module, torch.nn.Identity)]
    yield seen
    for hook in hooks:
        hook.remove()


def loss_of(model, pixels, tokens):
    images = model.encode_image(pixels, normalize=True)
    texts = model.encode_text(tokens, normalize=True)
    return open_clip.ClipLoss()(images, texts, model.logit_scale.exp())


@torch.no_grad()
def write_forward(model, config, folder, name):
    pixels, tokens = inputs(config, 6)
    for precision, context in precisions():
        with recording(model, tokens) as seen, context():
            images = model.encode_image(pixels, normalize=True)
            texts = model.encode_text(tokens, normalize=True)
            logits, _ = model.get_logits(pixels, tokens)
            loss = open_clip.ClipLoss()(images, texts, model.logit_scale.exp())
        results = {"pixels": pixels, "tokens": tokens, "images": images, "texts": texts, "logits": logits, "loss": loss}
        save({f"trace/{key}": tensor for key, tensor in seen.items()} | {
            key: tensor if key == "tokens" else tensor.float() for key, tensor in results.items()},
            folder / f"{name}.forward.{precision}.safetensors")


def write_gradients(config, weights, folder, name):
    pixels, tokens = inputs(config, 8)
    for precision, context in precisions():
        model = CLIP(**config)
        model.load_state_dict(weights)
        model.train()
        with context():
            loss = loss_of(model, pixels, tokens)
        loss.backward()
        save({"pixels": pixels, "tokens": tokens, "loss": loss.float()}
             | {f"gradient/{key}": parameter.grad for key, parameter in model.named_parameters()}
             | {f"buffer/{key}": buffer for key, buffer in model.named_buffers() if key != "attn_mask"},
             folder / f"{name}.gradients.{precision}.safetensors")


def write_training(config, weights, folder, name):
    steps = TRAINING["steps"]
    batches = [inputs(config, TRAINING["batch"]) for _ in range(steps)]
    start = dict(weights, logit_scale=torch.tensor(TRAINING["logit_scale"]))
    for precision, context in precisions():
        model = CLIP(**config)
        model.load_state_dict(start)
        model.train()
        optimizer = optimizer_of(model, TRAINING)
        schedule = cosine_lr(optimizer, TRAINING["learning_rate"], TRAINING["warmup"], steps)
        losses, rates, scales = [], [], []
        for step, (pixels, tokens) in enumerate(batches):
            rates.append(schedule(step))
            optimizer.zero_grad()
            with context():
                loss = loss_of(model, pixels, tokens)
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                model.logit_scale.clamp_(0, math.log(TRAINING["largest_scale"]))
            losses.append(float(loss.detach()))
            scales.append(float(model.logit_scale.detach()))
        save({"pixels": torch.stack([pixels for pixels, _ in batches]),
              "tokens": torch.stack([tokens for _, tokens in batches]),
              "losses": torch.tensor(losses), "rates": torch.tensor(rates, dtype=torch.float64),
              "scales": torch.tensor(scales)}
             | {f"start/{key}": tensor for key, tensor in start.items()}
             | {f"end/{key}": tensor for key, tensor in model.state_dict().items()},
             folder / f"{name}.training.{precision}.safetensors")


def write_locked(config, weights, folder, name):
    steps = 2 * TRAINING["steps"]
    batches = [inputs(config, TRAINING["batch"]) for _ in range(steps)]
    for case, lock in LOCKED.get(name, {}).items():
        model = CLIP(**config)
        model.load_state_dict(weights)
        model.train()
        model.lock_image_tower(**lock["image"])
        if "text" in lock:
            model.lock_text_tower(**lock["text"])
        optimizer = optimizer_of(model, TRAINING)
        schedule = cosine_lr(optimizer, TRAINING["learning_rate"], TRAINING["warmup"], steps)
        losses = []
        for step, (pixels, tokens) in enumerate(batches):
            schedule(step)
            optimizer.zero_grad()
            loss = loss_of(model, pixels, tokens)
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                model.logit_scale.clamp_(0, math.log(TRAINING["largest_scale"]))
            losses.append(float(loss.detach()))
        save({"pixels": torch.stack([pixels for pixels, _ in batches]),
              "tokens": torch.stack([tokens for _, tokens in batches]), "losses": torch.tensor(losses)}
             | {f"start/{key}": tensor for key, tensor in weights.items()}
             | {f"end/{key}": tensor for key, tensor in model.state_dict().items()},
             folder / f"{name}.locked.{case}.safetensors")


def write_small(name, config, folder):
    torch.manual_seed(len(name))
    # Everything about a model is drawn anew, so that the cases are different ones.
    model = CLIP(**config).eval()
    disturb(model, inputs(config, 16)[0])
    weights = {key: tensor.clone() for key, tensor in model.state_dict().items()}
    (folder / f"{name}.config.json").write_text(json.dumps(config))
    save(weights, folder / f"{name}.weights.safetensors")
    write_forward(model, config, folder, name)
    write_gradients(config, weights, folder, name)
    write_training(config, weights, folder, name)
    write_locked(config, weights, folder, name)


def statistics(tensor):
    x = tensor.detach().double()
    mean = x.mean()
    variance = ((x - mean) ** 2).mean()
    kurtosis = ((x - mean) ** 4).mean() / variance**2 if variance > 0 else torch.tensor(0.0)
    return {
        "shape": list(x.shape), "mean": float(mean), "deviation": float(variance.sqrt()), "kurtosis": float(kurtosis)}


def photographs(data, preprocess):
    paths = sorted((data / "coco/images").glob("*.jpg"))[:4] if data else []
    return [preprocess(Image.open(path)) for path in paths]


@torch.no_grad()
def write_full(name, folder, data):
    """A model of full size with every tensor drawn at random. Returns how its tensors lay before they were disturbed."""
    torch.manual_seed(7)
    model, _, preprocess = open_clip.create_model_and_transforms(FULL[name])
    model.eval()
    fresh = {key: statistics(tensor) for key, tensor in model.named_parameters()}
    pixels = torch.stack(photographs(data, preprocess) or list(torch.randn(4, 3, 224, 224)))
    disturb(model, torch.cat([pixels, torch.randn(4, 3, 224, 224)]))
    tokens = open_clip.get_tokenizer(FULL[name])(CAPTIONS)
    save(model.state_dict(), folder / f"{name}.weights.safetensors")
    save({"pixels": pixels, "tokens": tokens, "images": model.encode_image(pixels, normalize=True),
          "texts": model.encode_text(tokens, normalize=True), "logits": model.get_logits(pixels, tokens)[0]},
         folder / f"{name}.embeddings.safetensors")
    return fresh


def main():
    folder = pathlib.Path(sys.argv[1])
    data = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
    configs = {name: open_clip.get_model_config(f"{name}-quickgelu") for name in PRESETS}
    (folder / "presets.json").write_text(json.dumps(configs))
    (folder / "architectures.json").write_text(json.dumps(dict(architectures())))
    (folder / "training.json").write_text(json.dumps(TRAINING))
    for name, config in SMALL.items():
        write_small(name, config, folder)
    fresh = {name: write_full(name, folder, data) for name in FULL}
    (folder / "fresh.json").write_text(json.dumps(fresh))


main()
