"""Parameters and defaults of PyTorch's classes, read from their signatures.

For each class: `required`, the parameters without a default and a value to make it with; `defaults`, the others; and what an
instance made from the required ones alone prints and keeps in its state dict. Values that JSON has not: a function is its name.

Run: python scripts/golden/signatures.py
"""

import inspect

import torch
import torch.nn.functional as F
from torch import nn

from common import save_json

# A value for each required parameter, by its name.
VALUES = {
    "in_features": 4, "out_features": 6, "in1_features": 3, "in2_features": 4, "in_channels": 4, "out_channels": 6, "kernel_size": 3,
    "num_features": 4, "num_channels": 4, "num_groups": 2, "normalized_shape": 4, "num_embeddings": 5, "embedding_dim": 3, "embed_dim": 8,
    "num_heads": 2, "input_size": 3, "hidden_size": 4, "d_model": 8, "nhead": 2, "output_size": 4, "padding": 1, "value": 0.25,
    "threshold": 0.5, "upscale_factor": 2, "downscale_factor": 2, "groups": 2, "norm_type": 2, "size": 3, "dim": 1, "unflattened_size": (2, 3),
    "num_layers": 2, "encoder_layer": "TransformerEncoderLayer", "decoder_layer": "TransformerDecoderLayer",
}

# What these take beside the parameters of RNNBase: their own signatures say *args.
RECURRENT = {"RNN": {"nonlinearity": "tanh"}, "LSTM": {}, "GRU": {}}


def parameters(name: str) -> dict[str, object]:
    """Parameter -> default, or `inspect.Parameter.empty`."""
    cls = nn.RNNBase if name in RECURRENT else getattr(nn, name)
    found = {p.name: p.default for p in inspect.signature(cls).parameters.values() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)}
    if name in RECURRENT:
        del found["mode"]
        found |= RECURRENT[name]
        if name != "LSTM":
            del found["proj_size"]  # raises a ValueError there
    return found


def plain(value: object) -> object:
    return value.__name__ if callable(value) else list(value) if isinstance(value, tuple) else value


def example(name: str, required: dict[str, object]) -> nn.Module:
    arguments = [getattr(nn, value)(8, 2) if isinstance(value, str) else value for value in required.values()]
    with torch.device("meta"):
        return getattr(nn, name)(*arguments)


def layers() -> dict[str, object]:
    """Every class of torch.nn that has a forward of its own and can be made."""
    described: dict[str, object] = {}
    for name in nn.modules.__all__:
        if name.startswith("Lazy") or name in ("Container", "Module", "RNNBase", "RNNCellBase", "NLLLoss2d", "LinearCrossEntropyOptions"):
            described[name] = {}
            continue
        found = parameters(name)
        entry = {"defaults": {key: plain(value) for key, value in found.items() if value is not inspect.Parameter.empty}}
        names = [key for key in found if key not in entry["defaults"]]
        entry["required"] = [[key, VALUES[key]] for key in names] if all(key in VALUES for key in names) else names
        if all(key in VALUES for key in names) and not name.startswith("Fractional"):
            made = example(name, {key: VALUES[key] for key in names})
            entry["printed"] = repr(made)
            entry["state"] = {key: "x".join(map(str, value.shape)) for key, value in made.state_dict().items()}
        described[name] = entry
    return described


# What torch.nn.functional imports for itself.
HELPERS = {"Optional", "assert_int_or_pair", "boolean_dispatch", "handle_torch_function"}


def functions() -> list[str]:
    names = [name for name in dir(F) if not name.startswith(("_", "has_torch_function")) and name not in HELPERS]
    return [name for name in names if callable(getattr(F, name)) and not isinstance(getattr(F, name), type)]


def fills() -> list[str]:
    """The functions of torch.nn.init; names without an underscore at their end are deprecated, but for calculate_gain."""
    return [name for name in dir(nn.init) if name.endswith("_") and not name.startswith("_")] + ["calculate_gain"]


if __name__ == "__main__":
    save_json("signatures", {"torch.nn": layers(), "torch.nn.functional": functions(), "torch.nn.init": fills()})
