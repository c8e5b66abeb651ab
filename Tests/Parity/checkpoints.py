"""Makes model folders with the reference libraries, and opens folders that were written elsewhere.

    python checkpoints.py make FOLDER
    python checkpoints.py open hf|open_clip MODEL INPUTS

`make` writes small random models into FOLDER, one subfolder each, with `pixels.npy` and `tokens.npy` and the embeddings
`image.npy` and `text.npy` that the library computes from them. `open` opens the folder MODEL, computes the embeddings of
INPUTS/pixels.npy and INPUTS/tokens.npy beside them, and prints as JSON what tokenizer and preprocessing say.
"""

import json
import logging
import pathlib
import shutil
import sys
import types
import warnings

# The torchvision of the package index is built for CUDA, and registers operators that a CPU build of torch lacks.
sys.modules["torchvision._meta_registrations"] = types.ModuleType("torchvision._meta_registrations")
warnings.simplefilter("ignore")

import numpy as np
import open_clip
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import CLIPConfig, CLIPModel, CLIPProcessor, CLIPTokenizer, SiglipConfig, SiglipModel

logging.disable(logging.WARNING)
torch.manual_seed(0)
EOT = 99


def inputs(folder, size):
    pixels = torch.randn(3, 3, size, size)
    tokens = torch.zeros(4, 16, dtype=torch.int64)
    for row, length in enumerate([3, 8, 16, 5]):
        tokens[row, :length] = torch.randint(1, EOT - 1, (length,))
        tokens[row, length - 1] = EOT
    np.save(folder / "pixels.npy", pixels.numpy())
    np.save(folder / "tokens.npy", tokens.numpy())
    return pixels, tokens


def outputs(folder, image, text):
    for name, value in [("image", image), ("text", text)]:
        value = getattr(value, "pooler_output", value)
        np.save(folder / f"{name}.npy", torch.nn.functional.normalize(value, dim=-1).numpy())


def randomize(model):
    for name, parameter in model.named_parameters():
        if parameter.dim() > 0:
            parameter.data = torch.randn_like(parameter) * 0.15 + (1 if "norm" in name or "ln_" in name else 0)
    for name, buffer in model.named_buffers():
        if name.endswith(("running_mean", "running_var")):
            buffer.data = torch.rand_like(buffer) + 0.5


def make_hugging_face(folder, activation, eos, **options):
    folder.mkdir(parents=True)
    text = dict(hidden_size=48, intermediate_size=100, num_hidden_layers=2, num_attention_heads=3, vocab_size=100,
                max_position_embeddings=16, hidden_act=activation, eos_token_id=eos, layer_norm_eps=1e-4)
    vision = dict(hidden_size=64, intermediate_size=130, num_hidden_layers=3, num_attention_heads=4, image_size=33,
                  patch_size=8, hidden_act=activation, layer_norm_eps=1e-6)
    model = CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=40)).eval()
    randomize(model)
    model.save_pretrained(folder, **options)
    pixels, tokens = inputs(folder, 33)
    with torch.no_grad():
        outputs(folder, model.get_image_features(pixel_values=pixels), model.get_text_features(input_ids=tokens))


def make_siglip(folder, activation):
    folder.mkdir(parents=True)
    text = dict(hidden_size=48, intermediate_size=100, num_hidden_layers=2, num_attention_heads=3, vocab_size=100,
                max_position_embeddings=16, hidden_act=activation, projection_size=64)
    vision = dict(hidden_size=64, intermediate_size=130, num_hidden_layers=3, num_attention_heads=4, image_size=33,
                  patch_size=8, hidden_act=activation)
    model = SiglipModel(SiglipConfig(text_config=text, vision_config=vision)).eval()
    randomize(model)
    model.save_pretrained(folder)
    half = [0.5, 0.5, 0.5]
    (folder / "preprocessor_config.json").write_text(json.dumps(dict(
        image_processor_type="SiglipImageProcessor", size=dict(height=33, width=33), resample=2, image_mean=half,
        image_std=half)))
    pixels, tokens = inputs(folder, 33)
    with torch.no_grad():
        outputs(folder, model.get_image_features(pixel_values=pixels), model.get_text_features(input_ids=tokens))


def make_archive(folder):
    """An archive as OpenAI's are: TorchScript, most weights in 16 bits, the sizes of the inputs among the weights."""
    folder.mkdir(parents=True)
    vision = dict(image_size=32, layers=2, width=128, patch_size=8)
    text = dict(context_length=16, vocab_size=519, width=64, heads=1, layers=2)
    model = open_clip.model.CLIP(embed_dim=40, vision_cfg=vision, text_cfg=text, quick_gelu=True).eval()
    randomize(model)
    open_clip.model.convert_weights_to_fp16(model)
    for name, value in [("input_resolution", 32), ("context_length", 16), ("vocab_size", 519)]:
        if hasattr(model, name):
            delattr(model, name)
        model.register_buffer(name, torch.tensor(value))
    torch.jit.script(model).save(str(folder / "model.pt"))
    model.float()
    pixels, tokens = inputs(folder, 32)
    with torch.no_grad():
        outputs(folder, model.encode_image(pixels), model.encode_text(tokens))


def make_run(folder, name, forced):
    """What open_clip's trainer leaves: a checkpoint with its prefix, and the run's parameters one folder up."""
    (folder / "checkpoints").mkdir(parents=True)
    model = open_clip.create_model(name, force_quick_gelu=forced).eval()
    state = {f"module.{key}": value for key, value in model.state_dict().items()}
    torch.save(dict(epoch=3, name="run", state_dict=state, optimizer=dict(state={}, param_groups=[])),
               folder / "checkpoints" / "epoch_3.pt")
    (folder / "params.txt").write_text(f"batch_size: 64\nforce_quick_gelu: {forced}\nmodel: {name}\nimage_mean: None\n")
    pixels = torch.randn(1, 3, 224, 224)
    tokens = torch.zeros(1, 77, dtype=torch.int64)
    tokens[0, :3] = torch.tensor([49406, 320, 49407])
    np.save(folder / "pixels.npy", pixels.numpy())
    np.save(folder / "tokens.npy", tokens.numpy())
    with torch.no_grad():
        outputs(folder, model.encode_image(pixels), model.encode_text(tokens))


def make_resized(folder):
    """The model of another folder, opened by open_clip for larger images."""
    folder.mkdir(parents=True)
    for name in ["open_clip_config.json", "open_clip_model.safetensors"]:
        (folder / name).write_bytes((folder.parent / "oc-vit" / name).read_bytes())
    model = open_clip.create_model(f"local-dir:{folder}", force_image_size=56).eval()
    pixels, tokens = inputs(folder, 56)
    with torch.no_grad():
        outputs(folder, model.encode_image(pixels), model.encode_text(tokens))


def make_pickled(folder, source, shards):
    """Another folder's model with its weights as torch.save writes them, in one file or in two and an index."""
    shutil.copytree(folder.parent / source, folder)
    weights = {}
    for path in folder.glob("*.safetensors"):
        weights |= load_file(path)
        path.unlink()
    name = "open_clip_pytorch_model.bin" if source.startswith("oc") else "pytorch_model.bin"
    if not shards:
        torch.save(weights, folder / name)
        return
    place = {key: f"pytorch_model-{index % 2 + 1:05}-of-00002.bin" for index, key in enumerate(weights)}
    for shard in set(place.values()):
        torch.save({key: weights[key] for key in weights if place[key] == shard}, folder / shard)
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps(dict(metadata={}, weight_map=place)))


def make_open_clip(folder, vision, custom=False, embedding=40, text={}, **extra):
    folder.mkdir(parents=True)
    text = dict(context_length=16, vocab_size=100, width=48, heads=3, layers=2) | text
    config = dict(embed_dim=embedding, vision_cfg=vision, text_cfg=text, **extra)
    kind = open_clip.model.CustomTextCLIP if custom else open_clip.model.CLIP
    model = kind(**config).eval()
    randomize(model)
    if custom:
        config["custom_text"] = True
    preprocess = dict(size=vision["image_size"], mean=[0.5, 0.5, 0.5], std=[0.25, 0.25, 0.25], interpolation="bilinear",
                      resize_mode="squash")
    (folder / "open_clip_config.json").write_text(json.dumps(dict(model_cfg=config, preprocess_cfg=preprocess)))
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, folder / "open_clip_model.safetensors")
    pixels, tokens = inputs(folder, vision["image_size"])
    with torch.no_grad():
        outputs(folder, model.encode_image(pixels), model.encode_text(tokens))


def make(folder):
    make_hugging_face(folder / "hf-quick", "quick_gelu", 2)
    make_hugging_face(folder / "hf-gelu", "gelu", EOT)
    make_hugging_face(folder / "hf-shards", "gelu", EOT, max_shard_size="100KB")
    make_open_clip(folder / "oc-resnet", dict(image_size=64, layers=[1, 2, 1, 1], width=16, head_width=32), quick_gelu=True)
    vit = dict(image_size=32, layers=2, width=48, patch_size=8, head_width=16, mlp_ratio=2.5)
    make_open_clip(folder / "oc-vit", dict(vit, norm_kwargs={"eps": 1e-6}))
    make_open_clip(folder / "oc-custom", vit, custom=True, init_logit_scale=2.0)
    both = dict(no_causal_mask=True, pool_type="last")
    make_open_clip(folder / "oc-average", dict(vit, no_ln_pre=True, pool_type="avg", final_ln_after_pool=True), text=both)
    tanh = dict(act_kwargs={"approximate": "tanh"}, ls_init_value=0.1)
    make_open_clip(folder / "oc-scaled", dict(vit, pool_type="avg", **tanh), text=dict(tanh, pool_type="eos", eos_id=EOT))
    biased = dict(both, proj_bias=True, norm_kwargs={"eps": 1e-6})
    make_open_clip(folder / "oc-biased", vit, custom=True, text=biased, init_logit_bias=-10)
    make_open_clip(folder / "oc-bare", vit, custom=True, embedding=48, text=dict(proj_type="none", pool_type="first"))
    make_siglip(folder / "hf-siglip", "gelu_pytorch_tanh")
    make_siglip(folder / "hf-siglip-gelu", "gelu")
    make_archive(folder / "pt-archive")
    make_run(folder / "pt-run", "ViT-S-32-alt", False)
    make_run(folder / "pt-run-quick", "ViT-S-32-alt", True)
    make_resized(folder / "oc-resized")
    make_pickled(folder / "hf-pickled", "hf-gelu", shards=False)
    make_pickled(folder / "hf-pickled-shards", "hf-quick", shards=True)
    make_pickled(folder / "oc-pickled", "oc-custom", shards=False)


def test_image():
    rows, columns = np.mgrid[0:75, 0:100]
    samples = np.stack([rows * 3 % 256, columns * 2 % 256, (rows + columns) % 256], axis=2)
    return Image.fromarray(samples.astype(np.uint8))


def open_hugging_face(path, pixels, tokens):
    model = CLIPModel.from_pretrained(path).eval()
    processor = CLIPProcessor.from_pretrained(path)
    tokenizer = CLIPTokenizer.from_pretrained(path)
    said = dict(ids=tokenizer("Hello, a dog!").input_ids, length=tokenizer.model_max_length,
                pixels=processor(images=test_image(), return_tensors="np")["pixel_values"][0])
    return model.get_image_features(pixel_values=pixels), model.get_text_features(input_ids=tokens), said


def open_open_clip(path, pixels, tokens):
    model, _, preprocess = open_clip.create_model_and_transforms(f"local-dir:{path}")
    tokenizer = open_clip.get_tokenizer(f"local-dir:{path}")
    model.eval()
    ids = tokenizer(["Hello, a dog!"])[0].tolist()
    said = dict(ids=ids, length=len(ids), pixels=preprocess(test_image()).numpy())
    return model.encode_image(pixels), model.encode_text(tokens), said


def open_model(layout, path, folder):
    pixels = torch.from_numpy(np.load(folder / "pixels.npy"))
    tokens = torch.from_numpy(np.load(folder / "tokens.npy")).long()
    with torch.no_grad():
        image, text, said = (open_hugging_face if layout == "hf" else open_open_clip)(path, pixels, tokens)
    outputs(folder, image, text)
    np.save(folder / "preprocessed.npy", said.pop("pixels").astype(np.float32))
    print(json.dumps(said))


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(pathlib.Path(sys.argv[2]))
    else:
        open_model(sys.argv[2], sys.argv[3], pathlib.Path(sys.argv[4]))
