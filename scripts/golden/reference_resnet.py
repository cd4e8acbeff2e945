"""A ResNet as torchvision and timm build it: their parameter names, their way to dilate. torchvision cannot be installed
beside the reference transformers, so this follows He et al. 2016 and torchvision's published state dicts.
"""

import zlib

import torch
from torch import nn


class FrozenBatchNorm(nn.Module):
    """Four buffers and no training, as in DETR's own backbone."""

    def __init__(self, channels: int):
        super().__init__()
        for name, value in [("weight", 1.0), ("bias", 0.0), ("running_mean", 0.0), ("running_var", 1.0)]:
            self.register_buffer(name, torch.full((channels,), value))

    def forward(self, x):
        scale = self.weight * (self.running_var + 1e-5).rsqrt()
        shift = self.bias - self.running_mean * scale
        return x * scale.view(1, -1, 1, 1) + shift.view(1, -1, 1, 1)


def conv(inside: int, outside: int, kernel: int, stride: int = 1, dilation: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inside, outside, kernel, stride, dilation * (kernel // 2), dilation, bias=False)


class Block(nn.Module):
    def __init__(self, norm, bottleneck: bool, inside: int, outside: int, stride: int, first: int, dilation: int):
        super().__init__()
        width = outside // 4 if bottleneck else outside
        if bottleneck:
            self.conv1, self.bn1 = conv(inside, width, 1), norm(width)
            self.conv2, self.bn2 = conv(width, width, 3, stride, first), norm(width)
            self.conv3, self.bn3 = conv(width, outside, 1), norm(outside)
        else:
            self.conv1, self.bn1 = conv(inside, width, 3, stride, first), norm(width)
            self.conv2, self.bn2 = conv(width, outside, 3, 1, dilation), norm(outside)
        self.parts = 3 if bottleneck else 2
        self.downsample = None
        if stride != 1 or inside != outside:
            self.downsample = nn.Sequential(conv(inside, outside, 1, stride), norm(outside))

    def forward(self, x):
        out = x
        for i in range(1, self.parts + 1):
            out = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(out))
            if i < self.parts:
                out = out.relu()
        return (out + (x if self.downsample is None else self.downsample(x))).relu()


class PlainResNet(nn.Module):
    """Returns the maps of all stages."""

    def __init__(self, stem: int, sizes: list[int], depths: list[int], bottleneck: bool, output_stride: int = 32, norm=FrozenBatchNorm):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, stem, 7, 2, 3, bias=False), norm(stem)
        self.depth = len(sizes)
        inside, stride, dilation = stem, 4, 1
        for stage, (outside, depth) in enumerate(zip(sizes, depths)):
            first, step = dilation, 1 if stage == 0 else 2
            if stride >= output_stride and step == 2:
                step, dilation = 1, dilation * 2
            stride *= step
            blocks = []
            for i in range(depth):
                blocks.append(Block(norm, bottleneck, inside, outside, step if i == 0 else 1, first if i == 0 else dilation, dilation))
                inside = outside
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))

    def forward(self, x):
        x = nn.functional.max_pool2d(self.bn1(self.conv1(x)).relu(), 3, 2, 1)
        maps = []
        for stage in range(1, self.depth + 1):
            x = getattr(self, f"layer{stage}")(x)
            maps.append(x)
        return maps


def torchvision_name(name: str) -> str:
    """transformers' name of a ResNet's parameter -> torchvision's."""
    parts = name.split(".")
    leaf = parts[-1]
    if parts[0] == "embedder":
        return f"{'conv1' if parts[2] == 'convolution' else 'bn1'}.{leaf}"
    stage, block = int(parts[2]) + 1, parts[4]
    if parts[5] == "shortcut":
        return f"layer{stage}.{block}.downsample.{0 if parts[6] == 'convolution' else 1}.{leaf}"
    kind = "conv" if parts[7] == "convolution" else "bn"
    return f"layer{stage}.{block}.{kind}{int(parts[6]) + 1}.{leaf}"


@torch.no_grad()
def randomize(model: nn.Module, seed: int) -> None:
    """Weights that keep the size of the signal, and normalisations that do something; by name, whatever else there is."""
    for name, value in list(model.named_parameters()) + list(model.named_buffers()):
        if not value.is_floating_point():
            continue
        generator = torch.Generator().manual_seed(zlib.crc32(f"{seed} {name}".encode()))
        noise = torch.randn(value.shape, generator=generator)
        if name.endswith("running_var"):
            value.copy_(0.5 + torch.rand(value.shape, generator=generator))
        elif value.ndim == 4:
            value.copy_(noise * (2 / value[0].numel()) ** 0.5)
        elif value.ndim == 2:
            value.copy_(noise * value.shape[1] ** -0.5)
        else:
            value.copy_((1.0 if name.endswith("weight") else 0.0) + 0.1 * noise)
