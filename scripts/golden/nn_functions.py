"""Goldens of nn.functional of ts/nn: every function with nothing but its required arguments, and what no layer covers.

Run: python scripts/golden/nn_functions.py
"""

import warnings

import torch
import torch.nn.functional as F

from common import save_tensors

warnings.simplefilter("ignore")


def inputs() -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    given = {"image": torch.randn(1, 2, 6, 7), "rows": torch.randn(3, 5)}
    return given | {
        "line": torch.randn(1, 4, 6), "volume": torch.randn(1, 2, 4, 5, 4), "columns": torch.randn(1, 8, 20), "other": torch.randn(3, 5), "third": torch.randn(3, 5),
        "signs": torch.randn(3, 5).sign(), "row_signs": torch.tensor([1.0, -1.0, 1.0]), "classes": torch.tensor([1, 0, 4]), "probabilities": torch.rand(3, 5),
        "labels": torch.tensor([[3, 0, -1, 0, 1], [-1, 2, 0, 1, 4], [4, 3, 2, 1, 0]]), "indices": torch.tensor([[1, 0], [3, 2]]), "table": torch.randn(5, 3),
        "kernel1": torch.randn(3, 4, 2), "kernel2": torch.randn(3, 2, 2, 3), "kernel3": torch.randn(3, 2, 2, 1, 2), "transposed1": torch.randn(4, 3, 2),
        "transposed2": torch.randn(2, 3, 2, 2), "transposed3": torch.randn(2, 1, 2, 2, 1), "tbc": torch.randn(1, 6, 2), "square": torch.randn(2, 5, 5),
        "channels": torch.rand(2), "spread": torch.rand(2), "slope": torch.tensor([0.3]), "theta": torch.randn(1, 2, 3), "grid": torch.rand(1, 3, 2, 2) * 2 - 1,
        "log_probs": torch.log_softmax(torch.randn(6, 2, 4), 2), "sequences": torch.tensor([[1, 2], [3, 1]]), "lengths": torch.tensor([6, 5]), "lengths2": torch.tensor([2, 1]),
        "pooled": torch.rand(1, 1, 2, 2), "places": torch.tensor([[[[0, 3], [8, 10]]]]), "query": torch.randn(1, 2, 3, 4), "pair": torch.rand(1, 1, 2), "pair_places": torch.tensor([[[0, 3]]]),
    }


def plain(g: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Function -> result with its required arguments alone; those that draw start from seed 0."""
    image, rows, line, volume, other, third, signs, table = (g[key] for key in ("image", "rows", "line", "volume", "other", "third", "signs", "table"))
    one = ["celu", "elu", "gelu", "hardshrink", "hardsigmoid", "hardswish", "hardtanh", "leaky_relu", "logsigmoid", "mish", "normalize", "relu", "relu6", "rrelu", "selu",
           "sigmoid", "silu", "softplus", "softshrink", "softsign", "tanh", "tanhshrink", "alpha_dropout", "dropout", "gumbel_softmax", "pdist"]
    drawn = {}
    for name in one:
        torch.manual_seed(0)
        drawn[name] = getattr(F, name)(rows)
    for name, x in {"dropout1d": line, "dropout2d": image, "dropout3d": volume, "feature_alpha_dropout": image}.items():
        torch.manual_seed(0)
        drawn[name] = getattr(F, name)(x)
    return drawn | {
        "glu": F.glu(line), "log_softmax": F.log_softmax(rows, 1), "softmax": F.softmax(rows, 1), "softmin": F.softmin(rows, 1), "threshold": F.threshold(rows, 0.1, 2.5),
        "prelu": F.prelu(rows, g["slope"]), "one_hot": F.one_hot(g["classes"]),
        "adaptive_avg_pool1d": F.adaptive_avg_pool1d(line, 2), "adaptive_avg_pool2d": F.adaptive_avg_pool2d(image, 2), "adaptive_avg_pool3d": F.adaptive_avg_pool3d(volume, 2),
        "adaptive_max_pool1d": F.adaptive_max_pool1d(line, 2), "adaptive_max_pool2d": F.adaptive_max_pool2d(image, 2), "adaptive_max_pool3d": F.adaptive_max_pool3d(volume, 2),
        "adaptive_max_pool1d_with_indices": F.adaptive_max_pool1d_with_indices(line, 2)[1], "adaptive_max_pool2d_with_indices": F.adaptive_max_pool2d_with_indices(image, 2)[1],
        "adaptive_max_pool3d_with_indices": F.adaptive_max_pool3d_with_indices(volume, 2)[1],
        "avg_pool1d": F.avg_pool1d(line, 2), "avg_pool2d": F.avg_pool2d(image, 2), "avg_pool3d": F.avg_pool3d(volume, 2),
        "max_pool1d": F.max_pool1d(line, 2), "max_pool2d": F.max_pool2d(image, 2), "max_pool3d": F.max_pool3d(volume, 2),
        "max_pool1d_with_indices": F.max_pool1d_with_indices(line, 2)[1], "max_pool2d_with_indices": F.max_pool2d_with_indices(image, 2)[1],
        "max_pool3d_with_indices": F.max_pool3d_with_indices(volume, 2)[1],
        "max_unpool1d": F.max_unpool1d(g["pair"], g["pair_places"], 2), "max_unpool2d": F.max_unpool2d(g["pooled"], g["places"], 2),
        "max_unpool3d": F.max_unpool3d(g["pooled"][None], g["places"][None], (1, 2, 2)),
        "lp_pool1d": F.lp_pool1d(line, 2, 2), "lp_pool2d": F.lp_pool2d(image, 2, 2), "lp_pool3d": F.lp_pool3d(volume, 2, 2),
        "conv1d": F.conv1d(line, g["kernel1"]), "conv2d": F.conv2d(image, g["kernel2"]), "conv3d": F.conv3d(volume, g["kernel3"]), "conv_tbc": F.conv_tbc(line, g["tbc"], g["channels"]),
        "conv_transpose1d": F.conv_transpose1d(line, g["transposed1"]), "conv_transpose2d": F.conv_transpose2d(image, g["transposed2"]),
        "conv_transpose3d": F.conv_transpose3d(volume, g["transposed3"]),
        "linear": F.linear(rows, other), "bilinear": F.bilinear(rows, other, g["square"]), "embedding": F.embedding(g["indices"], table), "embedding_bag": F.embedding_bag(g["indices"], table),
        "batch_norm": F.batch_norm(image, g["channels"], g["spread"]), "instance_norm": F.instance_norm(image), "group_norm": F.group_norm(line, 2),
        "layer_norm": F.layer_norm(rows, (5,)), "rms_norm": F.rms_norm(rows, (5,)), "local_response_norm": F.local_response_norm(line, 3),
        "cosine_similarity": F.cosine_similarity(rows, other), "pairwise_distance": F.pairwise_distance(rows, other),
        "pixel_shuffle": F.pixel_shuffle(volume.reshape(1, 8, 4, 5), 2), "pixel_unshuffle": F.pixel_unshuffle(volume[0, :, :, :4], 2), "channel_shuffle": F.channel_shuffle(line, 2),
        "pad": F.pad(rows, (1, 2)), "unfold": F.unfold(image, 2), "fold": F.fold(g["columns"], (5, 6), 2), "interpolate": F.interpolate(line, 9), "upsample": F.upsample(image, 4),
        "affine_grid": F.affine_grid(g["theta"], [1, 2, 3, 2]), "grid_sample": F.grid_sample(image, g["grid"]),
        "scaled_dot_product_attention": F.scaled_dot_product_attention(g["query"], g["query"], g["query"]),
        "binary_cross_entropy": F.binary_cross_entropy(torch.sigmoid(rows), g["probabilities"]), "binary_cross_entropy_with_logits": F.binary_cross_entropy_with_logits(rows, g["probabilities"]),
        "cross_entropy": F.cross_entropy(rows, g["classes"]), "nll_loss": F.nll_loss(rows, g["classes"]), "l1_loss": F.l1_loss(rows, other), "mse_loss": F.mse_loss(rows, other),
        "smooth_l1_loss": F.smooth_l1_loss(rows, other), "huber_loss": F.huber_loss(rows, other), "kl_div": F.kl_div(rows, g["probabilities"]),
        "ctc_loss": F.ctc_loss(g["log_probs"], g["sequences"], g["lengths"], g["lengths2"]), "poisson_nll_loss": F.poisson_nll_loss(rows, g["probabilities"]),
        "gaussian_nll_loss": F.gaussian_nll_loss(rows, other, g["probabilities"]), "cosine_embedding_loss": F.cosine_embedding_loss(rows, other, g["row_signs"]),
        "margin_ranking_loss": F.margin_ranking_loss(rows, other, signs), "hinge_embedding_loss": F.hinge_embedding_loss(rows, signs), "soft_margin_loss": F.soft_margin_loss(rows, signs),
        "multi_margin_loss": F.multi_margin_loss(rows, g["classes"]), "multilabel_margin_loss": F.multilabel_margin_loss(rows, g["labels"]),
        "multilabel_soft_margin_loss": F.multilabel_soft_margin_loss(rows, g["probabilities"]), "triplet_margin_loss": F.triplet_margin_loss(rows, other, third),
        "triplet_margin_with_distance_loss": F.triplet_margin_with_distance_loss(rows, other, third),
    }


def optional(g: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Options that no layer has."""
    image, rows, line = g["image"], g["rows"], g["line"]
    torch.manual_seed(1)
    hard = F.gumbel_softmax(rows, tau=0.5, hard=True, dim=0)
    return {
        "normalize_l1": F.normalize(rows, p=1.0, dim=0), "gumbel_hard": hard,
        "antialias": F.interpolate(image, size=(3, 4), mode="bilinear", antialias=True),
        "bicubic_antialias": F.interpolate(image, scale_factor=0.5, mode="bicubic", antialias=True),
        "recomputed": F.interpolate(image, scale_factor=1.3, mode="bilinear", recompute_scale_factor=True),
        "area": F.interpolate(image, scale_factor=0.5, mode="area"),
        "area3": F.interpolate(g["volume"], size=(2, 3, 2), mode="area"),
        "nearest_exact": F.interpolate(image, size=(4, 5), mode="nearest-exact"),
        "grid_border": F.grid_sample(image, g["grid"] * 2, mode="bicubic", padding_mode="border", align_corners=True),
        "grid_reflection": F.grid_sample(image, g["grid"] * 2, mode="nearest", padding_mode="reflection"),
        "affine_aligned": F.affine_grid(g["theta"], [1, 2, 3, 2], align_corners=True),
    }


if __name__ == "__main__":
    given = inputs()
    named = {f"plain.{name}": value for name, value in plain(given).items()}
    save_tensors("nn-functional", given | named | optional(given))
