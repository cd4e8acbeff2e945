"""The forward pass of DETR-R50 for one image, up to classes and boxes as numbers: PyTorch eager, and ONNX Runtime."""

import warnings
from importlib.metadata import version
from pathlib import Path

import torch
from transformers import DetrForObjectDetection
from worker_protocol import Settings, Side, peak_bytes, seconds, take_turns


class Predictor(torch.nn.Module):
    """What the ONNX file holds: images in, classes and boxes out."""

    def __init__(self, model: DetrForObjectDetection) -> None:
        super().__init__()
        self.model = model

    def forward(self, pixel_values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        outputs = self.model(pixel_values)
        return outputs.logits, outputs.pred_boxes


def prepare(settings: Settings) -> Side:
    device = settings["device"]
    model = Predictor(DetrForObjectDetection.from_pretrained(settings["detector"])).eval()
    torch.manual_seed(0)
    pixel_values = torch.randn(1, 3, *((96, 128) if settings["smoke"] else (480, 640)))  # (B, C, H, W)
    model.to(device)
    on_device = pixel_values.to(device)

    @torch.inference_mode()
    def eager() -> list[float]:
        return [value for output in model(on_device) for value in output.flatten().tolist()]

    check = eager()
    peak = peak_bytes(device)  # before the export, which takes several times as much
    model.cpu()
    session = onnx_session(model, pixel_values, Path(settings["detector"]) / "model.onnx", settings["threads"])
    model.to(device)

    def onnx() -> list[float]:
        return [value for output in session.run(None, {"pixel_values": pixel_values.numpy()}) for value in output.ravel().tolist()]

    difference = max(abs(a - b) for a, b in zip(check, onnx(), strict=True))
    if difference > 1e-3:
        raise RuntimeError(f"the ONNX file computes something else than the model it was made from: {difference}")
    measures = {"eager": lambda: seconds(device, eager), "onnx": lambda: seconds(device, onnx), "peak": lambda: peak}
    return Side(measures, check=check, facts={name: version(name) for name in ("onnx", "onnxruntime")})


def onnx_session(model: Predictor, pixel_values: torch.Tensor, path: Path, threads: int) -> "onnxruntime.InferenceSession":
    import onnxruntime  # here, so that PyTorch's peak of memory is without it

    with warnings.catch_warnings(action="ignore"):
        torch.onnx.export(model, (pixel_values,), path, input_names=["pixel_values"], output_names=["logits", "pred_boxes"], dynamo=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


if __name__ == "__main__":
    take_turns(prepare)
