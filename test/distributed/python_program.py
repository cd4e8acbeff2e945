"""What the programs in Python that are one rank of a group have in common."""

import hashlib
import json
import os
from datetime import timedelta

import torch
import torch.distributed as dist

torch.set_num_threads(1)
rank = int(os.environ["RANK"])
world_size = int(os.environ["WORLD_SIZE"])


def as_rank(body):
    """Joins the group that startRanks has made, and prints what `body` found, once all have left."""
    dist.init_process_group(
        "gloo",
        init_method=os.environ["INIT_METHOD"],
        rank=rank,
        world_size=world_size,
        timeout=timedelta(seconds=60),
    )
    found = body()
    dist.destroy_process_group()
    print(json.dumps(found))


def numbers(shape, seed):
    """Numbers that both languages have the bits of."""
    count = 1
    for size in shape:
        count *= size
    return torch.sin(torch.arange(count, dtype=torch.float64) * 0.37 + seed).float().reshape(shape)


def bits(tensors):
    digest = hashlib.sha256()
    for tensor in tensors:
        digest.update(bytes(tensor.detach().contiguous().view(torch.uint8).flatten().tolist()))
    return digest.hexdigest()
