"""Where ONNX Runtime spends the time of a forward pass, operator by operator: see operator-shares.ts."""

import json
import sys
import time
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnxruntime

PASSES = 10


def main(folder: str, kind: str, precision: str, batch: str = "1", threads: str = "2") -> None:
    name = "model.onnx" if precision == "float32" else "model-int8.onnx"
    path = Path(folder) / ("onnx-checkpoint" if kind == "vit" else "onnx-detector") / name
    shape = (int(batch), 3, *((224, 224) if kind == "vit" else (480, 640)))
    images = np.random.default_rng(0).standard_normal(shape, dtype=np.float32)
    with TemporaryDirectory() as traces:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = int(threads)
        options.log_severity_level = 3
        plain = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        options.enable_profiling = True
        options.profile_file_prefix = f"{traces}/trace"
        profiled = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        walls = []
        for _ in range(2 * PASSES):
            start = time.perf_counter()
            plain.run(None, {"pixel_values": images})
            walls.append(1000 * (time.perf_counter() - start))
            profiled.run(None, {"pixel_values": images})
        events = json.loads(Path(profiled.end_profiling()).read_text())
    # Of each node the least of its times, so that what else the machine does counts little.
    nodes: dict[tuple[str, str], float] = {}
    for event in events:
        if event.get("cat") == "Node" and event["name"].endswith("_kernel_time"):
            key = (event["args"]["op_name"], event["name"])
            nodes[key] = min(nodes.get(key, float("inf")), event["dur"] / 1000)
    times, counts = defaultdict(float), defaultdict(int)
    for (operator, _node), least in nodes.items():
        times[operator] += least
        counts[operator] += 1
    for operator in sorted(times, key=lambda name: -times[name]):
        if times[operator] > 0.01:
            print(f"{operator}\t{counts[operator]}\t{times[operator]:.3f}")
    print(f"all\t\t{sum(times.values()):.3f}\na pass without the profiler\t\t{min(walls):.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
