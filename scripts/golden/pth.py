"""Checkpoints as torch.save writes them, for test/models/pth: both containers, and one that wants to run code."""

import argparse
import collections
import os
from pathlib import Path

import torch

FOLDER = Path(__file__).parents[2] / "test" / "golden" / "pth"


class Hostile:
    def __reduce__(self):
        return (os.system, ("echo this must never run",))


def checkpoint():
    base = torch.arange(12, dtype=torch.float32).reshape(3, 4)
    model = collections.OrderedDict(
        weight=base,
        transposed=base.t()[1:],
        tied=base,
        half=torch.tensor([1.5, -2.0], dtype=torch.bfloat16),
        count=torch.tensor(7),
        flags=torch.tensor([True, False]),
        empty=torch.zeros(0, 3),
        parameter=torch.nn.Parameter(torch.tensor([1.0, 2.0])),
    )
    return {
        "model": model,
        "epoch": 3,
        "lr": 1e-3,
        "best": None,
        "args": argparse.Namespace(backbone="resnet50", dilation=False),
        "optimizer": {"state": {0: {"step": torch.tensor(1.0)}}, "param_groups": [{"betas": (0.9, 0.99), "id": 2**60}]},
        "size": torch.Size([1, 2]),
        "dtype": torch.float16,
    }


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    torch.save(checkpoint(), FOLDER / "zip.pth")
    torch.save(checkpoint(), FOLDER / "legacy.pth", _use_new_zipfile_serialization=False)
    torch.save({"state": Hostile()}, FOLDER / "hostile.pth")
