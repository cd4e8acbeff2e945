"""Goldens of indexing: what stands between the brackets by hand and at random, read and assigned."""

import json
import random

import torch

from common import GOLDEN


def index_of(spec: object) -> object:
    if isinstance(spec, dict):
        if "slice" in spec:
            return slice(*spec["slice"])
        return torch.tensor(spec["tensor"], dtype=getattr(torch, spec["dtype"]))
    return Ellipsis if spec == "..." else spec


def random_indices(rng: random.Random, shape: tuple[int, ...]) -> list[object]:
    """A mixture of everything that may stand between the brackets."""
    result: list[object] = []
    dim = 0
    ellipsis = False
    length = rng.choice([1, 2, 3]) # all lists of one index have it, so that they broadcast
    while dim < len(shape) and len(result) < 6:
        size = shape[dim]
        kind = rng.choice(["int", "slice", "slice", "list", "none", "tensor", "mask", "ellipsis", "boolean", "scalar", "all"])
        if kind == "int":
            result.append(rng.randrange(-size, size))
        elif kind == "slice":
            bound = lambda: rng.choice([None, rng.randrange(-size - 1, size + 2)])
            result.append({"slice": [bound(), bound(), rng.choice([None, 1, 2])]})
        elif kind == "all":
            result.append({"slice": [None, None, None]})
        elif kind == "list":
            result.append([rng.randrange(-size, size) for _ in range(length)])
        elif kind == "tensor":
            values = [[rng.randrange(size)] for _ in range(2)] if rng.random() < 0.3 else [rng.randrange(size) for _ in range(length)]
            result.append({"tensor": values, "dtype": rng.choice(["int64", "int64", "int32"])})
        elif kind == "scalar":
            result.append({"tensor": rng.randrange(size), "dtype": "int64"})
        elif kind == "none":
            result.append(None)
            continue
        elif kind == "boolean":
            if rng.random() < 0.7:
                continue
            result.append(rng.random() < 0.8)
            continue
        elif kind == "mask":
            dims = rng.choice([1, 1, 2]) if dim + 1 < len(shape) else 1
            count = size if dims == 1 else size * shape[dim + 1]
            flags = [False] * count
            for place in rng.sample(range(count), min(length, count)):
                flags[place] = True
            values = flags if dims == 1 else [flags[r * shape[dim + 1] : (r + 1) * shape[dim + 1]] for r in range(size)]
            result.append(values if dims == 1 and rng.random() < 0.4 else {"tensor": values, "dtype": "bool"})
            dim += dims
            continue
        elif kind == "ellipsis":
            if ellipsis:
                continue
            ellipsis = True
            result.append("...")
            dim += rng.randrange(0, len(shape) - dim + 1)
            continue
        dim += 1
    return result


HAND_MADE = [
    [0], [-1], [None], ["..."], [True], [False], [[]], [{"slice": [None, None, 2]}], [0, 1, 2], [0, "...", 1], ["...", 0], ["...", None], [None, 0, None, 1],
    [[0, 1], [1, 2]], [[0, 1], {"slice": [None, None, None]}, [1, 2]], [0, {"slice": [None, None, None]}, [1, 2]], [{"slice": [None, None, None]}, [0, 2], [1, 3]], [{"slice": [None, None, None]}, 0, [1, 3]],
    [{"tensor": 1, "dtype": "int64"}, {"slice": [None, None, None]}, [0, 1]], [[0, 1], None, [1, 2]], [[0], "...", [0, 1, 2]], [[True, False]], [{"tensor": [[True, False, True], [False, True, False]], "dtype": "bool"}],
    [{"tensor": [[True, False, True], [False, True, False]], "dtype": "bool"}, 0], [{"tensor": [[True, False, True], [False, True, False]], "dtype": "bool"}, {"slice": [None, 2, None]}],
    [None, {"tensor": [[True, False, True], [False, True, False]], "dtype": "bool"}, None], [{"tensor": [[True, False, True], [False, True, False]], "dtype": "bool"}, [0, 1, 2]],
    [{"slice": [None, None, None]}, {"tensor": [[True, False, True, False], [False, True, False, False], [False, False, False, True]], "dtype": "bool"}],
    [{"tensor": [[False] * 3] * 2, "dtype": "bool"}], [[[0, 1], [1, 0]]], [{"slice": [5, 9, None]}], [{"slice": [-1, None, None]}, {"slice": [1, -1, None]}], [True, [0, 1]], [{"tensor": True, "dtype": "bool"}, 0],
    [{"tensor": [[[True] * 4] * 3] * 2, "dtype": "bool"}], [], [5], [0, 0, 0, 0], [[0, 1], [0, 1, 2]], [[True, False, True]], [[7]], [{"tensor": [0.5], "dtype": "float32"}], [-3], [{"tensor": [-3], "dtype": "int64"}],
]


def indexing() -> None:
    """x[index] and x[index] = value on 0..23 of shape (2, 3, 4), by hand and at random."""
    rng = random.Random(3)
    base = torch.arange(24).view(2, 3, 4)
    cases, seen = [], set()
    for spec in HAND_MADE + [random_indices(rng, base.shape) for _ in range(260)]:
        key = json.dumps(spec)
        if key in seen:
            continue
        seen.add(key)
        index = tuple(index_of(part) for part in spec)
        try:
            found = base[index]
        except (IndexError, RuntimeError, TypeError):
            if spec in HAND_MADE:
                cases.append({"index": spec, "shape": None})
            continue
        case = {"index": spec, "shape": list(found.shape), "values": found.flatten().tolist()}
        numbers = base.clone()
        numbers[index] = -1
        rows = base.clone()
        value = 100 + torch.arange(found.numel()).view(found.shape)
        # A pick that comes twice may take either value, so such an assignment proves nothing.
        if found.numel() == found.unique().numel():
            rows[index] = value.unsqueeze(0)
            case["assigned"] = rows.flatten().tolist()
        case["filled"] = (numbers == -1).flatten().nonzero().flatten().tolist()
        cases.append(case)
    path = GOLDEN / "tensor-indexing.json"
    path.write_text("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
    print(f"{path.name}: {len(cases)} entries, {path.stat().st_size:,} bytes")
