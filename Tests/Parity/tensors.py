"""Reads FOLDER/ours.safetensors with the safetensors package and writes its tensors anew as FOLDER/theirs.safetensors.

    python tensors.py FOLDER
"""

import pathlib
import sys

from safetensors import safe_open
from safetensors.torch import save_file

folder = pathlib.Path(sys.argv[1])
with safe_open(folder / "ours.safetensors", "pt") as file:
    tensors = {name: file.get_tensor(name) for name in file.keys()}
    metadata = file.metadata()
save_file(tensors, folder / "theirs.safetensors", metadata)
