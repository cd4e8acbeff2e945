"""Goldens of ts/models/vit, from transformers: a tiny checkpoint folder, and what that model computes.

    HF_HUB_OFFLINE=1 python scripts/golden/vit.py
"""

import shutil

import torch
from torch import nn
from transformers import ViTConfig, ViTForImageClassification, ViTModel
from transformers.activations import ACT2FN

from common import GOLDEN, save_json, save_tensors

TINY = dict(
    hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, image_size=32, patch_size=8,
    id2label={0: "cat", 1: "dog", 2: "cow", 3: "hen", 4: "pig"}, label2id={"cat": 0, "dog": 1, "cow": 2, "hen": 3, "pig": 4},
)
SMALLEST = dict(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=24, image_size=16, patch_size=8, num_labels=3)


def published(model: nn.Module) -> dict[str, str]:
    """In-memory name -> name in the file, as save_pretrained writes it."""
    renames = [("q_proj", "attention.query"), ("k_proj", "attention.key"), ("v_proj", "attention.value"),
               ("attention.o_proj", "attention.output.dense"), ("mlp.fc1", "intermediate.dense"), ("mlp.fc2", "output.dense"),
               ("layers.", "encoder.layer.")]
    names = {}
    for name in model.state_dict():
        file_name = name
        for current, old in renames:
            file_name = file_name.replace(current, old)
        names[name] = file_name
    return names


def with_prefix(prefix: str, tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}


def random_model(config: dict, seed: int, **kwargs) -> ViTForImageClassification:
    """Weights large enough that every part of the model shows in the logits; the initial ones are nearly zero."""
    torch.manual_seed(seed)
    model = ViTForImageClassification._from_config(ViTConfig(**config), **kwargs)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.15 + (1.0 if "layernorm" in name and name.endswith("weight") else 0.0))
    return model.eval()


def gradients(model: nn.Module, loss: torch.Tensor) -> dict[str, torch.Tensor]:
    model.zero_grad()
    loss.backward()
    names = published(model)
    return {names[name]: parameter.grad for name, parameter in model.named_parameters()}


def forward_and_gradients(model: ViTForImageClassification) -> dict[str, torch.Tensor]:
    torch.manual_seed(1)
    pixels = torch.randn(3, 3, 32, 32)
    single = torch.tensor([4, 0, 2])
    multi = torch.randint(0, 2, (3, 5)).float()
    out = {"pixels": pixels, "labels.single": single, "labels.multi": multi, "logits": model(pixels).logits}
    for problem, labels in [("single_label_classification", single), ("multi_label_classification", multi), ("regression", multi)]:
        model.config.problem_type = problem
        loss = model(pixels, labels=labels).loss
        out[f"loss.{problem}"] = loss
        if problem != "regression":
            out |= with_prefix(f"grad.{problem}", gradients(model, loss))
    model.config.problem_type = None
    return out


def training(seed: int) -> dict[str, torch.Tensor]:
    """Ten steps of AdamW, several labels at once, from the weights of the checkpoint."""
    model = random_model(TINY, seed).train()
    model.config.problem_type = "multi_label_classification"
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.05)
    torch.manual_seed(2)
    batches = torch.randn(10, 2, 3, 32, 32)
    labels = torch.randint(0, 2, (10, 2, 5)).float()
    losses = []
    for pixels, marks in zip(batches, labels):
        loss = model(pixels, labels=marks).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    names = published(model)
    after = {names[name]: value for name, value in model.state_dict().items()}
    return {"train.pixels": batches, "train.labels": labels, "train.losses": torch.stack(losses)} | with_prefix("train.after", after)


def other_sizes(model: ViTForImageClassification) -> dict[str, torch.Tensor]:
    torch.manual_seed(3)
    out = {}
    for height, width in [(48, 48), (24, 40), (36, 32), (32, 32)]:
        pixels = torch.randn(2, 3, height, width)
        out[f"size.{height}x{width}.pixels"] = pixels
        out[f"size.{height}x{width}.logits"] = model(pixels, interpolate_pos_encoding=True).logits
    return out


def variants() -> dict[str, torch.Tensor]:
    """One model for each option that changes the result; weights and logits."""
    cases = {
        "plain": {}, "no_qkv_bias": dict(qkv_bias=False), "eps": dict(layer_norm_eps=0.3), "quick_gelu": dict(hidden_act="quick_gelu"),
        "oblong": dict(image_size=[16, 24]), "oblong_patches": dict(patch_size=[4, 8]), "grey": dict(num_channels=1), "head_dim": dict(head_dim=12),
    }
    out = {}
    for name, options in cases.items():
        config = SMALLEST | options
        model = random_model(config, 5)
        height, width = config["image_size"] if isinstance(config["image_size"], list) else [16, 16]
        torch.manual_seed(6)
        pixels = torch.randn(2, config.get("num_channels", 3), height, width)
        names = published(model)
        out |= with_prefix(f"variant.{name}", {"pixels": pixels, "logits": model(pixels).logits})
        out |= with_prefix(f"variant.{name}.weight", {names[key]: value for key, value in model.state_dict().items()})
    eager = random_model(SMALLEST, 5, attn_implementation="eager")
    out["variant.plain.eager"] = eager(out["variant.plain.pixels"]).logits
    return out


def dropout() -> dict[str, torch.Tensor]:
    """The same seed drops the same elements."""
    config = SMALLEST | dict(hidden_dropout_prob=0.3, attention_probs_dropout_prob=0.2)
    out = {}
    for attention in ["sdpa", "eager"]:
        model = random_model(config, 5, attn_implementation=attention).train()
        torch.manual_seed(6)
        pixels = torch.randn(2, 3, 16, 16)
        torch.manual_seed(7)
        out[f"dropout.{attention}.logits"] = model(pixels).logits
    return out


def initial() -> dict[str, torch.Tensor]:
    """The weights that a seed gives, the next random number after them, and the head that a load with other labels gets."""
    torch.manual_seed(11)
    model = ViTForImageClassification(ViTConfig(**SMALLEST))
    out = {"init.next": torch.rand(1)}
    names = published(model)
    out |= with_prefix("init", {names[key]: value for key, value in model.state_dict().items()})
    torch.manual_seed(12)
    base = ViTModel(ViTConfig(**SMALLEST))
    out["init.pooler"] = base.pooler.dense.weight
    torch.manual_seed(13)
    other = ViTForImageClassification.from_pretrained(GOLDEN / "vit", num_labels=7, ignore_mismatched_sizes=True)
    out |= {"init.head": other.classifier.weight}
    return out


def activations() -> dict[str, torch.Tensor]:
    x = torch.linspace(-12, 12, 97)
    own_parameters = {"prelu", "xielu"}
    return {"activation.input": x} | {f"activation.{name}": ACT2FN[name](x) for name in ACT2FN if name not in own_parameters}


def main() -> None:
    model = random_model(TINY, 0)
    shutil.rmtree(GOLDEN / "vit", ignore_errors=True)
    model.save_pretrained(GOLDEN / "vit")
    backbone = ViTModel.from_pretrained(GOLDEN / "vit", add_pooling_layer=False)
    tensors = forward_and_gradients(model)
    tensors["hidden"] = backbone(tensors["pixels"]).last_hidden_state
    save_tensors("vit", tensors | training(0) | other_sizes(model) | dropout() | initial() | activations())
    save_tensors("vit-variants", variants())
    save_json("vit-keys", published(model))


if __name__ == "__main__":
    main()
