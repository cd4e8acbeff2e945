"""What the references make of images and boxes on their way into DETR.

Writes test/golden/detection-transforms.json (sizes after a resize; boxes after flip, crop and resize) and
detection-processor.safetensors (pixels and masks of a batch). Needs pillow and transformers.

The original authors' functions (`datasets/transforms.py` of facebookresearch/detr) are written anew here from their
definition; transformers' are called. `DetrImageProcessorPil` is the processor on Pillow; the default one on torchvision
is what `torch.nn.functional.interpolate(antialias=True)` on uint8 and a normalisation in place give.
"""

import numpy as np
import torch
import torch.nn.functional as F
from common import save_json, save_tensors
from images import normalize, pattern
from PIL import Image
from transformers.image_transforms import get_size_with_aspect_ratio
from transformers.models.detr.image_processing_pil_detr import DetrImageProcessorPil

MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def original_size(width, height, size, max_size):
    """(width, height) of an image whose shorter side becomes `size` and whose longer one at most `max_size`."""
    if max_size is not None:
        short, long = float(min(width, height)), float(max(width, height))
        if long / short * size > max_size:
            size = int(round(max_size * short / long))
    if min(width, height) == size:
        return width, height
    if width < height:
        return size, int(size * height / width)
    return int(size * width / height), size


def sizes():
    rng = np.random.default_rng(1)
    images = [(500, 375), (375, 500), (500, 333), (640, 480), (1, 1), (500, 200), (200, 500), (333, 333), (1333, 800), (800, 480), (2000, 3), (96, 97)]
    images += [tuple(int(v) for v in rng.integers(20, 1500, 2)) for _ in range(60)]
    targets = [(800, 1333), (480, 1333), (128, 160), (33, 50), (600, None)]
    rows = []
    for width, height in images:
        for size, most in targets:
            theirs = get_size_with_aspect_ratio((height, width), size, most)
            # A side of no pixels is no image; neither reference guards against it.
            original = original_size(width, height, size, most)
            if min(*theirs, *original) > 0:
                rows.append([width, height, size, most, *original, theirs[1], theirs[0]])
    return rows


def mirrored(boxes, width):
    return boxes[:, [2, 1, 0, 3]] * torch.tensor([-1.0, 1, -1, 1]) + torch.tensor([width, 0.0, width, 0])


def cropped(boxes, left, top, width, height):
    limits = torch.tensor([width, height], dtype=torch.float64)
    moved = (boxes - torch.tensor([left, top, left, top])).reshape(-1, 2, 2)
    return torch.min(moved, limits).clamp(min=0).reshape(-1, 4)


def resized(boxes, before, after):
    x, y = after[0] / before[0], after[1] / before[1]
    return boxes * torch.tensor([x, y, x, y], dtype=torch.float64)


def normalized(boxes, width, height):
    """Centre and size, relative to the image."""
    left, top, right, bottom = boxes.unbind(-1)
    centred = torch.stack([(left + right) / 2, (top + bottom) / 2, right - left, bottom - top], -1)
    return centred / torch.tensor([width, height, width, height], dtype=torch.float64)


def box_cases():
    """Each: the image's size, its boxes, the steps, the boxes that are left and which of the first they were, normalised."""
    rng = np.random.default_rng(2)
    cases = []
    for _ in range(12):
        width, height = (int(v) for v in rng.integers(60, 400, 2))
        corners = np.sort(rng.uniform(0, 1, (4, 2, 2)), axis=1) * [width, height]
        boxes = torch.tensor(corners.reshape(4, 4))
        start, size, steps = boxes, (width, height), []
        if rng.uniform() < 0.5:
            boxes = mirrored(boxes, width)
            steps.append({"kind": "mirror"})
        if rng.uniform() < 0.7:
            first = original_size(*size, 100, None)
            boxes = resized(boxes, size, first)
            w, h = (int(rng.integers(30, side + 1)) for side in first)
            left, top = int(rng.integers(0, first[0] - w + 1)), int(rng.integers(0, first[1] - h + 1))
            boxes = cropped(boxes, left, top, w, h)
            steps += [{"kind": "resize", "width": first[0], "height": first[1]}, {"kind": "crop", "left": left, "top": top, "width": w, "height": h}]
            size = (w, h)
        last = original_size(*size, 128, 200)
        boxes = resized(boxes, size, last)
        steps.append({"kind": "resize", "width": last[0], "height": last[1]})
        kept = [i for i, box in enumerate(boxes.tolist()) if box[2] > box[0] and box[3] > box[1]]
        targets = normalized(boxes[kept], *last)
        cases.append({"size": [width, height], "boxes": start.tolist(), "steps": steps, "kept": kept, "targets": targets.tolist(), "after": list(last)})
    return cases


def batch():
    """Two images of different size in one batch, with Pillow's and with libtorch's resize."""
    images = [pattern(60, 90), pattern(75, 40)]
    processor = DetrImageProcessorPil(size={"shortest_edge": 32, "longest_edge": 50})
    boxes = [[[10.0, 5, 20, 30], [0, 0, 90, 60]], [[1, 2, 30, 40]]]
    annotations = [
        {"image_id": i, "annotations": [{"image_id": i, "category_id": 1, "bbox": box, "area": box[2] * box[3], "iscrowd": 0} for box in own]}
        for i, own in enumerate(boxes)
    ]
    both = processor([Image.fromarray(image) for image in images], return_tensors="pt")
    tensors = {"pil/values": both["pixel_values"], "mask": both["pixel_mask"].to(torch.uint8), "torch/values": torch.zeros_like(both["pixel_values"])}
    for i, image in enumerate(images):
        height, width = get_size_with_aspect_ratio(image.shape[:2], 32, 50)
        image = torch.from_numpy(image).permute(2, 0, 1).unsqueeze(0)
        small = F.interpolate(image, size=(height, width), mode="bilinear", antialias=True)
        tensors["torch/values"][i, :, :height, :width] = normalize(small, MEAN, STD)[0]
        alone = processor(Image.fromarray(image), annotations=annotations[i], return_tensors="pt")
        tensors[f"boxes/{i}"] = alone["labels"][0]["boxes"]
    return tensors


def main():
    save_json("detection-transforms", {"sizes": sizes(), "boxes": box_cases(), "config": DetrImageProcessorPil().to_dict()})
    save_tensors("detection-processor", batch())


if __name__ == "__main__":
    main()
