"""Goldens of the layers of ts/nn: start from a seed, output and gradients; bags of rows; unpooling.

Run: python scripts/golden/nn_layers.py
"""

import torch
import torch.nn.functional as F
from torch import nn

from common import save_tensors


def layers() -> dict[str, tuple]:
    """name -> (how to make the layer, shape of each of its inputs)."""
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
        "conv3d": (lambda: nn.Conv3d(2, 3, (2, 3, 2), stride=(1, 2, 1), padding=1), (1, 2, 3, 5, 4)),
        "conv3d_replicate": (lambda: nn.Conv3d(1, 2, 2, padding=1, padding_mode="replicate", bias=False), (1, 1, 2, 3, 3)),
        "conv_transpose1d": (lambda: nn.ConvTranspose1d(4, 2, 3, stride=2, dilation=2), (2, 4, 5)),
        "conv_transpose3d": (lambda: nn.ConvTranspose3d(2, 2, 2, stride=2, output_padding=(1, 0, 1), padding=1), (1, 2, 3, 2, 3)),
        "batch_norm1d": (lambda: nn.BatchNorm1d(3), (4, 3)),
        "batch_norm1d_sequence": (lambda: nn.BatchNorm1d(3, momentum=0.3, bias=False), (4, 3, 5)),
        "batch_norm3d": (lambda: nn.BatchNorm3d(2, eps=1e-3), (2, 2, 2, 3, 2)),
        "instance_norm1d": (lambda: nn.InstanceNorm1d(3), (2, 3, 5)),
        "instance_norm2d": (lambda: nn.InstanceNorm2d(3, affine=True, track_running_stats=True), (2, 3, 4, 3)),
        "instance_norm2d_eval": (lambda: nn.InstanceNorm2d(3, track_running_stats=True).eval(), (2, 3, 2, 3)),
        "instance_norm3d": (lambda: nn.InstanceNorm3d(2, affine=True, bias=False), (2, 2, 2, 3, 2)),
        "local_response_norm": (lambda: nn.LocalResponseNorm(3, alpha=0.1, beta=0.5, k=2.0), (2, 5, 4)),
        "local_response_norm_2d": (lambda: nn.LocalResponseNorm(4), (2, 5, 3, 2)),
        "hardsigmoid": (lambda: nn.Hardsigmoid(), (3, 5)),
        "selu": (lambda: nn.SELU(), (3, 5)),
        "celu": (lambda: nn.CELU(0.4), (3, 5)),
        "hardtanh": (lambda: nn.Hardtanh(-0.5, 0.7), (3, 5)),
        "hardshrink": (lambda: nn.Hardshrink(), (3, 5)),
        "softshrink": (lambda: nn.Softshrink(0.3), (3, 5)),
        "softplus": (lambda: nn.Softplus(2.0, 1.5), (3, 5)),
        "softsign": (lambda: nn.Softsign(), (3, 5)),
        "tanhshrink": (lambda: nn.Tanhshrink(), (3, 5)),
        "log_sigmoid": (lambda: nn.LogSigmoid(), (3, 5)),
        "threshold": (lambda: nn.Threshold(0.1, -2.5), (3, 5)),
        "rrelu": (lambda: nn.RReLU(0.1, 0.4), (3, 5)),
        "rrelu_eval": (lambda: nn.RReLU().eval(), (3, 5)),
        "prelu": (lambda: nn.PReLU(), (3, 5)),
        "prelu_channels": (lambda: nn.PReLU(3, init=0.1), (2, 3, 4)),
        "glu": (lambda: nn.GLU(1), (3, 4, 2)),
        "softmin": (lambda: nn.Softmin(dim=1), (3, 5)),
        "softmax2d": (lambda: nn.Softmax2d(), (2, 3, 2, 2)),
        "max_pool1d": (lambda: nn.MaxPool1d(2, dilation=2, stride=1), (2, 3, 7)),
        "max_pool3d": (lambda: nn.MaxPool3d((2, 1, 2), padding=(1, 0, 1)), (1, 2, 4, 3, 5)),
        "avg_pool1d": (lambda: nn.AvgPool1d(3, stride=2, padding=1, ceil_mode=True), (2, 3, 8)),
        "avg_pool3d": (lambda: nn.AvgPool3d(2, divisor_override=3), (1, 2, 4, 3, 5)),
        "adaptive_avg_pool1d": (lambda: nn.AdaptiveAvgPool1d(3), (2, 3, 7)),
        "adaptive_avg_pool3d": (lambda: nn.AdaptiveAvgPool3d((2, None, 1)), (1, 2, 3, 4, 3)),
        "adaptive_max_pool1d": (lambda: nn.AdaptiveMaxPool1d(3), (2, 3, 7)),
        "adaptive_max_pool2d": (lambda: nn.AdaptiveMaxPool2d((None, 2)), (2, 3, 3, 5)),
        "adaptive_max_pool3d": (lambda: nn.AdaptiveMaxPool3d(2), (1, 2, 3, 4, 3)),
        "lp_pool1d": (lambda: nn.LPPool1d(2, 3, stride=2), (2, 3, 8)),
        "lp_pool2d": (lambda: nn.LPPool2d(4, (2, 3), ceil_mode=True), (1, 2, 5, 6)),
        "lp_pool3d": (lambda: nn.LPPool3d(2, 2), (1, 2, 4, 3, 4)),
        "dropout1d": (lambda: nn.Dropout1d(0.4), (3, 5, 2)),
        "dropout3d": (lambda: nn.Dropout3d(), (3, 5, 1, 2, 1)),
        "alpha_dropout": (lambda: nn.AlphaDropout(0.4), (5, 6)),
        "feature_alpha_dropout": (lambda: nn.FeatureAlphaDropout(0.3), (3, 5, 2)),
        "pixel_shuffle": (lambda: nn.PixelShuffle(2), (2, 8, 2, 3)),
        "pixel_unshuffle": (lambda: nn.PixelUnshuffle(2), (2, 2, 4, 2)),
        "channel_shuffle": (lambda: nn.ChannelShuffle(2), (2, 6, 2, 2)),
        "upsample_trilinear": (lambda: nn.Upsample(scale_factor=2, mode="trilinear"), (1, 1, 2, 2, 3)),
        "upsampling_nearest2d": (lambda: nn.UpsamplingNearest2d(scale_factor=2), (1, 2, 2, 3)),
        "upsampling_bilinear2d": (lambda: nn.UpsamplingBilinear2d(size=(5, 4)), (1, 2, 2, 3)),
        "unflatten": (lambda: nn.Unflatten(1, (2, 3)), (2, 6, 2)),
        "unfold": (lambda: nn.Unfold((2, 3), dilation=(2, 1), padding=1, stride=2), (2, 2, 5, 6)),
        "fold": (lambda: nn.Fold((4, 5), (2, 3), padding=(0, 1), stride=(1, 2)), (2, 12, 9)),
        "bilinear": (lambda: nn.Bilinear(3, 4, 2), (5, 3), (5, 4)),
        "cosine_similarity": (lambda: nn.CosineSimilarity(dim=0), (4, 3), (4, 3)),
        "pairwise_distance": (lambda: nn.PairwiseDistance(p=3.0, keepdim=True), (4, 3), (4, 3)),
        "reflection_pad1d": (lambda: nn.ReflectionPad1d((1, 2)), (1, 2, 4)),
        "reflection_pad2d": (lambda: nn.ReflectionPad2d((1, 0, 2, 1)), (1, 1, 3, 3)),
        "reflection_pad3d": (lambda: nn.ReflectionPad3d(1), (1, 1, 2, 2, 3)),
        "replication_pad1d": (lambda: nn.ReplicationPad1d(2), (1, 2, 3)),
        "replication_pad2d": (lambda: nn.ReplicationPad2d((1, 0, 2, 1)), (1, 1, 2, 3)),
        "replication_pad3d": (lambda: nn.ReplicationPad3d((1, 0, 0, 1, 2, 0)), (1, 1, 2, 2, 2)),
        "zero_pad1d": (lambda: nn.ZeroPad1d((2, 1)), (1, 2, 3)),
        "zero_pad2d": (lambda: nn.ZeroPad2d((1, -1, 2, 0)), (1, 1, 2, 3)),
        "zero_pad3d": (lambda: nn.ZeroPad3d(1), (1, 1, 1, 2, 2)),
        "constant_pad1d": (lambda: nn.ConstantPad1d(1, 3.5), (1, 2, 3)),
        "constant_pad2d": (lambda: nn.ConstantPad2d((0, 1, 2, 0), -0.5), (1, 1, 2, 3)),
        "constant_pad3d": (lambda: nn.ConstantPad3d((1, 0, 0, 0, 0, 1), 0.25), (1, 1, 1, 2, 2)),
        "circular_pad1d": (lambda: nn.CircularPad1d((2, 1)), (1, 2, 3)),
        "circular_pad2d": (lambda: nn.CircularPad2d((1, 2, 0, 1)), (1, 1, 2, 3)),
        "circular_pad3d": (lambda: nn.CircularPad3d(1), (1, 1, 1, 2, 2)),
    }


def layer_goldens(tensors: dict[str, torch.Tensor]) -> None:
    """State, output, gradients of inputs and parameters for the loss sum(y²) / 2."""
    for name, (make, *shapes) in layers().items():
        torch.manual_seed(0)
        layer = make()
        for key, value in layer.state_dict().items():
            tensors[f"{name}.state.{key}"] = value.clone()
        inputs = [torch.randn(shape, requires_grad=True) for shape in shapes]
        y = layer(*inputs)
        (y.square().sum() / 2).backward()
        tensors[f"{name}.output"] = y
        for i, x in enumerate(inputs):
            tensors |= {f"{name}.input.{i}": x, f"{name}.grad.{i}": x.grad}
        for key, parameter in layer.named_parameters():
            tensors[f"{name}.grad.{key}"] = parameter.grad
        for key, buffer in layer.named_buffers():
            tensors[f"{name}.after.{key}"] = buffer


def embedding_goldens(tensors: dict[str, torch.Tensor]) -> None:
    """Rows of a table, with padding, with a bound on their length, and in bags."""
    torch.manual_seed(0)
    embedding = nn.Embedding(7, 4, padding_idx=-3)
    index = torch.tensor([[0, 4, 2], [2, 6, 4]])
    y = embedding(index)
    (y.square().sum() / 2).backward()
    tensors |= {"embedding.weight": embedding.weight, "embedding.input": index, "embedding.output": y, "embedding.grad": embedding.weight.grad}
    torch.manual_seed(0)
    bounded = nn.Embedding(5, 3, max_norm=0.8, scale_grad_by_freq=True)
    y = bounded(torch.tensor([1, 3, 3, 0]))
    (y.square().sum() / 2).backward()
    tensors |= {"bounded.output": y, "bounded.weight": bounded.weight, "bounded.grad": bounded.weight.grad}

    rows, offsets = torch.tensor([1, 3, 3, 0, 2, 4]), torch.tensor([0, 2, 2])
    factors = torch.tensor([0.5, -1.0, 2.0, 0.25, 1.0, 3.0])
    bags = {
        "mean": (dict(), (rows.view(2, 3),)),
        "sum": (dict(mode="sum"), (rows, offsets, factors)),
        "max": (dict(mode="max", padding_idx=3), (rows, offsets)),
        "last": (dict(mode="sum", include_last_offset=True, padding_idx=-1), (rows, torch.tensor([0, 4, 6]))),
        "bounded": (dict(max_norm=0.5, norm_type=1.0, scale_grad_by_freq=False), (rows.view(3, 2),)),
    }
    for name, (options, inputs) in bags.items():
        torch.manual_seed(0)
        bag = nn.EmbeddingBag(5, 3, **options)
        tensors[f"bag.{name}.start"] = bag.weight.clone()
        y = bag(*inputs)
        (y.square().sum() / 2).backward()
        tensors |= {f"bag.{name}.output": y, f"bag.{name}.grad": bag.weight.grad}


def unpooling_goldens(tensors: dict[str, torch.Tensor]) -> None:
    """Pooling with places, and back."""
    pools = {
        1: (F.max_pool1d, nn.MaxUnpool1d(2, stride=2), (1, 2, 6), None),
        2: (F.max_pool2d, nn.MaxUnpool2d(2, stride=2), (1, 2, 5, 4), (5, 4)),
        3: (F.max_pool3d, nn.MaxUnpool3d(2, stride=2), (1, 1, 4, 2, 2), None),
    }
    torch.manual_seed(0)
    for dimensions, (pool, unpool, shape, size) in pools.items():
        x = torch.randn(shape, requires_grad=True)
        pooled, indices = pool(x, 2, stride=2, return_indices=True)
        y = unpool(pooled, indices, output_size=size)
        (y.square().sum() / 2).backward()
        tensors |= {f"unpool{dimensions}.input": x, f"unpool{dimensions}.indices": indices, f"unpool{dimensions}.output": y, f"unpool{dimensions}.grad": x.grad}


def transposed_to_size(tensors: dict[str, torch.Tensor]) -> None:
    """A transposed convolution to an output size that its stride allows."""
    torch.manual_seed(0)
    layer = nn.ConvTranspose2d(1, 1, 3, stride=3, padding=1)
    x = torch.randn(1, 1, 2, 2)
    tensors |= {"to_size.input": x, "to_size.output": layer(x, output_size=(6, 5))}


if __name__ == "__main__":
    made: dict[str, torch.Tensor] = {}
    layer_goldens(made)
    embedding_goldens(made)
    unpooling_goldens(made)
    transposed_to_size(made)
    save_tensors("nn-layers", made)
