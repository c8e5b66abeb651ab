"""Writes images into a folder, and what torchvision's and open_clip's augmentations make of them over Pillow.

    python augmentation.py FOLDER

Their random numbers are replaced by those of the generator of swift-clip, so that results can be compared byte by byte.
FOLDER gets the images and `manifest.json`: checksums (CRC-32) of the bytes.
"""

import json
import pathlib
import random
import sys
import types
import zlib

# The torchvision of the package index is built for CUDA, and registers operators that a CPU build of torch lacks.
sys.modules["torchvision._meta_registrations"] = types.ModuleType("torchvision._meta_registrations")

import numpy as np
import torch
from open_clip.transform import color_jitter, gray_scale
from PIL import Image
from torchvision.transforms import Compose, InterpolationMode, RandomHorizontalFlip, RandomResizedCrop
from torchvision.transforms import functional as F

MASK = (1 << 64) - 1


class SplitMix64:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        mixed = self.state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & MASK
        return mixed ^ (mixed >> 31)

    def uniform(self, low=0.0, high=1.0):
        return low + (high - low) * ((self.next() >> 11) * 2.0**-53)

    def below(self, count):
        return (count * self.next()) >> 64

    def permutation(self, count):
        numbers = list(range(count))
        return torch.tensor([numbers.pop(self.below(len(numbers))) for _ in range(count)])


generator = SplitMix64(0)
torch.Tensor.uniform_ = lambda tensor, low=0, high=1: tensor.fill_(generator.uniform(float(low), float(high)))
torch.rand = lambda count: torch.tensor([generator.uniform()], dtype=torch.float64)
torch.randint = lambda low, high, size: torch.tensor([low + generator.below(high - low)])
torch.randperm = lambda count: generator.permutation(count)
random.random = lambda: generator.uniform()


def crc(image):
    return zlib.crc32(image.tobytes())


def texture(width, height, channels):
    numbers = np.random.default_rng(width * height + channels)
    y, x = np.mgrid[0:height, 0:width] / max(width, height)
    waves = [np.sin(numbers.uniform(3, 40) * x + numbers.uniform(3, 40) * y + k) for k in range(channels)]
    values = np.stack(waves, axis=-1) * 0.4 + 0.5 + numbers.normal(0, 0.1, (height, width, channels))
    values[(x * 7 + y * 3) % 1 > 0.8] = numbers.integers(0, 2, channels)
    return (np.clip(values, 0, 1) * 255).round().astype(np.uint8)


def images():
    for width, height in [(500, 375), (61, 240), (240, 61), (30, 33), (1, 90), (130, 1), (64, 64), (300, 1200)]:
        yield f"{width}x{height}.png", Image.fromarray(texture(width, height, 3), "RGB")
    rgb, four = Image.fromarray(texture(171, 130, 3), "RGB"), texture(171, 130, 4)
    yield "photo.jpg", rgb
    yield "grey.png", rgb.convert("L")
    yield "bilevel.png", rgb.convert("1")
    yield "palette.png", rgb.quantize(50)
    yield "rgba.png", Image.fromarray(four, "RGBA")
    yield "grey-alpha.png", Image.fromarray(texture(171, 130, 2), "LA")
    yield "grey16.png", Image.fromarray(texture(171, 130, 1)[..., 0].astype(np.uint16) * 3)
    yield "cmyk.jpg", Image.fromarray(four, "CMYK")


# By name: the keys of swift-clip's `augmentation`, and the size.
CASES = {
    "open_clip": ({}, (224, 224)),
    "open_clip wide": ({}, (20, 48)),
    "bilinear": ({"interpolation": "bilinear", "scale": [0.08, 1]}, (64, 64)),
    "nearest": ({"interpolation": "nearest", "scale": [0.3, 1]}, (40, 50)),
    "inception": ({"scale": [0.08, 1], "flip_probability": 0.5}, (64, 64)),
    "narrow": ({"scale": [0.5, 1], "ratio": [0.2, 0.25]}, (32, 32)),
    "colours": (
        {
            "jitter": {"brightness": 0.32, "contrast": 0.32, "saturation": 0.32, "hue": 0.08},
            "jitter_probability": 0.8,
            "grey_probability": 0.2,
        },
        (32, 32),
    ),
    "strong colours": ({"jitter": {"brightness": 2, "saturation": 3, "hue": 0.5}, "jitter_probability": 1}, (32, 32)),
    "contrast alone": ({"jitter": {"contrast": 5}, "jitter_probability": 1}, (32, 32)),
}


def transform(keys, size):
    steps = [
        RandomResizedCrop(
            size,
            scale=keys.get("scale", [0.9, 1]),
            ratio=keys.get("ratio", [3 / 4, 4 / 3]),
            interpolation=InterpolationMode(keys.get("interpolation", "bicubic")),
        ),
        lambda image: image.convert("RGB"),
        RandomHorizontalFlip(keys.get("flip_probability", 0)),
    ]
    if "jitter" in keys:
        steps.append(color_jitter(**keys["jitter"], p=keys.get("jitter_probability", 0.8)))
    steps.append(gray_scale(keys.get("grey_probability", 0)))
    return Compose(steps)


def augmented(folder):
    for file, image in images():
        image.save(folder / file)
        with Image.open(folder / file) as image:
            image.load()
        for number, (name, (keys, size)) in enumerate(CASES.items()):
            if image.height * max(keys.get("ratio", [1])) < 0.5:
                continue  # Such a crop has no pixels there.
            for seed in range(12):
                generator.state = 1000 * number + seed
                result = transform(keys, size)(image)
                yield {"file": file, "case": name, "seed": 1000 * number + seed, "crc": crc(result)}


def changed():
    """Every colour there is, each changed in every way."""
    values = np.arange(1 << 24, dtype=np.uint32)
    pixels = np.stack([values >> 16, values >> 8 & 255, values & 255], axis=-1).astype(np.uint8)
    everything = Image.fromarray(pixels.reshape(4096, 4096, 3), "RGB")
    some = Image.fromarray(pixels[:: 256 + 1][:65280].reshape(240, 272, 3), "RGB")
    for turn in np.array([0, 0.21, -0.5], np.float32):
        yield {"change": "hue", "factor": float(turn), "crc": crc(F.adjust_hue(everything, float(turn)))}
    for factor in np.array([0, 0.3, 0.999, 1, 1.0001, 1.7, 40], np.float32):
        for change in ("brightness", "contrast", "saturation"):
            result = getattr(F, f"adjust_{change}")(some, float(factor))
            yield {"change": change, "factor": float(factor), "crc": crc(result)}


def main():
    folder = pathlib.Path(sys.argv[1])
    cases = {name: {"keys": keys, "height": size[0], "width": size[1]} for name, (keys, size) in CASES.items()}
    manifest = {"cases": cases, "augmented": list(augmented(folder)), "changed": list(changed())}
    (folder / "manifest.json").write_text(json.dumps(manifest))


main()
