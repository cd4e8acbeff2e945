"""The forward pass of a ViT in inference mode, one image and eight at a time."""

import torch
from transformers import ViTForImageClassification
from worker_protocol import Settings, Side, peak_bytes, seconds, take_turns


def prepare(settings: Settings) -> Side:
    device = settings["device"]
    model = ViTForImageClassification.from_pretrained(settings["checkpoint"], attn_implementation="sdpa").to(device).eval()
    size = model.config.image_size

    torch.manual_seed(0)
    images = torch.randn(8, model.config.num_channels, size, size).to(device)  # (B, C, H, W)
    first = images[:1]

    def logits(pixel_values: torch.Tensor) -> list[list[float]]:
        with torch.inference_mode():
            return model(pixel_values).logits.tolist()

    singles = 1 if settings["smoke"] else 8  # as in vit-inference.ts
    measures = {
        "batch-1": lambda: seconds(device, lambda: [logits(first) for _ in range(singles)]) / singles,
        "batch-8": lambda: seconds(device, lambda: logits(images)),
        "peak": lambda: peak_bytes(device),
    }
    return Side(measures, check=[value for row in logits(images) for value in row])


if __name__ == "__main__":
    take_turns(prepare)
