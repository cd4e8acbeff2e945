"""One operator on small tensors, called as a user writes it."""

from collections.abc import Callable

import torch
from worker_protocol import Settings, Side, seconds, take_turns

LOOPS = 3


def prepare(settings: Settings) -> Side:
    smoke, device = settings["smoke"], settings["device"]
    calls = 200 if smoke else 500_000
    products = 1 if smoke else 10
    torch.manual_seed(0)
    a, b = torch.randn(8, 8, device=device), torch.randn(8, 8, device=device)
    large, other = torch.randn(1024, 1024, device=device), torch.randn(1024, 1024, device=device)
    check = [result.abs().sum().item() for result in (a.add(b), a.mm(b))]

    def each(count: int, work: Callable[[], None]) -> float:
        with torch.no_grad():
            return min(seconds(device, work) for _ in range(LOOPS)) / count

    def add() -> None:
        for _ in range(calls):
            a.add(b)

    def mm() -> None:
        for _ in range(calls):
            a.mm(b)

    def add_() -> None:
        for _ in range(calls):
            a.add_(b)

    def mm_1024() -> None:
        for _ in range(products):
            large.mm(other)

    measures = {
        "add": lambda: each(calls, add),
        "mm": lambda: each(calls, mm),
        "add_": lambda: each(calls, add_),
        "mm-1024": lambda: each(products, mm_1024),
    }
    return Side(measures, check)


if __name__ == "__main__":
    take_turns(prepare)
