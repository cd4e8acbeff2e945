"""Twenty operators on small and on large input: PyTorch, and ONNX Runtime with a file of one node each."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import onnxruntime
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper
from worker_protocol import Settings, Side, seconds, take_turns

Shapes = list[tuple[int, ...]]


@dataclass
class Operator:
    name: str
    small: Shapes
    large: Shapes
    call: Callable[..., torch.Tensor]
    onnx: str
    attributes: dict[str, Any] = field(default_factory=dict)


SQUARE, PLANE = [(8, 8)], [(1024, 1024)]
TWO_SQUARES, TWO_PLANES = SQUARE * 2, PLANE * 2

OPERATORS = [
    Operator("add", TWO_SQUARES, TWO_PLANES, lambda x, y: x.add(y), "Add"),
    Operator("mul", TWO_SQUARES, TWO_PLANES, lambda x, y: x.mul(y), "Mul"),
    Operator("div", TWO_SQUARES, TWO_PLANES, lambda x, y: x.div(y), "Div"),
    Operator("exp", SQUARE, PLANE, lambda x: x.exp(), "Exp"),
    Operator("relu", SQUARE, PLANE, lambda x: x.relu(), "Relu"),
    Operator("gelu", SQUARE, PLANE, lambda x: F.gelu(x), "Gelu"),
    Operator("sigmoid", SQUARE, PLANE, lambda x: x.sigmoid(), "Sigmoid"),
    Operator("softmax", SQUARE, PLANE, lambda x: x.softmax(1), "Softmax", {"axis": 1}),
    Operator("sum", SQUARE, PLANE, lambda x: x.sum(1), "ReduceSum", {"axes": [1], "keepdims": 0}),
    Operator("amax", SQUARE, PLANE, lambda x: x.amax(1), "ReduceMax", {"axes": [1], "keepdims": 0}),
    Operator("layer_norm", [(8, 64), (64,), (64,)], [(1576, 768), (768,), (768,)],
             lambda x, w, b: F.layer_norm(x, x.shape[1:], w, b), "LayerNormalization", {"axis": 1}),
    Operator("mm", TWO_SQUARES, [(768, 768)] * 2, lambda x, y: x.mm(y), "MatMul"),
    Operator("bmm", [(4, 8, 8)] * 2, [(96, 197, 64), (96, 64, 197)], lambda x, y: x.bmm(y), "MatMul"),
    Operator("linear", [(8, 64), (64, 64), (64,)], [(788, 768), (3072, 768), (3072,)],
             lambda x, w, b: F.linear(x, w, b), "Gemm", {"transB": 1}),
    Operator("conv2d", [(1, 4, 8, 8), (4, 4, 3, 3)], [(2, 64, 56, 56), (64, 64, 3, 3)],
             lambda x, w: F.conv2d(x, w, padding=1), "Conv", {"pads": [1, 1, 1, 1]}),
    Operator("batch_norm", [(1, 8, 8, 8), (8,), (8,), (8,)], [(8, 64, 56, 56), (64,), (64,), (64,)],
             lambda x, w, mean, variance: F.batch_norm(x, mean, variance, w, mean), "BatchNormalization"),
    Operator("max_pool2d", [(1, 4, 8, 8)], [(4, 64, 112, 112)], lambda x: F.max_pool2d(x, 2), "MaxPool",
             {"kernel_shape": [2, 2], "strides": [2, 2]}),
    Operator("cat", TWO_SQUARES, TWO_PLANES, lambda x, y: torch.cat([x, y], 1), "Concat", {"axis": 1}),
    Operator("transpose", [(8, 8, 8)], [(32, 197, 768)], lambda x: x.transpose(0, 1).contiguous(), "Transpose", {"perm": [1, 0, 2]}),
    Operator("gather rows", [(64, 8), (8,)], [(30_000, 768), (4096,)], lambda x, y: x.index_select(0, y), "Gather", {"axis": 0}),
]


def draw(operator: Operator, shapes: Shapes) -> list[torch.Tensor]:
    """Random input; row numbers of `gather rows`, and a variance of at least 1."""
    inputs = [torch.randn(shape) for shape in shapes]
    if operator.name == "gather rows":
        inputs[1] = inputs[1].abs().mul(10).long()
    if operator.name == "batch_norm":
        inputs[3] = inputs[3].abs().add(1)
    return inputs


def session_of(operator: Operator, inputs: list[torch.Tensor], threads: int) -> Callable[[], Any]:
    """A call of ONNX Runtime: weights are part of the file, as an export would have them; of two equals both are input."""
    given = 2 if operator.onnx in ("Add", "Mul", "Div", "MatMul", "Concat", "Gather") else 1
    names = [f"input{i}" for i in range(len(inputs))]
    attributes = dict(operator.attributes)
    constants = [helper.make_tensor(names[i], TensorProto.FLOAT, list(inputs[i].shape), inputs[i].flatten().tolist()) for i in range(given, len(inputs))]
    if axes := attributes.pop("axes", None):
        names.append("axes")
        constants.append(helper.make_tensor("axes", TensorProto.INT64, [len(axes)], axes))
    if operator.name == "batch_norm":  # scale, bias, mean, variance
        names.insert(2, names[2])
    node = helper.make_node(operator.onnx, names, ["output"], **attributes)
    kinds = {torch.float32: TensorProto.FLOAT, torch.int64: TensorProto.INT64}
    values = [helper.make_tensor_value_info(names[i], kinds[inputs[i].dtype], list(inputs[i].shape)) for i in range(given)]
    output = helper.make_tensor_value_info("output", TensorProto.FLOAT, None)
    graph = helper.make_graph([node], operator.name, values, [output], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    feeds = {f"input{i}": inputs[i].numpy() for i in range(given)}
    return lambda: session.run(None, feeds)


def calls_of(call: Callable[[], Any], smoke: bool) -> int:
    """How many calls take about a twentieth of a second, once warm; operators.ts counts in the same way."""
    count = 1
    while True:
        start = time.perf_counter()
        for _ in range(count):
            call()
        elapsed = time.perf_counter() - start
        if smoke or elapsed >= 0.025:
            return max(1, round(count * 0.05 / elapsed))
        count *= 2


def timed(device: str, call: Callable[[], Any], smoke: bool) -> Callable[[], float]:
    """Seconds of one call, from as many as take about a twentieth of a second."""
    rounds = 0

    def measure() -> float:
        nonlocal rounds
        with torch.no_grad():
            rounds = rounds or calls_of(call, smoke)
        count = rounds

        def work() -> None:
            for _ in range(count):
                call()

        with torch.no_grad():
            return seconds(device, work) / count

    return measure


def prepare(settings: Settings) -> Side:
    smoke, device = settings["smoke"], settings["device"]
    torch.manual_seed(0)
    measures: dict[str, Callable[[], float]] = {}
    check: list[float] = []
    for operator in OPERATORS:
        for size, shapes in (("small", operator.small), ("large", operator.large)):
            inputs = draw(operator, shapes)
            onnx = session_of(operator, inputs, settings["threads"])
            ours = operator.call(*inputs)
            difference = (torch.from_numpy(onnx()[0]) - ours).abs().max().item()
            if difference > 1e-2 * ours.abs().max().item():
                raise RuntimeError(f"{operator.name}, {size}: ONNX Runtime computes something else: {difference}")
            if size == "small":
                check.append(ours.abs().sum().item())
            inputs = [value.to(device) for value in inputs]
            measures[f"{operator.name}, {size}"] = timed(device, lambda call=operator.call, given=inputs: call(*given), smoke)
            measures[f"{operator.name}, {size}, onnx"] = timed("cpu", onnx, smoke)
    return Side(measures, check, {name: version(name) for name in ("onnx", "onnxruntime")})


if __name__ == "__main__":
    take_turns(prepare)
