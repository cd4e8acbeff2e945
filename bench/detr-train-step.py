"""One training step of DETR-R50 as the paper trains it: forward, matching, losses of all layers, backward, clipping, AdamW."""

from importlib.metadata import version

import torch
from transformers import DetrForObjectDetection
from worker_protocol import Settings, Side, peak_bytes, seconds, take_turns

OBJECTS = [7, 3]
# Under transformers' own names its test for what trains fails, and it would train no stage.
TRAINED_STAGES = ("encoder.stages.1.", "encoder.stages.2.", "encoder.stages.3.")


def prepare(settings: Settings) -> Side:
    device = settings["device"]
    model = DetrForObjectDetection.from_pretrained(settings["detector"], auxiliary_loss=True)
    model.to(device).train()
    for name, parameter in model.model.backbone.named_parameters():
        parameter.requires_grad_(any(stage in name for stage in TRAINED_STAGES))
    trained = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    backbone = [parameter for name, parameter in trained.items() if ".backbone." in name]
    others = [parameter for name, parameter in trained.items() if ".backbone." not in name]
    # The fused kernel is what transformers' Trainer takes by default, and faster than the plain loop of torch's default.
    optimizer = torch.optim.AdamW([{"params": backbone, "lr": 1e-5}, {"params": others}], lr=1e-4, weight_decay=1e-4, fused=True)
    parameters = backbone + others

    torch.manual_seed(0)
    pixel_values = torch.randn(len(OBJECTS), 3, *((96, 128) if settings["smoke"] else (480, 640))).to(device)  # (B, C, H, W)
    labels = [labels_of(count, model.config.num_labels, device) for count in OBJECTS]

    def step() -> float:
        optimizer.zero_grad()
        loss = model(pixel_values, labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 0.1)
        optimizer.step()
        return loss.item()

    measures = {"step": lambda: seconds(device, step), "peak": lambda: peak_bytes(device)}
    return Side(measures, check=[step(), step()], facts={"scipy": version("scipy")})


def labels_of(count: int, num_labels: int, device: str) -> dict[str, torch.Tensor]:
    classes = torch.randint(0, num_labels, (count,))
    return {"class_labels": classes.to(device), "boxes": torch.rand(count, 4).mul_(0.5).add_(0.1).to(device)}


if __name__ == "__main__":
    take_turns(prepare)
