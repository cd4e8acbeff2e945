"""Goldens of ts/tensor/autograd/functional.ts: Jacobians, Hessians and products of a few functions.

Run: python scripts/golden/derivatives.py
"""

import torch
from torch.autograd.functional import hessian, hvp, jacobian, jvp, vhp, vjp

from common import save_tensors


def mixed(x, y):
    """(2, 3) and (3) -> (2) and (2, 3)"""
    return (x.sin() * y).sum(1), x.exp() * y**2


def energy(x, y):
    """(2, 3) and (3) -> a number"""
    return (x * y).sin().sum() * y.prod() + x.pow(3).sum()


def main() -> None:
    torch.manual_seed(0)
    x, y = torch.randn(2, 3, dtype=torch.float64), torch.randn(3, dtype=torch.float64)
    vx, vy = torch.randn_like(x), torch.randn_like(y)
    u, w = torch.randn(2, dtype=torch.float64), torch.randn_like(x)
    tensors = {"x": x, "y": y, "vx": vx, "vy": vy, "u": u, "w": w}
    for i, row in enumerate(jacobian(mixed, (x, y))):
        for j, block in enumerate(row):
            tensors[f"jacobian.{i}.{j}"] = block
    tensors["jacobian.single"] = jacobian(torch.tanh, y)
    for i, row in enumerate(hessian(energy, (x, y))):
        for j, block in enumerate(row):
            tensors[f"hessian.{i}.{j}"] = block
    tensors["hessian.single"] = hessian(lambda v: energy(x, v), y)
    for name, product in {"vjp": vjp(mixed, (x, y), (u, w)), "jvp": jvp(mixed, (x, y), (vx, vy))}.items():
        for i in range(2):
            tensors[f"{name}.outputs.{i}"], tensors[f"{name}.{i}"] = product[0][i], product[1][i]
    for name, product in {"vhp": vhp(energy, (x, y), (vx, vy)), "hvp": hvp(energy, (x, y), (vx, vy))}.items():
        tensors[f"{name}.output"] = product[0]
        for i in range(2):
            tensors[f"{name}.{i}"] = product[1][i]
    save_tensors("derivatives", tensors)


if __name__ == "__main__":
    main()
