"""Weights for a ViT that is trained beside its peer."""

import torch


@torch.no_grad()
def fill(model: torch.nn.Module) -> None:
    """The same numbers on both sides, however their libraries draw first weights: each matrix from a seed of its own size."""
    for parameter in model.parameters():
        if parameter.ndim < 2:
            continue
        torch.manual_seed(parameter.numel())
        parameter.copy_(torch.randn(parameter.shape).mul_(0.02))
