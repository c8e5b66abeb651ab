"""Writes images of every kind into a folder, and what Pillow, open_clip and transformers make of them.

    python pixels.py FOLDER [DATA]

FOLDER gets the images and `manifest.json`: for each image, checksums (CRC-32) of its 8-bit pixels after each kind of
processing, and for some of the generated ones the pixels themselves beside it. DATA is a folder with more images, looked through
for JPEG and PNG files; of those the manifest has checksums alone.
"""

import io
import itertools
import json
import pathlib
import struct
import sys
import types
import warnings
import zlib

# The torchvision of the package index is built for CUDA, and registers operators that a CPU build of torch lacks.
sys.modules["torchvision._meta_registrations"] = types.ModuleType("torchvision._meta_registrations")

import numpy as np
import PIL
from open_clip.transform import PreprocessCfg, image_transform_v2
from PIL import Image
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

warnings.simplefilter("ignore")
Image.MAX_IMAGE_PIXELS = None
random = np.random.default_rng(20)

# ---------------------------------------------------------------------------------------------------------------------
# A PNG writer, since Pillow writes neither interlaced files nor every depth.

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed_rows(samples, bits):
    """Rows of samples [h, w, c] as PNG packs them, each after its filter's number, which is 0."""
    height, width, channels = samples.shape
    flat = samples.reshape(height, width * channels)
    if bits == 16:
        rows = flat.astype(">u2").view(np.uint8)
    elif bits == 8:
        rows = flat.astype(np.uint8)
    else:
        planes = np.unpackbits(flat.astype(np.uint8)[..., None], axis=-1)[..., 8 - bits :]
        rows = np.packbits(planes.reshape(height, -1), axis=-1)
    return b"".join(b"\0" + row.tobytes() for row in rows)


def png(samples, kind, bits, interlaced=False, palette=None, transparency=None):
    height, width, _ = samples.shape
    if interlaced:
        parts = [samples[y::dy, x::dx] for x, y, dx, dy in PASSES]
        rows = b"".join(packed_rows(part, bits) for part in parts if part.size)
    else:
        rows = packed_rows(samples, bits)
    header = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, int(interlaced))
    extra = chunk(b"PLTE", palette) if palette is not None else b""
    extra += chunk(b"tRNS", transparency) if transparency is not None else b""
    data = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + data + chunk(b"IEND", b"")


# ---------------------------------------------------------------------------------------------------------------------
# Images


def texture(width, height, channels, top=255):
    """Smooth colour with noise and hard edges: values from 0 to `top`, [h, w, c]."""
    y, x = np.mgrid[0:height, 0:width] / max(width, height)
    waves = [np.sin(random.uniform(3, 40) * x + random.uniform(3, 40) * y + k) for k in range(channels)]
    values = np.stack(waves, axis=-1) * 0.4 + 0.5 + random.normal(0, 0.1, (height, width, channels))
    values[(x * 7 + y * 3) % 1 > 0.8] = random.integers(0, 2, channels)
    return (np.clip(values, 0, 1) * top).round().astype(np.uint16)


def png_files(width, height):
    for (kind, bits), interlaced in itertools.product(
        [(0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (2, 8), (2, 16), (3, 1), (3, 2), (3, 4), (3, 8)]
        + [(4, 8), (4, 16), (6, 8), (6, 16)],
        [False, True],
    ):
        top = 2**bits - 1
        samples = texture(width, height, CHANNELS[kind], top)
        palette = random.integers(0, 256, (top + 1) * 3, dtype=np.uint8).tobytes() if kind == 3 else None
        name = f"png-{kind}-{bits}" + ("-interlaced" if interlaced else "")
        yield name + ".png", png(samples, kind, bits, interlaced, palette)
        if interlaced or kind in (4, 6):
            continue
        key = samples[height // 2, width // 2].astype(">u2").tobytes()
        if kind == 3:
            key = random.integers(0, 256, min(top + 1, 100), dtype=np.uint8).tobytes()
            one = bytes([255] * min(top, 3) + [0])
            yield name + "-one-transparent.png", png(samples, kind, bits, False, palette, one)
        yield name + "-transparent.png", png(samples, kind, bits, False, palette, key)
    samples = texture(width, height, 1, 255)
    yield "png-3-8-short-palette.png", png(samples, 3, 8, False, bytes(range(90)))


def saved(image, **options):
    file = io.BytesIO()
    image.save(file, **options)
    return file.getvalue()


def jpeg_files(width, height):
    rgb = Image.fromarray(texture(width, height, 3).astype(np.uint8))
    for subsampling, quality in itertools.product(["4:4:4", "4:2:2", "4:2:0"], [30, 90]):
        name = f"jpeg-{subsampling.replace(':', '')}-{quality}.jpg"
        yield name, saved(rgb, format="JPEG", subsampling=subsampling, quality=quality)
    yield "jpeg-progressive.jpg", saved(rgb, format="JPEG", progressive=True)
    yield "jpeg-rgb.jpg", saved(rgb, format="JPEG", keep_rgb=True)
    yield "jpeg-restart.jpg", saved(rgb, format="JPEG", restart_marker_blocks=3)
    yield "jpeg-grey.jpg", saved(rgb.convert("L"), format="JPEG")
    cmyk = Image.fromarray(texture(width, height, 4).astype(np.uint8), "CMYK")
    data = saved(cmyk, format="JPEG", quality=90)
    yield "jpeg-cmyk.jpg", data
    yield "jpeg-cmyk-progressive.jpg", saved(cmyk, format="JPEG", progressive=True)
    # The last byte of Adobe's marker tells CMYK from YCCK.
    place = data.index(b"Adobe") + 11
    yield "jpeg-ycck.jpg", data[:place] + b"\2" + data[place + 1 :]
    grey = saved(rgb, format="JPEG", subsampling="4:2:0")
    yield "jpeg-no-end.jpg", grey[:-2]
    yield "jpeg-junk-after.jpg", grey + b"junk"
    # Damage that libjpeg steps over with a warning.
    scan = grey.rindex(b"\xff\xda")
    yield "jpeg-junk-before-scan.jpg", grey[:scan] + b"\0\1\2" + grey[scan:]


def webp_files(width, height):
    rgba = Image.fromarray(texture(width, height, 4).astype(np.uint8), "RGBA")
    for mode, lossless in itertools.product(["RGB", "RGBA"], [False, True]):
        name = f"webp-{mode.lower()}-{'lossless' if lossless else 'lossy'}.webp"
        yield name, saved(rgba.convert(mode), format="WEBP", lossless=lossless, exact=True)
    for mode in ["RGB", "RGBA"]:
        frames = [Image.fromarray(texture(width, height, 4).astype(np.uint8), "RGBA").convert(mode) for _ in range(3)]
        yield f"webp-animated-{mode.lower()}.webp", saved(
            frames[0], format="WEBP", save_all=True, append_images=frames[1:], lossless=True)
    yield "apng.png", saved(frames[0], format="PNG", save_all=True, append_images=frames[1:])


# The sizes whose pixels are kept, to tell how far they are from others.
DUMPED = [(223, 225), (31, 97)]


def generated_files():
    sizes = [(1, 1), (1, 5000), (5000, 1), (223, 225), (640, 427), (31, 97)]
    sizes += [tuple(int(side) for side in random.integers(2, 500, 2)) for _ in range(2)]
    for width, height in sizes:
        for name, data in itertools.chain(
            png_files(width, height), jpeg_files(width, height), webp_files(width, height)
        ):
            yield f"{width}x{height}-{name}", data


# ---------------------------------------------------------------------------------------------------------------------
# What the references make of an image. Each kind of processing has a name that the Swift side knows.


def open_clip(size, **options):
    steps = image_transform_v2(PreprocessCfg(size=size, **options), is_train=False).transforms
    return lambda image: functional(steps[:-2], image)


def functional(steps, image):
    for step in steps:
        image = step(image)
    return image


def hugging_face(size, crop):
    processor = CLIPImageProcessorPil(
        size={"shortest_edge": size}, crop_size={"height": crop, "width": crop}, do_rescale=False, do_normalize=False)

    def process(image):
        pixels = np.asarray(processor(image, return_tensors="np")["pixel_values"][0])
        assert pixels.min() >= 0 and pixels.max() <= 255
        return Image.fromarray(pixels.transpose(1, 2, 0).astype(np.uint8))

    return process


def resize(width, height, filter, box=None):
    # A box in parts of the image's sides, so that it suits every image.
    def process(image):
        w, h = image.size
        edges = None if box is None else tuple(np.float32(part) * np.float32(side) for part, side in zip(box, (w, h, w, h)))
        return image.resize((width, height), filter, box=edges).convert("RGB")

    return process


def cropped(x, y, width, height):
    return lambda image: image.crop((x, y, x + width, y + height)).convert("RGB")


FILTERS = {filter.name.lower(): filter for filter in [
    Image.Resampling.NEAREST, Image.Resampling.BOX, Image.Resampling.BILINEAR, Image.Resampling.BICUBIC,
    Image.Resampling.LANCZOS]}
PART = (0.125, 0.25, 0.8125, 0.9375)

ALWAYS = {"open_clip 224": open_clip(224), "open_clip 64": open_clip(64), "open_clip 336": open_clip(336)}
OFTEN = {
    "open_clip 32": open_clip(32),
    "open_clip 45 bilinear": open_clip(45, interpolation="bilinear"),
    "open_clip 47x30": open_clip((47, 30)),
    "open_clip squash 56": open_clip(56, resize_mode="squash"),
    "open_clip longest 57": open_clip(57, resize_mode="longest"),
    "open_clip longest 57 fill 120": open_clip(57, resize_mode="longest", fill_color=120),
    "hugging_face 48": hugging_face(48, 48),
    "hugging_face 50 to 45": hugging_face(50, 45),
    "hugging_face 44 to 51": hugging_face(44, 51),
    "crop": cropped(-3, 2, 20, 31),
}
OFTEN |= {f"resize 61x47 {name}": resize(61, 47, filter) for name, filter in FILTERS.items()}
OFTEN |= {f"resize 301x150 {name}": resize(301, 150, filter) for name, filter in FILTERS.items()}
# For images that are very long, whose resized form takes Pillow a gigabyte.
LONG = {name: OFTEN[name] for name in OFTEN if name.startswith(("open_clip 32", "crop", "resize 61x47"))}
LONG["open_clip squash 56"] = OFTEN["open_clip squash 56"]
OFTEN |= {f"resize 40x90 {name} part": resize(40, 90, filter, PART) for name, filter in FILTERS.items()}


def is_extreme(image_size):
    return max(image_size) > 50 * min(image_size)


def outcome(process, data):
    """The processed image, or why the reference refuses."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            return process(image)
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        return str(error)


def entry(path, data, processes, folder=None):
    result = {"file": str(path), "results": {}}
    decoded = outcome(lambda image: image.copy(), data)
    if isinstance(decoded, str):
        return result | {"error": decoded}
    result["mode"] = decoded.mode
    for name, process in ({"decoded": lambda image: image.convert("RGB")} | processes).items():
        image = outcome(process, data)
        if isinstance(image, str):
            continue
        pixels = image.tobytes()
        result["results"][name] = {"width": image.width, "height": image.height, "crc": zlib.crc32(pixels)}
        if folder is not None and len(pixels) < 500_000:
            dump = f"{pathlib.Path(path).name}.{name.replace(' ', '_')}.raw"
            (folder / dump).write_bytes(pixels)
            result["results"][name]["dump"] = dump
    return result


def normalized(data, size):
    """The float32 bytes of the whole of open_clip's transform."""
    with Image.open(io.BytesIO(data)) as image:
        return zlib.crc32(image_transform_v2(PreprocessCfg(size=size), is_train=False)(image).numpy().tobytes())


def truncated(path, data):
    """The verdict on the first parts of a file."""
    for percent in (1, 5, 20, 50, 80, 95, 99):
        yield f"{percent}-{path}", data[: len(data) * percent // 100]


def main():
    folder = pathlib.Path(sys.argv[1])
    entries = []
    for name, data in generated_files():
        (folder / name).write_bytes(data)
        width, height = (int(side) for side in name.split("-")[0].split("x"))
        extreme = is_extreme((width, height))
        processes = LONG if extreme else OFTEN | ALWAYS
        if "png-2-8.png" in name:
            processes = OFTEN | ALWAYS
        item = entry(name, data, processes, folder if (width, height) in DUMPED else None)
        if "error" not in item and not extreme:
            item["normalized 96"] = normalized(data, 96)
        entries.append(item)
        if (width, height) == (223, 225):
            for part, bytes_ in truncated(name, data):
                (folder / part).write_bytes(bytes_)
                entries.append(entry(part, bytes_, {}, None))
    if len(sys.argv) > 2:
        paths = sorted(path for path in pathlib.Path(sys.argv[2]).rglob("*") if path.suffix in (".jpg", ".png"))
        for index, path in enumerate(paths):
            processes = ALWAYS if "fashion" in str(path) else ALWAYS | OFTEN
            if "fashion" in str(path) and index % 8:
                processes = {"open_clip 224": ALWAYS["open_clip 224"]}
            entries.append(entry(path, path.read_bytes(), processes))
    versions = {"Pillow": PIL.__version__}
    (folder / "manifest.json").write_text(json.dumps({"versions": versions, "entries": entries}))
    print(f"{len(entries)} files, Pillow {PIL.__version__}")


main()
