"""Goldens of the checkpoints of DETR's authors and of timm's names: tiny .pth files, and what their models compute.

    HF_HUB_OFFLINE=1 python scripts/golden/detr_authors.py
"""

from argparse import Namespace

import torch
from transformers.loss.loss_for_object_detection import HungarianMatcher, ImageLoss

from authors_detr import AuthorsDetr
from common import GOLDEN, report, save_json, save_tensors
from detr import batch_labels, images, with_prefix
from reference_resnet import PlainResNet, randomize

TINY = dict(width=16, hidden=24, encoders=2, decoders=3, queries=6, classes=4)


def small(heads: int, output_stride: int = 32, learned: bool = False) -> AuthorsDetr:
    resnet = PlainResNet(8, [8, 12, 16, 20], [1, 1, 2, 2], bottleneck=True, output_stride=output_stride)
    model = AuthorsDetr(resnet, 20, heads=heads, learned=learned, **TINY)
    randomize(model, 7)
    return model


def save(name: str, value: object, **options) -> None:
    torch.save(value, GOLDEN / f"{name}.pth", **options)
    report(GOLDEN / f"{name}.pth", len(value))


def outputs(model: AuthorsDetr) -> dict[str, torch.Tensor]:
    given = images()
    logits, boxes = model(given["pixels"], given["mask"] == 0)
    return {"logits": logits, "boxes": boxes}


def losses(model: AuthorsDetr) -> dict[str, torch.Tensor]:
    """The authors' loss: their criterion is the one that transformers took over, on outputs that transformers gets wrong."""
    model.zero_grad()
    found = outputs(model)
    layers = [{"logits": logits, "pred_boxes": boxes} for logits, boxes in zip(found["logits"], found["boxes"])]
    criterion = ImageLoss(HungarianMatcher(1, 5, 2), 4, 0.1, ["labels", "boxes", "cardinality"])
    terms = criterion(layers[-1] | {"auxiliary_outputs": layers[:-1]}, batch_labels())
    weights = {"loss_ce": 1, "loss_bbox": 5, "loss_giou": 2}
    loss = sum(value * weights[name.rstrip("_0123456789")] for name, value in terms.items() if name.startswith("loss"))
    loss.backward()
    gradients = {name: model.get_parameter(name).grad for name in ["transformer.decoder.norm.weight", "query_embed.weight", "backbone.0.body.layer4.0.conv2.weight"]}
    return {"loss": loss} | with_prefix("term", terms) | with_prefix("grad", gradients)


def resnet18() -> tuple[dict[str, torch.Tensor], dict[str, list[int]]]:
    """A model whose backbone has the size of timm's resnet18; its weights are made anew from seeds, by name, where it is tested."""
    resnet = PlainResNet(64, [64, 128, 256, 512], [2, 2, 2, 2], bottleneck=False)
    model = AuthorsDetr(resnet, 512, heads=8, **TINY)
    for index, (name, value) in enumerate(sorted(model.state_dict().items())):
        torch.manual_seed(index)
        noise = torch.rand(value.shape)
        value.copy_(noise + 0.5 if name.endswith("running_var") else (noise - 0.5) * (6 / max(value[0].numel(), 1)) ** 0.5)
    return outputs(model), {name: list(value.shape) for name, value in model.state_dict().items()}


def main() -> None:
    trained, published, learned = small(heads=4, output_stride=16), small(heads=8), small(heads=8, learned=True)
    arguments = Namespace(nheads=4, dilation=True, dropout=0.2, aux_loss=True, pre_norm=False, eos_coef=0.1, set_cost_class=1,
                          set_cost_bbox=5, set_cost_giou=2, bbox_loss_coef=5, giou_loss_coef=2, dataset_file="voc", lr=1e-4)
    save("detr-authors-trained", {"model": trained.state_dict(), "epoch": 3, "args": arguments})
    save("detr-authors-published", {"model": published.state_dict()}, _use_new_zipfile_serialization=False)
    save("detr-authors-learned", {"model": learned.state_dict()})
    big, shapes = resnet18()
    tensors = with_prefix("trained", outputs(trained) | losses(trained)) | with_prefix("published", outputs(published))
    save_tensors("detr-authors", tensors | with_prefix("learned", outputs(learned)) | with_prefix("resnet18", big))
    save_json("detr-authors-resnet18", shapes)


if __name__ == "__main__":
    main()
