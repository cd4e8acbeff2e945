"""Goldens of ts/optim: ten steps of each optimizer, and its state dict after five.

Run: python scripts/golden/optim.py
"""

import torch
from torch import nn
from torch.optim import LBFGS, Muon, SparseAdam

from common import save_json, save_tensors
from optim_cases import CASES, LBFGS_CASES, SPARSE_CASES

STEPS = 10
HALF = 5
SHAPES = {"any": [(3, 4), (5,), (2, 2, 2)], "matrix": [(3, 4), (5, 2), (4, 4)]}
# Steps in which the second parameter has no gradient.
MISSING = [0, 3, 4]


def split(tree, name, tensors):
    """The tree as JSON, with {"$tensor": name} for each tensor; the tensors go into `tensors`."""
    if isinstance(tree, torch.Tensor):
        tensors[name] = tree
        return {"$tensor": name}
    if isinstance(tree, (list, tuple)):
        return [split(item, f"{name}.{i}", tensors) for i, item in enumerate(tree)]
    if isinstance(tree, dict):
        return {str(key): split(value, f"{name}.{key}", tensors) for key, value in tree.items()}
    return tree


def flat(parameters) -> torch.Tensor:
    return torch.cat([parameter.detach().reshape(-1) for parameter in parameters])


def inputs(tensors) -> None:
    """Start and gradients of each set of shapes; the gradients rise and fall, so that amsgrad keeps a maximum."""
    torch.manual_seed(0)
    for kind, shapes in SHAPES.items():
        for i, shape in enumerate(shapes):
            fall = torch.linspace(3, 0.1, STEPS).view(-1, *[1] * len(shape))
            tensors[f"{kind}.start.{i}"] = torch.randn(shape)
            tensors[f"{kind}.gradients.{i}"] = torch.randn(STEPS, *shape) * fall


def run(name, tensors) -> dict:
    kind, options, group = CASES[name]
    shapes = "matrix" if kind is Muon else "any"
    parameters = [nn.Parameter(tensors[f"{shapes}.start.{i}"].clone()) for i in range(3)]
    optimizer = kind([{"params": parameters[:2]}, {"params": parameters[2:], **group}], **options)
    history, half = [], None
    for step in range(STEPS):
        for i, parameter in enumerate(parameters):
            gradient = tensors[f"{shapes}.gradients.{i}"][step].clone()
            parameter.grad = None if i == 1 and step in MISSING else gradient
        optimizer.step()
        history.append(flat(parameters))
        if step + 1 == HALF:
            saved = {key: dict(value) for key, value in optimizer.state_dict()["state"].items()}
            half = split({"state": clone(saved), "param_groups": optimizer.state_dict()["param_groups"]}, name, tensors)
    tensors[f"{name}.params"] = torch.stack(history)
    return {"kind": kind.__name__, "options": options, "group": group, "shapes": shapes, "half": half}


def clone(tree):
    """Without ties to what the optimizer goes on to change."""
    if isinstance(tree, torch.Tensor):
        return tree.clone()
    if isinstance(tree, dict):
        return {key: clone(value) for key, value in tree.items()}
    return [clone(item) for item in tree] if isinstance(tree, (list, tuple)) else tree


def lbfgs(name, options, tensors) -> dict:
    """A logistic regression with decay: convex, so that every rule leads to the one minimum."""
    parameters = [nn.Parameter(tensors["regression.weight"].clone()), nn.Parameter(torch.zeros(1, dtype=torch.float64))]
    optimizer = LBFGS(parameters, **options)

    def closure():
        optimizer.zero_grad()
        logits = tensors["regression.x"] @ parameters[0] + parameters[1]
        decay = 0.01 * parameters[0].square().sum()
        loss = nn.functional.binary_cross_entropy_with_logits(logits, tensors["regression.y"]) + decay
        loss.backward()
        return loss

    history, losses, half = [], [], None
    for step in range(STEPS):
        losses.append(float(optimizer.step(closure)))
        history.append(flat(parameters))
        if step + 1 == HALF:
            half = split(clone(optimizer.state_dict()), name, tensors)
    tensors[f"{name}.params"] = torch.stack(history)
    return {"options": options, "losses": losses, "half": half}


def sparse_adam(name, options, tensors) -> dict:
    """Rows of a table, some twice in one step, some never."""
    table = nn.Parameter(tensors["table"].clone())
    optimizer = SparseAdam([table], **options)
    history, half = [], None
    for step in range(STEPS):
        optimizer.zero_grad()
        rows = nn.functional.embedding(tensors["rows"][step], table, sparse=True)
        (rows.square() * tensors["weights"]).sum().backward()
        optimizer.step()
        history.append(flat([table]))
        if step + 1 == HALF:
            half = split(clone(optimizer.state_dict()), name, tensors)
    tensors[f"{name}.params"] = torch.stack(history)
    return {"options": options, "half": half}


def main() -> None:
    tensors = {}
    inputs(tensors)
    cases = {name: run(name, tensors) for name in CASES}
    tensors["regression.x"] = torch.randn(20, 4, dtype=torch.float64) * torch.tensor([1, 3, 0.3, 1], dtype=torch.float64)
    tensors["regression.y"] = (tensors["regression.x"].sum(1) + torch.randn(20, dtype=torch.float64) > 0).double()
    tensors["regression.weight"] = torch.randn(4, dtype=torch.float64)
    searches = {name: lbfgs(name, options, tensors) for name, options in LBFGS_CASES.items()}
    tensors["table"] = torch.randn(6, 3)
    tensors["rows"] = torch.randint(5, (STEPS, 4))
    tensors["weights"] = torch.randn(4, 3)
    sparse = {name: sparse_adam(name, options, tensors) for name, options in SPARSE_CASES.items()}
    save_tensors("optim-steps", tensors)
    save_json("optim-cases", {"missing": MISSING, "half": HALF, "cases": cases, "lbfgs": searches, "sparse_adam": sparse})


if __name__ == "__main__":
    main()
