"""Goldens of ts/optim/swa-utils: averages of a small net over four updates, and its batch norm's statistics anew.

Run: python scripts/golden/optim_averages.py
"""

import torch
from torch import nn
from torch.optim import swa_utils

from common import save_json, save_tensors

UPDATES = 4

CASES = {
    "swa": {},
    "swa_function": {"avg_fn": swa_utils.get_swa_avg_fn()},
    "ema": {"multi_avg_fn": swa_utils.get_ema_multi_avg_fn(0.9)},
    "ema_function": {"avg_fn": swa_utils.get_ema_avg_fn(0.7)},
    "ema_buffers": {"multi_avg_fn": swa_utils.get_ema_multi_avg_fn(0.5), "use_buffers": True},
}


def net() -> nn.Module:
    return nn.Sequential(nn.Conv2d(1, 2, 2), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(8, 3))


def refill(model, seed) -> None:
    """Other numbers, as a training would leave them."""
    torch.manual_seed(seed)
    for tensor in model.state_dict().values():
        if tensor.is_floating_point():
            tensor.copy_(torch.rand(tensor.shape) + 0.5)
        else:
            tensor.fill_(seed * 3 + 1)


def main() -> None:
    tensors = {"x": torch.randn(6, 1, 3, 3, generator=torch.Generator().manual_seed(9))}
    keys = {}
    model = net()
    refill(model, 0)
    models = {name: swa_utils.AveragedModel(model, **options) for name, options in CASES.items()}
    for key, tensor in model.state_dict().items():
        tensors[f"start.{key}"] = tensor.clone()
    for update in range(UPDATES):
        refill(model, update + 1)
        for key, tensor in model.state_dict().items():
            tensors[f"model.{update}.{key}"] = tensor.clone()
        for averaged in models.values():
            averaged.update_parameters(model)
    for name, averaged in models.items():
        keys[name] = list(averaged.state_dict())
        for key, tensor in averaged.state_dict().items():
            tensors[f"{name}.{key}"] = tensor.clone()
    averaged = models["swa"]
    tensors["eval"] = averaged.eval()(tensors["x"])
    swa_utils.update_bn(tensors["x"].split(2), averaged)
    for key in ("running_mean", "running_var", "num_batches_tracked"):
        tensors[f"anew.{key}"] = averaged.module[1].state_dict()[key].clone()
    save_tensors("optim-averages", tensors)
    save_json("optim-averages", {"updates": UPDATES, "keys": keys})


if __name__ == "__main__":
    main()
