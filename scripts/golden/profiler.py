"""Golden of torch.profile: how often Python's profiler counts each operator and backward function.

Run: python scripts/golden/profiler.py
"""

import torch

from common import save_json


def main() -> None:
    x = torch.randn(16, 16, requires_grad=True)
    w = torch.randn(4, 16, requires_grad=True)
    one = torch.ones(())
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], record_shapes=True) as profile:
        y = torch.nn.functional.linear(x.mm(x).tanh(), w)
        y.softmax(1).log().neg().sum().backward(one)
    counts = {event.key: event.count for event in profile.key_averages()}
    shapes = {f"{e.key} {e.input_shapes}": e.count for e in profile.key_averages(group_by_input_shape=True)}
    save_json("profile", {"counts": counts, "shapes": {key: count for key, count in shapes.items() if key.startswith("aten::mm ")}})


if __name__ == "__main__":
    main()
