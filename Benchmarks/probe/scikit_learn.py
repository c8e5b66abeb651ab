"""Fits scikit-learn's logistic regression to the features in a file, one for each penalty λ on standard input, or searches for
the penalty as CLIP's paper does where a line says so; prints for each line what `probe-benchmark` prints."""

import sys
import time
import warnings

import numpy as np
from safetensors.numpy import load_file
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

warnings.simplefilter("ignore", ConvergenceWarning)


def fit(x, y, penalty):
    return LogisticRegression(C=1 / penalty, max_iter=1000).fit(x, y)


def objective(model, x, y, penalty):
    logits = x.astype(np.float64) @ model.coef_.T.astype(np.float64) + model.intercept_
    largest = logits.max(1)
    losses = np.log(np.exp(logits - largest[:, None]).sum(1)) + largest - logits[np.arange(len(y)), y]
    return losses.sum() + penalty / 2 * (model.coef_.astype(np.float64) ** 2).sum()


def search(x, y, v, w):
    found = {}

    def attempt(index):
        if 0 <= index <= 96 and index not in found:
            found[index] = fit(x, y, 10 ** (index / 8 - 6)).score(v, w)

    def peak():
        return max(found, key=lambda index: (found[index], index))

    for index in range(0, 97, 16):
        attempt(index)
    step = 8
    while step:
        best = peak()
        attempt(best - step)
        attempt(best + step)
        step //= 2
    penalty = 10 ** (peak() / 8 - 6)
    return fit(np.concatenate([x, v]), np.concatenate([y, w]), penalty), penalty


def main(path, dtype):
    file = load_file(path)
    x, v = file["train"].astype(dtype), file["validation"].astype(dtype)
    y, w = file["train_labels"], file["validation_labels"]
    for line in sys.stdin:
        start = time.perf_counter()
        if line.strip() == "search":
            model, penalty = search(x, y, v, w)
        else:
            penalty = float(line)
            model = fit(x, y, penalty)
        seconds = time.perf_counter() - start
        print(seconds, model.n_iter_[0], objective(model, x, y, penalty), model.score(v, w), penalty, flush=True)


with threadpool_limits(2):
    main(*sys.argv[1:])
