"""The forward pass of DETR-R50 for one image, up to classes and boxes as numbers: in the ways of inference.py."""

import torch
from inference import compile_at_once, eager, facts, inductor, load_detr, onnx_ways
from worker_protocol import Settings, Side, peak_bytes, seconds, take_turns


def prepare(settings: Settings) -> Side:
    device = settings["device"]
    model = load_detr(settings).to(device)
    torch.manual_seed(0)
    pixel_values = torch.randn(1, 3, *((96, 128) if settings["smoke"] else (480, 640))).to(device)  # (B, C, H, W)
    ways = {"eager": eager(model)}
    check = ways["eager"](pixel_values)
    peak = peak_bytes(device)  # before the other ways take theirs
    found = {}
    if device == "cpu":
        compiled = {"inductor": inductor(model), "inductor-bfloat16": inductor(model, torch.bfloat16)}
        ways |= onnx_ways(settings["onnxDetector"], settings["threads"]) | compile_at_once(compiled, [pixel_values], found)
        found |= facts()
        difference = max(abs(a - b) for a, b in zip(check, ways["onnx"](pixel_values), strict=True))
        if difference > 1e-3:
            raise RuntimeError(f"the ONNX file computes something else than the model it was made from: {difference}")

    def measure(name: str):
        return lambda: seconds(device, lambda: ways[name](pixel_values))

    return Side({name: measure(name) for name in ways} | {"peak": lambda: peak}, check=check, facts=found)


if __name__ == "__main__":
    take_turns(prepare)
