"""The trainings of comm-hooks-program.ts in Python."""

import torch
from python_program import bits, numbers, rank
from torch import nn
from torch.distributed.algorithms.ddp_comm_hooks import default_hooks
from torch.distributed.algorithms.ddp_comm_hooks.powerSGD_hook import PowerSGDState, powerSGD_hook
from torch.nn.parallel import DistributedDataParallel


def network():
    net = nn.Sequential(nn.Linear(24, 16), nn.Linear(16, 24), nn.Linear(24, 16), nn.Linear(16, 3))
    with torch.no_grad():
        for i, parameter in enumerate(net.parameters()):
            parameter.copy_(numbers(tuple(parameter.shape), i + 10 * rank) * 0.2)
    return net


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


def trainings():
    return {
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
