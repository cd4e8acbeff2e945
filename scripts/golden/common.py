"""Where goldens live and how they are written.

A golden is what Python PyTorch computes for a small fixed input. Scripts in this folder write
them into test/golden: tensors as safetensors, everything else as JSON with sorted keys, so that
running a script twice leaves the same bytes.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

GOLDEN = Path(__file__).resolve().parents[2] / "test" / "golden"

torch.set_num_threads(1)


def save_tensors(name: str, tensors: dict[str, torch.Tensor]) -> None:
    """Write test/golden/<name>.safetensors; every tensor is detached, contiguous and its own copy."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    copies = {key: value.detach().clone().contiguous() for key, value in tensors.items()}
    path = GOLDEN / f"{name}.safetensors"
    save_file(copies, path)
    path.chmod(0o644)
    report(path, len(tensors))


def save_json(name: str, value: object) -> None:
    """Write test/golden/<name>.json."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    path = GOLDEN / f"{name}.json"
    path.write_text(json.dumps(value, indent=1, sort_keys=True) + "\n")
    report(path, len(value) if hasattr(value, "__len__") else 1)


def report(path: Path, entries: int) -> None:
    print(f"{path.name}: {entries} entries, {path.stat().st_size:,} bytes")
