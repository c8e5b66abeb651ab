"""Compares swift-clip's linear probe with scikit-learn's and writes the table `results.md` beside this script.

    swift build -c release --product probe-benchmark
    .deps/reference/bin/python Benchmarks/probe/compare.py

Both fit the same features, in two threads and in turns, while the others wait: clusters on an uneven spectrum around a common
direction, as embeddings of images lie.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
from importlib.metadata import version

import numpy as np
from safetensors.numpy import save_file

HERE = pathlib.Path(__file__).resolve().parent
PACKAGE = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))

from machine import machine

CASES = {"6,654 × 768, 40 classes": (6654, 768, 40), "20,000 × 512, 100 classes": (20000, 512, 100)}
PENALTIES = [1e-6, 1e-4, 1e-2, 1, 1e2, 1e4, 1e6]
SEARCHED = "6,654 × 768, 40 classes"


def features(count, width, classes, seed):
    fixed, random = np.random.default_rng(width), np.random.default_rng(seed)
    spectrum = np.arange(1, width + 1) ** -0.5
    spectrum /= np.linalg.norm(spectrum)
    common = fixed.standard_normal(width) / np.sqrt(width)
    means = fixed.standard_normal((classes, width)) * spectrum
    labels = random.permutation(np.arange(count) % classes)
    rows = 0.7 * common + 0.2 * means[labels] + 0.6 * random.standard_normal((count, width)) * spectrum
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), labels.astype(np.int64)


class Rival:
    def __init__(self, command, **environment):
        self.process = subprocess.Popen(
            list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"OMP_NUM_THREADS": "2"} | environment)

    def ask(self, line):
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return list(map(float, self.process.stdout.readline().split()))

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def measure(name, shape, scratch):
    train, labels = features(*shape, 1)
    validation, truths = features(shape[0] // 4, *shape[1:], 2)
    path = pathlib.Path(scratch) / f"{shape[0]}.safetensors"
    save_file({"train": train, "train_labels": labels, "validation": validation, "validation_labels": truths}, path)
    python = [sys.executable, HERE / "scikit_learn.py", path]
    rivals = [
        Rival([PACKAGE / ".build/release/probe-benchmark", path], OMP_WAIT_POLICY="passive"),
        Rival(python + ["float32"]), Rival(python + ["float64"]),
    ]
    for rival in rivals:
        rival.ask(1e-1)
    for penalty in PENALTIES + ["search"] * (name == SEARCHED):
        ours, single, double = [rival.ask(penalty) for rival in rivals]
        fastest = min(single[0], double[0])
        # After a search the objective is that of all images, which the rival's script does not work out.
        apart = f"{ours[2] / double[2] - 1:+.1e}" if penalty != "search" else ""
        label = f"{penalty:.0e}" if penalty != "search" else f"search: {ours[4]:.2e}, {double[4]:.2e}"
        yield (
            f"| {name} | {label} | {ours[0]:.2f} | {single[0]:.2f} | {double[0]:.2f} | {fastest / ours[0]:.1f} | "
            f"{ours[1]:.0f} | {single[1]:.0f} | {double[1]:.0f} | {apart} | "
            f"{100 * ours[3]:.2f} | {100 * single[3]:.2f} | {100 * double[3]:.2f} |")
    for rival in rivals:
        rival.end()


def main():
    lines = [
        "| features | λ | swift-clip, s | float32, s | float64, s | faster by | iterations | float32 | float64 | "
        "objective against float64 | accuracy | float32 | float64 |",
        "|" + "---|" * 13,
    ]
    with tempfile.TemporaryDirectory() as scratch:
        for name, shape in CASES.items():
            for line in measure(name, shape, scratch):
                print(line, flush=True)
                lines.append(line)
    head = [
        "# Logistic regression beside scikit-learn's",
        "",
        f"{machine()}; scikit-learn {version('scikit-learn')}, SciPy {version('scipy')}, two threads, in turns. float32 and",
        "float64 are scikit-learn on features of that type; swift-clip is faster by so much than the faster of them. Accuracies",
        "are those on validation images, in per cent. A search tries the penalties of CLIP's paper, then fits all images.",
        "",
        "    .deps/reference/bin/python Benchmarks/probe/compare.py",
        "",
    ]
    (HERE / "results.md").write_text("\n".join(head + lines) + "\n")


main()
