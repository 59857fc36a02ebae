"""One step of a model on one batch."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sunhwan._engine.arena import Arena
from sunhwan._engine.block import Block
from sunhwan._engine.form import Form
from sunhwan._engine.path import Batch, Path, form_of, order_of, rows_of, take_rows
from sunhwan._engine.sequences import Sequences
from sunhwan.layers.layer import Layer


@dataclass
class Outcome:
    """What a step on a batch gave, rows in the batch's own order.

    Attributes:
        loss: the batch's loss, regularization included.
        outputs: predictions `(N, ...)`; for ragged rows a list of `(T_n, ...)`.
        mask: `(N, T)` bool where the outputs carry a mask, else `None`.
    """

    loss: float
    outputs: Any
    mask: np.ndarray | None


class Stepper:
    """Runs a model's layers on batches; keeps the paths, memory and flat block between steps.

    Threads may share one: a step waits until the one before has ended.

    Args:
        layers: the model's layers, built.
        block: the variables' flat block.
        seed: of dropout and the like.
    """

    def __init__(self, layers: Sequence[Layer], block: Block, seed: int) -> None:
        self.layers = layers
        self.block = block
        self.seed = seed
        self._arena = Arena()
        self._busy = threading.RLock()
        self._paths: dict[tuple[Form, bool, bool, tuple[bool, ...]], Path] = {}

    def train(self, batch: Batch, y: Any, weight: Any, loss: Any, optimizer: Any) -> Outcome:
        """One optimizer step."""
        with self._busy:
            return self._train(batch, y, weight, loss, optimizer)

    def test(self, batch: Batch, y: Any, weight: Any, loss: Any) -> Outcome:
        """The loss and the outputs."""
        with self._busy:
            return self._run(batch, y, weight, loss, training=False, step=0)

    def predict(self, batch: Batch, training: bool = False) -> Any:
        """The outputs alone."""
        with self._busy:
            return self._predict(batch, training)

    def regularization(self) -> float:
        """The sum of the regularizers' penalties."""
        variables = [entry.variable for entry in self.block.ranges]
        penalized = [variable for variable in variables if variable.regularizer is not None]
        return sum(float(variable.regularizer(variable.value)) for variable in penalized)

    def _train(self, batch: Batch, y: Any, weight: Any, loss: Any, optimizer: Any) -> Outcome:
        self.block.gradients.fill(0)
        outcome = self._run(batch, y, weight, loss, training=True, step=optimizer.iterations)
        for entry in self.block.ranges:
            variable = entry.variable
            if variable.trainable and variable.regularizer is not None:
                variable.regularizer.add_gradient(variable.value, variable.grad)
        optimizer.apply(self.block.values, self.block.gradients, self.block.ranges)
        for entry in self.block.ranges:
            variable = entry.variable
            if variable.trainable and variable.constraint is not None:
                variable.value[...] = variable.constraint(variable.value)
        return outcome

    def _predict(self, batch: Batch, training: bool) -> Any:
        path = self._path(form_of(batch), training, logits=False)
        collected = Collected(rows_of(batch))
        order = order_of(batch)
        path.begin(batch)
        for first, last in path.slices(batch):
            rows = order[first:last]
            collected.add(path.forward(take_rows(batch, first, last), rows), rows)
        return collected.outputs

    def _run(
        self, batch: Batch, y: Any, weight: Any, loss: Any, training: bool, step: int
    ) -> Outcome:
        last = self.layers[-1]
        logits = last.activity_regularizer is None and loss.takes_logits(last)
        path = self._path(form_of(batch), training, logits)
        order = order_of(batch)
        mask = None
        if path.output_masked and isinstance(batch, Sequences):
            mask = _mask_of(batch)
        collected = Collected(rows_of(batch))
        loss.begin(y, weight, mask, self.layers[-1] if logits else None)
        path.begin(batch, step)
        total = self.regularization()
        whole = [(0, rows_of(batch))]
        for first, last in whole if loss.couples_rows else path.slices(batch):
            rows = order[first:last]
            output = path.forward(take_rows(batch, first, last), rows)
            value, doutput, shown = loss.slice(rows, output)
            collected.add(shown, rows)
            total += value
            if training:
                path.backward(doutput)
        if training:
            path.end()
        return Outcome(total + path.penalty, collected.outputs, mask)

    def _path(self, form: Form, training: bool, logits: bool) -> Path:
        frozen = tuple(entry.trainable for entry in self.block.ranges)
        key = (form, training, logits, frozen)
        if key not in self._paths:
            self._paths[key] = Path(
                self.layers, form, self._arena, training=training, logits=logits, seed=self.seed
            )
        return self._paths[key]


class Collected:
    """Puts the outputs of slices where their rows stood in the batch."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self.outputs: Any = None

    def add(self, output: Any, rows: np.ndarray) -> None:
        """Copy a slice's output, whose rows stood at `rows`."""
        if isinstance(output, Sequences):
            if self.outputs is None:
                self.outputs = [None] * self._rows
            parts = np.split(_filled(output), output.layout.filled.offsets[1:-1])
            for row, part in zip(rows, parts, strict=True):
                self.outputs[row] = part
            return
        if self.outputs is None:
            self.outputs = np.empty((self._rows, *output.shape[1:]), np.float32)
        self.outputs[rows] = output


def _mask_of(batch: Sequences) -> np.ndarray:
    """The mask of a batch in its own order: `(N, T)` bool; for ragged rows `(steps,)`."""
    layout = batch.layout
    mask = np.zeros((layout.rows, layout.width), bool)
    mask[layout.step_rows, layout.times] = True
    if layout.extents is None:
        return mask
    extents = np.empty_like(layout.extents)
    extents[layout.order] = layout.extents
    return mask[np.arange(layout.width) < extents[:, None]]


def _filled(output: Sequences) -> np.ndarray:
    """A copy of the values of every position of ragged rows."""
    assert output.values is not None
    if not output.layout.masked:
        return output.values.copy()
    assert output.head is not None
    assert output.head.rows is not None
    return np.concatenate([output.values, output.head.rows[::-1]])[output.layout.filling]
