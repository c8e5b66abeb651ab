"""Fits scikit-learn's logistic regression and writes what it finds: probe.py FOLDER

Features, labels and, for each penalty, what the fit with scikit-learn's own stopping rule reaches, and the weights of one
that goes on to the minimum.
"""

import json
import pathlib
import sys

import numpy as np
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression

PENALTIES = [1e-6, 1e-4, 1e-2, 1e-1, 1.0, 1e1, 1e2, 1e4, 1e6]


def features(count, width, classes, seed):
    fixed, random = np.random.default_rng(width + classes), np.random.default_rng(seed)
    spectrum = np.arange(1, width + 1) ** -0.5
    spectrum /= np.linalg.norm(spectrum)
    means = fixed.standard_normal((classes, width)) * spectrum
    labels = random.permutation(np.arange(count) % classes)
    common = 0.7 * fixed.standard_normal(width) / np.sqrt(width)
    rows = common + 0.3 * means[labels] + 0.6 * random.standard_normal((count, width)) * spectrum
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), labels.astype(np.int64)


def objective(model, x, y, penalty):
    logits = x.astype(np.float64) @ model.coef_.T.astype(np.float64) + model.intercept_
    if logits.shape[1] == 1:
        logits = np.concatenate([np.zeros_like(logits), logits], axis=1)
    largest = logits.max(1, keepdims=True)
    losses = np.log(np.exp(logits - largest).sum(1)) + largest[:, 0] - logits[np.arange(len(y)), y]
    return losses.sum() + penalty / 2 * (model.coef_.astype(np.float64) ** 2).sum()


def case(folder, name, count, width, classes):
    x, y = features(count, width, classes, 1)
    v, w = features(2000, width, classes, 2)
    tensors = {"train": x, "train_labels": y, "validation": v, "validation_labels": w}
    fits = []
    for index, penalty in enumerate(PENALTIES):
        model = LogisticRegression(C=1 / penalty, max_iter=1000).fit(x.astype(np.float64), y)
        minimum = LogisticRegression(C=1 / penalty, max_iter=100_000, tol=1e-9).fit(x.astype(np.float64), y)
        tensors[f"minimum.{index}"] = np.ascontiguousarray(minimum.coef_)
        fits.append({
            "lambda": penalty, "iterations": int(model.n_iter_[0]), "objective": objective(model, x, y, penalty),
            "minimum": objective(minimum, x, y, penalty), "accuracy": model.score(v.astype(np.float64), w),
        })
    save_file(tensors, folder / f"{name}.safetensors")
    (folder / f"{name}.json").write_text(json.dumps(fits))


folder = pathlib.Path(sys.argv[1])
case(folder, "many", 1500, 64, 10)
case(folder, "wide", 300, 512, 20)
case(folder, "two", 800, 48, 2)
