"""Goldens of what transformers hands out of the checkpoints in test/golden/{vit,detr}: attentions, hidden states, and logits of an image that is all padding.

    HF_HUB_OFFLINE=1 python scripts/golden/model_outputs.py
"""

import torch
from transformers import DetrForObjectDetection, ViTForImageClassification

from common import GOLDEN, save_tensors
from detr import images


def listed(prefix: str, tensors: tuple[torch.Tensor, ...]) -> dict[str, torch.Tensor]:
    return {f"{prefix}.{i}": tensor for i, tensor in enumerate(tensors)}


def of_vit() -> dict[str, torch.Tensor]:
    model = ViTForImageClassification.from_pretrained(GOLDEN / "vit", attn_implementation="eager").eval()
    torch.manual_seed(4)
    pixels = torch.randn(1, 3, 32, 32)
    out = model(pixels, output_attentions=True, output_hidden_states=True)
    return {"vit.pixels": pixels, "vit.logits": out.logits} | listed("vit.attentions", out.attentions) | listed("vit.hidden_states", out.hidden_states)


def of_detr() -> dict[str, torch.Tensor]:
    """Images with padding, which nobody is to look at; in double precision, for softmax makes much of rounding."""
    out = {}
    for name, options in [("detr", {}), ("detr_aux", {"auxiliary_loss": True})]:
        model = DetrForObjectDetection.from_pretrained(GOLDEN / "detr", attn_implementation="eager", **options).double().eval()
        given = images()
        found = model(given["pixels"].double(), pixel_mask=given["mask"], output_attentions=True, output_hidden_states=True)
        for field in ["encoder_attentions", "decoder_attentions", "cross_attentions", "encoder_hidden_states", "decoder_hidden_states"]:
            out |= listed(f"{name}.{field}", tuple(tensor.float() for tensor in found[field]))
    return out


def of_padding() -> dict[str, torch.Tensor]:
    out = {}
    given = images()
    given["mask"][1] = 0
    for name, options in [("eager", {"attn_implementation": "eager"}), ("sdpa", {})]:
        model = DetrForObjectDetection.from_pretrained(GOLDEN / "detr", **options).double().eval()
        out[f"detr_padding.{name}"] = model(given["pixels"].double(), pixel_mask=given["mask"]).logits.float()
    return out


if __name__ == "__main__":
    with torch.no_grad():
        save_tensors("model-outputs", of_vit() | of_detr() | of_padding())
