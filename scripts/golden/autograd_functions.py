"""Goldens of custom autograd functions and of hooks: values, gradients, and the order in which hooks run.

Run: python scripts/golden/autograd_functions.py
"""

import torch
from torch import nn

from common import save_json, save_tensors


class Mix(torch.autograd.Function):
    """x * y and x.sin() + alpha * y, with a backward that can be differentiated again."""

    @staticmethod
    def forward(ctx, x, y, alpha):
        ctx.save_for_backward(x, y)
        ctx.alpha = alpha
        return x * y, x.sin() + alpha * y

    @staticmethod
    def backward(ctx, product, sum_):
        x, y = ctx.saved_tensors
        return product * y + sum_ * x.cos(), product * x + ctx.alpha * sum_, None


class Exp(torch.autograd.Function):
    """Saves its output."""

    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, gradient):
        (y,) = ctx.saved_tensors
        return gradient * y


def functions() -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    x = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    y = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    product, sum_ = Mix.apply(x, y, 0.7)
    value = (Exp.apply(product) * sum_.tanh()).sum()
    first = torch.autograd.grad(value, [x, y], create_graph=True)
    second = torch.autograd.grad(sum(g.pow(2).sum() for g in first), [x, y])
    names = ["x", "y", "product", "sum", "value", "x.first", "y.first", "x.second", "y.second"]
    return dict(zip(names, [x, y, product, sum_, value, *first, *second]))


def shapes(value) -> object:
    if isinstance(value, tuple):
        return [shapes(item) for item in value]
    return None if value is None else list(value.shape)


def module_hooks() -> tuple[list, dict[str, torch.Tensor]]:
    """Two linear layers, hooks of every kind on the layers and on the whole; some of them change what they see."""
    torch.manual_seed(1)
    net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)).double()
    x = torch.randn(5, 3, dtype=torch.float64, requires_grad=True)
    tensors = {f"start.{key}": value.clone() for key, value in net.state_dict().items()} | {"hooked.x": x}
    log = []
    for name, module in {"net": net, "0": net[0], "1": net[1], "2": net[2]}.items():
        for turn in ["a", "b"]:
            label = f"{name} {turn}"
            module.register_forward_pre_hook(lambda m, i, label=label: log.append([f"{label} forward pre", shapes(i)]))
            module.register_forward_hook(lambda m, i, o, label=label: log.append([f"{label} forward", shapes(i), shapes(o)]))
            module.register_full_backward_pre_hook(lambda m, go, label=label: log.append([f"{label} backward pre", shapes(go)]))
            module.register_full_backward_hook(
                lambda m, gi, go, label=label: log.append([f"{label} backward", shapes(gi), shapes(go)])
            )
    net[0].register_forward_pre_hook(lambda m, i: (log.append(["doubles the input"]), (i[0] * 2,))[1], prepend=True)
    net[1].register_forward_hook(lambda m, i, o: o + 0.5)
    net[2].register_full_backward_hook(lambda m, gi, go: (gi[0] * 3,))
    net[1].register_full_backward_pre_hook(lambda m, go: (go[0] * 0.25,))
    net(x).pow(2).sum().backward()
    tensors |= {f"hooked.{key}": parameter.grad for key, parameter in net.named_parameters()} | {"hooked.x.grad": x.grad}
    return log, tensors


def global_hooks() -> list:
    """Hooks of every module around two layers, the second of which has hooks of its own too."""
    net = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    log = []
    see = lambda who, what: lambda m, *seen: log.append([who, what, type(m).__name__, *map(shapes, seen)])
    hooked = nn.modules.module
    handles = [
        hooked.register_module_forward_pre_hook(see("all", "forward pre")),
        hooked.register_module_forward_hook(see("all", "forward")),
        hooked.register_module_full_backward_pre_hook(see("all", "backward pre")),
        hooked.register_module_full_backward_hook(see("all", "backward")),
    ]
    net[1].register_forward_pre_hook(see("own", "forward pre"))
    net[1].register_forward_hook(see("own", "forward"))
    net[1].register_full_backward_pre_hook(see("own", "backward pre"))
    net[1].register_full_backward_hook(see("own", "backward"))
    net(torch.ones(5, 3, requires_grad=True)).sum().backward()
    for handle in handles:
        handle.remove()
    net(torch.ones(5, 3, requires_grad=True)).sum().backward()
    return log


def tensor_hooks() -> list:
    """The order of tensor hooks, retained gradients and hooks after accumulation."""
    log = []
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x * 3
    y.retain_grad()
    y.register_hook(lambda g: (log.append(["y first", g.tolist()]), g * 2)[1])
    y.register_hook(lambda g: log.append(["y second", g.tolist()]))
    x.register_hook(lambda g: log.append(["x", g.tolist()]))
    x.register_post_accumulate_grad_hook(lambda t: log.append(["x accumulated", t.grad.tolist()]))
    x.register_post_accumulate_grad_hook(lambda t: log.append(["x accumulated again", t.grad.tolist()]))
    y.pow(2).sum().backward(retain_graph=True)
    log.append(["y.grad", y.grad.tolist()])
    y.sum().backward()
    log.append(["x.grad", x.grad.tolist()])
    return log


def main() -> None:
    log, tensors = module_hooks()
    save_tensors("autograd-functions", functions() | tensors)
    save_json("autograd-hooks", {"modules": log, "everywhere": global_hooks(), "tensors": tensor_hooks()})


if __name__ == "__main__":
    main()
