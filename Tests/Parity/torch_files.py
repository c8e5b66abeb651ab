"""Writes PyTorch files of every kind that is read, each with what torch itself reads from it.

    python torch_files.py FOLDER

Beside FOLDER/NAME.pt lies NAME.safetensors with the expected tensors. FOLDER/refused has files that must not be opened:
their names tell the global that is at fault. What is expected beside the tensors is printed as JSON.
"""

import argparse
import collections
import json
import pathlib
import sys
import warnings
from typing import Dict, List, Optional

warnings.simplefilter("ignore")

import numpy
import torch
from safetensors.torch import save_file
from torch import nn

torch.manual_seed(0)
folder = pathlib.Path(sys.argv[1])
refused = folder / "refused"
refused.mkdir(parents=True, exist_ok=True)
expected = {}


def expect(name, tensors, kind, metadata=None, integers=None):
    save_file({key: value.detach().clone().contiguous() for key, value in tensors.items()}, folder / f"{name}.safetensors")
    expected[name] = {"kind": kind, "metadata": metadata or {}, "integers": integers or {}}


class Block(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.attn = nn.MultiheadAttention(width, 2)
        self.ln_1 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            collections.OrderedDict(c_fc=nn.Linear(width, 4 * width), act=nn.GELU(), c_proj=nn.Linear(4 * width, width))
        )
        # A tensor, but no part of the state.
        self.attn_mask = torch.full((3, 3), float("-inf"))

    def forward(self, x):
        y = self.ln_1(x)
        return x + self.mlp(y) + self.attn(y, y, y, attn_mask=self.attn_mask.to(y.dtype))[0]


class Visual(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 2, 2, bias=False)
        self.class_embedding = nn.Parameter(torch.randn(width))
        self.norm = nn.BatchNorm2d(width)
        self.register_buffer("scratch", torch.ones(2, 2), persistent=False)
        self.register_buffer("nothing", None)
        self.transformer = nn.Module()
        self.blocks = nn.ModuleList([Block(width) for _ in range(2)])

    def forward(self, x):
        x = self.norm(self.conv1(x)).flatten(2).permute(2, 0, 1)[:3] + self.class_embedding
        for block in self.blocks:
            x = block(x)
        return x


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.visual = Visual(8)
        self.logit_scale = nn.Parameter(torch.tensor(2.5))
        self.projections = nn.ParameterList()
        self.register_buffer("input_resolution", torch.tensor(224))
        self.register_buffer("context_length", torch.tensor([77], dtype=torch.int32))
        self.vocab_size = 49408
        self.shared = nn.Linear(8, 8)
        self.again = self.shared
        self.sizes: List[int] = [1, 2, 3]
        self.tables: Dict[str, float] = {"a": 0.5}
        self.absent: Optional[torch.Tensor] = None
        self.note = "text"

    def forward(self, x):
        return self.again(self.shared(self.visual(x))) * self.logit_scale


def scripts():
    for dtype in [torch.float32, torch.float16]:
        model = Model().to(dtype).eval()
        # As in OpenAI's files, some tensors stay wide.
        model.visual.class_embedding.data = model.visual.class_embedding.data.float()
        sample = torch.randn(1, 3, 4, 4, dtype=dtype)
        for name, module in [("script", torch.jit.script(model)), ("trace", None)]:
            if module is None:
                model.visual.class_embedding.data = model.visual.class_embedding.data.to(dtype)
                module = torch.jit.trace(model, sample, check_trace=False)
            name = f"{name}-{str(dtype).removeprefix('torch.')}"
            torch.jit.save(module, folder / f"{name}.pt", _extra_files={"note.txt": b"x" * 1000})
            state = torch.jit.load(folder / f"{name}.pt", map_location="cpu").state_dict()
            integers = {"input_resolution": 224, "context_length": 77}
            # Tracing keeps no plain attributes.
            if name.startswith("script"):
                integers["vocab_size"] = 49408
            expect(name, state, "torchScript", integers=integers)


def open_clip_script():
    import types

    sys.modules["torchvision._meta_registrations"] = types.ModuleType("torchvision._meta_registrations")
    import open_clip

    vision = dict(image_size=16, layers=2, width=16, head_width=8, patch_size=4)
    text = dict(context_length=8, vocab_size=32, width=16, heads=2, layers=2)
    model = open_clip.CLIP(8, vision, text, quick_gelu=True)
    torch.jit.save(torch.jit.script(model.eval()), folder / "open_clip-script.pt")
    expect("open_clip-script", torch.jit.load(folder / "open_clip-script.pt").state_dict(), "torchScript")


def views():
    base = torch.arange(24, dtype=torch.float32)
    grid = base.view(4, 6)
    dtypes = [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16, torch.float32]
    dtypes += [torch.float64, torch.bool, torch.bfloat16]
    tensors = {str(dtype): (torch.arange(6) % 3).to(dtype).view(2, 3) for dtype in dtypes}
    return tensors | {
        "base": base, "grid": grid, "transposed": grid.t(), "part": base[5:9], "inner": grid[1:3, 2:5],
        "steps": base[1::5], "diagonal": grid.diagonal(), "expanded": torch.tensor([1.5, 2.5]).view(2, 1).expand(2, 40),
        "empty": torch.zeros(0, 3), "emptyEnd": base[24:], "scalar": torch.tensor(7.5), "scalarPart": base[3],
        "channels": torch.randn(2, 3, 4, 5).to(memory_format=torch.channels_last),
        "parameter": nn.Parameter(torch.randn(3, 2)), "frozen": nn.Parameter(grid.t(), requires_grad=False),
        "é \"name\"": torch.ones(2), "learns": torch.ones(2, requires_grad=True),
    }  # fmt: skip


def training(prefix):
    model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Linear(8, 2))
    optimizer = torch.optim.AdamW(
        [{"params": [p for p in model.parameters() if p.ndim < 2], "weight_decay": 0.0},
         {"params": [p for p in model.parameters() if p.ndim >= 2]}], betas=(0.9, 0.98))  # fmt: skip
    model(torch.randn(5, 4)).sum().backward()
    optimizer.step()
    state = model.state_dict()
    checkpoint = {
        "epoch": 3, "name": "a run", "best": 0.25, "done": False, "none": None, "tags": {"a", "b"},
        "huge": 1 << 80, "negative": -(1 << 40), "pair": (1, [2.0, "x"]), "frozen": frozenset([1]),
        "state_dict": type(state)((prefix + key, value) for key, value in state.items()),
        "optimizer": optimizer.state_dict(), "scaler": {"scale": 65536.0, "growth_factor": 2.0, "_growth_tracker": 7},
        "device": torch.device("cpu"), "size": torch.Size([2, 3]), "dtype": torch.bfloat16,
    }  # fmt: skip
    return state, checkpoint, {"epoch": "3", "name": "a run", "best": "0.25", "done": "false", "negative": str(-(1 << 40))}


def saves():
    for kind, zipped in [("zip", True), ("legacy", False)]:
        def save(name, value, tensors, protocol=2, metadata=None, integers=None):
            path = folder / f"{kind}-{name}.pt"
            torch.save(value, path, _use_new_zipfile_serialization=zipped, pickle_protocol=protocol)
            expect(f"{kind}-{name}", tensors, kind, metadata, integers)

        model = Model().bfloat16()
        save("module", model.state_dict(), model.state_dict())
        for protocol in [2, 3, 4, 5]:
            tensors = views()
            save(f"views-{protocol}", tensors, tensors, protocol)
            for prefix in ["", "module.", "_orig_mod.", "module._orig_mod."]:
                state, checkpoint, metadata = training(prefix)
                save(f"training-{protocol}-{prefix}", checkpoint, state, protocol, metadata)
        save("model", {"model": model.state_dict(), "ema": model.state_dict()}, model.state_dict())
        save("only", {"weights": model.state_dict(), "step": 9}, model.state_dict(), metadata={"step": "9"})
        save("integers", {"w": torch.ones(1), "vocab_size": 12}, {"w": torch.ones(1)}, integers={"vocab_size": 12})
        some = {"a.module.weight": torch.ones(2), "module.b": torch.ones(3)}
        save("mixed", some, some)

        faults = {
            "argparse.Namespace": {"args": argparse.Namespace(a=1), "w": torch.ones(1)},
            "torch.nn.modules.linear.Linear": nn.Linear(2, 2),
            "torch._utils._rebuild_sparse_tensor": {"w": torch.ones(2).to_sparse()},
            "torch.ComplexFloatStorage": {"w": torch.ones(2, dtype=torch.complex64)},
            "torch.float8_e4m3fn": {"w": torch.ones(2).to(torch.float8_e4m3fn)},
            "scalar": {"w": torch.ones(2), "loss": numpy.float64(0.5)},
        }
        for name, value in faults.items():
            torch.save(value, refused / f"{kind}-{name}", _use_new_zipfile_serialization=zipped)


scripts()
open_clip_script()
saves()
print(json.dumps(expected))
