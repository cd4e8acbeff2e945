"""Face images from a zip to normalised batches: DataLoader workers, Pillow, the processor of transformers."""

import io
import time
from itertools import islice
from pathlib import Path

import torch
from faces import FaceFiles
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from transformers import ViTImageProcessor
from worker_protocol import Settings, Side, take_turns

BATCH = 64
WORKERS = 2


class Faces(Dataset[torch.Tensor]):
    """Images in the order of their names, as (C, H, W)."""

    def __init__(self, folder: Path, count: int) -> None:
        self.files = FaceFiles(folder)
        self.names = self.files.names[:count]
        self.processor = ViTImageProcessor(image_mean=[0.5] * 3, image_std=[0.5] * 3)

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, index: int) -> torch.Tensor:
        image = Image.open(io.BytesIO(self.files.read(self.names[index]))).convert("RGB")
        return self.processor(image, return_tensors="pt")["pixel_values"][0]


def prepare(settings: Settings) -> Side:
    count = 2 * BATCH if settings["smoke"] else 32 * BATCH
    faces = Faces(Path(settings["faces"]), count)
    loader = DataLoader(faces, batch_size=BATCH, num_workers=WORKERS, persistent_workers=True)

    def images_a_second() -> float:
        start = time.perf_counter()
        seen = sum(len(batch) for batch in loader)
        return seen / (time.perf_counter() - start)

    first = next(islice(loader, 1))
    check = [first.mean().item(), first.std().item(), *first[:, :, 100, 100].mean(0).tolist()]
    return Side({"images": images_a_second}, check, {"processor": type(faces.processor).__name__})


if __name__ == "__main__":
    take_turns(prepare)
