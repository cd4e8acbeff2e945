"""Figures of detections by pycocotools and by the definition of the VOC devkit.

Writes test/golden/voc-eval.json. The detections are not written: both sides make them from a seed by the
generator below, whose twin is test/tasks/vocdet/evaluator/noise.ts, in the same order of operations, so that
all numbers are the same to the last bit.

Usage: voc_eval.py [VOC2007_annotations.tar.gz]; without the archive, or with one that holds no test set, only
the figures of the made-up set are renewed.
"""

import json
import sys
import tarfile
import time
import xml.etree.ElementTree as ElementTree
from contextlib import redirect_stdout
from io import StringIO

import numpy as np
from common import GOLDEN, save_json
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

VOC = (
    "aeroplane bicycle bird boat bottle bus car cat chair cow "
    "diningtable dog horse motorbike person pottedplant sheep sofa train tvmonitor"
).split()
COCO_NAMES = "AP AP50 AP75 APs APm APl AR1 AR10 AR100 ARs ARm ARl".split()


class Noise:
    """Uniform numbers in [0, 1) from the linear congruential generator of Numerical Recipes."""

    def __init__(self, seed):
        self.state = seed

    def uniform(self):
        self.state = (self.state * 1664525 + 1013904223) % 2**32
        return self.state / 2**32

    def integer(self, bound):
        return int(self.uniform() * bound)


def made_up_images(seed, count, classes):
    """Images with objects of all sizes, some difficult, some crowds; the last class but one is difficult always, the last absent."""
    noise = Noise(seed)
    images = []
    for index in range(count):
        width, height = 100 + noise.integer(300), 100 + noise.integer(300)
        objects = []
        for _ in range(noise.integer(6)):
            label = noise.integer(classes - 1)
            left, top = noise.uniform() * width * 0.7, noise.uniform() * height * 0.7
            box = [left, top, left + 4 + noise.uniform() * (width - left - 4), top + 4 + noise.uniform() * (height - top - 4)]
            difficult = 1 if label == classes - 2 or noise.uniform() < 0.15 else 0
            crowd = 1 if noise.uniform() < 0.08 else 0
            area = (box[2] - box[0]) * (box[3] - box[1]) * (0.5 + 0.5 * noise.uniform())
            objects.append({"label": label, "box": box, "difficult": difficult, "crowd": crowd, "area": area})
        images.append({"id": f"{index:06d}", "width": width, "height": height, "objects": objects})
    return images


def noisy_detections(images, seed, classes, most_wrong):
    """Most objects found once, some twice or not at all, some under a wrong name; and things that are not there. Many scores are equal."""
    noise = Noise(seed)
    return {image["id"]: found_in(noise, image, classes, most_wrong) for image in images}


def found_in(noise, image, classes, most_wrong):
    found = []
    for thing in image["objects"]:
        luck = noise.uniform()
        for _ in range(0 if luck < 0.12 else 2 if luck < 0.3 else 1):
            label = noise.integer(classes) if noise.uniform() < 0.06 else thing["label"]
            spread = 0.02 + 0.28 * noise.uniform()
            x0, y0, x1, y1 = thing["box"]
            shifts = [(noise.uniform() - 0.5) * spread for _ in range(4)]
            box = [x0 + shifts[0] * (x1 - x0), y0 + shifts[1] * (y1 - y0), x1 + shifts[2] * (x1 - x0), y1 + shifts[3] * (y1 - y0)]
            found.append({"label": label, "score": int((0.3 + 0.7 * noise.uniform() * (1 - spread)) * 200) / 200, "box": box})
    for _ in range(noise.integer(most_wrong + 1)):
        label = noise.integer(classes)
        x0, y0 = noise.uniform() * image["width"] * 0.8, noise.uniform() * image["height"] * 0.8
        box = [x0, y0, x0 + 8 + noise.uniform() * (image["width"] - x0 - 8), y0 + 8 + noise.uniform() * (image["height"] - y0 - 8)]
        found.append({"label": label, "score": int(noise.uniform() * noise.uniform() * 200) / 200, "box": box})
    return found


def voc_ap(recall, precision, use_07_metric):
    """Average precision as the devkits of 2007 and of 2010 and later define it."""
    if use_07_metric:
        levels = np.arange(0.0, 1.1, 0.1)
        return float(sum(np.max(precision[recall >= level], initial=0.0) for level in levels) / 11)
    recall = np.concatenate(([0.0], recall, [1.0]))
    precision = np.maximum.accumulate(np.concatenate(([0.0], precision, [0.0]))[::-1])[::-1]
    steps = np.nonzero(recall[1:] != recall[:-1])[0]
    return float(np.sum((recall[steps + 1] - recall[steps]) * precision[steps + 1]))


def voc_class(images, detections, label, use_07_metric):
    """Average precision of one class at an overlap above one half; None when nothing is to be found."""
    things = {}
    for image in images:
        own = [thing for thing in image["objects"] if thing["label"] == label]
        # The devkit's pixels: counted from one, both ends belonging to the box.
        boxes = np.array([thing["box"] for thing in own]).reshape(-1, 4) + [1, 1, 0, 0]
        things[image["id"]] = (boxes, [thing["difficult"] or thing["crowd"] for thing in own], [False] * len(own))
    positives = sum(not optional for _, marks, _ in things.values() for optional in marks)
    if positives == 0:
        return None
    rows = [(found["score"], name, found["box"]) for name in sorted(detections) for found in detections[name] if found["label"] == label]
    rows.sort(key=lambda row: -row[0])
    right = np.zeros(len(rows))
    wrong = np.zeros(len(rows))
    for row, (_, name, box) in enumerate(rows):
        boxes, optional, found = things[name]
        overlap = pixel_overlap(np.array(box) + [1, 1, 0, 0], boxes)
        best = int(np.argmax(overlap)) if len(overlap) else -1
        if best < 0 or overlap[best] <= 0.5:
            wrong[row] = 1
        elif not optional[best]:
            (wrong if found[best] else right)[row] = 1
            found[best] = True
    right, wrong = np.cumsum(right), np.cumsum(wrong)
    precision = right / np.maximum(right + wrong, np.finfo(np.float64).eps)
    return voc_ap(right / positives, precision, use_07_metric)


def pixel_overlap(box, boxes):
    if len(boxes) == 0:
        return np.zeros(0)
    across = np.maximum(np.minimum(boxes[:, 2], box[2]) - np.maximum(boxes[:, 0], box[0]) + 1.0, 0.0)
    down = np.maximum(np.minimum(boxes[:, 3], box[3]) - np.maximum(boxes[:, 1], box[1]) + 1.0, 0.0)
    own = (box[2] - box[0] + 1.0) * (box[3] - box[1] + 1.0)
    theirs = (boxes[:, 2] - boxes[:, 0] + 1.0) * (boxes[:, 3] - boxes[:, 1] + 1.0)
    return across * down / (own + theirs - across * down)


def voc_figures(images, detections, classes, use_07_metric):
    per_class = [voc_class(images, detections, label, use_07_metric) for label in range(classes)]
    known = [value for value in per_class if value is not None]
    return {"mAP": sum(known) / len(known), "perClass": per_class}


def coco_figures(images, detections, classes, ignore_difficult):
    """The twelve numbers, and the seconds that pycocotools took for them."""
    truth = COCO()
    annotations = []
    for image in images:
        for thing in image["objects"]:
            x0, y0, x1, y1 = thing["box"]
            crowd = int(thing["crowd"] or (ignore_difficult and thing["difficult"]))
            fields = {"image_id": int(image["id"]), "category_id": thing["label"], "bbox": [x0, y0, x1 - x0, y1 - y0]}
            annotations.append({"id": len(annotations) + 1, "area": thing.get("area", (x1 - x0) * (y1 - y0)), "iscrowd": crowd, **fields})
    truth.dataset = {"images": [{"id": int(image["id"])} for image in images], "annotations": annotations}
    truth.dataset["categories"] = [{"id": label} for label in range(classes)]
    rows = [
        {"image_id": int(name), "category_id": found["label"], "score": found["score"], "bbox": corner_and_size(found["box"])}
        for name in sorted(detections)
        for found in detections[name]
    ]
    with redirect_stdout(StringIO()):
        truth.createIndex()
        found = truth.loadRes(rows)
        start = time.perf_counter()
        evaluation = COCOeval(truth, found, "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    seconds = time.perf_counter() - start
    per_class = evaluation.eval["precision"][:, :, :, 0, 2]  # (thresholds, recalls, classes)
    figures = {name: none_if_absent(value) for name, value in zip(COCO_NAMES, evaluation.stats)}
    figures["AP50s"], figures["AP50m"], figures["AP50l"] = (size_mean(evaluation.eval["precision"][0, :, :, size, 2]) for size in (1, 2, 3))
    figures["perClass"] = [
        {"AP": none_if_absent(per_class[:, :, label].mean()), "AP50": none_if_absent(per_class[0, :, label].mean())} for label in range(classes)
    ]
    return figures, seconds


def errors_golden(images, detections, classes):
    """What AP50 gains without each of TIDE's kinds of errors: the repaired detections and objects are evaluated by pycocotools."""
    # Without equal scores, whose order is nobody's business here.
    flat = []
    for name in sorted(detections):
        for row, found in enumerate(detections[name]):
            flat.append({"image": name, **found, "score": found["score"] + 1e-6 * (row + 1) + 1e-9 * int(name)})
    objects = [
        {"image": image["id"], "label": thing["label"], "box": thing["box"], "ignored": bool(thing["crowd"] or thing["difficult"])}
        for image in images
        for thing in image["objects"]
    ]
    base, matches = average_precision(images, objects, flat, classes)
    found_objects = {index for index in matches.values() if index >= 0}
    kinds, targets = {}, {}
    for d, found in enumerate(flat):
        if d not in matches:
            kinds[d], targets[d] = kind_of(found, objects)
    best = {}
    for d, target in targets.items():
        if target is not None and target not in found_objects and (target not in best or flat[d]["score"] > flat[best[target]]["score"]):
            best[target] = d
    counted = [index for index, thing in enumerate(objects) if not thing["ignored"]]
    missed = [index for index in counted if index not in found_objects and index not in best]
    gains = {"AP50": base}

    def gain(changed, without_objects=()):
        kept = [thing for index, thing in enumerate(objects) if index not in set(without_objects)]
        return average_precision(images, kept, changed, classes)[0] - base

    for kind in ("classification", "localization", "both", "duplicate", "background"):
        changed = []
        for d, found in enumerate(flat):
            if kinds.get(d) != kind:
                changed.append(found)
            elif targets[d] is not None and best.get(targets[d]) == d:
                thing = objects[targets[d]]
                changed.append({**found, "label": thing["label"]} if kind == "classification" else {**found, "box": thing["box"]})
        gains[kind] = {"dAP": gain(changed), "count": sum(other == kind for other in kinds.values())}
    gains["missed"] = {"dAP": gain(flat, missed), "count": len(missed)}
    gains["falsePositives"] = gain([found for d, found in enumerate(flat) if d not in kinds])
    gains["falseNegatives"] = gain(flat, [index for index in counted if index not in found_objects])
    return gains


def kind_of(found, objects):
    """The kind of a wrong detection, and the object that it is about where one repair would do (Bolya et al. 2020)."""
    own, other = (0.0, None), (0.0, None)
    for index, thing in enumerate(objects):
        if thing["ignored"] or thing["image"] != found["image"]:
            continue
        overlap = continuous_overlap(found["box"], thing["box"])
        if thing["label"] == found["label"]:
            own = max(own, (overlap, index), key=lambda pair: pair[0])
        else:
            other = max(other, (overlap, index), key=lambda pair: pair[0])
    if 0.1 <= own[0] < 0.5:
        return "localization", own[1]
    if other[0] >= 0.5:
        return "classification", other[1]
    if own[0] >= 0.5:
        return "duplicate", None
    return ("both" if other[0] >= 0.1 else "background"), None


def continuous_overlap(one, other):
    across, down = min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1])
    if across <= 0 or down <= 0:
        return 0.0
    area = (one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1])
    return across * down / (area - across * down)


def average_precision(images, objects, flat, classes):
    """AP50, and for each detection that is right or of no consequence its object, -1 for the latter."""
    truth = COCO()
    annotations = []
    for index, thing in enumerate(objects):
        box = corner_and_size(thing["box"])
        fields = {"image_id": int(thing["image"]), "category_id": thing["label"], "bbox": box, "area": box[2] * box[3]}
        annotations.append({"id": index + 1, "iscrowd": int(thing["ignored"]), **fields})
    truth.dataset = {"images": [{"id": int(image["id"])} for image in images], "annotations": annotations}
    truth.dataset["categories"] = [{"id": label} for label in range(classes)]
    rows = [
        {"image_id": int(found["image"]), "category_id": found["label"], "score": found["score"], "bbox": corner_and_size(found["box"])} for found in flat
    ]
    with redirect_stdout(StringIO()):
        truth.createIndex()
        evaluation = COCOeval(truth, truth.loadRes(rows), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
    precision = evaluation.eval["precision"][0, :, :, 0, 2]  # (recalls, classes)
    known = [precision[:, label].mean() for label in range(classes) if precision[0, label] > -1]
    matches = {}
    for image in evaluation.evalImgs:
        if image is None or image["aRng"] != evaluation.params.areaRng[0]:
            continue
        for d, g, ignored in zip(image["dtIds"], image["dtMatches"][0], image["dtIgnore"][0]):
            if g > 0 or ignored:
                matches[d - 1] = -1 if ignored else int(g) - 1
    return float(np.mean(known)), matches


def size_mean(precision):
    """Mean over the classes that have objects of a size; (recalls, classes)."""
    return none_if_absent(precision[precision > -1].mean() if (precision > -1).any() else -1)


def corner_and_size(box):
    x0, y0, x1, y1 = box
    return [x0, y0, x1 - x0, y1 - y0]


def none_if_absent(value):
    return None if value == -1 else float(value)


def all_figures(images, detections, classes):
    ignoring, seconds = coco_figures(images, detections, classes, True)
    counts = f"{len(images)} images, {sum(map(len, detections.values()))} detections"
    print(f"{counts}: pycocotools took {seconds:.2f} s for evaluate, accumulate and summarize")
    return {
        "detections": sum(map(len, detections.values())),
        "voc07": voc_figures(images, detections, classes, True),
        "voc12": voc_figures(images, detections, classes, False),
        "coco": {"ignore": ignoring, "keep": coco_figures(images, detections, classes, False)[0]},
    }


def read_voc_test(archive):
    """The test set of VOC 2007, boxes in continuous coordinates from 0."""
    images = {}
    with tarfile.open(archive) as files:
        for member in files:
            if member.name.endswith("ImageSets/Main/test.txt"):
                names = files.extractfile(member).read().decode().split()
            elif member.name.endswith(".xml"):
                images[member.name[-10:-4]] = parse(ElementTree.parse(files.extractfile(member)).getroot())
    return [{"id": name, **images[name]} for name in sorted(names)]


def parse(root):
    objects = []
    for thing in root.findall("object"):
        box = [float(thing.find(f"bndbox/{side}").text) for side in ("xmin", "ymin", "xmax", "ymax")]
        box = [box[0] - 1, box[1] - 1, box[2], box[3]]
        objects.append({"label": VOC.index(thing.find("name").text), "box": box, "difficult": int(thing.find("difficult").text), "crowd": 0})
    return {"width": int(root.find("size/width").text), "height": int(root.find("size/height").text), "objects": objects}


def main():
    path = GOLDEN / "voc-eval.json"
    figures = json.loads(path.read_text()) if path.exists() else {}
    images = made_up_images(3, 60, 6)
    figures["madeUp"] = all_figures(images, noisy_detections(images, 4, 6, 40), 6)
    figures["errors"] = errors_golden(images, noisy_detections(images, 4, 6, 12), 6)
    # More detections of one class in an image than COCO looks at.
    crowded = images[:3]
    figures["crowded"] = all_figures(crowded, noisy_detections(crowded, 5, 6, 2500), 6)
    if len(sys.argv) > 1:
        images = read_voc_test(sys.argv[1])
        figures["voc2007Test"] = all_figures(images, noisy_detections(images, 7, 20, 4), 20)
    save_json("voc-eval", figures)


if __name__ == "__main__":
    main()
