"""The peer's half of a case: a process that answers each line `run <measure>` on its standard input
with one JSON line. worker-protocol.ts is the same for torchts, and says what the lines hold."""

import json
import os
import platform
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

Settings = dict[str, Any]


@dataclass
class Side:
    """What a case's file sets up."""

    measures: dict[str, Callable[[], float]]
    check: list[float] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)


def take_turns(prepare: Callable[[Settings], Side]) -> None:
    """Prepare a side from its settings, then serve its measures until standard input ends."""
    answer = open_replies()
    try:
        settings = read_settings()
        torch.set_num_threads(settings["threads"])
        side = prepare(settings)
        answer({"facts": {**versions(), **side.facts}, "check": side.check})
        for line in sys.stdin:
            name = line.strip().removeprefix("run ")
            # A way that this machine cannot go is none of the measures.
            answer({"value": side.measures[name]() if name in side.measures else None})
    except Exception as error:
        answer({"error": f"{type(error).__name__}: {error}"})
        sys.exit(1)


def open_replies() -> Callable[[dict[str, Any]], None]:
    """A function that writes one line for the runner; what libraries print goes to stderr from now on."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    return lambda line: print(json.dumps(line), file=answers)


def read_settings() -> Settings:
    return json.loads(sys.argv[1])


def versions() -> dict[str, str]:
    packages = {name: version(name) for name in ("torch", "transformers", "pillow")}
    return {"Python": platform.python_version(), **packages}


def seconds(device: str, work: Callable[[], object]) -> float:
    """Seconds that `work` takes, to the end of what it queued on the device."""
    settle(device)
    start = time.perf_counter()
    work()
    settle(device)
    return time.perf_counter() - start


def settle(device: str) -> None:
    if device != "cpu":
        torch.cuda.synchronize()


def peak_bytes(device: str) -> int:
    """The most bytes ever: of this process's resident set, or of the GPU's allocator."""
    if device != "cpu":
        return torch.cuda.max_memory_allocated()
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"^VmHWM:\s*(\d+) kB$", status.read_text(), re.MULTILINE)[1]) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS
