"""Works out few-shot formulas in 64 bits and writes inputs and results: few_shot.py FOLDER"""

import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file

random = np.random.default_rng(3)
N, E, K, B, H = 60, 32, 6, 40, 8


def unit(*shape):
    rows = random.standard_normal(shape) + 0.5
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


text, keys, images = unit(K, E), unit(N, E), unit(B, E)
labels = random.permutation(np.arange(N) % K)
values = np.eye(K)[labels]
result = {"text": text, "keys": keys, "images": images, "values": values}

# Tip-Adapter (Zhang et al. 2022).
for name, (scale, alpha, beta) in {"tip.0": (100.0, 1.0, 5.5), "tip.1": (14.3, 7.5, 0.3)}.items():
    affinity = images @ keys.T
    result[name] = scale * images @ text.T + alpha * np.exp(-beta * (1 - affinity)) @ values

# CLIP-Adapter (Gao et al. 2021).
down, up = random.standard_normal((H, E)) / 4, random.standard_normal((E, H)) / 4
result |= {"down": down, "up": up}
hidden = np.maximum(images @ down.T, 0)
mixed = 0.2 * np.maximum(hidden @ up.T, 0) + 0.8 * images
result["residual"] = 100 * (mixed / np.linalg.norm(mixed, axis=1, keepdims=True)) @ text.T

# LP++ (Huang et al. 2024): gradients by autograd, steps by SGD with momentum for w and b, plain ones for the multipliers.
f, t, y = torch.tensor(keys), torch.tensor(text), torch.tensor(labels)
w = torch.stack([f[y == k].sum(0) for k in range(K)]).requires_grad_()
b = torch.zeros(K, dtype=torch.float64, requires_grad=True)
class_means = torch.stack([(f @ t.T)[y == k].mean(0) for k in range(K)])
a = torch.full((K,), 250 * class_means.mean().item(), dtype=torch.float64, requires_grad=True)
rate = 4 * N / np.linalg.eigvalsh(keys.T @ keys).max()
multiplier_rate = N / (4 * ((keys @ text.T) ** 2).sum(0).max())
descent = torch.optim.SGD([w, b], lr=rate, momentum=0.9)
result |= {"lp.rates": np.array([rate, multiplier_rate]), "lp.start": a.detach().numpy().copy()}
objectives = []
for iteration in range(1, 61):
    loss = F.cross_entropy(f @ (w + a[:, None] * t).T + b, y)
    objectives.append(loss.item())
    descent.zero_grad()
    a.grad = None
    loss.backward()
    descent.step()
    if iteration % 10 == 0:
        with torch.no_grad():
            a -= multiplier_rate * a.grad
result |= {
    "lp.objectives": np.array(objectives), "lp.weights": (w + a[:, None] * t).detach().numpy(),
    "lp.biases": b.detach().numpy(), "lp.multipliers": a.detach().numpy(), "labels": labels.astype(np.int64),
}
save_file({k: np.ascontiguousarray(v) for k, v in result.items()}, pathlib.Path(sys.argv[1]) / "few_shot.safetensors")
