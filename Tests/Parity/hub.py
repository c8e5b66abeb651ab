"""What huggingface_hub and transformers make of a cache: hub.py MODE CACHE ENDPOINT REPOSITORY FILE…

download brings the files into the cache, and open finds them there without a network: both print the folder of the
snapshot, and the SHA-256 of each file as it is read through it. load opens the model without a network, and prints the
number of its parameters and the ids of "a dog".
"""

import hashlib
import os
import sys
import types

mode, cache, endpoint, repository, *files = sys.argv[1:]
os.environ["HF_HUB_CACHE"] = cache
os.environ["HF_ENDPOINT"] = endpoint
os.environ["HF_HUB_OFFLINE"] = "0" if mode == "download" else "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = os.environ["HF_HUB_DISABLE_IMPLICIT_TOKEN"] = "1"
os.environ["no_proxy"] = "127.0.0.1"

if mode == "load":
    # The torchvision of the package index is built for CUDA, and registers operators that a CPU build of torch lacks.
    sys.modules["torchvision._meta_registrations"] = types.ModuleType("torchvision._meta_registrations")
    from transformers import CLIPModel, CLIPTokenizer

    print(sum(parameter.numel() for parameter in CLIPModel.from_pretrained(repository).parameters()))
    print(*CLIPTokenizer.from_pretrained(repository)("a dog")["input_ids"])
    sys.exit()

from huggingface_hub import hf_hub_download, snapshot_download  # noqa: E402

if mode == "download":
    for name in files:
        hf_hub_download(repository, name)
folder = snapshot_download(repository, local_files_only=True)
print(folder)
for name in files:
    path = hf_hub_download(repository, name, local_files_only=True)
    assert path == os.path.join(folder, name), (path, folder)
    print(hashlib.sha256(open(path, "rb").read()).hexdigest())
