"""Goldens of TorchScript: a scripted module with branches, names and several kinds of results, and what it gives."""

from enum import Enum
from typing import Any, List, NamedTuple

import torch
from torch import Tensor, nn

from common import GOLDEN, report, save_json


class Branching(nn.Module):
    """What a trace cannot hold: branches and loops that depend on arguments."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(3, 2)
        self.register_buffer("offset", torch.tensor([10.0, 20.0]))

    def forward(self, x: Tensor, times: int = 1, flip: bool = False) -> dict[str, Tensor]:
        result = self.linear(x)
        for _ in range(times):
            result = result + self.offset
        if flip:
            result = -result
        return {"result": result, "sum": result.sum()}

    @torch.jit.export
    def parts(self, x: Tensor, names: list[str]) -> tuple[Tensor, list[Tensor], int, str | None]:
        return x * 2, [x, x + 1], len(names), names[0] if len(names) > 0 else None


class Colour(Enum):
    RED = 1
    BLUE = 2


class Pair(NamedTuple):
    first: Tensor
    count: int


@torch.jit.script
class Counter:
    def __init__(self, start: int, step: Tensor):
        self.start = start
        self.step = step


class Typed(nn.Module):
    """Arguments and results of all types that the language has; the module is called `this`."""

    def forward(this, tensors: list[Tensor], scale: float | None = None) -> Tensor:
        return torch.stack(tensors).sum(0) * (1.0 if scale is None else scale)

    @torch.jit.export
    def nested(this, pair: tuple[Tensor, list[int]], grid: list[list[int]]) -> tuple[Tensor, list[list[int]], dict[str, list[Tensor]]]:
        return pair[0] * sum(pair[1]), grid, {"a": [pair[0]]}

    @torch.jit.export
    def dictionary(this, features: dict[str, Tensor], factor: int = 1) -> dict[str, Tensor]:
        return {key: value * factor for key, value in features.items()}

    @torch.jit.export
    def numbered(this, table: dict[int, float]) -> dict[int, float]:
        return table

    @torch.jit.export
    def pair(this, pair: Pair) -> Pair:
        return Pair(pair.first + 1, pair.count + 1)

    @torch.jit.export
    def colour(this, colour: Colour) -> tuple[Colour, bool]:
        return colour, colour == Colour.RED

    @torch.jit.export
    def counter(this, counter: Counter) -> Counter:
        return Counter(counter.start + 1, counter.step * 2)

    @torch.jit.export
    def either(this, value: int | str) -> int | str:
        return value

    @torch.jit.export
    def optionals(this, items: list[Tensor | None]) -> list[bool]:
        return [item is None for item in items]


def double(x: Tensor) -> Tensor:
    return x * 2


class Unwritable(nn.Module):
    """Results that JavaScript cannot hold."""

    def forward(self, x: Tensor) -> tuple[Tensor, Any]:
        return x * 2, torch.jit.fork(double, x)

    @torch.jit.export
    def itself(self, x: Tensor) -> list[Any]:
        items: List[Any] = [x]
        items.append(items)
        return items

    @torch.jit.export
    def text(self, length: int) -> str:
        text = "x"
        while len(text) < length:
            text = text + text
        return text


if __name__ == "__main__":
    torch.manual_seed(3)
    scripted = torch.jit.script(Branching())
    path = GOLDEN / "script.pt"
    scripted.save(str(path))
    path.chmod(0o644)
    report(path, 1)
    x = torch.tensor([[1.0, 2.0, 3.0], [-1.0, 0.5, 0.0]])
    save_json("script", {"once": scripted(x)["result"].tolist(), "flipped": scripted(x, 3, True)["result"].tolist()})
    typed = GOLDEN / "script-typed.pt"
    torch.jit.script(Typed()).save(str(typed))
    typed.chmod(0o644)
    report(typed, 1)
    unwritable = GOLDEN / "script-unwritable.pt"
    torch.jit.script(Unwritable()).save(str(unwritable))
    unwritable.chmod(0o644)
    report(unwritable, 1)
