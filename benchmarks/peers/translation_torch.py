"""The translation model in PyTorch, and the loops that a careful user writes."""
# pyright: reportMissingImports=false

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from benchmarks.peers.runner import Call, Runner, UnsupportedError
from benchmarks.peers.torch_optimizers import Adam
from benchmarks.peers.torch_peer import gru_of
from benchmarks.translator import START, STOP

_MOST = 50  # tokens of a sentence


class Translator(nn.Module):
    """The modules, with the weights of `translator.py`."""

    def __init__(self, weights: list[np.ndarray]) -> None:
        super().__init__()
        left = [torch.from_numpy(weight.copy()) for weight in weights]
        self.source = nn.Embedding.from_pretrained(left[0], freeze=False)
        self.target = nn.Embedding.from_pretrained(left[1], freeze=False)
        self.reading, self.writing = gru_of(left[2:5]), gru_of(left[5:8])
        self.mix, self.scores = _linear(*left[8:10]), _linear(*left[10:12])

    def read(self, x: torch.Tensor, lengths: torch.Tensor, packed: bool) -> Any:
        """The steps of the source, and the state behind the last of each row."""
        steps = self.source(x)
        if packed:
            steps = pack_padded_sequence(steps, lengths, batch_first=True, enforce_sorted=False)
            read, state = self.reading(steps)
            return pad_packed_sequence(read, batch_first=True, total_length=x.shape[1])[0], state
        read = self.reading(steps)[0]
        return read, read[torch.arange(len(x)), lengths - 1][None].contiguous()

    def write(self, ids: torch.Tensor, state: Any, read: Any, absent: Any) -> Any:
        """What the last layers read, `(rows, steps, 2 * units)`, and the state."""
        d, state = self.writing(self.target(ids), state)
        scores = torch.bmm(d, read.transpose(1, 2)).masked_fill(absent[:, None], float("-inf"))
        return torch.cat([torch.bmm(scores.softmax(-1), read), d], dim=-1), state

    def score(self, mixed: torch.Tensor) -> torch.Tensor:
        """The logits."""
        return self.scores(torch.tanh(self.mix(mixed)))


def _linear(kernel: torch.Tensor, bias: torch.Tensor) -> nn.Linear:
    module = nn.Linear(*kernel.shape)
    with torch.no_grad():
        module.weight.copy_(kernel.T)
        module.bias.copy_(bias)
    return module


class TranslationRunner(Runner):
    """Trains and decodes in several ways.

    To train: `padded`; `buckets`, `packed buckets`: of rows of like length, and the last layers are
    given the steps alone that are real. To decode: `padded`: all rows until all have ended;
    `buckets`: 256 rows of like length at a time; `ended out`: likewise, without rows that ended.
    """

    def build(self) -> None:
        if self.way == "ragged":
            raise UnsupportedError("PyTorch's layers take no ragged lists")
        if self.workload["layers"][0]["attention"] != "Attention":
            raise UnsupportedError("PyTorch has no additive attention")
        self.network = Translator(self.weights)
        self.optimizer = Adam(self.network.parameters(), 1e-3)

    def predictions(self) -> np.ndarray:
        with torch.inference_mode():
            if self.task == "greedy":
                counts = np.zeros(len(self.arrays["x"]), np.float32)
                for x, _, _, lengths, code, rows in self._prepared():
                    counts[rows] = np.count_nonzero(self._decode(x, lengths, code), axis=1)
                return counts
            x, before = (torch.from_numpy(self.arrays[n][: self.batch]) for n in ("x", "before"))
            lengths = torch.from_numpy(self.arrays["lengths"][: self.batch]).long()
            read, state = self.network.read(x.long(), lengths, False)
            mixed = self.network.write(before.long(), state, read, x == 0)[0]
            real = torch.from_numpy(self.arrays["y"][: self.batch] != 0)
            return self.network.score(mixed[real]).softmax(-1).numpy()

    def call(self, repeats: int) -> Call:
        batches = self._prepared()
        if self.task == "greedy":
            return lambda: [self._translate(batches) for _ in range(repeats)]
        return lambda: [self._train(batches) for _ in range(repeats)]

    def _prepared(self) -> list[Any]:
        """The batches: tensors of each, and its rows."""
        order = np.arange(len(self.x))
        if self.task == "greedy":
            self.x, size = self.arrays["x"], len(self.x) if self.way == "padded" else 256
            order = order if self.way == "padded" else self.arrays["blocks"]
        else:
            size = self.batch
            order = self.arrays["blocks"] if "buckets" in self.way else order
        width = None if self.way == "padded" and self.task == "fit" else 0
        found = []
        for first in range(0, len(order), size):
            rows = order[first : first + size]
            parts = [self.arrays[name][rows] for name in ("x", "before", "y")]
            if width == 0:
                parts = [part[:, : np.count_nonzero(part, axis=1).max()] for part in parts]
            tensors = [torch.from_numpy(part).long() for part in parts]
            lengths = torch.from_numpy(self.arrays["lengths"][rows]).long()
            code = torch.from_numpy(self.arrays["code"][rows])
            found.append((*tensors, lengths, code, rows))
        return found

    def _train(self, batches: list[Any]) -> float:
        self.network.train()
        total = torch.zeros(())
        for x, before, y, lengths, *_ in batches:
            self.optimizer.zero_grad(set_to_none=True)
            read, state = self.network.read(x, lengths, "packed" in self.way)
            mixed = self.network.write(before, state, read, x == 0)[0]
            if self.way == "padded":
                logits = self.network.score(mixed)
                loss = cross_entropy(logits.flatten(0, 1), y.flatten(), ignore_index=0)
            else:
                real = y != 0
                loss = cross_entropy(self.network.score(mixed[real]), y[real])
            loss.backward()
            self.optimizer.step()
            total += loss.detach()
        return float(total)

    def _translate(self, batches: list[Any]) -> None:
        self.network.eval()
        with torch.inference_mode():
            for x, _, _, lengths, code, _ in batches:
                self._decode(x, lengths, code).numpy()

    def _decode(self, x: torch.Tensor, lengths: torch.Tensor, code: torch.Tensor) -> torch.Tensor:
        read, state = self.network.read(x, lengths, False)
        state = state.clone()
        state[0, :, 0] = code
        absent, ids = x == 0, torch.full((len(x), 1), START)
        found, live = torch.zeros(len(x), _MOST, dtype=torch.long), torch.arange(len(x))
        ended = torch.zeros(len(x), dtype=torch.bool)
        for step in range(_MOST):
            mixed, state = self.network.write(ids, state, read, absent)
            ids = self.network.score(mixed)[:, 0].argmax(-1, keepdim=True)
            ended |= ids[:, 0] == STOP
            found[live, step] = torch.where(ended, 0, ids[:, 0])
            if bool(ended.all()):
                break
            if self.way == "ended out" and bool(ended.any()):
                left = ~ended
                ids, state, read, absent = ids[left], state[:, left], read[left], absent[left]
                live, ended = live[left], ended[left]
        return found
