"""Windows of signals, fractional pooling, the older norms of weights and derivatives of torch.func.

Run: python scripts/golden/python_names.py
"""

import warnings

import torch
import torch.nn.functional as F
from torch import nn

from common import save_json

warnings.simplefilter("ignore")
W = torch.signal.windows
WINDOWS = {
    "bartlett": {},
    "blackman": {},
    "cosine": {},
    "exponential": {"tau": 3.0},
    "gaussian": {"std": 1.5},
    "general_cosine": {"a": [0.46, 0.23, 0.31]},
    "general_hamming": {"alpha": 0.6},
    "hamming": {},
    "hann": {},
    "kaiser": {"beta": 8.0},
    "nuttall": {},
}


def windows() -> dict[str, list[list[float]]]:
    sizes = [(1, True), (7, True), (8, False)]
    return {
        name: [getattr(W, name)(m, sym=sym, dtype=torch.float64, **options).tolist() for m, sym in sizes]
        for name, options in WINDOWS.items()
    }


def pools() -> dict[str, object]:
    plane = torch.arange(60.0).sub(30).abs().mul(7).remainder(23).reshape(1, 2, 5, 6)
    volume = torch.arange(120.0).mul(7).remainder(23).reshape(1, 1, 4, 5, 6)
    flat = torch.tensor([[[0.1, 0.7], [0.9, 0.4]]])
    deep = torch.tensor([[[0.2, 0.6, 0.8]]])
    results = {
        "size": F.fractional_max_pool2d(plane, 2, output_size=(3, 4), _random_samples=flat, return_indices=True),
        "ratio": F.fractional_max_pool2d(plane, 2, output_ratio=(0.6, 0.6), _random_samples=flat, return_indices=True),
        "volume": F.fractional_max_pool3d(volume, 2, output_size=(2, 2, 3), _random_samples=deep, return_indices=True),
    }
    return {key: [part.tolist() for part in pair] for key, pair in results.items()}


def weights() -> dict[str, object]:
    layer = nn.Linear(3, 2)
    values = torch.tensor([[1.0, 2.0, 2.0], [0.0, 3.0, 4.0]])
    with torch.no_grad():
        layer.weight.copy_(values)
        layer.bias.zero_()
    nn.utils.weight_norm(layer)
    keys = list(layer.state_dict())
    with torch.no_grad():
        layer.weight_g.mul_(2)
    scaled = layer(torch.eye(3)).T
    length = layer.weight_g.clone()
    nn.utils.remove_weight_norm(layer)
    spectral = nn.Linear(3, 2)
    with torch.no_grad():
        spectral.weight.copy_(values)
        spectral.bias.zero_()
    nn.utils.spectral_norm(spectral)
    with torch.no_grad():
        spectral.weight_u.copy_(torch.tensor([0.6, 0.8]))
        spectral.weight_v.copy_(torch.tensor([0.0, 0.6, 0.8]))
    first = spectral(torch.eye(3)).T
    second = spectral.eval()(torch.eye(3)).T
    return {
        "keys": keys,
        "scaled": scaled.tolist(),
        "length": length.tolist(),
        "removed": list(layer.state_dict()),
        "spectralKeys": list(spectral.state_dict()),
        "spectral": [first.tolist(), second.tolist()],
        "u": spectral.weight_u.tolist(),
        "v": spectral.weight_v.tolist(),
    }


def derivatives() -> dict[str, object]:
    x = torch.tensor([1.0, 2.0, -1.0])
    y = torch.tensor([0.5, -1.0, 2.0])

    def f(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return (x**3 * y).sum() + y.prod()

    def g(x: torch.Tensor) -> torch.Tensor:
        return torch.stack([x[0] * x[1], x[2] ** 2])

    output, pull = torch.func.vjp(g, x)
    value, tangent = torch.func.jvp(g, (x,), (y,))
    return {
        "grad": torch.func.grad(f)(x, y).tolist(),
        "both": [part.tolist() for part in torch.func.grad(f, argnums=(0, 1))(x, y)],
        "second": torch.func.grad(lambda x: torch.func.grad(f)(x, y).sum())(x).tolist(),
        "value": torch.func.grad_and_value(f)(x, y)[1].item(),
        "vjp": [output.tolist(), pull(torch.tensor([1.0, 2.0]))[0].tolist()],
        "jvp": [value.tolist(), tangent.tolist()],
        "jacrev": torch.func.jacrev(g)(x).tolist(),
        "jacfwd": torch.func.jacfwd(g)(x).tolist(),
        "hessian": torch.func.hessian(f)(x, y).tolist(),
    }


def generator() -> dict[str, object]:
    source = torch.Generator().manual_seed(7)
    torch.rand(5, generator=source)
    state = source.get_state()
    return {"drawn": torch.rand(3, generator=source).tolist(), "bytes": int(state.long().sum())}


if __name__ == "__main__":
    save_json(
        "python-names",
        {
            "windows": windows(),
            "pools": pools(),
            "weights": weights(),
            "derivatives": derivatives(),
            "generator": generator(),
            "frombuffer": torch.frombuffer(bytearray(range(16)), dtype=torch.int16, count=3, offset=2).tolist(),
        },
    )
