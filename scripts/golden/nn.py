"""Goldens of ts/nn: initialisation from a seed, layers forward and backward, losses, printing.

Run: python scripts/golden/nn.py
"""

import torch
import torch.nn.functional as F
from torch import nn

from common import save_json, save_tensors


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
    }
    tensors = {}
    for name, fill in cases.items():
        for shape_name, shape in {"wide": (4, 6), "tall": (7, 3), "conv": (4, 3, 2, 2)}.items():
            torch.manual_seed(0)
            tensors[f"{name}.{shape_name}"] = fill(torch.empty(shape))
    torch.manual_seed(0)
    tensors["trunc_normal_bfloat16.wide"] = init.trunc_normal_(torch.empty(4, 6, dtype=torch.bfloat16), std=1.0)
    tensors["eye.wide"] = init.eye_(torch.empty(4, 6))
    save_tensors("nn-init", tensors)


def layers() -> dict[str, tuple]:
    """name -> (how to make the layer, shape of its input)."""
    return {
        "linear": (lambda: nn.Linear(5, 3), (4, 5)),
        "linear_without_bias": (lambda: nn.Linear(5, 3, bias=False), (2, 4, 5)),
        "conv1d": (lambda: nn.Conv1d(4, 6, 3, stride=2, padding=1, groups=2), (2, 4, 9)),
        "conv2d": (lambda: nn.Conv2d(3, 4, (3, 2), stride=2, padding=1, dilation=(1, 2)), (2, 3, 8, 9)),
        "conv2d_patch": (lambda: nn.Conv2d(3, 5, 4, stride=4), (2, 3, 8, 8)),
        "conv2d_same": (lambda: nn.Conv2d(2, 4, (3, 5), padding="same", groups=2, bias=False), (1, 2, 6, 5)),
        "conv2d_reflect": (lambda: nn.Conv2d(2, 3, 3, padding=(1, 2), padding_mode="reflect"), (1, 2, 5, 6)),
        "conv2d_circular_same": (lambda: nn.Conv2d(2, 3, 4, padding="same", padding_mode="circular"), (1, 2, 6, 6)),
        "conv_transpose2d": (lambda: nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2), (1, 4, 4, 5)),
        "layer_norm": (lambda: nn.LayerNorm(6, eps=1e-12), (3, 4, 6)),
        "layer_norm_2d": (lambda: nn.LayerNorm((4, 6), bias=False), (3, 4, 6)),
        "rms_norm": (lambda: nn.RMSNorm(6, eps=1e-6), (3, 6)),
        "rms_norm_default_eps": (lambda: nn.RMSNorm(6, elementwise_affine=False), (3, 6)),
        "group_norm": (lambda: nn.GroupNorm(2, 6), (3, 6, 4)),
        "batch_norm2d": (lambda: nn.BatchNorm2d(3), (4, 3, 5, 5)),
        "batch_norm2d_cumulative": (lambda: nn.BatchNorm2d(3, momentum=None, affine=False), (4, 3, 2, 2)),
        "batch_norm2d_untracked": (lambda: nn.BatchNorm2d(3, track_running_stats=False), (4, 3, 2, 2)),
        "batch_norm2d_eval": (lambda: nn.BatchNorm2d(3).eval(), (4, 3, 2, 2)),
        "relu": (lambda: nn.ReLU(), (3, 5)),
        "relu6": (lambda: nn.ReLU6(), (3, 5)),
        "gelu": (lambda: nn.GELU(), (3, 5)),
        "gelu_tanh": (lambda: nn.GELU(approximate="tanh"), (3, 5)),
        "silu": (lambda: nn.SiLU(), (3, 5)),
        "mish": (lambda: nn.Mish(), (3, 5)),
        "tanh": (lambda: nn.Tanh(), (3, 5)),
        "sigmoid": (lambda: nn.Sigmoid(), (3, 5)),
        "hardswish": (lambda: nn.Hardswish(), (3, 5)),
        "leaky_relu": (lambda: nn.LeakyReLU(0.2), (3, 5)),
        "elu": (lambda: nn.ELU(0.7), (3, 5)),
        "softmax": (lambda: nn.Softmax(dim=1), (3, 5)),
        "log_softmax": (lambda: nn.LogSoftmax(dim=-1), (3, 5)),
        "flatten": (lambda: nn.Flatten(), (2, 3, 4)),
        "max_pool2d": (lambda: nn.MaxPool2d(3, stride=2, padding=1, ceil_mode=True), (2, 3, 8, 7)),
        "avg_pool2d": (lambda: nn.AvgPool2d((2, 3), padding=(1, 1), count_include_pad=False), (2, 3, 6, 7)),
        "adaptive_avg_pool2d": (lambda: nn.AdaptiveAvgPool2d((2, None)), (2, 3, 5, 4)),
        "upsample_nearest": (lambda: nn.Upsample(scale_factor=2), (1, 2, 3, 4)),
        "upsample_bilinear": (lambda: nn.Upsample(size=(5, 7), mode="bilinear"), (1, 2, 3, 4)),
        "upsample_bicubic": (lambda: nn.Upsample(scale_factor=(1.5, 2.5), mode="bicubic", align_corners=True), (1, 2, 4, 4)),
        "upsample_linear": (lambda: nn.Upsample(size=9, mode="linear"), (1, 2, 4)),
        "dropout": (lambda: nn.Dropout(0.3), (6, 7)),
        "dropout2d": (lambda: nn.Dropout2d(0.4), (3, 5, 2, 2)),
        "sequential": (lambda: nn.Sequential(nn.Linear(5, 8), nn.GELU(), nn.Linear(8, 2)), (3, 5)),
    }


def layer_goldens() -> None:
    """State, output, gradients of input and parameters for the loss sum(y²) / 2."""
    tensors: dict[str, torch.Tensor] = {}
    for name, (make, shape) in layers().items():
        torch.manual_seed(0)
        layer = make()
        for key, value in layer.state_dict().items():
            tensors[f"{name}.state.{key}"] = value.clone()
        x = torch.randn(shape, requires_grad=True)
        y = layer(x)
        (y.square().sum() / 2).backward()
        tensors |= {f"{name}.input": x, f"{name}.output": y, f"{name}.grad": x.grad}
        for key, parameter in layer.named_parameters():
            tensors[f"{name}.grad.{key}"] = parameter.grad
        for key, buffer in layer.named_buffers():
            tensors[f"{name}.after.{key}"] = buffer
    torch.manual_seed(0)
    embedding = nn.Embedding(7, 4, padding_idx=-3)
    index = torch.tensor([[0, 4, 2], [2, 6, 4]])
    y = embedding(index)
    (y.square().sum() / 2).backward()
    tensors |= {"embedding.weight": embedding.weight, "embedding.input": index, "embedding.output": y, "embedding.grad": embedding.weight.grad}
    torch.manual_seed(0)
    bounded = nn.Embedding(5, 3, max_norm=0.8, scale_grad_by_freq=True)
    index = torch.tensor([1, 3, 3, 0])
    y = bounded(index)
    (y.square().sum() / 2).backward()
    tensors |= {"bounded.output": y, "bounded.weight": bounded.weight, "bounded.grad": bounded.weight.grad}
    save_tensors("nn-layers", tensors)


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
    save_tensors("nn-attention", tensors)


def losses() -> None:
    """Value and gradient of every loss, for the loss weighted by 1, 2, 3, … where it is not reduced."""
    torch.manual_seed(0)
    logits, soft = torch.randn(4, 5), torch.rand(4, 5)
    classes, pixels = torch.tensor([1, 0, 4, 2]), torch.tensor([[1, 0, 2], [3, 1, 1]])
    weight, pos_weight, element = torch.rand(5) + 0.5, torch.rand(5) * 3, torch.rand(4, 5)
    inputs = {"logits": logits, "soft": soft, "classes": classes, "pixels": pixels, "maps": torch.randn(2, 4, 3),
              "weight": weight, "pos_weight": pos_weight, "element": element, "distribution": torch.softmax(torch.randn(4, 5), 1)}
    cases = {
        "bce_logits": ("logits", "soft", nn.BCEWithLogitsLoss()),
        "bce_logits_weighted": ("logits", "soft", nn.BCEWithLogitsLoss(weight=element, pos_weight=pos_weight)),
        "bce_logits_sum": ("logits", "soft", nn.BCEWithLogitsLoss(reduction="sum")),
        "bce_logits_none": ("logits", "soft", nn.BCEWithLogitsLoss(reduction="none", pos_weight=pos_weight)),
        "bce": ("distribution", "soft", nn.BCELoss(weight=weight)),
        "cross_entropy": ("logits", "classes", nn.CrossEntropyLoss()),
        "cross_entropy_weighted": ("logits", "classes", nn.CrossEntropyLoss(weight=weight)),
        "cross_entropy_ignored": ("logits", "classes", nn.CrossEntropyLoss(ignore_index=4)),
        "cross_entropy_smoothed": ("logits", "classes", nn.CrossEntropyLoss(weight=weight, ignore_index=0, label_smoothing=0.1)),
        "cross_entropy_soft": ("logits", "distribution", nn.CrossEntropyLoss(label_smoothing=0.2)),
        "cross_entropy_maps": ("maps", "pixels", nn.CrossEntropyLoss(reduction="none")),
        "nll": ("logits", "classes", nn.NLLLoss(weight=weight, ignore_index=2)),
        "mse": ("logits", "soft", nn.MSELoss()),
        "mse_none": ("logits", "soft", nn.MSELoss(reduction="none")),
        "l1": ("logits", "soft", nn.L1Loss()),
        "l1_sum": ("logits", "soft", nn.L1Loss(reduction="sum")),
        "smooth_l1": ("logits", "soft", nn.SmoothL1Loss(beta=0.5)),
        "smooth_l1_zero": ("logits", "soft", nn.SmoothL1Loss(beta=0.0)),
        "huber": ("logits", "soft", nn.HuberLoss(delta=0.7)),
    }
    tensors = dict(inputs)
    for name, (input_name, target_name, loss) in cases.items():
        x = inputs[input_name].clone().requires_grad_()
        value = loss(x, inputs[target_name])
        (value * torch.arange(1, value.numel() + 1).view(value.shape)).sum().backward()
        tensors |= {f"{name}.value": value, f"{name}.grad": x.grad}
    save_tensors("nn-losses", tensors)


def functions() -> None:
    """What nn.functional has and no layer."""
    torch.manual_seed(0)
    image, rows = torch.randn(1, 2, 6, 7), torch.randn(3, 5)
    tensors = {
        "image": image, "rows": rows,
        "normalize": F.normalize(rows), "normalize_l1": F.normalize(rows, p=1.0, dim=0),
        "antialias": F.interpolate(image, size=(3, 4), mode="bilinear", antialias=True),
        "bicubic_antialias": F.interpolate(image, scale_factor=0.5, mode="bicubic", antialias=True),
        "recomputed": F.interpolate(image, scale_factor=1.3, mode="bilinear", recompute_scale_factor=True),
        "area": F.interpolate(image, scale_factor=0.5, mode="area"),
        "nearest_exact": F.interpolate(image, size=(4, 5), mode="nearest-exact"),
    }
    save_tensors("nn-functional", tensors)


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
    printed += [make() for make, _ in layers().values()]
    torch.manual_seed(0)
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
    })


if __name__ == "__main__":
    inits()
    layer_goldens()
    attention()
    losses()
    functions()
    clipping()
    module_goldens()
