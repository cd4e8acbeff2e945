"""Goldens of TorchScript: a scripted module with branches, names and several kinds of results, and what it gives."""

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


if __name__ == "__main__":
    torch.manual_seed(3)
    scripted = torch.jit.script(Branching())
    path = GOLDEN / "script.pt"
    scripted.save(str(path))
    path.chmod(0o644)
    report(path, 1)
    x = torch.tensor([[1.0, 2.0, 3.0], [-1.0, 0.5, 0.0]])
    save_json("script", {"once": scripted(x)["result"].tolist(), "flipped": scripted(x, 3, True)["result"].tolist()})
