"""Compares swift-clip's loader with torch's DataLoader and writes the table `results.md` beside this script.

    swift build -c release --product loader-benchmark
    .deps/reference/bin/python Benchmarks/loader/compare.py [PHOTOGRAPHS [CAPTIONS.json]]

Both read 500×375 JPEG files that Pillow makes of the photographs, crop and resize them at random to 224×224 (90 to 100 %
of the area, bicubic), normalise them, and tokenize a caption, in two threads or two workers. They run in turns.
"""

import json
import pathlib
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import types
from importlib.metadata import version

# The torchvision of the package index is built for CUDA, and registers operators that a CPU build of torch lacks.
sys.modules["torchvision._meta_registrations"] = types.ModuleType("torchvision._meta_registrations")

import open_clip
from PIL import Image, features

HERE = pathlib.Path(__file__).resolve().parent
PACKAGE = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))

from machine import machine

COCO = PACKAGE.parent / "shared/data/coco"
# The quality of the JPEG files, and whether colours change too.
CASES = [(75, "crops"), (90, "crops"), (95, "crops"), (90, "colours")]
REPEATS, ROWS = 5, 4200


def make_table(folder, quality, photographs, captions):
    folder.mkdir(exist_ok=True)
    files = []
    for path in photographs:
        file = folder / (path.stem + ".jpg")
        with Image.open(path) as image:
            image.convert("RGB").resize((500, 375), Image.Resampling.BICUBIC).save(file, quality=quality)
        files.append(file)
    size = statistics.mean(file.stat().st_size for file in files)
    draw = random.Random(0)
    rows = [f"{files[index % len(files)]}\t{draw.choice(captions)}" for index in range(ROWS)]
    table = folder / "table.tsv"
    table.write_text("\n".join(["filepath\ttitle", *rows]) + "\n")
    return table, size / 1024


def rate(command):
    return float(subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout)


def measure(table, vocabulary, changes):
    benchmark = PACKAGE / ".build/release/loader-benchmark"
    rivals = {
        "torch": [sys.executable, HERE / "open_clip_loader.py", table, 2, changes],
        "floats": [benchmark, table, vocabulary, 2, "floats", changes],
        "bytes": [benchmark, table, vocabulary, 2, "bytes", changes],
    }
    rates = {name: [] for name in rivals}
    for _ in range(REPEATS):
        for name, command in rivals.items():
            rates[name].append(rate(command))
    return rates


def libjpeg():
    return subprocess.run(["pkg-config", "--modversion", "libjpeg"], capture_output=True, text=True).stdout.strip()


def write_results(lines, count):
    commit = subprocess.run(
        ["git", "-C", str(PACKAGE), "rev-parse", "--short", "HEAD"], capture_output=True, text=True
    ).stdout.strip()
    packages = ", ".join(f"{name} {version(name)}" for name in ("torch", "torchvision", "open_clip_torch", "pillow"))
    text = f"""# The loader against torch's DataLoader

Pairs a second, medians of {REPEATS} runs in turns (least to greatest behind them): 500×375 JPEG files ({count} photographs,
resized by Pillow) → 224×224 by `RandomResizedCrop` (90 to 100 %, bicubic), with a tokenized caption, batches of 32.
*torch* is `DataLoader` with two workers over open_clip's `image_transform(224, is_train=True)` and its tokenizer. *floats* is
swift-clip's `BatchLoader` with two threads, and its pixels normalised to floats by the thread that takes the batches, so that
both give the same. *bytes* leaves that to the trainer, as `clip train` does. With *colours*, the colours of 80 % of the
images are jittered (0.32, 0.32, 0.32, 0.08), and 20 % turn grey.

| | JPEG quality | KiB a file | torch | floats | bytes | floats ÷ torch |
|---|---|---|---|---|---|---|
{chr(10).join(lines)}

Machine: {machine()}.
Versions: swift-clip {commit}, libjpeg-turbo {libjpeg()}.
Python {platform.python_version()}, {packages} with libjpeg-turbo {features.version("libjpeg_turbo")}.
Command: `.deps/reference/bin/python Benchmarks/loader/compare.py`.
"""
    (HERE / "results.md").write_text(text)
    print(text)


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else COCO / "images"
    annotations = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else COCO / "captions.json"
    photographs = sorted(folder.glob("*.jpg"))
    captions = [" ".join(item["caption"].split()) for item in json.loads(annotations.read_text())["annotations"]]
    vocabulary = pathlib.Path(open_clip.__file__).parent
    lines = []
    with tempfile.TemporaryDirectory() as temporary:
        for quality, changes in CASES:
            table, size = make_table(pathlib.Path(temporary) / str(quality), quality, photographs, captions)
            rates = measure(table, vocabulary, changes)
            medians = {name: statistics.median(values) for name, values in rates.items()}
            cells = [f"{medians[name]:.0f} ({min(values):.0f}–{max(values):.0f})" for name, values in rates.items()]
            lines.append(
                f"| {changes} | {quality} | {size:.0f} | {' | '.join(cells)} | {medians['floats'] / medians['torch']:.2f} |"
            )
            print(lines[-1], file=sys.stderr)
    write_results(lines, len(photographs))


if __name__ == "__main__":
    main()
