"""Makes the ONNX files of a hub folder: `onnx_files.py <vit|detr> <hub folder> <folder> <smoke>` writes model.onnx, as torch.onnx exports it, and
model-int8.onnx, by onnxruntime.quantization: the ViT dynamic, the DETR static, calibrated on noise."""

import sys
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from inference import Outputs, load_detr, load_vit
from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_dynamic, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

CALIBRATION_IMAGES = 4


class Noise(CalibrationDataReader):
    def __init__(self, shape: tuple[int, ...]) -> None:
        generator = np.random.default_rng(0)
        self.images = iter([generator.standard_normal(shape, dtype=np.float32) for _ in range(CALIBRATION_IMAGES)])

    def get_next(self) -> dict[str, np.ndarray] | None:
        image = next(self.images, None)
        return None if image is None else {"pixel_values": image}


def export(model: Outputs, pixel_values: torch.Tensor, path: Path, any_batch: bool) -> None:
    shapes = {"pixel_values": {0: torch.export.Dim("batch", min=1, max=64)}} if any_batch else None
    with warnings.catch_warnings(action="ignore"):
        torch.onnx.export(
            model, (pixel_values,), path, input_names=["pixel_values"], output_names=list(model.names), dynamic_shapes=shapes, dynamo=True
        )


def quantize_vit(folder: Path) -> None:
    model = onnx.load(folder / "model.onnx")
    del model.graph.value_info[:]  # the exporter's shapes contradict those that the quantizer infers
    quantize_dynamic(model, folder / "model-int8.onnx", per_channel=True, weight_type=QuantType.QInt8)


def quantize_detr(folder: Path, shape: tuple[int, ...]) -> None:
    """All of it static: faster than its linear layers dynamic."""
    prepared = folder / "model-prepared.onnx"
    quant_pre_process(folder / "model.onnx", prepared, skip_symbolic_shape=True)
    quantize_static(prepared, folder / "model-int8.onnx", Noise(shape), per_channel=True, weight_type=QuantType.QInt8, activation_type=QuantType.QUInt8)
    prepared.unlink()


def main(kind: str, source: str, folder: str, smoke: str) -> None:
    torch.manual_seed(0)
    path = Path(folder)
    if kind == "vit":
        model = load_vit({"checkpoint": source})
        size = model.model.config.image_size
        export(model, torch.randn(8, 3, size, size), path / "model.onnx", any_batch=True)
        quantize_vit(path)
    else:
        shape = (1, 3, *((96, 128) if smoke == "true" else (480, 640)))
        export(load_detr({"detector": source}), torch.randn(shape), path / "model.onnx", any_batch=False)
        quantize_detr(path, shape)


if __name__ == "__main__":
    main(*sys.argv[1:])
