"""Defaults of every optimizer and scheduler, from their signatures and from one built with required arguments only.

Run: python scripts/golden/optim_signatures.py
"""

import inspect

import torch
from torch import nn, optim
from torch.optim import lr_scheduler, swa_utils

from common import save_json
from optim_schedules import plain, state_of

# What stands for the required arguments of schedulers.
REQUIRED = {
    "lr_lambda": lambda step: 1 / (1 + step),
    "step_size": 3,
    "milestones": [2, 4],
    "gamma": 0.5,
    "T_max": 7,
    "T_0": 4,
    "base_lr": 0.1,
    "max_lr": 0.5,
    "swa_lr": 0.05,
}


def arguments(kind) -> tuple[list, dict]:
    """Names of the required arguments, and the others with their defaults."""
    parameters = list(inspect.signature(kind.__init__).parameters.values())[1:]
    required = [p.name for p in parameters if p.default is p.empty]
    return required, {p.name: plain(p.default) for p in parameters if p.default is not p.empty}


def optimizer(kind) -> dict:
    required, options = arguments(kind)
    assert required == ["params"], required
    built = kind([nn.Parameter(torch.zeros(2, 2))])
    return {"options": options, "group": plain({k: v for k, v in built.state_dict()["param_groups"][0].items() if k != "params"})}


def scheduler(kind) -> dict:
    required, options = arguments(kind)
    own = optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.1, momentum=0.9)
    given = {}
    for name in required:
        if name == "schedulers":
            given[name] = [lr_scheduler.ExponentialLR(own, 0.9), lr_scheduler.StepLR(own, 3)]
        elif name == "milestones" and kind is lr_scheduler.SequentialLR:
            given[name] = [4]
        elif name != "optimizer":
            given[name] = REQUIRED[name]
    extra = {"total_steps": 10} if kind is lr_scheduler.OneCycleLR else {}
    positional = {"optimizer": own, **given} if "optimizer" in required else given
    built = kind(**positional, **extra)
    recorded = {name: None if callable(value) or name == "schedulers" else value for name, value in given.items()}
    return {"required": required, "given": recorded, "options": options, "state": state_of(built)}


if __name__ == "__main__":
    kinds = {name: getattr(optim, name) for name in optim.__all__ if inspect.isclass(getattr(optim, name)) and name != "Optimizer"}
    schedulers = {name: getattr(lr_scheduler, name) for name in lr_scheduler.__all__ if name != "LRScheduler"}
    save_json("optim-signatures", {
        "all": {"optim": optim.__all__, "lr_scheduler": lr_scheduler.__all__, "swa_utils": swa_utils.__all__},
        "optimizers": {name: optimizer(kind) for name, kind in kinds.items()},
        "schedulers": {name: scheduler(kind) for name, kind in {**schedulers, "SWALR": swa_utils.SWALR}.items()},
    })
