"""PyTorch: the same model of its own modules, and the plain loop that its users write."""
# pyright: reportMissingImports=false

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from benchmarks.peers.learning import Curve, plain_curve
from benchmarks.peers.runner import Call, Runner, UnsupportedError, moved_to_front
from benchmarks.peers.torch_optimizers import Adam, RMSprop

_CELLS = {"SimpleRNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}
_OPTIMIZERS = {"adam": Adam, "rmsprop": RMSprop}
_LOSSES = {  # of what the last Dense gives before its activation
    "mse": nn.MSELoss,
    "binary_crossentropy": nn.BCEWithLogitsLoss,
    "sparse_categorical_crossentropy": nn.CrossEntropyLoss,
}
_OUTPUTS = {None: nn.Identity, "sigmoid": nn.Sigmoid, "softmax": lambda: nn.Softmax(dim=-1)}


class Network(nn.Module):
    """The layers of a workload, by the names and weights of Keras."""

    def __init__(self, layers: list[dict[str, Any]], weights: list[np.ndarray]) -> None:
        super().__init__()
        self.kinds = [layer["kind"] for layer in layers]
        left = [torch.from_numpy(weight) for weight in weights]
        self.parts = nn.ModuleList([module_of(layer, left) for layer in layers])
        self.sequences = [bool(_inner(layer).get("return_sequences")) for layer in layers]
        self.last = _OUTPUTS[layers[-1]["activation"]]()

    def forward(self, x: torch.Tensor, lengths: torch.Tensor | None, packed: bool) -> torch.Tensor:
        """What the last Dense gives, before its activation.

        Args:
            x: ids ``(N, T)`` or values ``(N, T, I)``; own steps first where `lengths` are given.
            lengths: of the rows, or none.
            packed: whether recurrent layers get packed sequences.
        """
        for kind, part, sequences in zip(self.kinds, self.parts, self.sequences, strict=True):
            if kind in _CELLS or kind == "Bidirectional":
                x = _recurrent(part, x, sequences, lengths, packed)
            elif kind == "Conv1D":
                x = torch.relu(part(x.transpose(1, 2))).transpose(1, 2)
            elif kind == "MaxPooling1D":
                x = part(x.transpose(1, 2)).transpose(1, 2)
            elif kind == "GlobalMaxPooling1D":
                x = x.amax(dim=1)
            else:
                x = part(x)
        return x


def _recurrent(
    part: Any, x: torch.Tensor, sequences: bool, lengths: torch.Tensor | None, packed: bool
) -> torch.Tensor:
    if packed:
        _, state = part(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False))
        hidden = state[0] if isinstance(state, tuple) else state
        return hidden.transpose(0, 1).flatten(1)
    out, state = part(x)
    if sequences:
        return out
    if lengths is not None:
        return out[torch.arange(len(x)), lengths - 1]
    hidden = state[0] if isinstance(state, tuple) else state
    return hidden.transpose(0, 1).flatten(1)


def _inner(layer: dict[str, Any]) -> dict[str, Any]:
    return layer.get("layer", layer)


def module_of(layer: dict[str, Any], left: list[torch.Tensor]) -> nn.Module:
    """Make a module and give it the first of the weights that are `left`."""
    kind = layer["kind"]
    if kind == "Embedding":
        return nn.Embedding.from_pretrained(left.pop(0).clone(), freeze=False)
    if kind == "MaxPooling1D":
        return nn.MaxPool1d(layer["pool_size"])
    if kind == "GlobalMaxPooling1D":
        return nn.Identity()
    if kind in _CELLS or kind == "Bidirectional":
        return _cell(layer, left)
    kernel, bias = left.pop(0), left.pop(0)
    if kind == "Dense":
        module: Any = nn.Linear(*kernel.shape)
        kernel = kernel.T
    else:
        module = nn.Conv1d(kernel.shape[1], kernel.shape[2], kernel.shape[0])
        kernel = kernel.permute(2, 1, 0)
    with torch.no_grad():
        module.weight.copy_(kernel)
        module.bias.copy_(bias)
    return module


def _cell(layer: dict[str, Any], left: list[torch.Tensor]) -> nn.Module:
    inner = _inner(layer)
    if inner.get("recurrent_dropout"):
        raise UnsupportedError("PyTorch's recurrent layers have no recurrent dropout")
    both = layer is not inner
    units = inner["units"]
    inputs = left[0].shape[0]
    module = _CELLS[inner["kind"]](inputs, units, batch_first=True, bidirectional=both)
    for end in ("_l0", "_l0_reverse") if both else ("_l0",):
        kernel, recurrent, bias = left.pop(0), left.pop(0), left.pop(0)
        biases = bias if bias.ndim == 2 else torch.stack([bias, torch.zeros_like(bias)])
        parts = {"weight_ih": kernel.T, "weight_hh": recurrent.T}
        parts |= {"bias_ih": biases[0], "bias_hh": biases[1]}
        with torch.no_grad():
            for name, value in parts.items():
                if inner["kind"] == "GRU":  # Keras: z, r, h; PyTorch: r, z, n
                    z, r, h = value.split(units)
                    value = torch.cat([r, z, h])  # noqa: PLW2901
                getattr(module, name + end).copy_(value)
        if bias.ndim == 1:  # of two biases where Keras has one, both would move
            getattr(module, f"bias_hh{end}").requires_grad_(False)
    return module


def gru_of(weights: list[torch.Tensor]) -> nn.Module:
    """A GRU with the kernel, the recurrent kernel and the biases that Keras has."""
    layer = {"kind": "GRU", "units": weights[1].shape[0], "return_sequences": True}
    return _cell(layer, list(weights))


def _tensor(array: np.ndarray) -> torch.Tensor:
    """Ids stay int32; labels become int64, as the loss wants them."""
    tensor = torch.from_numpy(array)
    return tensor.long() if array.dtype == np.int32 and array.ndim == 1 else tensor


class TorchRunner(Runner):
    """Tensors made once, batches cut by slicing, no shuffling."""

    def build(self) -> None:
        if self.way == "ragged":
            raise UnsupportedError("PyTorch's layers take no ragged lists")
        self.network = Network(self.workload["layers"], self.weights)
        if self.task == "fit":
            trained = [weight for weight in self.network.parameters() if weight.requires_grad]
            self.optimizer = _OPTIMIZERS[self.workload["optimizer"]](trained, rate=1e-3)
            self.loss = _LOSSES[self.workload["loss"]]()
        self.packed = self.way.startswith("packed")

    def predictions(self) -> np.ndarray:
        rows = slice(self.batch)
        x, lengths = self.arrays["x"][rows], None
        if self.way != "padded":
            own = self.arrays["lengths"][rows]
            x, lengths = moved_to_front(x, own), torch.from_numpy(own).long()
        with torch.inference_mode():
            out = self.network(torch.from_numpy(x), lengths, self.packed)
            return self.network.last(out).numpy()

    def call(self, repeats: int) -> Call:
        batches = [self._batch(place) for place in range(self.batches)] * repeats
        return lambda: self._train(batches) if self.task == "fit" else self._ask(batches)

    def learn(self, seed: int) -> Curve:
        torch.manual_seed(seed)
        for group in self.optimizer.param_groups:
            group["lr"] = self.workload["rate"]
        x, y, x_val, y_val = (_tensor(self.arrays[n]) for n in ("x", "y", "x_val", "y_val"))

        def train() -> None:
            order = torch.randperm(len(x))
            self._train((x[rows], None, y[rows]) for rows in order.split(self.batch))

        def validate() -> float:
            self.network.eval()
            with torch.inference_mode():
                parts = [self.network(part, None, False) for part in x_val.split(self.batch)]
                said = torch.cat(parts)
                if self.workload["measure"] == "loss":
                    return float(self.loss(said, y_val))
                right = said.argmax(1) == y_val if said.shape[1] > 1 else (said > 0) == (y_val > 0)
                return float(right.float().mean())

        return plain_curve(self.workload, train, validate)

    def _batch(self, place: int) -> tuple[torch.Tensor, torch.Tensor | None, torch.Tensor]:
        rows = self.batch_at(place)
        y = _tensor(self.y[rows])
        if self.way == "padded":
            return torch.from_numpy(self.x[rows]), None, y
        x = torch.from_numpy(self.bucket(place, front=False))
        return x, torch.from_numpy(self.lengths[rows]).long(), y

    def _train(self, batches: Iterable[Any]) -> float:
        self.network.train()
        total = torch.zeros(())
        for x, lengths, y in batches:
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.loss(self.network(x, lengths, self.packed), y)
            loss.backward()
            self.optimizer.step()
            total += loss.detach()
        return float(total)

    def _ask(self, batches: list[Any]) -> None:
        self.network.eval()
        with torch.inference_mode():
            for x, lengths, _ in batches:
                self.network.last(self.network(x, lengths, self.packed)).numpy()
