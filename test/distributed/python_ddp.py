"""The trainings of ddp-program.ts in Python."""

import torch
from python_program import bits, numbers, rank
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data.distributed import DistributedSampler


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.norm = nn.BatchNorm2d(8)
        self.fc = nn.Linear(8 * 6 * 6, 32)
        self.head = nn.Linear(32, 5)
        self.other = nn.Linear(32, 5)

    def forward(self, x, use_other=False):
        hidden = self.fc(torch.relu(self.norm(self.conv(x))).flatten(1))
        return self.other(hidden) if use_other else self.head(hidden) + self.other(hidden) * 0.5


def train(options, unused):
    net = Net()
    with torch.no_grad():
        for i, parameter in enumerate(net.parameters()):
            parameter.copy_(numbers(tuple(parameter.shape), i + 10 * rank) * 0.1)
    model = DistributedDataParallel(net, **options)
    steps = []
    for step in range(4):
        model.zero_grad()

        def loss(part):
            batch = numbers((4, 3, 6, 6), 100 * step + 10 * part + rank)
            return model(batch, unused and step % 2 == 1).pow(2).mean()

        if not options.get("static_graph"):
            with model.no_sync():
                loss(0).backward()
        loss(1).backward()
        steps.append(bits([p.grad for p in model.parameters() if p.grad is not None]))
        with torch.no_grad():
            for parameter in model.parameters():
                if parameter.grad is not None:
                    parameter.sub_(parameter.grad * 0.05)
    buffers = [b for b in model.buffers() if b.dtype == torch.float32]
    return {"steps": steps, "weights": bits(model.parameters()), "buffers": bits(buffers), "keys": list(model.state_dict())}


def samples():
    sampler = DistributedSampler(range(7), seed=3)
    found = []
    for epoch in range(2):
        sampler.set_epoch(epoch)
        found.append(list(sampler))
    return found


def trainings():
    return {
        "usual": train({}, False),
        "buckets": train({"bucket_cap_mb": 0.01, "gradient_as_bucket_view": True}, False),
        "unused": train({"find_unused_parameters": True}, True),
        "static": train({"static_graph": True}, False),
        "sampler": samples(),
    }
