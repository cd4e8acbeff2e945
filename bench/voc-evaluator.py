"""Figures of a detector from its detections, by pycocotools; VOC's difficult objects are left out as crowds are."""

import io
import json
from collections.abc import Iterable
from contextlib import redirect_stdout
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from worker_protocol import Settings, Side, seconds, take_turns


def prepare(settings: Settings) -> Side:
    content = json.loads(Path(settings["scenes"]).read_text())
    scenes = content["scenes"]
    with redirect_stdout(io.StringIO()):
        truth = ground_truth(scenes, content["classes"])
        every = truth.loadRes(list(found(scenes, 0)))
        likely = truth.loadRes(list(found(scenes, 0.3)))

    def evaluate(detections: COCO) -> list[float]:
        with redirect_stdout(io.StringIO()):
            evaluation = COCOeval(truth, detections, "bbox")
            evaluation.evaluate()
            evaluation.accumulate()
            evaluation.summarize()
        return evaluation.stats.tolist()

    measures = {
        "likely": lambda: seconds("cpu", lambda: evaluate(likely)),
        "all": lambda: seconds("cpu", lambda: evaluate(every)),
    }
    return Side(measures, check=evaluate(likely), facts={"pycocotools": version("pycocotools")})


def ground_truth(scenes: list[dict[str, Any]], classes: int) -> COCO:
    truth = COCO()
    objects = [(image, thing) for image, scene in enumerate(scenes, 1) for thing in scene["objects"]]
    truth.dataset = {
        "images": [{"id": image} for image in range(1, len(scenes) + 1)],
        "categories": [{"id": label} for label in range(classes)],
        "annotations": [
            {
                "id": number, "image_id": image, "category_id": thing["label"], "bbox": corner_and_size(thing["box"]),
                "area": area(thing["box"]), "iscrowd": int(thing["difficult"]),
            }
            for number, (image, thing) in enumerate(objects, 1)
        ],
    }
    truth.createIndex()
    return truth


def found(scenes: list[dict[str, Any]], least: float) -> Iterable[dict[str, Any]]:
    """The detections from a score on."""
    for image, scene in enumerate(scenes, 1):
        for thing in scene["detections"]:
            if thing["score"] >= least:
                yield {"image_id": image, "category_id": thing["label"], "score": thing["score"], "bbox": corner_and_size(thing["box"])}


def corner_and_size(box: list[float]) -> list[float]:
    left, top, right, bottom = box
    return [left, top, right - left, bottom - top]


def area(box: list[float]) -> float:
    _, _, width, height = corner_and_size(box)
    return width * height


if __name__ == "__main__":
    take_turns(prepare)
