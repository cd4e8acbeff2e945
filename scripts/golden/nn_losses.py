"""Goldens of the losses of ts/nn.

Run: python scripts/golden/nn_losses.py
"""

import torch
from torch import nn

from common import save_tensors


def inputs() -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    logits, soft = torch.randn(4, 5), torch.rand(4, 5)
    classes, pixels = torch.tensor([1, 0, 4, 2]), torch.tensor([[1, 0, 2], [3, 1, 1]])
    weight, pos_weight, element = torch.rand(5) + 0.5, torch.rand(5) * 3, torch.rand(4, 5)
    given = {"logits": logits, "soft": soft, "classes": classes, "pixels": pixels, "maps": torch.randn(2, 4, 3),
             "weight": weight, "pos_weight": pos_weight, "element": element, "distribution": torch.softmax(torch.randn(4, 5), 1)}
    torch.manual_seed(1)
    return given | {
        "log_distribution": torch.log_softmax(torch.randn(4, 5), 1), "other": torch.randn(4, 5), "third": torch.randn(4, 5),
        "signs": torch.tensor([1.0, -1.0, -1.0, 1.0]), "element_signs": torch.randn(4, 5).sign(), "variance": torch.rand(4, 5),
        "row_variance": torch.rand(4), "labels": torch.tensor([[3, 0, -1, 0, 1], [-1, 2, 0, 1, 4], [1, -1, 3, 0, 0], [4, 3, 2, 1, 0]]),
        "multi_hot": torch.rand(4, 5).round(), "log_probs": torch.log_softmax(torch.randn(7, 2, 4), 2), "counts": torch.poisson(torch.ones(4, 5) * 2),
        "sequences": torch.tensor([[1, 2, 2], [3, 1, 0]]), "input_lengths": torch.tensor([7, 5]), "target_lengths": torch.tensor([3, 2]),
        "boxes": torch.tensor([[0.0, 0, 4, 4], [1, 1, 2, 3], [0, 0, 1, 1]]) + torch.rand(3, 4) / 4, "other_boxes": torch.tensor([[1.0, 1, 3, 6], [1, 1, 2, 3], [3, 4, 5, 5]]),
    }


def sigmoid_focal_loss(x: torch.Tensor, target: torch.Tensor, alpha: float = 0.25, gamma: float = 2.0) -> torch.Tensor:
    """Lin et al. 2017, section 3.2, without reduction; a negative alpha stands for no weights."""
    p = torch.sigmoid(x)
    p_t, alpha_t = torch.where(target == 1, p, 1 - p), torch.where(target == 1, alpha, 1 - alpha)
    loss = -((1 - p_t) ** gamma) * p_t.log()
    return loss * alpha_t if alpha >= 0 else loss


def giou_loss(a: torch.Tensor, b: torch.Tensor, eps: float = 1e-7) -> torch.Tensor:
    """Rezatofighi et al. 2019, algorithm 1, for each pair of corner boxes."""
    def area(low: torch.Tensor, high: torch.Tensor) -> torch.Tensor:
        return (high - low).clamp(min=0).prod(1)

    overlap = area(torch.max(a[:, :2], b[:, :2]), torch.min(a[:, 2:], b[:, 2:]))
    union = area(a[:, :2], a[:, 2:]) + area(b[:, :2], b[:, 2:]) - overlap
    hull = area(torch.min(a[:, :2], b[:, :2]), torch.max(a[:, 2:], b[:, 2:]))
    return 1 - overlap / (union + eps) + (hull - union) / (hull + eps)


def cases() -> dict[str, tuple]:
    """name -> (names of the inputs, the loss)."""
    given = inputs()
    weight, pos_weight, element = given["weight"], given["pos_weight"], given["element"]
    return {
        "bce_logits": (("logits", "soft"), nn.BCEWithLogitsLoss()),
        "bce_logits_weighted": (("logits", "soft"), nn.BCEWithLogitsLoss(weight=element, pos_weight=pos_weight)),
        "bce_logits_sum": (("logits", "soft"), nn.BCEWithLogitsLoss(reduction="sum")),
        "bce_logits_none": (("logits", "soft"), nn.BCEWithLogitsLoss(reduction="none", pos_weight=pos_weight)),
        "bce": (("distribution", "soft"), nn.BCELoss(weight=weight)),
        "cross_entropy": (("logits", "classes"), nn.CrossEntropyLoss()),
        "cross_entropy_weighted": (("logits", "classes"), nn.CrossEntropyLoss(weight=weight)),
        "cross_entropy_ignored": (("logits", "classes"), nn.CrossEntropyLoss(ignore_index=4)),
        "cross_entropy_smoothed": (("logits", "classes"), nn.CrossEntropyLoss(weight=weight, ignore_index=0, label_smoothing=0.1)),
        "cross_entropy_soft": (("logits", "distribution"), nn.CrossEntropyLoss(label_smoothing=0.2)),
        "cross_entropy_maps": (("maps", "pixels"), nn.CrossEntropyLoss(reduction="none")),
        "nll": (("logits", "classes"), nn.NLLLoss(weight=weight, ignore_index=2)),
        "mse": (("logits", "soft"), nn.MSELoss()),
        "mse_none": (("logits", "soft"), nn.MSELoss(reduction="none")),
        "l1": (("logits", "soft"), nn.L1Loss()),
        "l1_sum": (("logits", "soft"), nn.L1Loss(reduction="sum")),
        "smooth_l1": (("logits", "soft"), nn.SmoothL1Loss(beta=0.5)),
        "smooth_l1_zero": (("logits", "soft"), nn.SmoothL1Loss(beta=0.0)),
        "huber": (("logits", "soft"), nn.HuberLoss(delta=0.7)),
        "kl_div": (("log_distribution", "distribution"), nn.KLDivLoss()),
        "kl_div_batchmean": (("log_distribution", "log_distribution2"), nn.KLDivLoss(reduction="batchmean", log_target=True)),
        "ctc": (("log_probs", "sequences", "input_lengths", "target_lengths"), nn.CTCLoss()),
        "ctc_none": (("log_probs", "sequences", "input_lengths", "target_lengths"), nn.CTCLoss(blank=3, reduction="none", zero_infinity=True)),
        "poisson_nll": (("logits", "counts"), nn.PoissonNLLLoss()),
        "poisson_nll_full": (("soft", "counts"), nn.PoissonNLLLoss(log_input=False, full=True, reduction="sum")),
        "gaussian_nll": (("logits", "other", "variance"), nn.GaussianNLLLoss()),
        "gaussian_nll_rows": (("logits", "other", "row_variance"), nn.GaussianNLLLoss(full=True, eps=0.3, reduction="none")),
        "cosine_embedding": (("logits", "other", "signs"), nn.CosineEmbeddingLoss(margin=-0.2)),
        "margin_ranking": (("logits", "other", "element_signs"), nn.MarginRankingLoss(margin=0.3)),
        "hinge_embedding": (("logits", "element_signs"), nn.HingeEmbeddingLoss()),
        "soft_margin": (("logits", "element_signs"), nn.SoftMarginLoss(reduction="sum")),
        "multi_margin": (("logits", "classes"), nn.MultiMarginLoss(p=2, margin=0.7, weight=weight)),
        "multi_margin_none": (("logits", "classes"), nn.MultiMarginLoss(reduction="none")),
        "multi_label_margin": (("logits", "labels"), nn.MultiLabelMarginLoss()),
        "multi_label_soft_margin": (("logits", "multi_hot"), nn.MultiLabelSoftMarginLoss(weight=weight)),
        "triplet_margin": (("logits", "other", "third"), nn.TripletMarginLoss(margin=2.0, p=1.0, swap=True)),
        "triplet_margin_none": (("logits", "other", "third"), nn.TripletMarginLoss(reduction="none")),
        "triplet_distance": (("logits", "other", "third"), nn.TripletMarginWithDistanceLoss()),
        "triplet_distance_own": (("logits", "other", "third"), nn.TripletMarginWithDistanceLoss(
            distance_function=lambda x, y: 1 - torch.cosine_similarity(x, y), margin=0.4, swap=True, reduction="sum")),
        "focal": (("logits", "multi_hot"), sigmoid_focal_loss),
        "focal_unweighted": (("logits", "multi_hot"), lambda x, y: sigmoid_focal_loss(x, y, alpha=-1, gamma=1.5).mean()),
        "giou": (("boxes", "other_boxes"), giou_loss),
        "giou_mean": (("boxes", "other_boxes"), lambda a, b: giou_loss(a, b).mean()),
    }


def losses() -> None:
    """Value and gradients of every loss, for the loss weighted by 1, 2, 3, … where it is not reduced."""
    given = inputs()
    given["log_distribution2"] = torch.log_softmax(given["other"], 1)
    tensors = dict(given)
    for name, (names, loss) in cases().items():
        leaves = [given[key].clone() for key in names]
        for leaf in leaves[: DIFFERENTIABLE.get(name, 1)]:
            leaf.requires_grad_()
        value = loss(*leaves)
        (value * torch.arange(1, value.numel() + 1).view(value.shape)).sum().backward()
        tensors[f"{name}.value"] = value
        tensors |= {f"{name}.grad.{i}": leaf.grad for i, leaf in enumerate(leaves) if leaf.grad is not None}
    save_tensors("nn-losses", tensors)


# Of how many inputs, from the first, the gradient is compared; 1 unless listed.
DIFFERENTIABLE = {
    "gaussian_nll": 3, "gaussian_nll_rows": 3, "cosine_embedding": 2, "margin_ranking": 2, "triplet_margin": 3, "triplet_margin_none": 3,
    "triplet_distance": 3, "triplet_distance_own": 3, "giou": 2, "giou_mean": 2,
}

if __name__ == "__main__":
    losses()
