"""What the scripts that train share."""

import torch


def random_tokens(count, length, vocabulary):
    """Start, some words, end, zeros: as the tokenizer leaves a text, the end being the highest token."""
    tokens = torch.zeros(count, length, dtype=torch.int64)
    for row in tokens:
        words = int(torch.randint(0, length - 1, ()))
        row[: words + 2] = torch.cat([
            torch.tensor([vocabulary - 2]), torch.randint(1, vocabulary - 2, (words,)), torch.tensor([vocabulary - 1])])
    return tokens


def optimizer_of(model, recipe):
    """AdamW with the groups that open_clip's training makes: gains, biases and the scale do not decay."""
    def stays(name, parameter):
        return parameter.ndim < 2 or "bn" in name or "ln" in name or "bias" in name or "logit_scale" in name

    named = [(name, parameter) for name, parameter in model.named_parameters() if parameter.requires_grad]
    return torch.optim.AdamW(
        [{"params": [p for n, p in named if stays(n, p)], "weight_decay": 0.0},
         {"params": [p for n, p in named if not stays(n, p)], "weight_decay": recipe["weight_decay"]}],
        lr=recipe["learning_rate"], betas=(recipe["beta1"], recipe["beta2"]), eps=recipe["epsilon"])
