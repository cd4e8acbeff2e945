"""Loads the files that torchts saved in Python, and compares what is in them; training goes on from the saved state.

    npx tsx scripts/golden/save-files.ts <folder>
    python scripts/golden/check_files_roundtrip.py <folder>

Ends with status 1 and a line for each file that does not hold what it should.
"""

import sys
from pathlib import Path

import numpy
import pth
import torch
from safetensors.torch import load_file
from torch import nn


def values(folder: Path) -> None:
    found = torch.load(folder / "values.pth", weights_only=True)
    expected = load_file(folder / "values.safetensors")
    assert found["epoch"] == 3 and found["names"] == ["ü", None, True, 2**70, -0.5], found["names"]
    assert list(found["tensors"]) == list(dict.fromkeys(found["tensors"])) and found["tensors"].keys() == expected.keys()
    for key, tensor in expected.items():
        assert found["tensors"][key].dtype == tensor.dtype and torch.equal(found["tensors"][key], tensor), key


def committed(_folder: Path) -> None:
    """The file whose bytes test/models/pth/save.test.ts holds savePth to, where there is no Python."""
    found = torch.load(Path(__file__).parents[2] / "test/golden/pth/written.pth", weights_only=True)
    assert torch.equal(found["model"]["weight"], torch.arange(6, dtype=torch.float32).view(2, 3)), found
    assert torch.equal(found["model"]["count"], torch.tensor(7)) and found["epoch"] == 3 and found["name"] == "ü"
    assert torch.equal(found["optimizer"]["state"][0]["exp_avg"], torch.tensor([0.5, -1.5], dtype=torch.bfloat16))
    assert found["optimizer"]["param_groups"] == [{"lr": 0.001, "amsgrad": False, "fused": None, "params": [0]}]


def kinds(folder: Path) -> None:
    """Every kind of tensor that pth.py saves, read and written again by torchts."""
    found = torch.load(folder / "kinds.pth", weights_only=True)
    expected = pth.kinds()
    for key, value in expected.items():
        if key in ("number", "counter", "device", "layout", "bytearray"):  # values that JavaScript has another word for
            continue
        other = found[key]
        if not isinstance(value, torch.Tensor):
            assert other == value, (key, other)
            continue
        assert (other.dtype, other.layout, other.device) == (value.dtype, value.layout, value.device), (key, other)
        if value.is_nested:
            assert all(torch.equal(a, b) for a, b in zip(other.unbind(), value.unbind(), strict=True)), key
        elif value.device.type == "meta":
            assert other.shape == value.shape, key
        elif value.is_quantized:
            assert torch.equal(other.dequantize(), value.dequantize()) and torch.equal(other.int_repr(), value.int_repr()), key
        else:
            dense = [tensor.to_dense() if tensor.layout != torch.strided else tensor for tensor in (other, value)]
            raw = [tensor.contiguous().resolve_conj().view(torch.uint8) for tensor in dense]
            assert torch.equal(*raw), key
    found["head"][2] = -1  # one memory behind three tensors
    assert found["expanded"].tolist() == [-1, -1, -1], found["expanded"]


def arrays(folder: Path) -> None:
    found = numpy.load(folder / "values.npz")
    expected = load_file(folder / "values.safetensors")
    assert set(found) == set(expected) - {"bfloat16"}, sorted(found)
    for key in found:
        assert found[key].dtype == expected[key].numpy().dtype and numpy.array_equal(found[key], expected[key].numpy()), key


def training(folder: Path) -> None:
    """The step after the one that was saved, as torchts made it."""
    saved = torch.load(folder / "training.pth", weights_only=True)
    model = nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4), nn.GELU(), nn.Flatten(), nn.Linear(144, 2))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1.0)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1)
    model.load_state_dict(saved["model"])
    optimizer.load_state_dict(saved["optimizer"])
    scheduler.load_state_dict(saved["scheduler"])
    expected = load_file(folder / "after.safetensors")
    model(expected.pop("input")).square().sum().backward()
    optimizer.step()
    scheduler.step()
    for key, tensor in model.state_dict().items():
        torch.testing.assert_close(tensor, expected[key], rtol=1e-5, atol=1e-5, msg=lambda text, key=key: f"{key}: {text}")


def script(folder: Path) -> None:
    module = torch.jit.load(folder / "model.pt")
    expected = load_file(folder / "output.safetensors")
    with torch.no_grad():
        torch.testing.assert_close(module(expected["input"]), expected["output"], rtol=1e-6, atol=1e-6)
    assert "4.weight" in module.state_dict(), sorted(module.state_dict())


def main(folder: Path) -> int:
    failed = 0
    for check in (values, committed, kinds, arrays, training, script):
        try:
            check(folder)
            print(f"{check.__name__}: as written")
        except Exception as error:
            failed = 1
            print(f"{check.__name__}: {type(error).__name__}: {error}")
    return failed


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
