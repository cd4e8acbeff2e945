"""Goldens of nn.utils.parametrizations of ts/nn: start, weights, output and gradients.

Run: python scripts/golden/nn_parametrize.py
"""

import torch
from torch import nn
from torch.nn.utils import parametrizations as P, parametrize

from common import save_tensors

CASES = {
    "weight_norm": (lambda: P.weight_norm(nn.Linear(4, 3)), (2, 4)),
    "weight_norm_conv": (lambda: P.weight_norm(nn.Conv2d(2, 3, 2), dim=1), (1, 2, 3, 3)),
    "weight_norm_whole": (lambda: P.weight_norm(nn.Linear(4, 3), dim=None), (2, 4)),
    "spectral_norm": (lambda: P.spectral_norm(nn.Linear(4, 3)), (2, 4)),
    "spectral_norm_transposed": (lambda: P.spectral_norm(nn.ConvTranspose2d(3, 2, 2), n_power_iterations=2), (1, 3, 2, 2)),
    "orthogonal_square": (lambda: P.orthogonal(nn.Linear(4, 4)), (2, 4)),
    "orthogonal_tall": (lambda: P.orthogonal(nn.Linear(3, 5)), (2, 3)),
    "orthogonal_wide": (lambda: P.orthogonal(nn.Linear(5, 3), orthogonal_map="cayley"), (2, 5)),
    "orthogonal_plain": (lambda: P.orthogonal(nn.Linear(3, 4, bias=False), orthogonal_map="householder", use_trivialization=False), (2, 3)),
}

if __name__ == "__main__":
    tensors: dict[str, torch.Tensor] = {}
    for name, (make, shape) in CASES.items():
        torch.manual_seed(0)
        layer = make()
        tensors |= {f"{name}.start.{key}": value.clone() for key, value in layer.state_dict().items()}
        with torch.no_grad():
            for key, parameter in layer.named_parameters():
                parameter.add_(torch.randn(parameter.shape), alpha=0.1)
        x = torch.randn(shape)
        y = layer(x)
        (y.square().sum() / 2).backward()
        tensors |= {f"{name}.input": x, f"{name}.output": y}
        tensors |= {f"{name}.grad.{key}": parameter.grad for key, parameter in layer.named_parameters()}
        layer.eval()
        tensors |= {f"{name}.after.{key}": value.clone() for key, value in layer.state_dict().items() if key not in dict(layer.named_parameters())}
        tensors[f"{name}.weight"] = layer.weight
        parametrize.remove_parametrizations(layer, "weight")
        tensors |= {f"{name}.removed.{key}": value for key, value in layer.state_dict().items()}
    save_tensors("nn-parametrize", tensors)
