"""Compares swift-clip's training steps with open_clip's and writes the table `results.md` beside this script.

    swift build -c release --product training-benchmark
    OMP_WAIT_POLICY=passive .deps/reference/bin/python Benchmarks/training/compare.py [TITLES.tsv]

Both start from the same random weights and take the same batch of random pixels and real titles, with AdamW, in two
threads. They take steps in turns, while the others wait.
"""

import csv
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import types
from importlib.metadata import version

sys.modules["torchvision._meta_registrations"] = types.ModuleType("torchvision._meta_registrations")

import open_clip
import torch
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).resolve().parent
PACKAGE = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))

from machine import machine

TITLES = PACKAGE.parent / "shared/data/fashion/train.tsv"
SMALL = {
    "embed_dim": 192,
    "vision_cfg": {"image_size": 64, "layers": 6, "width": 192, "head_width": 64, "patch_size": 8},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 192, "heads": 3, "layers": 4},
}
CASES = {
    "ViT-B/32, batch 32": (open_clip.get_model_config("ViT-B-32"), 32, 5),
    "width 192, 6 + 4 layers, 64×64, batch 256": (SMALL, 256, 5),
}
RIVALS = {
    "fp32": [("fp32", "eager"), ("fp32", "compiled")],
    "bf16": [("bf16", "eager"), ("bf16", "compiled"), ("pure_bf16", "eager")],
}


def make(folder, config, count, titles):
    torch.manual_seed(0)
    model = open_clip.CLIP(**config)
    (folder / "model").mkdir(parents=True)
    (folder / "model/open_clip_config.json").write_text(json.dumps({"model_cfg": config, "preprocess_cfg": {}}))
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, folder / "model/open_clip_model.safetensors")
    side = config["vision_cfg"]["image_size"]
    tokens = open_clip.get_tokenizer("ViT-B-32")(titles[:count])
    save_file({"pixels": torch.randn(count, 3, side, side), "tokens": tokens.int()}, folder / "batch.safetensors")
    return (tokens != 0).sum(1).float().mean().item()


class Rival:
    def __init__(self, command):
        self.process = subprocess.Popen(
            list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.seconds, self.losses = [], []

    def step(self, counts=True):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        seconds, loss = map(float, self.process.stdout.readline().split())
        self.losses.append(loss)
        if counts:
            self.seconds.append(seconds)

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def measure(folder, precision, repeats):
    rivals = {"swift-clip": Rival([PACKAGE / ".build/release/training-benchmark", folder, precision])}
    for kind, mode in RIVALS[precision]:
        command = [sys.executable, HERE / "open_clip_steps.py", folder, kind, mode]
        rivals[f"open_clip {kind} {mode}"] = Rival(command)
    for rival in rivals.values():
        for _ in range(2):
            rival.step(counts=False)
    for _ in range(repeats):
        for rival in rivals.values():
            rival.step()
    for rival in rivals.values():
        rival.end()
    return rivals


def ceiling(dtype):
    """Billions of operations a second of a large product, packed beforehand, which no step can exceed."""
    import time

    x, w = torch.randn(1600, 768, dtype=dtype), torch.randn(3072, 768, dtype=dtype)
    packed = torch.ops.mkldnn._reorder_linear_weight(w, 1600)
    best = 1e9
    for _ in range(20):
        start = time.perf_counter()
        torch.ops.mkldnn._linear_pointwise(x, packed, None, "none", [], "")
        best = min(best, time.perf_counter() - start)
    return 2 * 1600 * 768 * 3072 / best / 1e9


def main(table=TITLES):
    torch.set_num_threads(2)
    with open(table, newline="") as file:
        titles = [row["title"] for row in csv.DictReader(file, delimiter="\t")]
    lines = ["| case | precision | who | pairs/s | swift-clip is faster by | loss of the 7th step |", "|---|---|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as scratch:
        for number, (name, (config, count, repeats)) in enumerate(CASES.items()):
            folder = pathlib.Path(scratch) / str(number)
            length = make(folder, config, count, titles)
            for precision in RIVALS:
                rivals = measure(folder, precision, repeats)
                rates = {who: count / statistics.median(rival.seconds) for who, rival in rivals.items()}
                for who, rival in rivals.items():
                    ratio = "" if who == "swift-clip" else f"{rates['swift-clip'] / rates[who]:.2f}"
                    line = f"| {name} | {precision} | {who} | {rates[who]:.1f} | {ratio} | {rival.losses[-1]:.4f} |"
                    print(line, flush=True)
                    lines.append(line)
    head = [
        "# Training steps beside open_clip's",
        "",
        f"{machine()}; torch {version('torch')}, open_clip {version('open_clip_torch')}. Medians of steps taken in turns; titles",
        f"of {length:.0f} tokens on average. A large packed product reaches {ceiling(torch.float32):.0f} GFLOP/s in fp32 and "
        f"{ceiling(torch.bfloat16):.0f} in bf16 here.",
        "",
        "    OMP_WAIT_POLICY=passive .deps/reference/bin/python Benchmarks/training/compare.py",
        "",
    ]
    (HERE / "results.md").write_text("\n".join(head + lines) + "\n")


main(*sys.argv[1:])
