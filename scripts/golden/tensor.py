"""Goldens of ts/tensor: operators, indexing, printing, autograd, random numbers, files.

Run: python scripts/golden/tensor.py
"""

import torch
from safetensors.torch import save_file

from common import GOLDEN, save_json, save_tensors
from tensor_indexing import indexing
from tensor_operators import operators, promotion


def printing() -> None:
    generator = torch.Generator().manual_seed(0)
    normal = lambda *size, **kw: torch.randn(*size, generator=generator, **kw)
    inf, nan = float("inf"), float("nan")
    tensors = {
        "whole floats": torch.tensor([1.0, 2.0, 300.0]), "fractions": torch.tensor([0.5, -1.25, 3.0]), "ties": torch.tensor([0.03125, 0.09375, 0.15625, -0.03125]),
        "small": torch.tensor([1e-5, 1.0]), "small alone": torch.tensor([1e-5]), "large": torch.tensor([1e9]), "wide range": torch.tensor([0.001, 10.0]), "wide whole": torch.tensor([1.0, 10000.0]),
        "exponent ties": torch.tensor([0.0001220703125, 100005.0, 123455.0, 123465.0], dtype=torch.float64), "three digits": torch.tensor([1e-300, 1e300], dtype=torch.float64),
        "infinite": torch.tensor([inf, -inf, nan, 1.0]), "infinite fractions": torch.tensor([inf, 0.5, -inf]), "only nan": torch.tensor([nan, nan]), "only infinite": torch.tensor([inf, 0.0]), "infinite exponents": torch.tensor([inf, 1e-7, -0.0, nan]),
        "zeros": torch.zeros(2, 3), "negative zero": torch.tensor([-0.0, 1.5]), "negative zeros": torch.tensor([-0.0, 0.0]), "zero among exponents": torch.tensor([0.0, 1e-6]),
        "number": torch.tensor(3.14159), "whole number": torch.tensor(3.0), "small number": torch.tensor(1e-9), "infinite number": torch.tensor(-inf), "integer": torch.tensor(7), "truth": torch.tensor(True), "complex number": torch.tensor(1 - 2j),
        "integers": torch.tensor([[1, -20], [300, 4]]), "int32": torch.tensor([1, 2], dtype=torch.int32), "uint8": torch.tensor([1, 255], dtype=torch.uint8), "large integers": torch.tensor([2**62, -5]),
        "uint64": torch.tensor([2**63 + 1, 5], dtype=torch.uint64),
        "bool": torch.tensor([[True, False], [False, True]]), "all true": torch.tensor([True, True]),
        "float64": torch.tensor([1.5], dtype=torch.float64), "float16": torch.tensor([0.1, 65504.0], dtype=torch.float16), "bfloat16": torch.tensor([0.1, 3.0], dtype=torch.bfloat16), "float8": torch.tensor([0.5, 3.0]).to(torch.float8_e4m3fn),
        "complex": torch.tensor([1 + 2j, -0.5 - 1j, 3 + 0j]), "complex whole": torch.tensor([1 + 2j, -10 - 1j]), "complex infinite": torch.tensor([complex(inf, nan), complex(1, -inf), complex(0, -0.0)]),
        "complex rows": torch.complex(normal(2, 7), normal(2, 7)),
        "empty": torch.empty(0), "empty matrix": torch.empty(2, 0), "empty cube": torch.empty(0, 3, 4), "empty int64": torch.empty(0, dtype=torch.int64), "empty bool matrix": torch.empty(0, 2, dtype=torch.bool),
        "matrix": normal(3, 4), "cube": normal(2, 3, 4), "hypercube": normal(2, 1, 2, 3), "column": normal(5, 1), "one": normal(1, 1, 1), "wide rows": normal(2, 30), "wide integers": torch.arange(60).view(2, 30), "wide exponents": normal(2, 9) * 1e6, "long": torch.arange(1000),
        "summarized": torch.arange(1001), "summarized floats": torch.arange(1100).float() / 7, "summarized matrix": normal(50, 21), "summarized square": torch.arange(1600).view(40, 40), "summarized narrow": normal(501, 2), "summarized cube": torch.arange(1331).view(11, 11, 11).float(),
        "summarized thin": torch.arange(1200).view(2, 2, 300), "summarized bool": torch.arange(1500) % 3 == 0, "summarized complex": torch.complex(torch.arange(1100).float(), -torch.arange(1100).float()), "summarized deep": torch.arange(1024).view([2] * 10),
        "long facts": torch.tensor([1.23456789] * 6, dtype=torch.float64),
    }  # fmt: skip
    save_file({name: value.clone().contiguous() for name, value in tensors.items()}, GOLDEN / "tensor-print.safetensors")
    (GOLDEN / "tensor-print.safetensors").chmod(0o644)
    w = torch.ones(2, requires_grad=True)
    made = {
        "complex128": torch.tensor([1e-9 + 1j], dtype=torch.complex128),
        "leaf": w, "product": w * w, "view": w.view(1, 2), "sum": w.sum(), "long leaf": torch.full((9,), 1.2345678, dtype=torch.float64, requires_grad=True), "copy slices": w.clone().index_fill_(0, torch.tensor([0]), 3)[:1],
        "meta": torch.empty(2, 3, device="meta"), "meta int64": torch.empty(3, dtype=torch.int64, device="meta"), "sparse": torch.eye(3).to_sparse(), "sparse empty": torch.zeros(2, 2).to_sparse(),
        "sparse csr": torch.eye(3).to_sparse_csr(), "sparse csc": torch.eye(2, dtype=torch.float64).to_sparse_csc(), "conjugate": torch.tensor([1 + 2j]).conj(), "negative": torch.tensor([1 + 2j]).conj().imag,
    }  # fmt: skip
    save_json("tensor-print", {"stored": {name: repr(value) for name, value in tensors.items()}, "made": {name: repr(value) for name, value in made.items()}})


def autograd() -> None:
    generator = torch.Generator().manual_seed(5)
    x = torch.randn(3, 4, generator=generator, requires_grad=True)
    w = torch.randn(4, 2, generator=generator, requires_grad=True)
    loss = (x.mm(w).tanh() ** 2).mean()
    gx, gw = torch.autograd.grad(loss, [x, w], create_graph=True)
    second = torch.autograd.grad((gx**2).sum() + (gw**2).sum(), [x, w])
    y = x.mm(w)
    seeded = torch.autograd.grad(y, x, grad_outputs=torch.arange(6.0).view(3, 2))
    save_tensors("tensor-autograd", {"x": x, "w": w, "loss": loss, "x.grad": gx, "w.grad": gw, "x.second": second[0], "w.second": second[1], "x.seeded": seeded[0]})


def numbers() -> None:
    draws = {
        "rand": lambda g: torch.rand(5, generator=g), "rand 20": lambda g: torch.rand(20, generator=g), "randn": lambda g: torch.randn(5, generator=g), "randn 20": lambda g: torch.randn(4, 5, generator=g),
        "randn float64": lambda g: torch.randn(17, dtype=torch.float64, generator=g), "randint": lambda g: torch.randint(10, (7,), generator=g), "randint low": lambda g: torch.randint(-3, 4, (2, 3), generator=g),
        "randperm": lambda g: torch.randperm(12, generator=g), "normal_": lambda g: torch.empty(6).normal_(1, 2, generator=g), "uniform_": lambda g: torch.empty(6).uniform_(-1, 2, generator=g),
        "bernoulli": lambda g: torch.bernoulli(torch.full((8,), 0.3), generator=g), "multinomial": lambda g: torch.multinomial(torch.tensor([0.1, 0.2, 0.7]), 5, replacement=True, generator=g),
        "exponential_": lambda g: torch.empty(4).exponential_(2, generator=g), "random_": lambda g: torch.empty(4, dtype=torch.int64).random_(100, generator=g),
    }  # fmt: skip
    tensors = {}
    for name, draw in draws.items():
        tensors[name] = draw(torch.Generator().manual_seed(11))
    torch.manual_seed(12)
    tensors["global"] = torch.cat([torch.rand(3), torch.randn(3), torch.nn.functional.dropout(torch.ones(10), 0.4), torch.empty(2).uniform_()])
    torch.manual_seed(-1)
    tensors["negative seed"] = torch.rand(3)
    torch.manual_seed(2**64 - 1)
    tensors["largest seed"] = torch.rand(3)
    torch.manual_seed(13)
    torch.rand(5)
    tensors["state"] = torch.get_rng_state()
    tensors["after state"] = torch.randn(5)
    save_tensors("tensor-random", tensors)


def files() -> None:
    """One tensor of each type that the format holds, also without elements and without dimensions."""
    values = [[0, 1, 2], [3, 100, 5]]
    names = {
        "float64": torch.float64, "float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16, "int64": torch.int64, "int32": torch.int32, "int16": torch.int16, "int8": torch.int8, "uint8": torch.uint8,
        "uint16": torch.uint16, "uint32": torch.uint32, "uint64": torch.uint64, "bool": torch.bool, "complex64": torch.complex64, "float8_e4m3fn": torch.float8_e4m3fn, "float8_e5m2": torch.float8_e5m2, "float8_e8m0fnu": torch.float8_e8m0fnu,
    }  # fmt: skip
    tensors = {name: torch.tensor(values, dtype=torch.float64).to(kind) if name != "uint64" else torch.tensor(values, dtype=kind) for name, kind in names.items()}
    tensors |= {"number": torch.tensor(2.5), "empty": torch.empty(0), "empty matrix": torch.empty(3, 0, dtype=torch.int64), "größe": torch.tensor([True])}
    path = GOLDEN / "tensor-files.safetensors"
    save_file(tensors, path, metadata={"format": "pt", "note": "größe"})
    path.chmod(0o644)
    save_json("tensor-files", {name: {"dtype": str(value.dtype).removeprefix("torch."), "shape": list(value.shape), "values": value.to(torch.float64).tolist() if not value.is_complex() else value.real.tolist()} for name, value in tensors.items()})


if __name__ == "__main__":
    operators()
    promotion()
    indexing()
    printing()
    autograd()
    numbers()
    files()
