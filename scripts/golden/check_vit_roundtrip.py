"""Loads a folder that torchts saved in Python's transformers, and compares what both compute.

    npx tsx scripts/golden/save-vit.ts <folder>        # a random ViT, and beside it images and logits of torchts
    python scripts/golden/check_vit_roundtrip.py <folder>

Ends with status 1 when the logits differ by more than 1e-5, or Python reports a weight that is missing or left over.
"""

import sys
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file
from transformers import ViTForImageClassification

TOLERANCE = 1e-5


def main(folder: Path) -> int:
    probe = load_file(folder / "probe.safetensors")
    model, report = ViTForImageClassification.from_pretrained(folder, output_loading_info=True)
    complaints = {kind: keys for kind, keys in report.items() if keys}
    with torch.no_grad():
        logits = model.eval()(probe["pixels"]).logits
    difference = (logits - probe["logits"]).abs().max().item()
    print(f"transformers {transformers.__version__}: largest difference of the logits {difference:.2e} (values up to {logits.abs().max():.2f})")
    print(f"num_labels {model.config.num_labels}, problem_type {model.config.problem_type}, complaints {complaints or 'none'}")
    return int(difference > TOLERANCE or bool(complaints))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
