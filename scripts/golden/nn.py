"""Goldens of ts/nn: initialisation from a seed, attention, clipping, printing.

Run: python scripts/golden/nn.py
"""

import torch
from torch import nn

from common import save_json, save_tensors
from nn_layers import layers


def inits() -> None:
    """Every function of nn.init on a matrix and on a convolution's weight, each from seed 0."""
    init = nn.init
    cases = {
        "uniform": lambda t: init.uniform_(t, -0.5, 2.0),
        "normal": lambda t: init.normal_(t, 0.3, 0.7),
        "trunc_normal": lambda t: init.trunc_normal_(t, std=0.02),
        "trunc_normal_narrow": lambda t: init.trunc_normal_(t, 0.1, 1.0, -0.2, 0.4),
        "trunc_normal_tail": lambda t: init.trunc_normal_(t, 0.0, 1.0, 1.5, 2.5),
        "constant": lambda t: init.constant_(t, 1.25),
        "xavier_uniform": lambda t: init.xavier_uniform_(t, gain=1.5),
        "xavier_normal": lambda t: init.xavier_normal_(t),
        "kaiming_uniform": lambda t: init.kaiming_uniform_(t, a=0.2),
        "kaiming_uniform_fan_out": lambda t: init.kaiming_uniform_(t, mode="fan_out", nonlinearity="relu"),
        "kaiming_normal": lambda t: init.kaiming_normal_(t),
        "kaiming_normal_fan_out": lambda t: init.kaiming_normal_(t, mode="fan_out", nonlinearity="tanh"),
        "orthogonal": lambda t: init.orthogonal_(t, gain=2.0),
        # Defaults.
        "uniform_default": init.uniform_,
        "normal_default": init.normal_,
        "trunc_normal_default": init.trunc_normal_,
        "xavier_uniform_default": init.xavier_uniform_,
        "kaiming_uniform_default": init.kaiming_uniform_,
        "orthogonal_default": init.orthogonal_,
    }
    tensors = {}
    for name, fill in cases.items():
        for shape_name, shape in {"wide": (4, 6), "tall": (7, 3), "conv": (4, 3, 2, 2)}.items():
            torch.manual_seed(0)
            tensors[f"{name}.{shape_name}"] = fill(torch.empty(shape))
    torch.manual_seed(0)
    tensors["trunc_normal_bfloat16.wide"] = init.trunc_normal_(torch.empty(4, 6, dtype=torch.bfloat16), std=1.0)
    tensors["eye.wide"] = init.eye_(torch.empty(4, 6))
    for name, shape in {"line": (4, 3, 3), "plane": (6, 2, 3, 4), "space": (2, 3, 3, 3, 2)}.items():
        tensors[f"dirac.{name}"] = init.dirac_(torch.empty(shape))
        tensors[f"dirac_groups.{name}"] = init.dirac_(torch.empty(shape), groups=2)
    for name, shape in {"wide": (4, 6), "tall": (7, 3)}.items():
        torch.manual_seed(0)
        tensors[f"sparse.{name}"] = init.sparse_(torch.empty(shape), 0.3)
        torch.manual_seed(0)
        tensors[f"sparse_std.{name}"] = init.sparse_(torch.empty(shape), 0.5, std=2.0)
    save_tensors("nn-init", tensors)


def attention() -> None:
    """MultiheadAttention: the ways of its inputs, masks and results."""
    tensors: dict[str, torch.Tensor] = {}

    def record(name: str, layer: nn.MultiheadAttention, inputs: list[torch.Tensor], **options) -> None:
        leaves = [x.detach().requires_grad_() for x in inputs]
        args = [leaves[0]] * 3 if len(leaves) == 1 else [leaves[0], leaves[1], leaves[1]] if len(leaves) == 2 else leaves
        output, weights = layer(*args, **options)
        layer.zero_grad()
        (output.square().sum() / 2).backward()
        tensors[f"{name}.output"] = output
        if weights is not None:
            tensors[f"{name}.weights"] = weights
        for i, leaf in enumerate(leaves):
            tensors.update({f"{name}.input.{i}": leaf, f"{name}.grad.{i}": leaf.grad})
        for key, parameter in layer.named_parameters():
            tensors[f"{name}.grad.{key}"] = parameter.grad
        for key, value in layer.state_dict().items():
            tensors[f"{name}.state.{key}"] = value.clone()

    torch.manual_seed(0)
    packed = nn.MultiheadAttention(8, 2, batch_first=True)
    nn.init.normal_(packed.in_proj_bias)
    x, memory, other = torch.randn(3, 5, 8), torch.randn(3, 6, 8), torch.randn(3, 6, 8)
    padding = torch.zeros(3, 6, dtype=torch.bool)
    padding[0, 4:] = padding[2, 1] = True
    causal = torch.triu(torch.ones(5, 5, dtype=torch.bool), 1)
    additive = torch.randn(6, 5, 6)
    tensors |= {"padding": padding, "causal": causal, "additive": additive}
    record("self", packed, [x])
    record("self_fused", packed, [x], need_weights=False)
    record("self_causal", packed, [x], attn_mask=causal, need_weights=False, is_causal=True)
    record("self_causal_weights", packed, [x], attn_mask=causal, average_attn_weights=False)
    record("cross", packed, [x, memory], key_padding_mask=padding)
    record("cross_fused", packed, [x, memory], key_padding_mask=padding, need_weights=False)
    record("three", packed, [x, memory, other], key_padding_mask=padding, attn_mask=torch.zeros(5, 6, dtype=torch.bool))
    record("additive", packed, [x, memory], attn_mask=additive, need_weights=False)
    record("unbatched", packed, [x[0], memory[0]], key_padding_mask=padding[0])
    torch.manual_seed(1)
    separate = nn.MultiheadAttention(8, 4, kdim=3, vdim=5, bias=False)
    record("separate", separate, [torch.randn(4, 2, 8), torch.randn(6, 2, 3), torch.randn(6, 2, 5)])
    torch.manual_seed(2)
    dropped = nn.MultiheadAttention(8, 2, dropout=0.5)
    record("dropped", dropped, [torch.randn(4, 2, 8)])
    torch.manual_seed(3)
    extended = nn.MultiheadAttention(8, 2, add_bias_kv=True, add_zero_attn=True, batch_first=True)
    inputs = [torch.randn(3, 5, 8), torch.randn(3, 6, 8)]
    record("extended", extended, inputs, key_padding_mask=padding, attn_mask=torch.randn(5, 6) > 1)
    record("extended_fused", extended, inputs, need_weights=False)
    save_tensors("nn-attention", tensors)


def clipping() -> None:
    """Total norms, and the gradients after clipping by norm and by value."""
    tensors: dict[str, torch.Tensor] = {}
    torch.manual_seed(0)
    given = [torch.randn(3, 4), torch.randn(5) * 3, torch.randn(2, 2, 2)]
    tensors |= {f"given.{i}": g for i, g in enumerate(given)}

    def parameters() -> list[nn.Parameter]:
        made = [nn.Parameter(torch.zeros_like(g)) for g in given] + [nn.Parameter(torch.zeros(2))]
        for parameter, gradient in zip(made, given):
            parameter.grad = gradient.clone()
        return made

    for name, bound, order in [("two", 1.0, 2.0), ("loose", 100.0, 2.0), ("inf", 0.5, float("inf")), ("one", 3.0, 1.0)]:
        made = parameters()
        tensors[f"{name}.norm"] = nn.utils.clip_grad_norm_(made, bound, norm_type=order)
        tensors |= {f"{name}.grad.{i}": p.grad for i, p in enumerate(made) if p.grad is not None}
    made = parameters()
    nn.utils.clip_grad_value_(made, 0.4)
    tensors |= {f"value.grad.{i}": p.grad for i, p in enumerate(made) if p.grad is not None}
    save_tensors("nn-clip", tensors)


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(4)
        self.attn = nn.MultiheadAttention(4, 2, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(4, 8), nn.GELU(), nn.Dropout(0.1), nn.Linear(8, 4, bias=False))


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, padding=1)
        self.scale = nn.Parameter(torch.ones(4))
        self.register_buffer("table", torch.zeros(2, 3))
        self.register_buffer("cache", torch.zeros(5), persistent=False)
        self.norm = nn.BatchNorm2d(4)
        self.blocks = nn.ModuleList([Block(), Block(), nn.Identity()])
        self.heads = nn.ModuleDict({"a": nn.Linear(4, 2), "b": nn.ReLU(inplace=True)})
        self.empty = nn.ModuleList()


def module_goldens() -> None:
    """Keys and printed form of a nested module, and the printed form of single layers."""
    net = Net()
    printed = [nn.Conv1d(2, 4, 3, dilation=2), nn.ConvTranspose2d(2, 2, 2, output_padding=1, stride=2), nn.Embedding(4, 2, padding_idx=1, max_norm=1.0),
               nn.Flatten(0, 1), nn.AdaptiveAvgPool2d(1), nn.BCEWithLogitsLoss(), nn.CrossEntropyLoss(), nn.Tanh(), nn.SiLU(inplace=True), nn.ELU(),
               nn.Identity(), nn.Dropout2d(), nn.LeakyReLU(0.1, inplace=True)]
    printed += [make() for make, *_ in layers().values()]
    torch.manual_seed(0)
    held = nn.Module()
    held.scales = nn.ParameterList([torch.ones(2), nn.Parameter(torch.zeros(3, 1))])
    held.named = nn.ParameterDict({"left": torch.ones(2), "right": torch.zeros(())})
    errors = {}
    linear = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    for name, state in {"keys": {"0.weight": torch.zeros(3, 2), "2.weight": torch.zeros(1), "x": torch.zeros(1)},
                        "shapes": {**linear.state_dict(), "0.weight": torch.zeros(2, 2), "1.bias": torch.zeros(4)}}.items():
        try:
            linear.load_state_dict(state)
        except RuntimeError as error:
            errors[name] = str(error)
    save_json("nn-modules", {
        "net": repr(net),
        "printed": [repr(module) for module in printed],
        "keys": list(net.state_dict()),
        "parameters": [name for name, _ in net.named_parameters()],
        "buffers": [name for name, _ in net.named_buffers()],
        "modules": [name for name, _ in net.named_modules()],
        "gains": {name: nn.init.calculate_gain(name) for name in ["linear", "conv2d", "sigmoid", "tanh", "relu", "leaky_relu", "selu"]},
        "errors": errors,
        "parameter_list": repr(held.scales),
        "parameter_dict": repr(held.named),
        "parameter_keys": list(held.state_dict()),
    })


if __name__ == "__main__":
    inits()
    attention()
    clipping()
    module_goldens()
