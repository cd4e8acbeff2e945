"""Goldens of ts/optim: ten steps of each optimizer, and the learning rates of each schedule.

Run: python scripts/golden/optim.py
"""

import torch
from torch import nn
from torch.optim import SGD, Adam, AdamW, lr_scheduler
from transformers import get_cosine_schedule_with_warmup

from common import save_json, save_tensors

STEPS = 10
SHAPES = [(3, 4), (5,), (2, 2, 2)]

OPTIMIZERS = {
    "sgd": (SGD, {"lr": 0.1}),
    "sgd_momentum": (SGD, {"lr": 0.05, "momentum": 0.9, "dampening": 0.1, "weight_decay": 0.01}),
    "sgd_nesterov": (SGD, {"lr": 0.05, "momentum": 0.8, "nesterov": True}),
    "sgd_maximize": (SGD, {"lr": 0.05, "momentum": 0.5, "maximize": True, "weight_decay": 0.1}),
    "adam": (Adam, {"lr": 0.01}),
    "adam_decay": (Adam, {"lr": 0.02, "betas": [0.8, 0.95], "eps": 1e-6, "weight_decay": 0.1}),
    "adam_amsgrad": (Adam, {"lr": 0.02, "amsgrad": True, "maximize": True}),
    "adamw": (AdamW, {"lr": 0.01}),
    "adamw_decay": (AdamW, {"lr": 0.05, "betas": [0.7, 0.9], "weight_decay": 0.3}),
    "adamw_amsgrad": (AdamW, {"lr": 0.05, "amsgrad": True}),
}

# The options of the second group; the first has the optimizer's own.
GROUPS = {"sgd_momentum": {"lr": 0.2}, "adamw_decay": {"lr": 0.001, "weight_decay": 0.0}}


def steps() -> None:
    """Parameters after every step and the state after the last; the second parameter has no gradient in some steps."""
    torch.manual_seed(0)
    start = [torch.randn(shape) for shape in SHAPES]
    gradients = [torch.randn(STEPS, *shape) for shape in SHAPES]
    # Rising and falling gradients, so that amsgrad keeps a maximum.
    gradients = [g * torch.linspace(3, 0.1, STEPS).view(-1, *[1] * (g.ndim - 1)) for g in gradients]
    tensors = {f"start.{i}": t for i, t in enumerate(start)} | {f"gradients.{i}": g for i, g in enumerate(gradients)}
    missing = [0, 3, 4]
    for name, (kind, options) in OPTIMIZERS.items():
        parameters = [nn.Parameter(t.clone()) for t in start]
        groups = [{"params": parameters[:2]}, {"params": parameters[2:], **GROUPS.get(name, {})}]
        keywords = {key: tuple(value) if key == "betas" else value for key, value in options.items()}
        optimizer = kind(groups, **keywords)
        history = [[] for _ in SHAPES]
        for step in range(STEPS):
            for i, parameter in enumerate(parameters):
                parameter.grad = None if i == 1 and step in missing else gradients[i][step].clone()
            optimizer.step()
            for i, parameter in enumerate(parameters):
                history[i].append(parameter.detach().clone())
        for i, values in enumerate(history):
            tensors[f"{name}.params.{i}"] = torch.stack(values)
        for number, state in optimizer.state_dict()["state"].items():
            for key, value in state.items():
                if value is not None:
                    tensors[f"{name}.state.{number}.{key}"] = value
    save_tensors("optim-steps", tensors)
    save_json("optim-cases", {
        "missing": missing,
        "cases": {name: {"kind": kind.__name__, "options": options, "group": GROUPS.get(name, {})} for name, (kind, options) in OPTIMIZERS.items()},
        "group_keys": {kind.__name__: sorted(kind([torch.zeros(1)]).state_dict()["param_groups"][0]) for kind in (SGD, Adam, AdamW)},
    })


def make_optimizer(kind=SGD, **options):
    groups = [{"params": [nn.Parameter(torch.zeros(1))], "lr": 0.1}, {"params": [nn.Parameter(torch.zeros(1))], "lr": 0.03}]
    return kind(groups, **options)


def schedules() -> None:
    """Learning rates of both groups at each of 25 steps, and the momentum where it cycles."""
    def sequential(o):
        warm = lr_scheduler.LinearLR(o, start_factor=0.1, total_iters=4)
        return lr_scheduler.SequentialLR(o, [warm, lr_scheduler.CosineAnnealingLR(o, 12), lr_scheduler.StepLR(o, 3)], milestones=[4, 16])

    def exponent(step):
        return 0.9**step

    cases = {
        "step": lambda o: lr_scheduler.StepLR(o, 4, gamma=0.5),
        "multi_step": lambda o: lr_scheduler.MultiStepLR(o, [3, 7, 7, 15], gamma=0.3),
        "constant": lambda o: lr_scheduler.ConstantLR(o, factor=0.25, total_iters=6),
        "linear": lambda o: lr_scheduler.LinearLR(o, start_factor=0.2, end_factor=0.8, total_iters=9),
        "cosine": lambda o: lr_scheduler.CosineAnnealingLR(o, 10, eta_min=0.001),
        "lambda": lambda o: lr_scheduler.LambdaLR(o, exponent),
        "lambda_groups": lambda o: lr_scheduler.LambdaLR(o, [exponent, lambda step: 1 / (1 + step)]),
        "one_cycle": lambda o: lr_scheduler.OneCycleLR(o, 0.5, total_steps=25),
        "one_cycle_three": lambda o: lr_scheduler.OneCycleLR(
            o, [0.5, 0.2], epochs=5, steps_per_epoch=5, three_phase=True, anneal_strategy="linear", pct_start=0.4
        ),
        "sequential": sequential,
        "warmup_cosine": lambda o: get_cosine_schedule_with_warmup(o, 5, 25),
    }
    recorded = {}
    for name, make in cases.items():
        optimizer = make_optimizer(momentum=0.9)
        scheduler = make(optimizer)
        rates, momenta = [], []
        for step in range(25):
            rates.append([group["lr"] for group in optimizer.param_groups])
            momenta.append(optimizer.param_groups[0]["momentum"])
            optimizer.step()
            if step < 24:
                scheduler.step()
        recorded[name] = {"lr": rates, "momentum": momenta, "keys": sorted(scheduler.state_dict())}
    optimizer = make_optimizer(AdamW)
    scheduler = lr_scheduler.OneCycleLR(optimizer, 0.5, total_steps=10)
    betas = []
    for step in range(10):
        betas.append(optimizer.param_groups[0]["betas"][0])
        optimizer.step()
        if step < 9:
            scheduler.step()
    recorded["one_cycle_betas"] = {"momentum": betas}
    save_json("optim-schedules", recorded)


if __name__ == "__main__":
    steps()
    schedules()
