"""Writes images into a folder, and what Pillow and numpy make of them when they are spoiled.

    python corruption.py FOLDER [IMAGE …]

FOLDER gets the images, the results as raw RGB, and `manifest.json`, which says what each result is. The IMAGEs are taken
beside those that are made here.
"""

import io
import json
import pathlib
import sys

import numpy as np
from PIL import Image, ImageFilter

random = np.random.default_rng(4)
folder = pathlib.Path(sys.argv[1])
SEED = 11

# ---------------------------------------------------------------------------------------------------------------------
# The random numbers of swift-clip.


def mixed(value):
    with np.errstate(over="ignore"):
        value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return value ^ (value >> np.uint64(31))


GAMMA = 0x9E3779B97F4A7C15
MASK = (1 << 64) - 1


def numbers(index, count):
    """The first `count` numbers of 64 bits of the stream of an image."""
    state = int(mixed(np.uint64((SEED + GAMMA) & MASK)) ^ mixed(np.uint64((index + GAMMA) & MASK)))
    with np.errstate(over="ignore"):
        return mixed(np.uint64(state) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(GAMMA))


def normals(index, count):
    pairs = numbers(index, 2 * ((count + 1) // 2)).reshape(-1, 2) >> np.uint64(11)
    length = np.sqrt(-2 * np.log((pairs[:, 0].astype(float) + 1) * 2.0**-53))
    angle = 2 * np.pi * (pairs[:, 1].astype(float) * 2.0**-53)
    return np.stack([length * np.cos(angle), length * np.sin(angle)], axis=-1).reshape(-1)[:count]


# ---------------------------------------------------------------------------------------------------------------------
# The corruptions, with the constants of ImageNet-C's make_imagenet_c.py where it has them.


def gaussian_blur(image, severity, index):
    deviation = [1, 2, 3, 4, 6][severity - 1] * min(image.size) / 224
    return image.filter(ImageFilter.GaussianBlur(deviation))


def bytes_of(samples):
    return Image.fromarray(np.floor(np.clip(samples, 0, 1) * 255 + 0.5).astype(np.uint8))


def gaussian_noise(image, severity, index):
    deviation = [0.08, 0.12, 0.18, 0.26, 0.38][severity - 1]
    samples = np.asarray(image) / 255
    return bytes_of(samples + deviation * normals(index, samples.size).reshape(samples.shape))


def jpeg(image, severity, index):
    file = io.BytesIO()
    image.save(file, "JPEG", quality=[25, 18, 15, 10, 7][severity - 1])
    return Image.open(file)


def brightness(image, severity, index):
    """By way of hue, saturation and value (Smith, 1978), in floating point, as scikit-image does it."""
    rgb = np.asarray(image) / 255
    value = rgb.max(-1)
    span = value - rgb.min(-1)
    some = np.where(span > 0, span, 1)
    red, green, blue = np.moveaxis(rgb, -1, 0)
    sixths = np.where(value == blue, 4 + (red - green) / some, 0)
    sixths = np.where(value == green, 2 + (blue - red) / some, sixths)
    sixths = np.where(value == red, (green - blue) / some, sixths)
    hue = np.where(span > 0, sixths / 6 % 1, 0)
    saturation = np.where(value > 0, span / np.where(value > 0, value, 1), 0)
    value = np.clip(value + [0.1, 0.2, 0.3, 0.4, 0.5][severity - 1], 0, 1)
    sector = np.floor(hue * 6)
    part = hue * 6 - sector
    p, q, t = value * (1 - saturation), value * (1 - part * saturation), value * (1 - (1 - part) * saturation)
    table = np.stack([np.stack(c, -1) for c in [
        (value, t, p), (q, value, p), (p, value, t), (p, q, value), (t, p, value), (value, p, q)]])
    chosen = (sector.astype(int) % 6)[None, ..., None]
    return bytes_of(np.take_along_axis(table, np.broadcast_to(chosen, (1, *rgb.shape)), axis=0)[0])


def rotation(image, severity, index):
    angle = [5, 10, 20, 30, 45][severity - 1]
    to_left = int(numbers(index, 1)[0] >> np.uint64(11)) * 2.0**-53 < 0.5
    return image.rotate(angle if to_left else -angle, Image.Resampling.BILINEAR)


def crop(image, severity, index):
    share = [0.9, 0.8, 0.7, 0.6, 0.5][severity - 1]
    kept = [max(int(np.floor(side * share + 0.5)), 1) for side in image.size]
    x, y = [(side - part) // 2 for side, part in zip(image.size, kept)]
    return image.crop((x, y, x + kept[0], y + kept[1])).resize(image.size, Image.Resampling.BICUBIC)


KINDS = [gaussian_blur, gaussian_noise, jpeg, brightness, rotation, crop]

# ---------------------------------------------------------------------------------------------------------------------
# Images


def texture(width, height):
    y, x = np.mgrid[0:height, 0:width] / max(width, height)
    waves = [np.sin(random.uniform(3, 40) * x + random.uniform(3, 40) * y + k) for k in range(3)]
    values = np.stack(waves, axis=-1) * 0.45 + 0.5 + random.normal(0, 0.05, (height, width, 3))
    values[(x * 7 + y * 3) % 1 > 0.8] = random.integers(0, 2, 3)
    return Image.fromarray((np.clip(values, 0, 1) * 255).round().astype(np.uint8))


def images():
    for width, height in [(1, 1), (1, 40), (40, 1), (2, 3), (31, 97), (224, 224), (225, 150), (640, 427)]:
        yield texture(width, height)
    # Every hue, saturation and value, coarsely.
    steps = np.arange(0, 256, 5, dtype=np.uint8)
    yield Image.fromarray(np.stack(np.meshgrid(steps, steps, steps), -1).reshape(52, -1, 3))
    yield texture(63, 50).convert("L")
    yield texture(63, 50).convert("P", palette=Image.Palette.ADAPTIVE)
    for path in sys.argv[2:]:
        yield Image.open(path)


def jpeg_files(image, name):
    """What Pillow writes, in grey and in colour."""
    for mode in ["RGB", "L"]:
        for quality in [1, 7, 10, 25, 50, 75, 90, 95, 100]:
            file = f"{name}-{mode}-{quality}.jpg"
            image.convert(mode).save(folder / file, "JPEG", quality=quality)
            yield {"image": name, "mode": mode, "quality": quality, "file": file}


def main():
    corrupted, files, turned, blurred = [], [], [], []
    for index, image in enumerate(images()):
        name = f"{index}.png"
        image.save(folder / name)
        rgb = image.convert("RGB")
        for kind in KINDS:
            for severity in range(1, 6):
                raw = f"{index}-{kind.__name__}-{severity}.raw"
                (folder / raw).write_bytes(kind(rgb, severity, index).tobytes())
                corrupted.append({"image": name, "kind": kind.__name__, "severity": severity, "index": index, "raw": raw})
        files += jpeg_files(image, name)
        for angle in [-179.5, -91, -0.1, 0.1, 1, 37.25, 89, 135, 300]:
            raw = f"{index}-turned-{angle}.raw"
            (folder / raw).write_bytes(rgb.rotate(angle, Image.Resampling.BILINEAR).tobytes())
            turned.append({"image": name, "amount": angle, "raw": raw})
        for deviation in [0.01, 0.3, 0.7, 1, 1.5, 2.6, 7.1, 30, 200]:
            raw = f"{index}-blurred-{deviation}.raw"
            (folder / raw).write_bytes(rgb.filter(ImageFilter.GaussianBlur(deviation)).tobytes())
            blurred.append({"image": name, "amount": deviation, "raw": raw})
    manifest = {"seed": SEED, "corrupted": corrupted, "files": files, "turned": turned, "blurred": blurred}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    print(f"{len(corrupted)} images")


main()
