"""Loads a TorchScript file that torchts traced and prints what it gives.

Usage: python check_script_roundtrip.py <file.pt> <expected.json>; the JSON holds {"input": [[…]], "output": [[…]]}.
"""

import json
import sys
from pathlib import Path

import torch

if __name__ == "__main__":
    module = torch.jit.load(sys.argv[1])
    numbers = json.loads(Path(sys.argv[2]).read_text())
    found = module(torch.tensor(numbers["input"]))
    difference = (found - torch.tensor(numbers["output"])).abs().max().item()
    print(f"largest difference {difference:g}; keys {sorted(module.state_dict())}")
    sys.exit(0 if difference < 1e-6 else 1)
