"""One rank of mixed.test.ts in Python: the same calls and trainings as mixed-program.ts, and prints what came of them."""

from datetime import timedelta

import python_ddp
import python_hooks
import torch
import torch.distributed as dist
from python_program import as_rank, rank, world_size


def exchange():
    # Sums whose last bit depends on the order of the terms.
    values = torch.sin(torch.arange(10_000, dtype=torch.float64) * (rank + 1)).float()
    found = {}
    reduced = values.clone()
    dist.all_reduce(reduced)
    found["all_reduce"] = reduced.view(torch.int32).tolist()
    gathered = [torch.empty(3) for _ in range(world_size)]
    dist.all_gather(gathered, values[1:4].clone())
    found["all_gather"] = torch.stack(gathered).view(torch.int32).tolist()
    sent = torch.full((4,), rank, dtype=torch.int64)
    dist.broadcast(sent, 1)
    found["broadcast"] = sent.tolist()
    half = torch.full((2,), rank + 0.5, dtype=torch.float16)
    dist.all_reduce(half, op=dist.ReduceOp.MAX)
    found["float16"] = half.tolist()
    group = dist.new_group([0, 1])
    swapped = torch.empty(2)
    dist.all_to_all_single(swapped, torch.tensor([10.0 * rank, 10.0 * rank + 1]), group=group)
    found["all_to_all_single"] = swapped.tolist()
    if rank == 0:
        dist.send(torch.tensor([1.5, 2.5]), 1, tag=3)
    else:
        received = torch.empty(2)
        dist.recv(received, 0, tag=3)
        found["recv"] = received.tolist()
    dist.barrier()
    dist.monitored_barrier(timeout=timedelta(seconds=30))
    return found


as_rank(lambda: {"calls": exchange(), "ddp": python_ddp.trainings(), "hooks": python_hooks.trainings()})
