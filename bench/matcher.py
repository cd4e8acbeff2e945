"""The matching of queries and objects in all decoder layers of a DETR, layer by layer and image by image."""

from importlib.metadata import version

import torch
from transformers.loss.loss_for_object_detection import HungarianMatcher
from worker_protocol import Settings, Side, seconds, take_turns

LAYERS = 6
QUERIES = 100
CLASSES = 91
OBJECTS = [7, 3, 12, 1, 20, 5, 0, 9]

Outputs = list[dict[str, torch.Tensor]]
Pairs = list[list[tuple[torch.Tensor, torch.Tensor]]]


def prepare(settings: Settings) -> Side:
    device = settings["device"]
    torch.manual_seed(0)
    labels = [labels_of(count, device) for count in OBJECTS]
    batches = [outputs_of(batch, device) for batch in (2, 8)]
    matcher = HungarianMatcher(class_cost=1, bbox_cost=5, giou_cost=2)

    def match(layers: Outputs) -> Pairs:
        return [matcher(outputs, labels[: len(outputs["logits"])]) for outputs in layers]

    calls = 1 if settings["smoke"] else 20

    def each(layers: Outputs) -> float:
        def work() -> None:
            for _ in range(calls):
                match(layers)

        return seconds(device, work) / calls

    measures = {"batch-2": lambda: each(batches[0]), "batch-8": lambda: each(batches[1])}
    return Side(measures, check=[value for layers in batches for value in numbered(match(layers))], facts={"scipy": version("scipy")})


def labels_of(count: int, device: str) -> dict[str, torch.Tensor]:
    classes = torch.randint(0, CLASSES, (count,))
    return {"class_labels": classes.to(device), "boxes": torch.rand(count, 4).mul_(0.5).add_(0.1).to(device)}


def outputs_of(batch: int, device: str) -> Outputs:
    logits = torch.randn(LAYERS, batch, QUERIES, CLASSES + 1).to(device)
    boxes = torch.randn(LAYERS, batch, QUERIES, 4).sigmoid().to(device)
    return [{"logits": logits[layer], "pred_boxes": boxes[layer]} for layer in range(LAYERS)]


def numbered(layers: Pairs) -> list[int]:
    """The pairs as torchts numbers them: queries through layers and images, then objects through images."""
    queries, objects = [], []
    for layer, images in enumerate(layers):
        first = 0
        for image, (own_queries, own_objects) in enumerate(images):
            queries += [(layer * len(images) + image) * QUERIES + query for query in own_queries.tolist()]
            objects += [first + number for number in own_objects.tolist()]
            first += OBJECTS[image]
    return queries + objects


if __name__ == "__main__":
    take_turns(prepare)
