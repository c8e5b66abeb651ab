"""Prints a table of how close the tool is to open_clip and transformers, over models of full size with random weights.

    python table.py CLIP DATA FOLDER [NAME ...]

CLIP is the built tool, DATA the folder with photographs under coco/images, FOLDER where models are made, one at a time
(the largest takes 12 GB there). NAMEs choose rows. Each model is made by open_clip, saved in its layout, opened by the tool,
converted to Hugging Face's where that can hold it and opened by transformers, and converted back: the bytes must be the same.
"""

import gc
import hashlib
import json
import logging
import pathlib
import shutil
import subprocess
import sys
import types
import warnings

sys.modules["torchvision._meta_registrations"] = types.ModuleType("torchvision._meta_registrations")
warnings.simplefilter("ignore")

import numpy as np
import open_clip
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import save_file
from transformers import AutoTokenizer, CLIPModel, CLIPProcessor, CLIPTokenizer, SiglipModel
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil
from transformers.utils import logging as transformers_logging

import pieces

logging.disable(logging.WARNING)
transformers_logging.set_verbosity_error()
transformers_logging.disable_progress_bar()

SMALL = {"context_length": 77, "vocab_size": 49408, "width": 256, "heads": 4, "layers": 3}
TOWER = {"image_size": 224, "layers": 3, "width": 384, "patch_size": 32}
BOTH = {"no_causal_mask": True, "pool_type": "last"}
# Full-size architectures by open_clip's names, and one small model for each further option of a tower.
ROWS = {
    "RN50": "RN50-quickgelu", "RN50x4": "RN50x4-quickgelu", "ViT-B/32": "ViT-B-32-quickgelu",
    "ViT-B/16": "ViT-B-16-quickgelu", "ViT-L/14": "ViT-L-14-quickgelu", "ViT-L/14@336": "ViT-L-14-336-quickgelu",
    "ViT-H/14, GELU": "ViT-H-14", "SigLIP base": "ViT-B-16-SigLIP", "SigLIP 2 base": "ViT-B-16-SigLIP2",
    "head width": {"vision": {"head_width": 48}}, "MLP ratio": {"vision": {"mlp_ratio": 4.9231}},
    "layer scale": {"vision": {"ls_init_value": 0.1}, "text": {"ls_init_value": 0.1}},
    "mean of patches": {"vision": {"pool_type": "avg"}}, "no norm before": {"vision": {"no_ln_pre": True}},
    "norm after pooling": {"vision": {"pool_type": "avg", "final_ln_after_pool": True}},
    "both ways, last": {"text": BOTH}, "end token": {"text": {"pool_type": "eos", "eos_id": 49407}},
    "projection bias": {"text": dict(BOTH, proj_bias=True), "custom_text": True, "init_logit_bias": -10},
    "no projection": {"text": {"proj_type": "none", "width": 512, "heads": 8}, "custom_text": True},
    "tanh": {"vision": {"act_kwargs": {"approximate": "tanh"}}, "text": {"act_kwargs": {"approximate": "tanh"}}},
}
TEXTS = ["a photo of a dog on a beach", "Two cats, asleep on a red couch!", "a diagram", "ein Hund läuft über die Straße"]


def configuration(row):
    if isinstance(row, str):
        return open_clip.get_model_config(row)
    config = {"embed_dim": 512, "vision_cfg": TOWER | row.get("vision", {}), "text_cfg": SMALL | row.get("text", {})}
    return config | {key: row[key] for key in ("custom_text", "init_logit_bias") if key in row}


def make(row, folder, vocabulary, data):
    """Saves a model with random weights in open_clip's layout, and returns its number of parameters."""
    torch.manual_seed(1)
    config = configuration(row)
    kind = open_clip.model.CustomTextCLIP if config.get("custom_text") else open_clip.model.CLIP
    model = kind(**{key: value for key, value in config.items() if key != "custom_text"}).eval()
    is_siglip = "timm_model_name" in config["vision_cfg"]
    size = config["vision_cfg"]["image_size"]
    preprocess = {"size": [size, size], "mode": "RGB", "interpolation": "bicubic", "resize_mode": "shortest",
                  "mean": list(open_clip.OPENAI_DATASET_MEAN), "std": list(open_clip.OPENAI_DATASET_STD)}
    if is_siglip:
        preprocess |= {"mean": [0.5] * 3, "std": [0.5] * 3, "resize_mode": "squash"}
        make_pieces(folder, config["text_cfg"]["vocab_size"] > 32000, data)
        config["text_cfg"]["hf_tokenizer_name"] = str(folder)
    else:
        shutil.copy(vocabulary, folder)
    text = json.dumps({"model_cfg": config, "preprocess_cfg": preprocess})
    (folder / "open_clip_config.json").write_text(text)
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, folder / "open_clip_model.safetensors")
    return sum(parameter.numel() for parameter in model.parameters())


def make_pieces(folder, is_gemma, data):
    captions = pieces.tokens.captions(str(data))
    if is_gemma:
        model = pieces.train("gemma", captions, str(folder), **pieces.GEMMA)
        pieces.gemma_json(model, str(folder / "tokenizer.json"))
        name, end, padding = "GemmaTokenizer", "<eos>", "<pad>"
    else:
        model = pieces.train("spiece", captions, str(folder), **pieces.UNIGRAM)
        name, end, padding = "SiglipTokenizer", "</s>", "</s>"
    pieces.write(str(folder / "tokenizer_config.json"), dict(
        tokenizer_class=name, model_max_length=64, eos_token=end, pad_token=padding, unk_token="<unk>",
        padding_side="right", do_lower_case=True))
    for path in [*folder.glob("*.vocab"), folder / "corpus.txt", folder / "gemma.model"]:
        path.unlink(missing_ok=True)


def tool(*arguments):
    result = subprocess.run([str(argument) for argument in arguments], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))}: {result.stderr.strip()}")
    return result.stdout


def ours(clip, folder, images, work):
    tool(clip, "embed", "--model", folder, "--images", *images, "--output", work / "i.npy")
    tool(clip, "embed", "--model", folder, "--texts", *TEXTS, "--output", work / "t.npy")
    tool(clip, "preprocess", "--model", folder, *images, "--output", work / "p.npy")
    ids = [text["ids"] for text in json.loads(tool(clip, "tokenize", "--model", folder, "--json", *TEXTS))]
    return np.load(work / "i.npy"), np.load(work / "t.npy"), np.load(work / "p.npy"), ids


def by_open_clip(folder, images):
    model, _, preprocess = open_clip.create_model_and_transforms(f"local-dir:{folder}")
    tokenizer = open_clip.get_tokenizer(f"local-dir:{folder}") if (folder / "tokenizer_config.json").exists() else \
        open_clip.SimpleTokenizer(context_length=77)
    pixels = torch.stack([preprocess(Image.open(image)) for image in images])
    return outputs(model.eval().encode_image, model.encode_text, pixels, tokenizer(TEXTS))


def by_transformers(folder, images):
    pictures = [Image.open(image) for image in images]
    if json.loads((folder / "config.json").read_text())["model_type"] == "siglip":
        model, tokenizer = SiglipModel.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
        pixels = SiglipImageProcessorPil.from_pretrained(folder)(images=pictures, return_tensors="pt")["pixel_values"]
        ids = tokenizer(TEXTS, padding="max_length", truncation=True, max_length=64, return_tensors="pt").input_ids
    else:
        model, tokenizer = CLIPModel.from_pretrained(folder), CLIPTokenizer.from_pretrained(folder)
        processor = CLIPProcessor.from_pretrained(folder, use_fast=False)
        pixels = processor(images=pictures, return_tensors="pt")["pixel_values"]
        ids = tokenizer(TEXTS, padding=True, return_tensors="pt").input_ids
    model.eval()
    return outputs(lambda x: model.get_image_features(pixel_values=x), lambda x: model.get_text_features(input_ids=x),
                   pixels, ids)


def outputs(image, text, pixels, ids):
    def unit(value):
        value = getattr(value, "pooler_output", value)
        return torch.nn.functional.normalize(value, dim=-1).numpy()

    with torch.no_grad():
        return unit(image(pixels)), unit(text(ids)), pixels.numpy(), ids.tolist()


def compare(name, count, reference, found, expected):
    def columns(index):
        difference = np.abs(found[index] - expected[index]).max()
        cosine = (found[index] * expected[index]).sum(-1).min()
        return f"{difference:.1e} | {1 - cosine:.1e}"

    same = all(row[:len(ids)] == ids and len(set(row[len(ids):])) <= 1 for ids, row in zip(found[3], expected[3]))
    print(f"| {name} | {count / 1e6:.1f} M | {reference} | {columns(0)} | {columns(1)} | {'equal' if same else 'DIFFER'} | "
          f"{np.abs(found[2] - expected[2]).max():.1e} |", flush=True)


def digests(path):
    with safe_open(path, "np") as file:
        return {name: hashlib.sha256(file.get_tensor(name).tobytes()).hexdigest() for name in file.keys()}


def round_trip(clip, name, count, native, other, images):
    """Back to open_clip's layout: the same bytes, and open_clip opens it."""
    back = native.parent / "back"
    tool(clip, "convert", other, "--to", "open_clip", "--output", back)
    weights = "open_clip_model.safetensors"
    if digests(native / weights) != digests(back / weights):
        print(f"{name}: to and fro CHANGED the weights", flush=True)
    compare(name, count, "open_clip, written back", ours(clip, back, images, native.parent), by_open_clip(back, images))
    shutil.rmtree(back)


def main(clip, data, folder, *names):
    data, folder = pathlib.Path(data), pathlib.Path(folder)
    vocabulary = pathlib.Path(open_clip.__file__).parent / "bpe_simple_vocab_16e6.txt.gz"
    images = sorted((data / "coco" / "images").glob("*.jpg"))[:3] + [data / "openai-clip" / "CLIP.png"]
    print("| model | parameters | reference | images: largest difference | 1 − least cosine | texts: largest difference "
          "| 1 − least cosine | tokens | pixels: largest difference |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name in names or ROWS:
        work = folder / "model"
        shutil.rmtree(work, ignore_errors=True)
        native, other = work / "open_clip", work / "hf"
        native.mkdir(parents=True)
        count = make(ROWS[name], native, vocabulary, data)
        gc.collect()
        compare(name, count, "open_clip", ours(clip, native, images, work), by_open_clip(native, images))
        holds = subprocess.run([clip, "convert", native, "--to", "hf", "--output", other], capture_output=True, text=True)
        if holds.returncode == 0:
            gc.collect()
            compare(name, count, "transformers", ours(clip, other, images, work), by_transformers(other, images))
            round_trip(clip, name, count, native, other, images)
        else:
            print(f"  ({name}: {holds.stderr.strip().splitlines()[-1].rpartition(': ')[2]})", file=sys.stderr)
        shutil.rmtree(work)


if __name__ == "__main__":
    main(*sys.argv[1:])
