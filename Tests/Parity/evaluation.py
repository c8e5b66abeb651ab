"""Measures a model with CLIP_benchmark's own code.

    python evaluation.py FOLDER

FOLDER holds `model` in open_clip's layout, `images/CLASS/*.png`, `templates.txt` with a template a line, `labels.tsv` (images and
their classes, separated by |) and `captions.tsv` (a row for each caption). What CLIP_benchmark finds is written as
`expected.json`. Then its command `build` reads our results in `report/benchmark`, and the table is `benchmark.csv`.
"""

import csv
import json
import pathlib
import subprocess
import sys
import types

# The torchvision of the package index is built for CUDA, and registers operators that a CPU build of torch lacks.
sys.modules["torchvision._meta_registrations"] = types.ModuleType("torchvision._meta_registrations")

import open_clip
import torch
from clip_benchmark.metrics import zeroshot_classification, zeroshot_retrieval
from PIL import Image


class Images:
    """What CLIP_benchmark iterates over: batches of pixels and targets, and the classes."""

    def __init__(self, paths, targets, classes, preprocess):
        self.pixels = [preprocess(Image.open(path)) for path in paths]
        self.targets, self.classes, self.dataset = targets, classes, self

    def __iter__(self):
        for start in range(0, len(self.pixels), 16):
            batch = self.targets[start:start + 16]
            yield torch.stack(self.pixels[start:start + 16]), batch if isinstance(batch, list) else batch.clone()


def accuracy(output, target, topk=(1,)):
    """CLIP_benchmark's formula, whose code makes a number of an array of one, which NumPy no longer allows."""
    best = output.topk(max(topk), 1, True, True)[1]
    return [float((best[:, :k] == target[:, None]).float().sum()) / len(target) for k in topk]


zeroshot_classification.accuracy = accuracy


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def main():
    folder = pathlib.Path(sys.argv[1])
    model, _, preprocess = open_clip.create_model_and_transforms(f"local-dir:{folder / 'model'}")
    model.eval()
    tokenizer = open_clip.get_tokenizer(f"local-dir:{folder / 'model'}")
    templates = [line.replace("{}", "{c}") for line in (folder / "templates.txt").read_text().splitlines()]
    classes = sorted(path.name for path in (folder / "images").iterdir())
    found = [(path, classes.index(path.parent.name)) for path in sorted((folder / "images").glob("*/*.png"))]

    def classify(paths, targets):
        images = Images(paths, targets, classes, preprocess)
        return zeroshot_classification.evaluate(model, images, tokenizer, classes, templates, "cpu", amp=False)

    labels = rows(folder / "labels.tsv")
    several = torch.tensor([[int(name in row["label"].split("|")) for name in classes] for row in labels])
    captions = {}
    for row in rows(folder / "captions.tsv"):
        captions.setdefault(row["filepath"], []).append(row["title"])
    images = Images([folder / path for path in captions], list(captions.values()), None, preprocess)
    expected = {
        "single": classify([path for path, _ in found], torch.tensor([target for _, target in found])),
        "several": classify([folder / row["filepath"] for row in labels], several),
        "retrieval": zeroshot_retrieval.evaluate(
            model, images, tokenizer, "cpu", amp=False, recall_k_list=[1, 5, 10]),
    }
    (folder / "expected.json").write_text(json.dumps(expected))
    command = pathlib.Path(sys.executable).parent / "clip_benchmark"
    # Beside torchvision's part it imports what it downloads with and does not require.
    build = "import sys, types; sys.modules.update({name: types.ModuleType(name) for name in " \
        "['torchvision._meta_registrations', 'requests']}); from clip_benchmark.cli import main; main()"
    assert command.exists()
    subprocess.run(
        [sys.executable, "-c", build, "build", str(folder / "report" / "benchmark"), "--output",
         str(folder / "benchmark.csv")], check=True)


main()
