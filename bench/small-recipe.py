"""The recipe `small` in PyTorch and transformers: a ViT from random weights on the sample of CelebA.

64x64 input, patch 8, width 192, 6 layers, 3 heads, MLP 768; AdamW 1e-3 with weight decay 0.05 on all
parameters, one cycle with 10 % warm-up, batch 64, mirroring, gradients clipped to norm 1, 8 epochs,
seed 0. Images are resized once by Pillow and kept in memory. The validation split is judged after each
epoch.
"""

import contextlib
import io
import json
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np
import torch
from faces import FaceFiles
from PIL import Image
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.utils.data import TensorDataset
from transformers import EvalPrediction, Trainer, TrainingArguments, ViTConfig, ViTForImageClassification
from worker_protocol import Settings, Side, take_turns

SIZE, BATCH, EPOCHS, SEED = 64, 64, 8, 0

Split = tuple[torch.Tensor, torch.Tensor]  # images (M, C, H, W) uint8, labels (M, K) 0 or 1


def read_splits(folder: Path, limit: int | None) -> tuple[Split, Split, Split]:
    """The train, validation and test splits; of each the first `limit` images."""
    _names, *rows = (folder / "list_attr_celeba.txt").read_text().splitlines()[1:]
    labels = {row.split()[0]: [int(value) > 0 for value in row.split()[1:]] for row in rows}
    parts = dict(line.split() for line in (folder / "list_eval_partition.txt").read_text().splitlines())
    files = FaceFiles(folder)

    def split(part: str) -> Split:
        names = [name for name in labels if parts[name] == part][:limit]
        images = np.stack([resized(files.read(name)) for name in names])
        return torch.from_numpy(images).permute(0, 3, 1, 2).contiguous(), torch.tensor([labels[name] for name in names]).float()

    return split("0"), split("1"), split("2")


def resized(jpeg: bytes) -> np.ndarray:
    """(H, W, C) uint8"""
    return np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB").resize((SIZE, SIZE), Image.Resampling.BILINEAR))


def normalised(images: torch.Tensor) -> torch.Tensor:
    return images.float().div(255).sub(0.5).div(0.5)


def prepared(train_split: Split, epochs: int) -> tuple[ViTForImageClassification, torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    """The model from the seed, its optimizer, and the schedule over all steps."""
    torch.manual_seed(SEED)
    images, labels = train_split
    config = ViTConfig(
        image_size=SIZE, patch_size=8, hidden_size=192, num_hidden_layers=6, num_attention_heads=3,
        intermediate_size=768, num_labels=labels.shape[1], problem_type="multi_label_classification", attn_implementation="sdpa",
    )
    model = ViTForImageClassification(config).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.05, fused=True)
    steps = -(-len(images) // BATCH)
    return model, optimizer, torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-3, total_steps=epochs * steps, pct_start=0.1)


def train(train_split: Split, val_split: Split, epochs: int) -> ViTForImageClassification:
    images, labels = train_split
    model, optimizer, schedule = prepared(train_split, epochs)
    for _ in range(epochs):
        for chosen in torch.randperm(len(images)).split(BATCH):
            batch = normalised(images[chosen])
            mirrored = torch.where(torch.rand(len(chosen), 1, 1, 1) < 0.5, batch.flip(3), batch)
            loss = binary_cross_entropy_with_logits(model(mirrored).logits, labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        mean_accuracy(model, val_split)  # as the other side does, to know the best epoch
        model.train()
    return model


def train_by_trainer(train_split: Split, val_split: Split, epochs: int) -> ViTForImageClassification:
    """The same by transformers' Trainer, which judges and saves after each epoch, as ours does."""
    model, optimizer, schedule = prepared(train_split, epochs)

    def collate(rows: list[tuple[torch.Tensor, torch.Tensor]]) -> dict[str, torch.Tensor]:
        pixels = normalised(torch.stack([image for image, _ in rows]))
        if model.training:
            pixels = torch.where(torch.rand(len(rows), 1, 1, 1) < 0.5, pixels.flip(3), pixels)
        return {"pixel_values": pixels, "labels": torch.stack([row for _, row in rows])}

    def metrics(prediction: EvalPrediction) -> dict[str, float]:
        return {"accuracy": 100 * float(((prediction.predictions >= 0) == (prediction.label_ids > 0)).mean())}

    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            folder, num_train_epochs=epochs, per_device_train_batch_size=BATCH, per_device_eval_batch_size=128, max_grad_norm=1.0, seed=SEED,
            eval_strategy="epoch", save_strategy="epoch", save_total_limit=2,
            logging_steps=10, report_to="none", use_cpu=True, disable_tqdm=True, remove_unused_columns=False, dataloader_pin_memory=False,
        )
        datasets = {"train_dataset": TensorDataset(*train_split), "eval_dataset": TensorDataset(*val_split)}
        trainer = Trainer(model, arguments, collate, **datasets, compute_metrics=metrics, optimizers=(optimizer, schedule))
        with contextlib.redirect_stdout(sys.stderr):
            trainer.train()
    return model


@torch.inference_mode()
def mean_accuracy(model: ViTForImageClassification, split: Split) -> float:
    """Per cent of right answers over all images and labels."""
    model.eval()
    right = [(model(normalised(images)).logits >= 0) == (labels > 0) for images, labels in zip(*(part.split(128) for part in split))]
    return 100 * torch.cat(right).float().mean().item()


def recipe(way: str, faces: Path, smoke: bool) -> float:
    """The whole of it; gives the accuracy on the test split."""
    train_split, val_split, test_split = read_splits(faces, 2 * BATCH if smoke else None)
    trained = {"loop": train, "trainer": train_by_trainer}[way](train_split, val_split, 1 if smoke else EPOCHS)
    return mean_accuracy(trained, test_split)


def prepare(settings: Settings) -> Side:
    accuracies: dict[str, float] = {}

    def wall(way: str) -> float:
        start = time.perf_counter()
        # A process of its own, as the other side's: what a user waits for begins with the imports.
        accuracies[way] = float(subprocess.check_output([sys.executable, __file__, "--alone", way, sys.argv[1]]))
        return time.perf_counter() - start

    measures = {}
    for way in ("loop", "trainer"):
        measures[f"wall-{way}"] = partial(wall, way)
        measures[f"accuracy-{way}"] = partial(accuracies.__getitem__, way)
    return Side(measures)


if __name__ == "__main__":
    if sys.argv[1] == "--alone":
        settings = json.loads(sys.argv[3])
        torch.set_num_threads(settings["threads"])
        print(recipe(sys.argv[2], Path(settings["faces"]), settings["smoke"]))
    else:
        take_turns(prepare)
