"""The forward pass of a ViT, one image and eight at a time, up to the logits as numbers: in the ways of inference.py."""

import torch
from inference import compile_at_once, eager, facts, inductor, load_vit, onnx_ways
from worker_protocol import Settings, Side, peak_bytes, seconds, take_turns


def prepare(settings: Settings) -> Side:
    device = settings["device"]
    model = load_vit(settings).to(device)
    config = model.model.config
    torch.manual_seed(0)
    images = torch.randn(8, config.num_channels, config.image_size, config.image_size).to(device)  # (B, C, H, W)
    first = images[:1]
    ways = {"eager": eager(model)}
    check = ways["eager"](images)
    ways["eager"](first)
    peak = peak_bytes(device)  # before the other ways take theirs
    found = {}
    if device == "cpu":
        compiled = {"inductor": inductor(model), "inductor-bfloat16": inductor(model, torch.bfloat16)}
        ways |= onnx_ways(settings["onnxCheckpoint"], settings["threads"]) | compile_at_once(compiled, [first, images], found)
        found |= facts()
    singles = 1 if settings["smoke"] else 8  # as in vit-inference.ts

    def measures(name: str) -> dict:
        predict = ways[name]
        return {
            f"{name}-1": lambda: seconds(device, lambda: [predict(first) for _ in range(singles)]) / singles,
            f"{name}-8": lambda: seconds(device, lambda: predict(images)),
        }

    all_measures = {key: measure for name in ways for key, measure in measures(name).items()}
    return Side(all_measures | {"peak": lambda: peak}, check=check, facts=found)


if __name__ == "__main__":
    take_turns(prepare)
