"""Goldens of ts/models/resnet, from transformers' ResNetBackbone and from a plain ResNet with torchvision's names.

    HF_HUB_OFFLINE=1 python scripts/golden/resnet.py
"""

import torch
from transformers import ResNetBackbone, ResNetConfig

from common import save_json, save_tensors
from reference_resnet import PlainResNet, randomize, torchvision_name

SMALL = dict(embedding_size=8, hidden_sizes=[8, 12, 16, 20], depths=[1, 2, 1, 1])
ALL = ["stem", "stage1", "stage2", "stage3", "stage4"]

VARIANTS = {
    "bottleneck": dict(layer_type="bottleneck", out_features=ALL),
    "basic": dict(layer_type="basic", out_features=["stage2", "stage4"]),
    "gelu": dict(layer_type="bottleneck", hidden_act="gelu"),
    "early": dict(layer_type="bottleneck", downsample_in_first_stage=True, downsample_in_bottleneck=True),
    "grey": dict(layer_type="basic", num_channels=1, hidden_sizes=[8, 8], depths=[1, 1]),
}


def with_prefix(prefix: str, tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}


def numbered(prefix: str, tensors) -> dict[str, torch.Tensor]:
    return {f"{prefix}.{i}": tensor for i, tensor in enumerate(tensors)}


def variants() -> dict[str, torch.Tensor]:
    out = {}
    for name, options in VARIANTS.items():
        config = ResNetConfig(**(SMALL | options))
        model = ResNetBackbone(config).eval()
        randomize(model, 1)
        torch.manual_seed(2)
        pixels = torch.randn(2, config.num_channels, 40, 56)
        out |= with_prefix(name, {"pixels": pixels}) | numbered(f"{name}.map", model(pixels).feature_maps)
        out |= with_prefix(f"{name}.weight", model.state_dict())
    return out


def training() -> dict[str, torch.Tensor]:
    """One step in training mode: maps, gradients, and the running statistics afterwards; in double precision."""
    model = ResNetBackbone(ResNetConfig(**SMALL, layer_type="bottleneck")).double().train()
    randomize(model, 1)
    torch.manual_seed(3)
    pixels = torch.randn(3, 3, 48, 40).double()
    (last,) = model(pixels).feature_maps
    last.square().mean().backward()
    statistics = {name: value for name, value in model.state_dict().items() if "running" in name or "num_batches" in name}
    gradients = {name: parameter.grad for name, parameter in model.named_parameters()}
    out = {"train.pixels": pixels, "train.map": last} | with_prefix("train.grad", gradients) | with_prefix("train.after", statistics)
    return {name: value.float() if value.is_floating_point() else value for name, value in out.items()}


def plain() -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """torchvision's names, frozen normalisation, dilated last stages."""
    model = ResNetBackbone(ResNetConfig(**SMALL, layer_type="bottleneck", out_features=ALL[1:])).eval()
    randomize(model, 1)
    state = {torchvision_name(name): value for name, value in model.state_dict().items() if not name.endswith("num_batches_tracked")}
    names = {name: torchvision_name(name) for name in model.state_dict()}
    torch.manual_seed(4)
    pixels = torch.randn(2, 3, 40, 56)
    out = {"plain.pixels": pixels}
    for stride in [32, 16, 8]:
        resnet = PlainResNet(8, SMALL["hidden_sizes"], SMALL["depths"], bottleneck=True, output_stride=stride)
        resnet.load_state_dict(state)
        maps = resnet(pixels)
        if stride == 32:
            for ours, theirs in zip(maps, model(pixels).feature_maps):
                torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)
        maps[-1].square().mean().backward()
        out[f"plain.{stride}.map"] = maps[-1]
        out[f"plain.{stride}.grad"] = resnet.layer4[0].conv2.weight.grad
    basic = PlainResNet(8, SMALL["hidden_sizes"], SMALL["depths"], bottleneck=False, output_stride=16)
    randomize(basic, 1)
    out["basic16.map"] = basic(pixels)[-1]
    return out | with_prefix("basic16.weight", basic.state_dict()), names


def initial() -> dict[str, torch.Tensor]:
    """The weights that a seed gives, and the next random number after them."""
    torch.manual_seed(11)
    model = ResNetBackbone(ResNetConfig(embedding_size=4, hidden_sizes=[8, 8], depths=[1, 2], layer_type="bottleneck"))
    return {"initial.next": torch.rand(1)} | with_prefix("init", model.state_dict())


def main() -> None:
    maps, names = plain()
    save_tensors("resnet", variants() | training() | maps | initial())
    save_json("resnet-keys", names)


if __name__ == "__main__":
    main()
