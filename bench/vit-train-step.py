"""One training step of a ViT: forward, loss, backward, AdamW."""

import torch
from transformers import ViTConfig, ViTForImageClassification
from vit_weights import fill
from worker_protocol import Settings, Side, peak_bytes, seconds, take_turns


def prepare(settings: Settings) -> Side:
    device = settings["device"]
    config = ViTConfig.from_pretrained(settings["checkpoint"], attn_implementation="sdpa")
    model = ViTForImageClassification(config).to(device).train()
    fill(model)
    # The fused kernel is what transformers' Trainer takes by default, and faster than the plain loop of torch's default.
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-5, weight_decay=0.05, fused=True)

    torch.manual_seed(0)
    batch = 2 if settings["smoke"] else 8
    pixel_values = torch.randn(batch, 3, config.image_size, config.image_size).to(device)  # (B, C, H, W)
    labels = torch.randn(batch, config.num_labels).gt(0).float().to(device)  # (B, K)

    def step(precision: str = "float32") -> float:
        optimizer.zero_grad()
        with torch.autocast(device, torch.bfloat16, enabled=precision == "bfloat16"):
            loss = model(pixel_values, labels=labels).loss
        loss.backward()
        optimizer.step()
        return loss.item()

    measures = {
        "step": lambda: seconds(device, step),
        "step-bfloat16": lambda: seconds(device, lambda: step("bfloat16")),
        "peak": lambda: peak_bytes(device),
    }
    return Side(measures, check=[step(), step()])


if __name__ == "__main__":
    take_turns(prepare)
