"""Goldens of ts/train: what a loop written by hand in PyTorch ends with, groups, clipping, averages, scaler and all.

Run: python scripts/golden/train_loop.py
"""

import torch
from torch import nn
from torch.optim import swa_utils

from common import save_tensors

EPOCHS, STEPS, BATCHES = 2, 3, 6


def net(start) -> nn.Module:
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    model.load_state_dict(start)
    return model


def everything(start, x, y) -> tuple[nn.Module, nn.Module]:
    """Rates by layer, no decay for biases, a first layer that trains from the second epoch on, two batches a step."""
    model = net(start)
    first, last = model[0], model[2]
    optimizer = torch.optim.AdamW(
        [
            {"params": [first.weight], "lr": 0.005},
            {"params": [first.bias], "lr": 0.005, "weight_decay": 0},
            {"params": [last.weight]},
            {"params": [last.bias], "weight_decay": 0},
        ],
        lr=0.01,
        weight_decay=0.1,
    )
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 2, gamma=0.5)
    averages = swa_utils.AveragedModel(model, multi_avg_fn=swa_utils.get_ema_multi_avg_fn(0.6), use_buffers=True)
    for epoch in range(EPOCHS):
        first.requires_grad_(epoch > 0)
        for step in range(STEPS):
            for batch in (2 * step, 2 * step + 1):
                (nn.functional.mse_loss(model(x[batch]), y[batch]) / 2).backward()
            nn.utils.clip_grad_value_(model.parameters(), 0.05)
            optimizer.step()
            averages.update_parameters(model)
            schedule.step()
            optimizer.zero_grad()
    return model, averages


def scaled(start, x, y, factors) -> nn.Module:
    """In float16 with a scaler, whose third step overflows: neither weights nor schedule move in it."""
    model = net(start)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.8)
    scaler = torch.amp.GradScaler("cpu")
    for batch in range(BATCHES):
        with torch.autocast("cpu", dtype=torch.float16):
            loss = nn.functional.mse_loss(model(x[batch]), y[batch]) * factors[batch]
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        before = scaler.get_scale()
        scaler.step(optimizer)
        scaler.update()
        if scaler.get_scale() == before:
            schedule.step()
        optimizer.zero_grad()
    return model


def main() -> None:
    torch.manual_seed(4)
    start = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)).state_dict()
    x, y = torch.randn(BATCHES, 2, 3), torch.randn(BATCHES, 2, 2)
    factors = torch.tensor([1, 1, 1e35, 1, 1, 1])
    tensors = {"x": x, "y": y, "factors": factors}
    model, averages = everything(start, x, y)
    for name, state in {
        "start": start,
        "everything": model.state_dict(),
        "averages": averages.module.state_dict(),
        "scaled": scaled(start, x, y, factors).state_dict(),
    }.items():
        tensors |= {f"{name}.{key}": tensor for key, tensor in state.items()}
    save_tensors("train-loop", tensors)


if __name__ == "__main__":
    main()
