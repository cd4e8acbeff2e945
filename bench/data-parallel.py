"""Two processes of one thread each: all-reduce, and training steps of ViTs and DETR under DistributedDataParallel. This one starts the other."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel
from transformers import DetrForObjectDetection, ViTConfig, ViTForImageClassification
from vit_weights import fill
from worker_protocol import Settings, Side, take_turns

RANK = int(os.environ.get("RANK", "0"))
WIDTHS = {"tiny": {"hidden_size": 192, "num_attention_heads": 3, "intermediate_size": 768}, "base": {}}
BATCHES = {"tiny": 8, "base": 4}
OBJECTS = [7, 3]  # in the image of each process
# Under transformers' own names its test for what trains fails, and it would train no stage.
TRAINED_STAGES = ("encoder.stages.1.", "encoder.stages.2.", "encoder.stages.3.")


def start_other(store_path: str, settings: Settings) -> Callable[[str], None]:
    """The other process: the same program, which answers the same lines; what asks it for a measure without waiting."""
    env = {**os.environ, "RANK": "1", "STORE_PATH": store_path}
    command = [*settings["otherHost"], sys.executable, *sys.argv]
    other = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
    pending = [1]  # the line that says that it is ready

    def tell(measure: str) -> None:
        for _ in range(pending.pop()):
            other.stdout.readline()
        other.stdin.write(f"run {measure}\n")
        pending.append(1)

    return tell


class Training:
    """The steps of a model: of both processes, and of one alone."""

    def __init__(self, model: torch.nn.Module, optimizer: torch.optim.Optimizer, pixel_values: torch.Tensor, labels, clip=lambda: None):
        self.model, self.optimizer, self.pixel_values, self.labels, self.clip = model, optimizer, pixel_values, labels, clip
        self.wrapped = DistributedDataParallel(model)

    def step(self, trained: torch.nn.Module) -> float:
        self.optimizer.zero_grad()
        loss = trained(self.pixel_values, labels=self.labels).loss
        loss.backward()
        self.clip()
        self.optimizer.step()
        return loss.item()

    def together(self) -> float:
        return self.step(self.wrapped)

    def alone(self) -> float:
        return self.step(self.model)


def vit_training(size: str, settings: Settings) -> Training:
    smoke = settings["smoke"]
    widths = {} if smoke else WIDTHS[size]
    config = ViTConfig.from_pretrained(settings["checkpoint"], attn_implementation="sdpa", **widths)
    model = ViTForImageClassification(config).train()
    fill(model)
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-5, weight_decay=0.05, fused=True)
    torch.manual_seed(RANK)
    batch = 2 if smoke else BATCHES[size]
    pixel_values = torch.randn(batch, 3, config.image_size, config.image_size)  # (B, C, H, W)
    return Training(model, optimizer, pixel_values, torch.randn(batch, config.num_labels).gt(0).float())  # (B, K)


def detr_training(settings: Settings) -> Training:
    """As detr-train-step has it, with one image in each process."""
    model = DetrForObjectDetection.from_pretrained(settings["detector"], auxiliary_loss=True).train()
    for name, parameter in model.model.backbone.named_parameters():
        parameter.requires_grad_(any(stage in name for stage in TRAINED_STAGES))
    trained = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    backbone = [parameter for name, parameter in trained.items() if ".backbone." in name]
    others = [parameter for name, parameter in trained.items() if ".backbone." not in name]
    groups = [{"params": backbone, "lr": 1e-5}, {"params": others}]
    optimizer = torch.optim.AdamW(groups, lr=1e-4, weight_decay=1e-4, fused=True)
    torch.manual_seed(RANK)
    pixel_values = torch.randn(1, 3, *((96, 128) if settings["smoke"] else (480, 640)))  # (B, C, H, W)
    count = OBJECTS[RANK]
    classes = torch.randint(0, model.config.num_labels, (count,))
    labels = [{"class_labels": classes, "boxes": torch.rand(count, 4).mul_(0.5).add_(0.1)}]
    return Training(model, optimizer, pixel_values, labels, lambda: torch.nn.utils.clip_grad_norm_(backbone + others, 0.1))


def elapsed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def warm(work: Callable[[], object]) -> float:
    work()  # while others had their turn, memory and caches went cold
    return elapsed(work)


def prepare(settings: Settings) -> Side:
    smoke = settings["smoke"]
    beside = Path(settings["checkpoint"]).parent
    store_path = os.environ.get("STORE_PATH", str(beside / f"processes-{os.getpid()}"))
    tell_other = start_other(store_path, settings) if RANK == 0 else None
    dist.init_process_group("gloo", init_method=f"file://{store_path}", rank=RANK, world_size=2)
    groups = [dist.new_group([0]), dist.new_group([1])]
    trainings = {size: vit_training(size, settings) for size in WIDTHS} | {"detr": detr_training(settings)}

    def together(measure: str, work: Callable[[], float]) -> Callable[[], float]:
        def run() -> float:
            if tell_other:
                tell_other(measure)
            dist.barrier()
            return work()

        return run

    def all_reduce(size: int, calls: int, group: dist.ProcessGroup | None = None) -> float:
        tensor = torch.zeros(size // 4)
        count = 2 if smoke else calls

        def loop() -> None:
            for _ in range(count):
                dist.all_reduce(tensor, group=group)

        return elapsed(loop) / count

    def efficiency(size: str) -> Callable[[], float]:
        step = together(f"{size}-efficiency", lambda: warm(trainings[size].together))

        def run() -> float:
            alone = warm(trainings[size].alone) if RANK == 0 else 0
            return 100 * alone / step()

        return run

    losses = [training.together() for training in trainings.values() for _ in range(2)]
    measures = {
        "all-reduce-1k": together("all-reduce-1k", lambda: all_reduce(1024, 2000)),
        "all-reduce-1m": together("all-reduce-1m", lambda: all_reduce(2**20, 100)),
        "all-reduce-100m": together("all-reduce-100m", lambda: all_reduce(100 * 2**20, 3)),
        "overhead": together("overhead", lambda: all_reduce(1024, 5000, groups[RANK])),
        "tiny": together("tiny", lambda: elapsed(trainings["tiny"].together)),
        "tiny-efficiency": efficiency("tiny"),
        "base": together("base", lambda: elapsed(trainings["base"].together)),
        "base-efficiency": efficiency("base"),
        "detr": together("detr", lambda: elapsed(trainings["detr"].together)),
        "detr-efficiency": efficiency("detr"),
    }
    return Side(measures, losses)


if __name__ == "__main__":
    take_turns(prepare)
