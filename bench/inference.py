"""The ways in which Python computes the forward pass of a model: PyTorch eager, torch.compile (inductor, weights frozen), and
ONNX Runtime with the files that onnx_files.py makes, in float32 and int8."""

import os
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from torch import nn
from transformers import DetrForObjectDetection, ViTForImageClassification
from worker_protocol import Settings

# Numbers of one batch: (B, C, H, W) -> all outputs, one after the other.
Predict = Callable[[torch.Tensor], list[float]]


class Outputs(nn.Module):
    """Images in, tensors out: what an ONNX file holds."""

    def __init__(self, model: nn.Module, names: tuple[str, ...]) -> None:
        super().__init__()
        self.model = model
        self.names = names

    def forward(self, pixel_values: torch.Tensor) -> tuple[torch.Tensor, ...]:
        outputs = self.model(pixel_values)
        return tuple(outputs[name] for name in self.names)


def load_vit(settings: Settings) -> Outputs:
    model = ViTForImageClassification.from_pretrained(settings["checkpoint"], attn_implementation="sdpa")
    return Outputs(model, ("logits",)).eval()


def load_detr(settings: Settings) -> Outputs:
    return Outputs(DetrForObjectDetection.from_pretrained(settings["detector"]), ("logits", "pred_boxes")).eval()


def eager(model: Outputs) -> Predict:
    @torch.inference_mode()
    def predict(pixel_values: torch.Tensor) -> list[float]:
        return [value for output in model(pixel_values) for value in output.float().flatten().tolist()]

    return predict


def inductor(model: Outputs, dtype: torch.dtype = torch.float32) -> Predict:
    """Compiled at the first call for each shape."""
    import torch._inductor.config

    torch._inductor.config.freezing = True
    compiled = torch.compile(model, dynamic=False)

    def predict(pixel_values: torch.Tensor) -> list[float]:
        with torch.no_grad(), torch.autocast("cpu", dtype, enabled=dtype != torch.float32):
            return [value for output in compiled(pixel_values) for value in output.float().flatten().tolist()]

    return predict


def onnx(path: str | Path, threads: int) -> Predict:
    import onnxruntime  # here, so that the other ways do without it

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def predict(pixel_values: torch.Tensor | np.ndarray) -> list[float]:
        return [value for output in session.run(None, {"pixel_values": np.asarray(pixel_values)}) for value in output.ravel().tolist()]

    return predict


def onnx_ways(folder: str, threads: int) -> dict[str, Predict]:
    """By the names of measures."""
    return {"onnx": onnx(Path(folder) / "model.onnx", threads), "onnx-int8": onnx(Path(folder) / "model-int8.onnx", threads)}


def facts() -> dict[str, str]:
    return {name: version(name) for name in ("onnx", "onnxruntime")}


def compile_at_once(ways: dict[str, Predict], examples: list[torch.Tensor], found: dict[str, str]) -> dict[str, Predict]:
    """The ways that can be compiled here; why others cannot is added to `found`."""
    os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")
    working = {}
    for name, predict in ways.items():
        try:
            for example in examples:
                predict(example)
            working[name] = predict
        except Exception as error:
            found[f"torch.compile ({name})"] = f"absent, {type(error).__name__}: {str(error).splitlines()[0][:200]}"
    return working
