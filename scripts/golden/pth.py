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


def kinds():
    """Tensors of every layout, type and scheme that torch.save writes, and Python values beside them."""
    base = torch.arange(12, dtype=torch.float32)
    dense = torch.tensor([[0.0, 1, 0, 2], [0, 0, 0, 0], [3, 0, 0, 4], [0, 5, 6, 0]])
    return {
        "coo": dense.to_sparse(),
        "uncoalesced": torch.sparse_coo_tensor([[0, 0], [1, 1]], [1.0, 2.0], (2, 2)),
        **{name: dense.to_sparse(layout=layout) for name, layout in {"csr": torch.sparse_csr, "csc": torch.sparse_csc}.items()},
        **{name: dense.to_sparse(layout=layout, blocksize=(2, 2)) for name, layout in {"bsr": torch.sparse_bsr, "bsc": torch.sparse_bsc}.items()},
        "qint8": torch.quantize_per_tensor(torch.tensor([-1.0, 0.5, 2.0]), 0.5, 2, torch.qint8),
        "quint8": torch.quantize_per_tensor(torch.tensor([[0.0, 1.0], [2.0, 3.0]]), 0.25, 0, torch.quint8).t(),
        "qint32": torch.quantize_per_tensor(torch.tensor([100.0, -7.0]), 0.5, 0, torch.qint32),
        "channels": torch.quantize_per_channel(torch.tensor([[1.0, 2.0], [30.0, 40.0]]), torch.tensor([0.5, 10.0]), torch.tensor([0, 1]), 0, torch.qint8),
        "nested": torch.nested.nested_tensor([torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0, 5.0])]),
        "float8": torch.tensor([1.5, -2.0]).to(torch.float8_e4m3fn),
        "fnuz": torch.tensor([1.5, -2.0]).to(torch.float8_e5m2fnuz),
        "uint16": torch.tensor([1, 65535], dtype=torch.uint16),
        "uint64": torch.tensor([1, 2**40]).to(torch.uint64),
        "complex": torch.tensor([1 + 2j, 3 - 4j]),
        "half_complex": torch.tensor([1 + 2j]).to(torch.complex32),
        "conjugate": torch.tensor([1 + 2j, 3 - 4j]).conj(),
        "meta": torch.empty(2, 3, device="meta"),
        "head": base[:4],
        "tail": base[4:].view(2, 4),
        "expanded": base[2:3].expand(3),
        "set": {1, 2},
        "bytes": b"\x00\xff",
        "bytearray": bytearray(b"\x01\x02"),
        "number": 1 + 2j,
        "counter": collections.Counter("aab"),
        "device": torch.device("cuda:1"),
        "layout": torch.sparse_coo,
    }


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    torch.save(checkpoint(), FOLDER / "zip.pth")
    torch.save(checkpoint(), FOLDER / "legacy.pth", _use_new_zipfile_serialization=False)
    torch.save({"state": Hostile()}, FOLDER / "hostile.pth")
    torch.save(kinds(), FOLDER / "kinds.pth")
    torch.save(kinds(), FOLDER / "kinds-legacy.pth", _use_new_zipfile_serialization=False)
