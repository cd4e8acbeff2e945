"""Goldens of ts/models/detr, from transformers: a tiny checkpoint folder, and what that model computes.

    HF_HUB_OFFLINE=1 python scripts/golden/detr.py
"""

import shutil
from contextlib import contextmanager

import torch
from torch import nn
from transformers import DetrConfig, DetrForObjectDetection, DetrImageProcessorPil, ResNetConfig

from common import GOLDEN, save_tensors
from reference_resnet import randomize

BACKBONE = dict(embedding_size=8, hidden_sizes=[8, 12, 16, 20], depths=[1, 1, 1, 1], layer_type="bottleneck", out_features=["stage4"])
TINY = dict(
    d_model=16, encoder_layers=2, decoder_layers=3, encoder_attention_heads=2, decoder_attention_heads=4, encoder_ffn_dim=24,
    decoder_ffn_dim=20, num_queries=6, id2label={0: "cat", 1: "dog", 2: "cow", 3: "hen"}, label2id={"cat": 0, "dog": 1, "cow": 2, "hen": 3},
)
CASES = {
    "plain": dict(), "masked": dict(mask=True), "aux": dict(auxiliary_loss=True), "masked_aux": dict(mask=True, auxiliary_loss=True),
    "empty": dict(empty=True, auxiliary_loss=True),
    "weights": dict(class_cost=2, bbox_cost=1, giou_cost=3, bbox_loss_coefficient=3, giou_loss_coefficient=4, eos_coefficient=0.5),
}
VARIANTS = {
    "learned": dict(position_embedding_type="learned"), "gelu": dict(activation_function="gelu"), "one_layer": dict(decoder_layers=1, auxiliary_loss=True),
    "heads": dict(encoder_attention_heads=4, decoder_attention_heads=1),
}


def with_prefix(prefix: str, tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}


def published(name: str) -> str:
    """In-memory name -> name in the file, as save_pretrained writes it."""
    name = name.replace("backbone.model.", "backbone.conv_encoder.model.").replace(".o_proj.", ".out_proj.")
    return name.replace(".mlp.fc", ".fc")


def random_model(seed: int, **options) -> DetrForObjectDetection:
    """Weights large enough that every part of the model shows in the outputs."""
    config = DetrConfig(backbone_config=ResNetConfig(**BACKBONE), use_timm_backbone=False, **(TINY | options))
    model = DetrForObjectDetection(config)
    randomize(model, seed)
    model.model.unfreeze_backbone()
    return model.eval()


def images() -> dict[str, torch.Tensor]:
    torch.manual_seed(1)
    pixels = torch.randn(3, 3, 96, 128)
    mask = torch.zeros(3, 96, 128, dtype=torch.long)
    for image, (height, width) in enumerate([(96, 100), (70, 128), (40, 60)]):
        mask[image, :height, :width] = 1
    return {"pixels": pixels, "mask": mask}


def objects(count: int, seed: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    size = 0.05 + 0.5 * torch.rand(count, 2, generator=generator)
    centre = size / 2 + (1 - size) * torch.rand(count, 2, generator=generator)
    return {"class_labels": torch.randint(0, 4, (count,), generator=generator), "boxes": torch.cat([centre, size], 1)}


def batch_labels() -> list[dict[str, torch.Tensor]]:
    """Some objects, none, and more than there are queries."""
    return [objects(3, 1), objects(0, 2), objects(8, 3)]


@contextmanager
def double_precision():
    """transformers makes the weights of the classes in the default type."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def in_double(labels: list[dict[str, torch.Tensor]]) -> list[dict[str, torch.Tensor]]:
    return [image | {"boxes": image["boxes"].double()} for image in labels]


def losses(case: str, mask: bool = False, empty: bool = False, **options) -> dict[str, torch.Tensor]:
    model = random_model(0, **options)
    given = images()
    labels = [objects(0, i) for i in range(3)] if empty else batch_labels()
    out = model(given["pixels"], pixel_mask=given["mask"] if mask else None, labels=labels)
    double = model.double()
    with double_precision():
        double(given["pixels"].double(), pixel_mask=given["mask"] if mask else None, labels=in_double(labels)).loss.backward()
    gradients = {published(name): parameter.grad.float() for name, parameter in double.named_parameters()}
    found = {"logits": out.logits, "boxes": out.pred_boxes, "loss": out.loss} | with_prefix("term", out.loss_dict)
    for i, outputs in enumerate(out.auxiliary_outputs or []):
        found |= {f"aux.{i}.logits": outputs["logits"], f"aux.{i}.boxes": outputs["pred_boxes"]}
    kept = gradients if case in ("plain", "masked_aux") else {name: gradients[name] for name in gradients if "bbox" in name or "class" in name}
    return with_prefix(case, found) | with_prefix(f"{case}.grad", kept)


def training() -> dict[str, torch.Tensor]:
    """Five steps of AdamW in training mode, with dropout, masks and auxiliary losses; in double precision, for Adam makes much of rounding."""
    model = random_model(0, auxiliary_loss=True, dropout=0.1, attention_dropout=0.1, activation_dropout=0.1).double().train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-4)
    mask = images()["mask"]
    torch.manual_seed(5)
    batches = torch.randn(5, 3, 3, 96, 128).double()
    history, labels = [], batch_labels()
    torch.manual_seed(6)
    for pixels in batches:
        with double_precision():
            loss = model(pixels, pixel_mask=mask, labels=in_double(labels)).loss
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.1)
        optimizer.step()
        history.append(loss.detach())
    after = {published(name): value.float() for name, value in model.named_parameters()}
    return {"train.losses": torch.stack(history)} | with_prefix("train.after", after)


def variants() -> dict[str, torch.Tensor]:
    out = {}
    given = images()
    for name, options in VARIANTS.items():
        model = random_model(3, encoder_layers=1, **({"decoder_layers": 2} | options))
        result = model(given["pixels"], pixel_mask=given["mask"], labels=batch_labels())
        out |= with_prefix(name, {"logits": result.logits, "boxes": result.pred_boxes, "loss": result.loss})
        weights = {published(key): value for key, value in model.state_dict().items()}
        backbone = "model.backbone."
        out |= with_prefix(f"{name}.weight", {key: value for key, value in weights.items() if name == "learned" or not key.startswith(backbone)})
    eager = random_model(0)
    eager.set_attn_implementation("eager")
    out["eager.logits"] = eager(given["pixels"], pixel_mask=given["mask"]).logits
    return out


def initial() -> dict[str, torch.Tensor]:
    """The weights that a seed gives, the next random number after them, and what trains."""
    out = {}
    for kind in ["sine", "learned"]:
        torch.manual_seed(11)
        backbone = ResNetConfig(embedding_size=4, hidden_sizes=[8, 8], depths=[1, 1], layer_type="basic", out_features=["stage2"])
        options = dict(d_model=8, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=8)
        model = DetrForObjectDetection(DetrConfig(backbone_config=backbone, use_timm_backbone=False, num_queries=3, num_labels=2,
                                                  decoder_ffn_dim=8, position_embedding_type=kind, **options))
        out |= {f"initial.{kind}.next": torch.rand(1)}
        out |= with_prefix(f"init.{kind}", {published(name): value for name, value in model.state_dict().items()})
    return out


def detections() -> dict[str, torch.Tensor]:
    """Post-processing, for images of other sizes, at two thresholds."""
    model = random_model(0)
    given = images()
    outputs = model(given["pixels"], pixel_mask=given["mask"])
    processor = DetrImageProcessorPil()
    sizes = [(480, 500), (350, 640), (200, 300)]
    found = {}
    for threshold in [0.0, 0.4]:
        for image, result in enumerate(processor.post_process_object_detection(outputs, threshold=threshold, target_sizes=sizes)):
            found |= with_prefix(f"post.{threshold}.{image}", result)
    return found


def main() -> None:
    model = random_model(0)
    shutil.rmtree(GOLDEN / "detr", ignore_errors=True)
    model.save_pretrained(GOLDEN / "detr")
    for path in (GOLDEN / "detr").iterdir():
        path.chmod(0o644)
    tensors = {"mask": images()["mask"].to(torch.uint8)}
    for image, labels in enumerate(batch_labels()):
        tensors |= with_prefix(f"labels.{image}", labels)
    for case, options in CASES.items():
        tensors |= losses(case, **options)
    tensors |= training() | initial() | detections() | variants()
    save_tensors("detr", tensors)


if __name__ == "__main__":
    main()
