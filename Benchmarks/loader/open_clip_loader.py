"""Measures torch's DataLoader with open_clip's transform for training and its tokenizer.

    python open_clip_loader.py TABLE WORKERS crops|colours

Prints the pairs a second between two batches, the time to start up left out.
"""

import sys
import time
import types

# The torchvision of the package index is built for CUDA, and registers operators that a CPU build of torch lacks.
sys.modules["torchvision._meta_registrations"] = types.ModuleType("torchvision._meta_registrations")

import open_clip
from PIL import Image
from torch.utils.data import DataLoader, Dataset

FIRST_BATCH, LAST_BATCH = 20, 120


class Pairs(Dataset):
    """What open_clip's `CsvDataset` does, without its need of pandas."""

    def __init__(self, table, changes):
        with open(table) as lines:
            rows = [line.rstrip("\n").split("\t") for line in lines][1:]
        self.images, self.captions = zip(*rows)
        colours = {"color_jitter": (0.32, 0.32, 0.32, 0.08), "color_jitter_prob": 0.8, "gray_scale_prob": 0.2}
        aug_cfg = colours if changes == "colours" else None
        self.transforms = open_clip.image_transform(224, is_train=True, aug_cfg=aug_cfg)
        self.tokenize = open_clip.get_tokenizer("ViT-B-32")

    def __len__(self):
        return len(self.captions)

    def __getitem__(self, index):
        images = self.transforms(Image.open(str(self.images[index])))
        texts = self.tokenize([str(self.captions[index])])[0]
        return images, texts


def main():
    loader = DataLoader(
        Pairs(sys.argv[1], sys.argv[3]), batch_size=32, shuffle=True, num_workers=int(sys.argv[2]), drop_last=True
    )
    for number, (images, texts) in enumerate(loader, start=1):
        assert images.shape == (32, 3, 224, 224) and texts.shape == (32, 77)
        if number == FIRST_BATCH:
            start = time.perf_counter()
        if number == LAST_BATCH:
            print((LAST_BATCH - FIRST_BATCH) * 32 / (time.perf_counter() - start))
            break


main()
