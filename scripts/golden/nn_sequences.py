"""Goldens of the recurrent layers, of packed sequences and of the transformers of ts/nn.

Run: python scripts/golden/nn_sequences.py
"""

from collections.abc import Callable

import torch
from torch import nn
from torch.nn.utils import rnn

from common import save_tensors

Tensors = dict[str, torch.Tensor]


def record(tensors: Tensors, name: str, layer: nn.Module, leaves: Tensors, run: Callable[[], list[torch.Tensor]]) -> None:
    """Start, inputs, outputs, and gradients of inputs and parameters for the loss sum(y²) / 2 over all outputs."""
    tensors |= {f"{name}.start.{key}": value.clone() for key, value in layer.state_dict().items()}
    for leaf in leaves.values():
        leaf.requires_grad_()
    outputs = run()
    (sum(y.square().sum() for y in outputs) / 2).backward()
    tensors |= {f"{name}.output.{i}": y for i, y in enumerate(outputs)}
    for key, leaf in leaves.items():
        tensors |= {f"{name}.input.{key}": leaf, f"{name}.grad.input.{key}": leaf.grad}
    tensors |= {f"{name}.grad.{key}": parameter.grad for key, parameter in layer.named_parameters()}


def flat(result) -> list[torch.Tensor]:
    """(output, h) or (output, (h, c)) or (h, c) in one row."""
    return [result] if isinstance(result, torch.Tensor) else [y for part in result for y in flat(part)]


def recurrent(tensors: Tensors) -> None:
    cases = {
        "rnn": (lambda: nn.RNN(3, 4), (5, 2, 3), None),
        "rnn_relu": (lambda: nn.RNN(3, 4, num_layers=2, nonlinearity="relu", bias=False, batch_first=True), (2, 5, 3), [(2, 2, 4)]),
        "gru": (lambda: nn.GRU(3, 4, num_layers=2, bidirectional=True), (4, 2, 3), [(4, 2, 4)]),
        "lstm": (lambda: nn.LSTM(3, 4), (5, 2, 3), None),
        "lstm_states": (lambda: nn.LSTM(3, 4, num_layers=2, bias=False), (3, 2, 3), [(2, 2, 4), (2, 2, 4)]),
        "lstm_projected": (lambda: nn.LSTM(3, 5, num_layers=2, bidirectional=True, proj_size=2, batch_first=True), (2, 4, 3), [(4, 2, 2), (4, 2, 5)]),
        "lstm_dropped": (lambda: nn.LSTM(3, 4, num_layers=2, dropout=0.5), (5, 2, 3), None),
        "gru_alone": (lambda: nn.GRU(3, 4, batch_first=True), (5, 3), [(1, 4)]),
    }
    for name, (make, shape, states) in cases.items():
        torch.manual_seed(0)
        layer, x = make(), torch.randn(shape)
        hx = [torch.randn(state) for state in states or []]
        argument = None if states is None else tuple(hx) if len(hx) == 2 else hx[0]
        leaves = {str(i): leaf for i, leaf in enumerate([x, *hx])}
        record(tensors, name, layer, leaves, lambda: flat(layer(x, argument)))


def packed(tensors: Tensors) -> None:
    cases = {
        "packed_rnn": (lambda: nn.RNN(3, 4), [5, 3, 2], True, None),
        "packed_gru": (lambda: nn.GRU(3, 4, bidirectional=True, batch_first=True), [2, 5, 3], False, [(2, 3, 4)]),
        "packed_lstm": (lambda: nn.LSTM(3, 4, num_layers=2), [1, 2, 5], False, None),
    }
    for name, (make, lengths, is_sorted, states) in cases.items():
        torch.manual_seed(0)
        layer, x = make(), torch.randn(3, 5, 3)
        hx = [torch.randn(state) for state in states or []]
        leaves = {str(i): leaf for i, leaf in enumerate([x, *hx])}

        def run() -> list[torch.Tensor]:
            sequence = rnn.pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=is_sorted)
            output, after = layer(sequence, hx[0] if hx else None)
            padded, _ = rnn.pad_packed_sequence(output, batch_first=True, padding_value=-0.5, total_length=6)
            return [padded, *flat(after)]

        record(tensors, name, layer, leaves, run)


def cells(tensors: Tensors) -> None:
    cases = {
        "rnn_cell": (lambda: nn.RNNCell(3, 4), (2, 3), None),
        "rnn_cell_relu": (lambda: nn.RNNCell(3, 4, bias=False, nonlinearity="relu"), (2, 3), [(2, 4)]),
        "gru_cell": (lambda: nn.GRUCell(3, 4), (2, 3), [(2, 4)]),
        "lstm_cell": (lambda: nn.LSTMCell(3, 4), (2, 3), [(2, 4), (2, 4)]),
        "lstm_cell_alone": (lambda: nn.LSTMCell(3, 4), (3,), None),
    }
    for name, (make, shape, states) in cases.items():
        torch.manual_seed(0)
        layer, x = make(), torch.randn(shape)
        hx = [torch.randn(state) for state in states or []]
        argument = None if states is None else tuple(hx) if len(hx) == 2 else hx[0]
        leaves = {str(i): leaf for i, leaf in enumerate([x, *hx])}
        record(tensors, name, layer, leaves, lambda: flat(layer(x, argument)))


def transformers(tensors: Tensors) -> None:
    small = dict(d_model=4, nhead=2, dim_feedforward=6)
    causal = nn.Transformer.generate_square_subsequent_mask
    padding = torch.tensor([[False, False, False, False], [False, False, True, True], [False, True, False, False]])
    tensors |= {"padding": padding, "causal": causal(5)}

    def case(name: str, make: Callable[[], nn.Module], shapes: list[tuple], **masks) -> None:
        torch.manual_seed(0)
        layer = make()
        inputs = [torch.randn(shape) for shape in shapes]
        leaves = {str(i): x for i, x in enumerate(inputs)}
        record(tensors, name, layer, leaves, lambda: [layer(*inputs, **masks)])

    case("encoder_layer", lambda: nn.TransformerEncoderLayer(**small, dropout=0.0), [(4, 3, 4)])
    case("encoder_layer_dropped", lambda: nn.TransformerEncoderLayer(**small, dropout=0.3), [(4, 3, 4)])
    case("encoder_layer_first", lambda: nn.TransformerEncoderLayer(**small, dropout=0.0, activation="gelu", norm_first=True, batch_first=True, bias=False),
         [(3, 4, 4)], src_mask=causal(4), src_key_padding_mask=padding)
    case("encoder_layer_causal", lambda: nn.TransformerEncoderLayer(**small, dropout=0.0, layer_norm_eps=1e-2, batch_first=True), [(3, 4, 4)],
         src_mask=causal(4), is_causal=True)
    case("decoder_layer", lambda: nn.TransformerDecoderLayer(**small, dropout=0.0, batch_first=True), [(3, 5, 4), (3, 4, 4)],
         tgt_mask=causal(5), memory_key_padding_mask=padding)
    case("decoder_layer_first", lambda: nn.TransformerDecoderLayer(**small, dropout=0.0, norm_first=True, activation="gelu"), [(5, 3, 4), (4, 3, 4)])
    case("encoder", lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(**small, dropout=0.0, batch_first=True), 2, norm=nn.LayerNorm(4)),
         [(3, 4, 4)], mask=causal(4))
    case("decoder", lambda: nn.TransformerDecoder(nn.TransformerDecoderLayer(**small, dropout=0.0, batch_first=True), 2), [(3, 5, 4), (3, 4, 4)],
         tgt_mask=causal(5), memory_key_padding_mask=padding)
    case("transformer", lambda: nn.Transformer(**small, num_encoder_layers=2, num_decoder_layers=1, dropout=0.0, batch_first=True), [(3, 4, 4), (3, 5, 4)],
         tgt_mask=causal(5), src_key_padding_mask=padding, memory_key_padding_mask=padding, tgt_is_causal=True)


def packing(tensors: Tensors) -> None:
    """The pack of unsorted sequences itself."""
    sequences = [torch.arange(2.0), torch.arange(10.0, 14.0), torch.arange(20.0, 23.0)]
    pack = rnn.pack_sequence(sequences, enforce_sorted=False)
    tensors |= {"pack.data": pack.data, "pack.batch_sizes": pack.batch_sizes, "pack.sorted": pack.sorted_indices, "pack.unsorted": pack.unsorted_indices,
                "pack.padded": rnn.pad_sequence(sequences, batch_first=True, padding_value=-1.0, padding_side="left")}


if __name__ == "__main__":
    made: Tensors = {}
    recurrent(made)
    packed(made)
    cells(made)
    packing(made)
    save_tensors("nn-recurrent", made)
    made = {}
    transformers(made)
    save_tensors("nn-transformers", made)
