"""A checkpoint of a ViT with AdamW, as transformers' Trainer writes it: the loop waits until it is done."""

import shutil
import tempfile
import time
from pathlib import Path

import torch
from transformers import ViTConfig, ViTForImageClassification
from worker_protocol import Settings, Side, take_turns


def prepare(settings: Settings) -> Side:
    config = ViTConfig.from_pretrained(settings["checkpoint"], attn_implementation="sdpa")
    model = ViTForImageClassification(config).to(settings["device"]).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-6, fused=True)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1.0)
    # One step, without a forward pass: it makes what the optimizer keeps.
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()

    def save() -> float:
        folder = Path(tempfile.mkdtemp(prefix="torchts-checkpoint-"))
        try:
            start = time.perf_counter()
            model.save_pretrained(folder)
            torch.save(optimizer.state_dict(), folder / "optimizer.pt")
            torch.save(scheduler.state_dict(), folder / "scheduler.pt")
            return time.perf_counter() - start
        finally:
            shutil.rmtree(folder)

    return Side({"save": save})


if __name__ == "__main__":
    take_turns(prepare)
