"""The order of the optional parameters of PyTorch's layers and functions, those that may be given by position.

Run: python scripts/golden/positions.py
"""

import inspect
from collections.abc import Callable

import torch.nn.functional as F
from torch import nn

from common import save_json
from signatures import functions, parameters

# Functions with two faces share the signature of the one that gives the indices too.
FACES = (
    *(f"max_pool{d}d" for d in (1, 2, 3)),
    *(f"adaptive_max_pool{d}d" for d in (1, 2, 3)),
    *(f"fractional_max_pool{d}d" for d in (2, 3)),
)


def optional(function: Callable[..., object]) -> list[str]:
    found = inspect.signature(function).parameters.values()
    return [p.name for p in found if p.kind is p.POSITIONAL_OR_KEYWORD and p.default is not p.empty]


def layer(name: str) -> list[str]:
    if name not in ("RNN", "LSTM", "GRU"):
        return optional(getattr(nn, name))
    names = [key for key, default in parameters(name).items() if default is not inspect.Parameter.empty]
    if name == "RNN":  # it takes nonlinearity behind num_layers
        names.remove("nonlinearity")
        names.insert(names.index("num_layers") + 1, "nonlinearity")
    return names


def layers() -> dict[str, list[str]]:
    skipped = ("Container", "Module", "RNNBase", "RNNCellBase", "LinearCrossEntropyOptions")
    return {name: layer(name) for name in nn.modules.__all__ if not name.startswith("Lazy") and name not in skipped}


def calls() -> dict[str, list[str]]:
    found = {}
    for name in functions():
        function = getattr(F, f"{name}_with_indices" if name in FACES else name)
        try:
            found[name] = optional(function)
        except ValueError:  # a builtin: torch's own operators hold its order
            continue
    return found


if __name__ == "__main__":
    save_json("positions", {"torch.nn": layers(), "torch.nn.functional": calls()})
