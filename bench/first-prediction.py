"""A process that loads a ViT, reads a photo, prints the logits and ends."""

import torch
from PIL import Image
from transformers import AutoImageProcessor, ViTForImageClassification
from worker_protocol import open_replies, read_settings, versions


def main() -> None:
    answer = open_replies()
    settings = read_settings()
    torch.set_num_threads(settings["threads"])
    processor = AutoImageProcessor.from_pretrained(settings["checkpoint"])
    model = ViTForImageClassification.from_pretrained(settings["checkpoint"]).to(settings["device"])
    image = Image.open(settings["photo"]).convert("RGB")
    pixel_values = processor(image, return_tensors="pt")["pixel_values"].to(settings["device"])  # (1, C, H, W)
    with torch.inference_mode():
        logits = model(pixel_values).logits
    answer({"facts": {**versions(), "processor": type(processor).__name__}, "check": logits[0].tolist()})


if __name__ == "__main__":
    main()
