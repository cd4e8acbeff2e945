"""Goldens of the operators of ts/tensor: results and types of some three hundred calls, and type promotion."""

import itertools
import json
from operator import attrgetter

import torch

from common import GOLDEN, save_json, save_tensors
from tensor_calls import CALLS, METHODS, T

DTYPES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64", "complex64"]


def dtype(name: str) -> torch.dtype:
    return getattr(torch, name)


def inputs() -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(7)
    normal = lambda *size: torch.randn(*size, generator=generator)
    spd = normal(3, 3)
    return {
        "a": normal(3, 4),
        "b": normal(3, 4),
        "row": normal(4),
        "column": normal(3, 1),
        "cube": normal(2, 3, 4),
        "positive": normal(3, 4).abs() + 0.1,
        "square": normal(3, 3),
        "spd": spd @ spd.T + 3 * torch.eye(3),
        "i": torch.randint(-5, 6, (3, 4), generator=generator),
        "j": torch.randint(1, 6, (3, 4), generator=generator),
        "small": torch.randint(0, 3, (3, 4), generator=generator),
        "mask": torch.rand(3, 4, generator=generator) > 0.5,
        "picks": torch.tensor([2, 0]),
        "image": normal(2, 3, 6, 5),
        "kernel": normal(4, 3, 3, 3),
        "bias": normal(4),
        "table": normal(6, 4),
        "complex": torch.complex(normal(3), normal(3)),
        "double": normal(3, 4).double(),
    }


def encode(value: object) -> object:
    if isinstance(value, T):
        return {"$": str(value)}
    return [encode(item) for item in value] if isinstance(value, list) else value


def operators() -> None:
    given = inputs()
    given |= {
        "sorted": torch.tensor([-1.0, 0.0, 1.0]), "pair": given["table"][:2], "wide": given["table"][:4].clone(), "cubes": given["cube"].transpose(1, 2).contiguous(),
        "prior": given["square"].expand(2, 3, 3).contiguous(), "triple": given["square"], "triples": given["spd"], "tall": given["table"][:, :2].contiguous(), "target": given["table"][:, 2:].contiguous(),
        "slope": torch.tensor([0.25]), "rate": torch.tensor([0.25, 0.5, 0.9]), "up": given["kernel"][:3].contiguous(), "groups": given["image"][:, [0, 1, 2, 0]], "certain": torch.tensor([0.0, 1.0]),
        "half": torch.tensor(0.5), "tall4": torch.zeros(4, 3),
    }
    tensors = {f"in.{name}": value for name, value in given.items()}
    cases = []

    def decode(value: object) -> object:
        if isinstance(value, T):
            return given[value].clone()
        if isinstance(value, list):
            return [decode(item) for item in value]
        return dtype(value) if isinstance(value, str) and value in DTYPES else value

    def run(how: str, name: str, args: list, options: dict) -> None:
        live = [decode(arg) for arg in args]
        kwargs = {key: decode(value) for key, value in options.items()}
        owner, rest = (torch, live) if how == "function" else (live[0], live[1:])
        found = attrgetter(name)(owner)(*rest, **kwargs)
        results = found if isinstance(found, (list, tuple)) else [found]
        key = f"out.{len(cases)}"
        plain = []
        for n, result in enumerate(results):
            if isinstance(result, torch.Tensor):
                tensors[f"{key}.{n}"] = result
                plain.append(None)
            else:
                plain.append(str(result).removeprefix("torch.") if isinstance(result, torch.dtype) else result)
        cases.append({"how": how, "name": name, "args": [encode(arg) for arg in args], "options": options, "several": found is results, "results": plain})

    for name, args, options in CALLS:
        run("function", name, args, options)
        method = isinstance(args[0], T) and "." not in name and callable(getattr(torch.Tensor, name, None))
        if method and name != "where":
            run("method", name, args, options)
    for name, args, options in METHODS:
        run("method", name, args, options)
    save_tensors("tensor-operators", tensors)
    (GOLDEN / "tensor-operators.json").write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
    print(len(cases), "operator calls")


def promotion() -> None:
    """The type of `x op y` for every pair of types, and with a number of each kind on the right."""
    numbers = {"true": True, "2": 2, "2.5": 2.5}
    table: dict[str, dict[str, str]] = {}
    for op, left in itertools.product(["add", "mul", "div", "pow", "eq", "maximum"], DTYPES):
        found = {}
        for right in DTYPES + list(numbers):
            x = torch.ones(2, dtype=dtype(left))
            y = torch.ones(2, dtype=dtype(right)) if right in DTYPES else numbers[right]
            if op == "maximum" and right in numbers:
                continue
            try:
                found[right] = str(getattr(torch, op)(x, y).dtype).removeprefix("torch.")
            except (RuntimeError, NotImplementedError):
                found[right] = "error"
        table[f"{op} {left}"] = found
    save_json("tensor-promotion", table)
