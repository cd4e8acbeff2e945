"""One rank of comm-hooks.test.ts in Python: the same trainings as comm-hooks-program.ts."""

import hashlib
import json
import os
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.algorithms.ddp_comm_hooks import default_hooks
from torch.distributed.algorithms.ddp_comm_hooks.powerSGD_hook import PowerSGDState, powerSGD_hook
from torch.nn.parallel import DistributedDataParallel

torch.set_num_threads(1)
rank = int(os.environ["RANK"])


def network():
    net = nn.Sequential(nn.Linear(24, 16), nn.Linear(16, 24), nn.Linear(24, 16), nn.Linear(16, 3))
    with torch.no_grad():
        for i, parameter in enumerate(net.parameters()):
            parameter.copy_(numbers(tuple(parameter.shape), i + 10 * rank) * 0.2)
    return net


def numbers(shape, seed):
    count = 1
    for size in shape:
        count *= size
    return torch.sin(torch.arange(count, dtype=torch.float64) * 0.37 + seed).float().reshape(shape)


def bits(tensors):
    digest = hashlib.sha256()
    for tensor in tensors:
        digest.update(bytes(tensor.detach().contiguous().view(torch.uint8).flatten().tolist()))
    return digest.hexdigest()


def train(state, hook):
    model = DistributedDataParallel(network())
    model.register_comm_hook(state, hook)
    steps = []
    for step in range(6):
        model.zero_grad()
        model(numbers((4, 24), 100 * step + rank)).square().mean().backward()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.sub_(parameter.grad * 0.05)
        steps.append(bits(model.parameters()))
    return steps


def power_sgd(**options):
    return train(PowerSGDState(None, start_powerSGD_iter=2, **options), powerSGD_hook)


dist.init_process_group(
    "gloo",
    init_method=os.environ["INIT_METHOD"],
    rank=rank,
    world_size=int(os.environ["WORLD_SIZE"]),
    timeout=timedelta(seconds=60),
)
found = {
    "allreduce": train(None, default_hooks.allreduce_hook),
    "fp16": train(None, default_hooks.fp16_compress_hook),
    # DDP refuses the hook by its name without NCCL; Gloo sums bfloat16 all the same.
    "bf16": train(None, lambda state, bucket: default_hooks.bf16_compress_hook(state, bucket)),
    "powerSgd": power_sgd(),
    "batched": power_sgd(matrix_approximation_rank=3, batch_tensors_with_same_shape=True, random_seed=5),
    "cold": power_sgd(
        matrix_approximation_rank=2, warm_start=False, use_error_feedback=False, orthogonalization_epsilon=1e-8
    ),
}
dist.destroy_process_group()
print(json.dumps({"trainings": found}))
