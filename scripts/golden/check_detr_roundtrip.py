"""Loads what torchts saved, a folder and a .pth of the authors' kind, in Python, and compares what all compute.

    npx tsx scripts/golden/save-detr.ts <folder>        # a random DETR, and beside it images and predictions of torchts
    python scripts/golden/check_detr_roundtrip.py <folder>

Ends with status 1 when predictions differ by more than 1e-5, or Python reports a weight that is missing or left over.
"""

import sys
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file
from transformers import DetrForObjectDetection

from authors_detr import AuthorsDetr
from reference_resnet import PlainResNet

TOLERANCE = 1e-5


@torch.no_grad()
def main(folder: Path) -> int:
    probe = load_file(folder / "probe.safetensors")
    model, report = DetrForObjectDetection.from_pretrained(folder, output_loading_info=True)
    complaints = {kind: keys for kind, keys in report.items() if keys}
    found = model.eval()(probe["pixels"], pixel_mask=probe["mask"])
    print(f"transformers {transformers.__version__}: classes {list(model.config.id2label.values())}, complaints {complaints or 'none'}")

    authors = AuthorsDetr(PlainResNet(16, [16, 24, 32, 40], [2, 2, 2, 2], bottleneck=False), 40, 32, 8, 48, 2, 2, 10, 3, learned=True)
    authors.load_state_dict(torch.load(folder / "detr.pth", weights_only=True)["model"])
    logits, boxes = authors.eval()(probe["pixels"], probe["mask"] == 0)

    differences = {}
    for name, pair in {"transformers": (found.logits, found.pred_boxes), "authors": (logits[-1], boxes[-1])}.items():
        differences[name] = max((pair[0] - probe["logits"]).abs().max().item(), (pair[1] - probe["boxes"]).abs().max().item())
        print(f"{name}: largest difference {differences[name]:.2e} (values up to {pair[0].abs().max():.2f})")
    return int(max(differences.values()) > TOLERANCE or bool(complaints))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
