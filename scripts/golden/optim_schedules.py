"""Goldens of ts/optim/schedulers: the learning rates of each schedule, and its state dict in the middle.

Run: python scripts/golden/optim_schedules.py
"""

import math

import torch
from torch import nn
from torch.optim import SGD, AdamW, swa_utils
from torch.optim import lr_scheduler as lrs
from transformers import get_cosine_schedule_with_warmup

from common import save_json

STEPS = 25
# After so many steps the states are saved.
HALF = 9
METRICS = [3, 2, 1, 1, 1, 1, 1, 0.9995, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]


def exponent(step):
    return 0.9**step


def sequential(o):
    warm = lrs.LinearLR(o, start_factor=0.1, total_iters=4)
    return lrs.SequentialLR(o, [warm, lrs.CosineAnnealingLR(o, 12), lrs.StepLR(o, 3)], milestones=[4, 16])


def sequential_restarts(o):
    warm = lrs.ConstantLR(o, factor=0.1, total_iters=3)
    return lrs.SequentialLR(o, [warm, lrs.CosineAnnealingWarmRestarts(o, 5), lrs.PolynomialLR(o, 6, power=2)], milestones=[3, 14])


def sequential_chain(o):
    chain = lrs.ChainedScheduler([lrs.ConstantLR(o, total_iters=2), lrs.ExponentialLR(o, 0.8)])
    return lrs.SequentialLR(o, [chain, lrs.StepLR(o, 3)], milestones=[7])


CASES = {
    "step": lambda o: lrs.StepLR(o, 4, gamma=0.5),
    "multi_step": lambda o: lrs.MultiStepLR(o, [3, 7, 7, 15], gamma=0.3),
    "constant": lambda o: lrs.ConstantLR(o, factor=0.25, total_iters=6),
    "linear": lambda o: lrs.LinearLR(o, start_factor=0.2, end_factor=0.8, total_iters=9),
    "exponential": lambda o: lrs.ExponentialLR(o, 0.9),
    "polynomial": lambda o: lrs.PolynomialLR(o, total_iters=12, power=1.7),
    "cosine": lambda o: lrs.CosineAnnealingLR(o, 10, eta_min=0.001),
    "restarts": lambda o: lrs.CosineAnnealingWarmRestarts(o, 4, eta_min=0.001),
    "restarts_longer": lambda o: lrs.CosineAnnealingWarmRestarts(o, 3, T_mult=2),
    "cyclic": lambda o: lrs.CyclicLR(o, 0.01, 0.2, step_size_up=4),
    "cyclic_halved": lambda o: lrs.CyclicLR(o, [0.01, 0.02], [0.2, 0.3], step_size_up=2, step_size_down=5, mode="triangular2"),
    "cyclic_exponential": lambda o: lrs.CyclicLR(
        o, 0.01, 0.2, step_size_up=5, mode="exp_range", gamma=0.9, base_momentum=0.5, max_momentum=0.99
    ),
    "cyclic_function": lambda o: lrs.CyclicLR(
        o, 0.01, 0.2, step_size_up=3, scale_fn=lambda n: 1 / n, scale_mode="cycle", cycle_momentum=False
    ),
    "lambda": lambda o: lrs.LambdaLR(o, exponent),
    "lambda_groups": lambda o: lrs.LambdaLR(o, [exponent, lambda step: 1 / (1 + step)]),
    "multiplicative": lambda o: lrs.MultiplicativeLR(o, [lambda _: 0.95, lambda step: 1 - step / 100]),
    "one_cycle": lambda o: lrs.OneCycleLR(o, 0.5, total_steps=25),
    "one_cycle_three": lambda o: lrs.OneCycleLR(
        o, [0.5, 0.2], epochs=5, steps_per_epoch=5, three_phase=True, anneal_strategy="linear", pct_start=0.4
    ),
    "one_cycle_still": lambda o: lrs.OneCycleLR(o, 0.5, total_steps=25, cycle_momentum=False),
    "sequential": sequential,
    "sequential_restarts": sequential_restarts,
    "sequential_chain": sequential_chain,
    "chained": lambda o: lrs.ChainedScheduler([lrs.ConstantLR(o, total_iters=4), lrs.ExponentialLR(o, 0.9)], optimizer=o),
    "plateau": lambda o: lrs.ReduceLROnPlateau(o, patience=2),
    "plateau_max": lambda o: lrs.ReduceLROnPlateau(
        o, mode="max", factor=0.5, patience=1, threshold=0.01, threshold_mode="abs", cooldown=3, min_lr=[0.02, 0.001], eps=1e-3
    ),
    "swa": lambda o: swa_utils.SWALR(o, 0.5),
    "swa_linear": lambda o: swa_utils.SWALR(o, [0.05, 0.2], anneal_epochs=6, anneal_strategy="linear"),
    "swa_at_once": lambda o: swa_utils.SWALR(o, 0.05, anneal_epochs=0),
    "warmup_cosine": lambda o: get_cosine_schedule_with_warmup(o, 5, 25),
}


def make_optimizer(kind=SGD, **options):
    groups = [{"params": [nn.Parameter(torch.zeros(1))], "lr": 0.1}, {"params": [nn.Parameter(torch.zeros(1))], "lr": 0.03}]
    return kind(groups, **options)


def plain(value):
    """What JSON can hold; an infinity, which it cannot, is null."""
    if isinstance(value, float) and math.isinf(value):
        return None
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def state_of(scheduler) -> dict:
    """The state dict without two marks that are of no use between steps, and the count that a chain has only in a sequence."""
    def strip(value):
        if isinstance(value, dict):
            marks = {"_get_lr_called_within_step", "_is_initial"} | ({"_step_count"} if "_schedulers" in value else set())
            return {key: strip(item) for key, item in value.items() if key not in marks}
        return [strip(item) for item in value] if isinstance(value, list) else value

    return plain(strip(scheduler.state_dict()))


def record(make) -> dict:
    optimizer = make_optimizer(momentum=0.9)
    scheduler = make(optimizer)
    rates, momenta, half = [], [], None
    for step in range(STEPS):
        rates.append([group["lr"] for group in optimizer.param_groups])
        momenta.append(optimizer.param_groups[0]["momentum"])
        if step == HALF:
            half = {"scheduler": state_of(scheduler), "param_groups": plain(optimizer.state_dict()["param_groups"])}
        optimizer.step()
        if step + 1 == STEPS:
            break
        if isinstance(scheduler, lrs.ReduceLROnPlateau):
            scheduler.step(METRICS[step])
        else:
            scheduler.step()
    return {"lr": rates, "momentum": momenta, "half": half}


def record_betas(make) -> list:
    optimizer = make_optimizer(AdamW)
    scheduler = make(optimizer)
    betas = []
    for _ in range(10):
        betas.append(optimizer.param_groups[0]["betas"][0])
        optimizer.step()
        if len(betas) < 10:
            scheduler.step()
    return betas


def record_fractions() -> list:
    optimizer = make_optimizer()
    scheduler = lrs.CosineAnnealingWarmRestarts(optimizer, 2, T_mult=3)
    rates = []
    for quarter in range(40):
        scheduler.step(quarter / 4)
        rates.append(optimizer.param_groups[0]["lr"])
    return rates


if __name__ == "__main__":
    save_json("optim-schedules", {
        "half": HALF,
        "metrics": METRICS,
        "cases": {name: record(make) for name, make in CASES.items()},
        "one_cycle_betas": record_betas(lambda o: lrs.OneCycleLR(o, 0.5, total_steps=10)),
        "cyclic_betas": record_betas(lambda o: lrs.CyclicLR(o, 0.1, 0.5, step_size_up=4)),
        "restarts_within_epochs": record_fractions(),
    })
