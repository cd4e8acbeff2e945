"""What PyTorch's functions that are written in Python give: torch/functional.py, torch/_tensor.py, torch/nn/functional.py.

`signatures` has their parameters and defaults; `cases` calls with arguments, by position and by name, and results. A tensor is
{"tensor": nested lists, "dtype": name}, a complex one has pairs in a last dimension.

Run: python scripts/golden/python_wrappers.py
"""

import inspect
import json

import torch
import torch.nn.functional as F

from common import GOLDEN, report

torch.manual_seed(0)
A = torch.arange(12, dtype=torch.float32).reshape(3, 4) / 4 - 1
B = torch.arange(20, dtype=torch.float32).reshape(4, 5) / 8 - 1
C = torch.randn(2, 3, 4)
WAVE = torch.sin(torch.arange(20, dtype=torch.float32))
MASK = torch.tensor([[0, 1, 0, 2], [3, 0, 0, 0], [0, 0, 5, 0]])
ONES = torch.ones(3, 4)
ROW = torch.tensor([1.0, 2.0, 3.0])


def case(fn, *args, **kwargs):
    return fn, args, kwargs


STFT = torch.stft(WAVE, 8, hop_length=4, window=torch.hann_window(8), return_complex=True)
CASES = {
    "torch": [
        *[case("norm", A, p) for p in ("fro", "nuc", 1, 2, 3, 0, float("inf"), -float("inf"), None)],
        case("norm", A), case("norm", C, dim=1), case("norm", C, 1, dim=[0, 2], keepdim=True), case("norm", C, "nuc", dim=(1, 2)),
        case("norm", C, "fro", 2, True), case("norm", A, dtype=torch.float64), case("norm", A, dim=1, p=3),
        case("stft", WAVE, 8, return_complex=True), case("stft", WAVE, 8, 4, 6, torch.hann_window(6), False, return_complex=True),
        case("stft", WAVE, 8, hop_length=4, window=torch.hann_window(8), pad_mode="constant", normalized=True, onesided=False, return_complex=True),
        case("stft", WAVE, 8, hop_length=4, window=torch.hann_window(8), return_complex=False),
        case("stft", torch.stack([WAVE, WAVE * 2]), 8, window=torch.hann_window(8), return_complex=True),
        case("istft", STFT, 8, hop_length=4, window=torch.hann_window(8), length=20),
        case("istft", STFT, 8, 4, window=torch.hann_window(8)),
        case("tensordot", A, B, dims=1), case("tensordot", A, B, 1), case("tensordot", C, C.permute(1, 2, 0)), case("tensordot", A, A, dims=([0], [0])),
        case("tensordot", A, A, [[1, 0], [1, 0]]), case("tensordot", A, ROW, dims=0), case("tensordot", A, B, torch.tensor(1)),
        case("tensordot", A, A, torch.tensor([[0], [0]])),
        case("nonzero", MASK), case("nonzero", MASK, as_tuple=True), case("nonzero", torch.tensor(3.0), as_tuple=True),
        case("cdist", A, A + 1), case("cdist", A, A + 1, p=1), case("cdist", A, A + 1, 3.0),
        case("cdist", A, A + 1, compute_mode="donot_use_mm_for_euclid_dist"), case("cdist", A, A + 1, p=2, compute_mode="use_mm_for_euclid_dist"),
        case("einsum", "ij,jk->ik", A, B), case("einsum", "ij,jk", [A, B]), case("einsum", A, [0, 1], B, [1, 2], [0, 2]),
        case("einsum", A, [0, 1], B, [1, 2]), case("einsum", "...ij->...ji", C), case("einsum", "ii->i", A[:, :3]),
        case("einsum", "ij,jk,kl->il", A, B, B.T),
        case("broadcast_shapes", [2, 1], [3]), case("broadcast_shapes", [2, 1, 4], [3, 1], [1]), case("broadcast_shapes", 3, [1]),
        case("unravel_index", torch.tensor([4, 1, 11]), [3, 4]), case("unravel_index", torch.tensor([[1], [5]]), [2, 3]),
        case("unravel_index", torch.tensor(3), 5),
        case("lu", A[:, :3] + torch.eye(3)), case("lu", A[:, :3] + torch.eye(3), get_infos=True),
        case("atleast_1d", torch.tensor(1.0)), case("atleast_1d", torch.tensor(1.0), ROW), case("atleast_2d", ROW), case("atleast_3d", A),
        case("atleast_2d", [ROW, A]), case("block_diag", A, torch.tensor(2.0), ROW), case("cartesian_prod", ROW, torch.tensor([4.0, 5.0])),
        case("broadcast_tensors", ROW, A.T), case("chain_matmul", A, B, B.T), case("meshgrid", ROW, torch.tensor([4.0, 5.0]), indexing="ij"),
        case("meshgrid", ROW, torch.tensor([4.0, 5.0]), indexing="xy"), case("meshgrid", [ROW, ROW], indexing="xy"),
        case("split", A, 2), case("split", A, [1, 3], dim=1), case("split", A, 3, 1), case("unique", MASK), case("unique", MASK, dim=0),
        case("unique", MASK, return_inverse=True, return_counts=True), case("unique", MASK, sorted=True, return_counts=True),
        case("unique_consecutive", torch.tensor([1, 1, 2, 2, 1])), case("unique_consecutive", torch.tensor([1, 1, 2, 2, 1]), return_inverse=True, return_counts=True),
        case("range", 1, 4), case("range", 1, 2.5, 0.5), case("scalar_tensor", 2.5), case("where", MASK),
        case("gradient", ROW), case("gradient", A, spacing=2.0), case("gradient", A, dim=1), case("gradient", A, spacing=2.0, dim=[0, 1], edge_order=2),
        case("std", A), case("std", A, 1), case("std", A, dim=0, correction=0), case("var", A, 1, False), case("var_mean", A, dim=1, keepdim=True),
        case("argmax", A), case("argmax", A, 1, True), case("max", A), case("max", A, 1), case("max", A, ONES), case("sum", A, [0, 1]),
        case("median", A), case("median", A, dim=1), case("repeat_interleave", ROW, 2), case("repeat_interleave", ROW, torch.tensor([1, 0, 2])),
        case("pad", A, [1, 1]) if hasattr(torch, "pad") else case("diff", A), case("roll", A, 1), case("roll", A, [1, 2], [0, 1]), case("rot90", A),
        case("tril_indices", 3, 3), case("triu_indices", 3, 4, 1), case("combinations", ROW), case("combinations", ROW, r=3, with_replacement=True),
        case("bucketize", A, ROW), case("bucketize", A, ROW, right=True), case("searchsorted", ROW, A, side="right"), case("quantile", A, 0.3),
        case("quantile", A, torch.tensor([0.25, 0.5]), dim=1, keepdim=True), case("quantile", A, 0.3, interpolation="nearest"), case("logsumexp", A, 1),
        case("trapezoid", A, dx=2.0), case("trapezoid", A, dim=0), case("cov", A), case("cov", A, correction=0), case("corrcoef", A), case("vander", ROW),
        case("histc", A, bins=4, min=-1, max=2), case("bincount", torch.tensor([1, 1, 3])), case("take_along_dim", A, torch.argsort(A, 1, True), 1),
        case("clamp", A, min=0), case("clamp", A, -0.5, 0.5), case("clamp", A, max=ONES * 0.2), case("add", A, ONES, alpha=2), case("sub", ROW, 1, alpha=2),
        case("div", A, 3, rounding_mode="floor"), case("addcmul", A, A, A, value=0.5), case("cross", C[..., :3], C[..., 1:]), case("logspace", 0, 2, 3),
        case("linspace", 0, 1, 5), case("full", [2, 2], 7.5), case("full_like", A, 2), case("eye", 2, 3), case("arange", 1, 2.5, 0.5), case("zeros_like", MASK),
    ],
    "method": [
        case("norm", A), case("norm", A, "fro"), case("norm", A, dim=1, keepdim=True), case("norm", A, 1, 0), case("norm", A, p="nuc"),
        case("stft", WAVE, 8, window=torch.hann_window(8), return_complex=True), case("istft", STFT, 8, 4, window=torch.hann_window(8)),
        case("nonzero", MASK, as_tuple=True), case("split", A, 2), case("split", A, [1, 2]), case("unique", MASK, return_counts=True),
        case("lu", A[:, :3] + torch.eye(3)), case("unflatten", A, 1, [2, 2]), case("nelement", A), case("ndimension", A),
        case("sum_to_size", A, 1, 4), case("expand", ROW, 2, 3), case("view", A, 4, -1), case("reshape", A, [2, 6]), case("permute", C, 2, 0, 1),
        case("repeat", ROW, 2, 1), case("tile", ROW, 2), case("flip", A, 0), case("index_add", A, 0, torch.tensor([0, 2]), ONES[:2], alpha=2),
        case("scatter", A, 1, torch.tensor([[0], [1], [2]]), 9.0), case("scatter", A, 1, torch.tensor([[0], [1], [2]]), 2.0, reduce="multiply"),
        case("scatter_reduce", A, 1, torch.tensor([[0], [1], [2]]), ONES, reduce="amax", include_self=False), case("masked_fill", A, A > 0, 0.5),
        case("sort", A, descending=True), case("sort", A, 0, True), case("argsort", A, dim=0, descending=True), case("topk", A, 2, largest=False),
        case("cumsum", A, 0), case("std", A, unbiased=False), case("std", A, 1, True, True), case("all", A, 1), case("any", A), case("mean", A, [0], True),
        case("softmax", A, 1), case("softmax", A, dim=1, dtype=torch.float64), case("pow", A, 2), case("clamp", A, min=0, max=0.5), case("transpose", C, 0, 1),
        case("unfold", ROW, 0, 2, 1), case("narrow", A, 1, 1, 2), case("chunk", A, 2, dim=1), case("tensor_split", A, [1, 3], dim=1), case("diag", ROW, 1),
        case("index_fill", A, 1, torch.tensor([0, 2]), -1), case("index_select", A, 1, torch.tensor([2, 0])), case("put", A, torch.tensor([0, 5]), ROW[:2]),
        case("take", A, torch.tensor([0, 5])), case("kthvalue", A, 2, dim=1), case("mode", MASK), case("aminmax", A, dim=0), case("amax", A, [0, 1]),
        case("logcumsumexp", A, 1), case("renorm", A, 2, 0, 1.0), case("dist", A, ONES), case("dist", A, ONES, 1), case("fill_diagonal_", A.clone(), 7),
    ],
    "nn.functional": [
        case("mse_loss", A, ONES, weight=ONES * 2), case("mse_loss", A, ONES, weight=A + 2), case("mse_loss", A, ONES, reduction="sum", weight=A + 2),
        case("mse_loss", A, ONES, reduction="none", weight=A + 2), case("l1_loss", A, ONES, weight=A + 2), case("l1_loss", A, ONES, reduction="none", weight=A + 2),
        case("huber_loss", A, ONES, delta=0.5, weight=A + 2), case("huber_loss", A, ONES, reduction="sum", weight=A + 2), case("smooth_l1_loss", A, ONES, beta=0.5),
        case("embedding", torch.tensor([0, 2]), A, sparse=True), case("embedding_bag", torch.tensor([0, 2, 1]), A, offsets=torch.tensor([0, 2]), mode="sum"),
        case("normalize", A, p=1, dim=0, eps=1e-3), case("local_response_norm", C[None], 2, alpha=0.1, beta=0.5, k=2), case("glu", A, dim=1),
        case("hardtanh", A, min_val=-0.5, max_val=0.5), case("elu", A, alpha=0.5), case("celu", A, alpha=2.0), case("leaky_relu", A, negative_slope=0.2),
        case("softmax", A, dim=1), case("log_softmax", A, 0, dtype=torch.float64), case("gelu", A, approximate="tanh"), case("softplus", A, beta=2, threshold=1),
        case("pad", A, [1, 2], mode="constant", value=3.0), case("pad", C, [1, 1], "reflect"), case("cosine_similarity", A, ONES, dim=0, eps=1e-3),
        case("pairwise_distance", A, ONES, p=1, eps=0.1, keepdim=True), case("triplet_margin_loss", A, ONES, A + 1, margin=2.0, p=1, eps=0.1, swap=True, reduction="sum"),
        case("interpolate", C, size=6, mode="linear", align_corners=True), case("interpolate", C, scale_factor=1.5), case("one_hot", torch.tensor([0, 2]), 4),
        case("kl_div", A, ONES, reduction="batchmean", log_target=True), case("max_pool1d", C, 2, stride=1, padding=1, ceil_mode=True),
        case("avg_pool1d", C, 2, 1, padding=1, count_include_pad=False), case("lp_pool1d", C, 2, 2, stride=1, ceil_mode=True), case("unfold", C[None], [2, 2], padding=1),
        case("cross_entropy", A, torch.tensor([0, 1, 2]), weight=torch.tensor([1.0, 2.0, 3.0, 4.0]), ignore_index=1, label_smoothing=0.1),
        case("poisson_nll_loss", A, ONES, log_input=False, full=True, eps=2.0), case("gaussian_nll_loss", A, ONES, ONES * 2, full=True, eps=0.1),
        case("multi_margin_loss", A, torch.tensor([0, 1, 2]), p=2, margin=0.5), case("layer_norm", A, [4], eps=0.1), case("group_norm", C, 3, eps=0.1),
    ],
}

NAMES = {"method": [], "torch": torch.functional.__all__, "nn.functional": [n for n in dir(F) if not n.startswith("_")]}


def plain(value):
    if isinstance(value, torch.Tensor):
        if value.is_complex():
            return {"tensor": torch.view_as_real(value).tolist(), "dtype": str(value.dtype)[6:]}
        return {"tensor": value.tolist(), "dtype": str(value.dtype)[6:]}
    if isinstance(value, torch.dtype):
        return str(value)[6:]
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if isinstance(value, float) and value in (float("inf"), -float("inf")):
        return {"number": str(value)}
    return value


def signature(owner, name):
    try:
        found = inspect.signature(getattr(owner, name))
    except (TypeError, ValueError):
        return None
    empty = inspect.Parameter.empty
    return [[p.name, "required" if p.default is empty else plain(p.default)] for p in found.parameters.values() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]


def results():
    owners = {"torch": torch, "method": torch.Tensor, "nn.functional": F}
    for where, cases in CASES.items():
        for fn, args, kwargs in cases:
            value = getattr(owners[where], fn)(*args, **kwargs)
            yield {"where": where, "name": fn, "args": plain(args), "options": {key: plain(item) for key, item in kwargs.items()}, "result": plain(value)}


if __name__ == "__main__":
    signatures = {name: signature(F, name) for name in NAMES["nn.functional"] if callable(getattr(F, name)) and not isinstance(getattr(F, name), type)}
    functions = {name: signature(torch.functional, name) for name in NAMES["torch"]}
    lines = ",\n".join(json.dumps(entry, sort_keys=True) for entry in results())
    head = json.dumps({"nn.functional": signatures, "torch.functional": functions}, sort_keys=True)[:-1]
    path = GOLDEN / "python-wrappers.json"
    path.write_text(f'{head}, "cases": [\n{lines}\n]}}\n')
    report(path, len(functions) + len(signatures))
