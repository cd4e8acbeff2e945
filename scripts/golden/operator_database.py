"""Goldens of every operator in PyTorch's own database of operators (`op_db`), forward and gradient.

A golden is a program: the calls that the sample makes of libtorch's operators, above autograd, as
the dispatcher sees them, with their arguments by name of overload. What Python itself composes of
several operators (torch.nn.functional in part) is a program of several calls. Cases cover dtypes,
and among shapes the awkward ones: scalars, empty, non-contiguous and expanded tensors.

Writes test/golden/operator-database.jsonl.gz: one case a line, after a line about all of them.
"""

import base64
import gzip
import itertools
import json
import math
import random
import sys
import types
import warnings
from collections import Counter
from collections.abc import Iterator
from unittest import mock

import torch
from torch._subclasses.schema_check_mode import SchemaCheckMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_map

from common import GOLDEN, report

# The database's module imports it for tests of printed text, which are not run here.
sys.modules.setdefault("expecttest", types.SimpleNamespace(TestCase=object, assert_expected_inline=None))

from torch.testing._internal.common_methods_invocations import op_db  # noqa: E402
from torch.testing._internal.opinfo.core import OpInfo, SampleInput  # noqa: E402

DTYPES = [torch.float32, torch.float64, torch.bfloat16, torch.int64, torch.bool, torch.complex64]
SEED = 20
# Elements of all tensors of a sample; larger ones are taken only where an operator has none smaller.
SMALL = 160
LARGEST = 20_000
SCANNED = 400
CASES = {torch.float32: 4}
# Of a matrix whose rows are equal, all vectors but the first are whatever LAPACK chooses.
FACTORIZATIONS = {"svd", "linalg.svd", "linalg.svdvals", "svd_lowrank", "pca_lowrank", "qr", "linalg.qr", "geqrf"}


manual_seed = torch.manual_seed
# What Python does to a tensor that it makes of numbers: nothing, to one that is an input.
PASSED_ON = {torch.ops.aten.lift_fresh.default, torch.ops.aten.detach_.default}


class Unrecordable(Exception):
    """A case that no list of calls describes; says why."""


def name_of(value: object) -> str:
    return str(value).removeprefix("torch.").replace("contiguous_format", "contiguous").replace("preserve_format", "preserve")


def encode_tensor(tensor: torch.Tensor) -> dict[str, object]:
    """A tensor as bytes; with strides when they are not those of a contiguous one."""
    tensor = tensor.detach()
    head: dict[str, object] = {"dtype": name_of(tensor.dtype), "shape": list(tensor.shape)}
    if tensor.layout in (torch.sparse_csr, torch.sparse_csc, torch.sparse_coo):
        head["layout"] = name_of(tensor.layout)
        if tensor.layout is torch.sparse_coo:
            tensor = tensor.coalesce()
            parts = (tensor.indices(), tensor.values())
        elif tensor.layout is torch.sparse_csr:
            parts = (tensor.crow_indices(), tensor.col_indices(), tensor.values())
        else:
            parts = (tensor.ccol_indices(), tensor.row_indices(), tensor.values())
        return head | {"parts": [encode_tensor(part) for part in parts]}
    if tensor.layout is not torch.strided:
        raise Unrecordable(f"a tensor of layout {name_of(tensor.layout)}")
    tensor = torch.zeros(tensor.shape, dtype=tensor.dtype) if tensor._is_zerotensor() else tensor.resolve_conj().resolve_neg()
    storage = tensor.untyped_storage().nbytes() // tensor.element_size()
    if tensor.numel() > 0 and (not tensor.is_contiguous() or tensor.numel() < storage <= 4 * tensor.numel()):
        head |= {"strides": list(tensor.stride()), "offset": tensor.storage_offset()}
        tensor = tensor.as_strided((storage,), (1,), 0)
    flat = torch.empty(tensor.numel(), dtype=tensor.dtype).copy_(tensor.reshape(-1))
    data = flat.view(torch.uint8).numpy().tobytes() if tensor.numel() else b""
    return head | {"data": base64.b64encode(data).decode()}


class Recorder(SchemaCheckMode):
    """Writes down the operators that run, above autograd, and the tensors that enter from outside.

    Above autograd PyTorch lets only few kinds of modes stand; the one that checks schemas is the plainest of them.
    """

    def __init__(self) -> None:
        super().__init__()
        TorchDispatchMode.__init__(self, _dispatch_key=torch._C.DispatchKey.PreDispatch)
        self.numbers: dict[int, int] = {}
        self.alive: list[object] = []
        self.inputs: list[tuple[int, dict[str, object]]] = []
        self.calls: list[list[object]] = []

    def number(self, tensor: torch.Tensor) -> int:
        self.alive.append(tensor)
        return self.numbers.setdefault(id(tensor), len(self.numbers))

    def enter(self, tensor: torch.Tensor) -> int:
        """A tensor that no recorded call made: an input of the program."""
        known = self.numbers.get(id(tensor))
        if known is not None:
            return known
        number = self.number(tensor)
        self.inputs.append((number, encode_tensor(tensor) | {"grad": tensor.requires_grad}))
        return number

    def value(self, value: object) -> object:
        if isinstance(value, torch.Tensor):
            return {"t": self.enter(value)}
        if isinstance(value, (list, tuple)):
            return [self.value(item) for item in value]
        if isinstance(value, bool) or value is None or isinstance(value, str):
            return value
        if isinstance(value, int):
            return value if abs(value) < 2**53 else {"i": str(value)}
        if isinstance(value, float):
            return value if math.isfinite(value) else {"f": str(value)}
        if isinstance(value, complex):
            return {"re": value.real, "im": value.imag}
        if isinstance(value, (torch.dtype, torch.device, torch.layout, torch.memory_format)):
            return name_of(value)
        raise Unrecordable(f"an argument of type {type(value).__name__}")

    def find(self, output: torch.Tensor) -> int:
        """The number of a result. Factories hand out another object over the memory that their operator made."""
        known = self.numbers.get(id(output))
        if known is not None:
            return known
        for made in reversed(self.alive):
            same = made.shape == output.shape and made.dtype == output.dtype and made.layout == output.layout is torch.strided
            if same and made.data_ptr() == output.data_ptr():
                return self.numbers[id(made)]
        raise Unrecordable("a result that no operator gave")

    def result(self, value: object) -> object:
        if isinstance(value, torch.Tensor):
            return self.number(value)
        if isinstance(value, (list, tuple)):
            return [self.result(item) for item in value]
        return None

    def seed(self, value: int) -> torch.Generator:
        """Stands for torch.manual_seed: entries of random operators seed by themselves."""
        self.calls.append(["seed", [value], {}, None])
        return manual_seed(value)

    def __torch_dispatch__(self, func, _types, args=(), kwargs=None):
        if func in PASSED_ON:
            with torch._C._DisablePythonDispatcher():
                made = func(*args, **(kwargs or {}))
            self.numbers[id(made)] = self.enter(args[0])
            self.alive.append(made)
            return made
        arguments = [self.value(arg) for arg in args]
        named = {key: self.value(value) for key, value in (kwargs or {}).items()}
        with torch._C._DisablePythonDispatcher():
            made = func(*args, **(kwargs or {}))
        self.calls.append([str(func), arguments, named, self.result(made)])
        return made


def tensors_of(sample: SampleInput) -> list[torch.Tensor]:
    leaves, _ = tree_flatten((sample.input, sample.args, sample.kwargs))
    return [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]


def size_of(sample: SampleInput) -> int:
    return sum(tensor.numel() for tensor in tensors_of(sample))


def trait(sample: SampleInput) -> tuple[object, ...]:
    """What makes a sample unlike another: the kinds of its arguments, and whether its first tensor is empty or a scalar."""
    first = next(iter(tensors_of(sample)), None)
    shape = None if first is None else (first.numel() == 0, min(first.ndim, 1))
    kinds = tuple(type(arg).__name__ for arg in sample.args)
    return (shape, kinds, tuple(sorted(sample.kwargs)))


def choose(samples: list[SampleInput], count: int) -> list[SampleInput]:
    """The smallest samples of different traits, then other small ones."""
    samples = sorted((sample for sample in samples if size_of(sample) <= LARGEST), key=lambda sample: (size_of(sample) == 0, abs(size_of(sample) - 12)))
    seen: set[object] = set()
    chosen, others = [], []
    for sample in samples:
        new = trait(sample) not in seen and (not chosen or size_of(sample) <= SMALL)
        seen.add(trait(sample))
        (chosen if new else others).append(sample)
    rest = [sample for sample in others if size_of(sample) <= SMALL]
    return (chosen + rest)[:count]


def awkward(sample: SampleInput) -> Iterator[tuple[str, SampleInput]]:
    """The same sample, non-contiguous and expanded."""
    if not any(tensor.numel() > 1 for tensor in tensors_of(sample)):
        return
    try:
        yield "noncontiguous", sample.noncontiguous()
    except Exception:  # a sample whose tensors cannot be laid out anew
        pass
    first = sample.input
    if isinstance(first, torch.Tensor) and first.layout is torch.strided and first.ndim > 0 and first.shape[0] > 1:
        flat = first.detach()[:1].clone().expand(first.shape).requires_grad_(first.requires_grad)
        yield "expanded", SampleInput(flat, args=sample.args, kwargs=sample.kwargs, output_process_fn_grad=sample.output_process_fn_grad)


def weights_for(output: torch.Tensor) -> torch.Tensor:
    """The gradient that arrives at an output: numbers of a fixed order, so that they need not be stored."""
    count = output.numel()
    ramp = (torch.arange(count, dtype=torch.float64) * 7 % 11 - 5) / 4
    if output.is_complex():
        ramp = torch.complex(ramp, ramp.flip(0))
    return ramp.to(output.dtype).view(output.shape)


def record(op: OpInfo, function, sample: SampleInput, differentiable: bool) -> dict[str, object]:
    """One case: the program, what it gives, and the gradients of its inputs."""
    recorder = Recorder()
    given = tensors_of(sample)
    if any(isinstance(leaf, torch.Generator) for leaf in tree_flatten((sample.args, sample.kwargs))[0]):
        raise Unrecordable("a generator of its own")
    for tensor in given:
        recorder.enter(tensor)
    torch.manual_seed(SEED)
    with torch._dispatch.python.enable_python_dispatcher(), recorder, mock.patch.object(torch, "manual_seed", recorder.seed):
        made = function(sample.input, *sample.args, **sample.kwargs)
        if not recorder.calls:  # Python sees by itself that there is nothing to do
            made = direct(op)(sample.input, *sample.args, **sample.kwargs)
        if not recorder.calls:
            raise Unrecordable("arithmetic of Python's own: no operator is called")
        made = sample.output_process_fn_grad(made)  # to be free, say, of the sign of eigenvectors
    leaves, _ = tree_flatten(made)
    outputs = [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]
    plain = [recorder.value(leaf) for leaf in leaves if not isinstance(leaf, torch.Tensor)]
    case: dict[str, object] = {
        "inputs": recorder.inputs,
        "calls": recorder.calls,
        "outputs": [recorder.find(output) for output in outputs],
        "expected": [encode_tensor(output) for output in outputs],
        "plain": plain,
    }
    if differentiable:
        case["gradients"] = gradients(recorder, given, outputs)
    return case


def direct(op: OpInfo):
    """The operator behind an entry, for entries that Python answers without it in simple cases."""
    packet = getattr(torch.ops.aten, op.aten_name, None)
    if packet is None or "default" not in packet.overloads():
        raise Unrecordable("no operator is called")
    return packet.default


def gradients(recorder: Recorder, given: list[torch.Tensor], outputs: list[torch.Tensor]) -> dict[str, object]:
    sources = [output for output in outputs if output.requires_grad and output.layout is torch.strided]
    leaves = list({id(tensor): tensor for tensor in given if tensor.requires_grad}.values())
    if not sources or not leaves:
        return {"of": [], "by": [], "expected": []}
    found = torch.autograd.grad(sources, leaves, [weights_for(source) for source in sources], allow_unused=True)
    return {
        "of": [recorder.numbers[id(source)] for source in sources],
        "by": [recorder.numbers[id(leaf)] for leaf in leaves],
        "expected": [None if one is None else encode_tensor(one) for one in found],
    }


def cases_of(op: OpInfo, dtype: torch.dtype, left_out: Counter[str]) -> Iterator[dict[str, object]]:
    differentiable = op.supports_autograd and dtype in op.supported_backward_dtypes("cpu")
    samples = list(itertools.islice(op.sample_inputs("cpu", dtype, requires_grad=differentiable), SCANNED))
    chosen: list[tuple[str, SampleInput]] = [("plain", sample) for sample in choose(samples, CASES.get(dtype, 1))]
    if dtype is torch.float32 and chosen:
        largest = max((sample for _, sample in chosen), key=size_of)
        chosen += [(kind, sample) for kind, sample in awkward(largest) if kind != "expanded" or op.name not in FACTORIZATIONS]
    for kind, sample in chosen:
        try:
            yield {"kind": kind} | record(op, op.op, sample, differentiable)
        except Exception as error:
            left_out[f"{kind}: {reason(error)}"] += 1
    if dtype in (torch.float32, torch.int64) and op.inplace_variant is not None:
        yield from inplace_case(op, [sample for kind, sample in chosen if kind == "plain"])


def inplace_case(op: OpInfo, samples: list[SampleInput]) -> Iterator[dict[str, object]]:
    """The first sample that the in-place variant takes: a result of another shape or type has no place in its input."""
    for sample in samples:
        own = SampleInput(tree_map(detached, sample.input), args=tree_map(detached, sample.args), kwargs=tree_map(detached, sample.kwargs))
        try:
            yield {"kind": "inplace"} | record(op, op.inplace_variant, own, differentiable=False)
            return
        except Exception:
            continue


def reason(error: Exception) -> str:
    return str(error) if isinstance(error, Unrecordable) else f"{type(error).__name__}: {str(error)[:120].splitlines()[0] if str(error) else ''}"


def detached(leaf: object) -> object:
    return leaf.detach().clone() if isinstance(leaf, torch.Tensor) else leaf


def full_name(op: OpInfo) -> str:
    return f"{op.name}.{op.variant_test_name}" if op.variant_test_name else op.name


def main() -> None:
    warnings.simplefilter("ignore")
    wanted = sys.argv[1:]
    lines, silent, refused = [], {}, {}
    for op in op_db:
        if wanted and op.name not in wanted:
            continue
        count, left_out = 0, Counter()
        for dtype in DTYPES:
            if dtype not in op.supported_dtypes("cpu"):
                continue
            torch.manual_seed(SEED)
            random.seed(SEED)
            for case in cases_of(op, dtype, left_out):
                lines.append({"op": full_name(op), "aten": op.aten_name, "dtype": name_of(dtype)} | case)
                count += 1
        if count == 0:
            silent[full_name(op)] = next(iter(left_out), "plain: no element type on the CPU").split(": ", 1)[1]
        elif left_out:
            refused[full_name(op)] = list(left_out)
        if left_out:
            print(full_name(op), count, dict(left_out), file=sys.stderr)
    head = {"torch": torch.__version__, "operators": len(op_db), "seed": SEED, "silent": silent, "refused": refused}
    path = GOLDEN / "operator-database.jsonl.gz"
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in [head, *lines])
    path.write_bytes(gzip.compress(text.encode(), mtime=0))
    report(path, len(lines))


if __name__ == "__main__":
    main()
