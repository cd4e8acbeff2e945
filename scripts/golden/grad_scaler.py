"""Goldens of torch.amp.GradScaler on the CPU: scales, parameters and state over steps, some of which meet infinities.

Run: python scripts/golden/grad_scaler.py
"""

import math

import torch

from common import save_json

STEPS = [1.0, 1.0, 1.0, math.inf, 1.0, math.nan, 1.0, 1.0, 1.0, 1.0]


def run(unscale: bool) -> list:
    weight = torch.tensor([1.0, -2.0, 3.0], requires_grad=True)
    bias = torch.tensor([0.5], dtype=torch.bfloat16, requires_grad=True)
    optimizer = torch.optim.SGD([weight, bias], lr=0.125)
    scaler = torch.amp.GradScaler("cpu", init_scale=64.0, growth_factor=4.0, backoff_factor=0.25, growth_interval=2)
    log = []
    for factor in STEPS:
        optimizer.zero_grad()
        loss = (weight.pow(2).sum() + bias.float().sum()) * factor
        scaler.scale(loss).backward()
        if unscale:
            scaler.unscale_(optimizer)
            torch.nn.utils.clip_grad_norm_([weight], 1.0)
        scaler.step(optimizer)
        scaler.update()
        log.append({"scale": scaler.get_scale(), "weight": weight.tolist(), "bias": bias.tolist(), "state": scaler.state_dict()})
    return log


def main() -> None:
    save_json("grad-scaler", {"plain": run(False), "clipped": run(True), "defaults": torch.amp.GradScaler("cpu").state_dict()})


if __name__ == "__main__":
    main()
