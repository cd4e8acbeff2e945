"""Goldens of ts/models/detr/assignment.ts: SciPy's linear sum assignment on 10,000 matrices.

    python scripts/golden/assignment.py

Both sides make the matrices from a generator of numbers (Numerical Recipes' ranqd1): x -> (1664525 x + 1013904223) mod 2**32,
started at the number of the case; a draw below n is (x >> 8) mod n. A case draws its rows and columns (below 13 each, then
plus 1; every 250th case is 100 x 50 or 50 x 100 instead) and the range of its costs (3, 20 or 100,000), then the costs row by row.
"""

import numpy as np
import torch
from scipy.optimize import linear_sum_assignment

from common import save_tensors

CASES = 10_000


def draws(seed: int):
    x = seed
    while True:
        x = (1664525 * x + 1013904223) % 2**32
        yield x >> 8


def matrix(case: int) -> np.ndarray:
    numbers = draws(case)
    rows, columns = next(numbers) % 13 + 1, next(numbers) % 13 + 1
    if case % 250 == 0:
        rows, columns = (100, 50) if case % 500 == 0 else (50, 100)
    span = [3, 20, 100_000][next(numbers) % 3]
    return np.array([next(numbers) % span for _ in range(rows * columns)], dtype=float).reshape(rows, columns)


def main() -> None:
    totals, hashes = [], []
    for case in range(CASES):
        costs = matrix(case)
        rows, columns = linear_sum_assignment(costs)
        totals.append(int(costs[rows, columns].sum()))
        value = 0
        for row, column in zip(rows, columns):
            value = (value * 31 + int(row) * 131 + int(column) + 1) % 2147483647
        hashes.append(value)
    save_tensors("assignment", {"total": torch.tensor(totals, dtype=torch.int32), "pairs": torch.tensor(hashes, dtype=torch.int32)})


if __name__ == "__main__":
    main()
