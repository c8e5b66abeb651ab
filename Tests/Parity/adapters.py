"""Opens adapters with PEFT, and makes some.

    python adapters.py FOLDER

FOLDER holds `base`, a model in Hugging Face's layout, adapters of it `ours`, `ours-text` and `ours-modules`, and `inputs.safetensors`.
Adapters that PEFT saves are put beside them, and for each adapter NAME the embeddings of the inputs, NAME.safetensors.
"""

import pathlib
import sys
import types
import warnings

# The torchvision of the package index is built for CUDA, and registers operators that a CPU build of torch lacks.
sys.modules["torchvision._meta_registrations"] = types.ModuleType("torchvision._meta_registrations")

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import CLIPModel

torch.manual_seed(0)
CONFIGS = {
    "peft": LoraConfig(r=4, lora_alpha=8, target_modules=["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"]),
    "peft-ranks": LoraConfig(
        r=2, lora_alpha=3, target_modules=r"text_model.*\.(v_proj|fc2)", rank_pattern={"fc2": 5}, lora_dropout=0.1),
    "peft-stabilised": LoraConfig(
        r=4, lora_alpha=2, target_modules=["v_proj"], use_rslora=True, layers_to_transform=[1], layers_pattern="layers"),
    "peft-modules": LoraConfig(
        r=2, lora_alpha=4, target_modules=["v_proj"], modules_to_save=[
            "token_embedding", "position_embedding", "patch_embedding", "visual_projection", "text_projection"]),
}


def normalized(value):
    return torch.nn.functional.normalize(getattr(value, "pooler_output", value), dim=-1)


@torch.no_grad()
def embeddings(model, inputs, prefix=""):
    return {
        f"{prefix}images": normalized(model.get_image_features(pixel_values=inputs["pixels"])),
        f"{prefix}texts": normalized(model.get_text_features(input_ids=inputs["tokens"].long())),
    }


def base(folder):
    return CLIPModel.from_pretrained(folder / "base").eval()


def main():
    folder = pathlib.Path(sys.argv[1])
    inputs = load_file(folder / "inputs.safetensors")
    for name, config in CONFIGS.items():
        model = get_peft_model(base(folder), config)
        for key, parameter in model.named_parameters():
            if "lora_B" in key:
                torch.nn.init.normal_(parameter, std=0.1)
            if "modules_to_save" in key:
                parameter.data += 0.1 * torch.randn_like(parameter)
        model.save_pretrained(folder / name)
    plain = embeddings(base(folder), inputs, "plain_")
    for name in ["ours", "ours-text", "ours-modules", *CONFIGS]:
        # An adapter that leaves out a layer which it names is only warned of.
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            model = PeftModel.from_pretrained(base(folder), folder / name).eval()
        save_file({**embeddings(model, inputs), **plain}, folder / f"{name}.safetensors")


main()
