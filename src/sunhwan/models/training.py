"""One step of a model on one batch."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sunhwan import _core
from sunhwan._engine.arena import Arena
from sunhwan._engine.block import Block
from sunhwan._engine.changes import Changes
from sunhwan._engine.form import Form
from sunhwan._engine.layout import own_tokens, places
from sunhwan._engine.path import Batch, Path, form_of, order_of, rows_of, take_rows
from sunhwan._engine.recorded import MOST_BYTES, Recorded, Recordings, closed, same_bits, staged
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
        direct: whether the user's arrays go to the layers as they are, unprepared.
    """

    def __init__(
        self, layers: Sequence[Layer], block: Block, seed: int, direct: bool = True
    ) -> None:
        self.layers = layers
        self._direct = direct
        self.block = block
        self.seed = seed
        self._arena = Arena()
        self._busy = threading.RLock()
        self._paths: dict[tuple[Form, bool, bool, tuple[bool, ...]], Path] = {}
        self._recordings = Recordings()
        self._changes = -1
        _watch(layers)
        self._was_current = False

    @property
    def current(self) -> bool:
        """Whether the variables still are those of the block."""
        if self._changes == Changes.count:
            return self._was_current
        return self.block.current

    def train(self, batch: Batch, y: Any, weight: Any, loss: Any, optimizer: Any) -> Outcome:
        """One optimizer step."""
        with self._busy:
            return self._train(batch, y, weight, loss, optimizer)

    def test(self, batch: Batch, y: Any, weight: Any, loss: Any) -> Outcome:
        """The loss and the outputs."""
        with self._busy:
            self._notice_changes()
            return self._run(batch, y, weight, loss, training=False, step=0)

    def predict(self, batch: Batch, training: bool = False) -> Any:
        """The outputs alone."""
        with self._busy:
            self._notice_changes()
            return self._predict(batch, training)

    def recall(self, x: Any) -> np.ndarray | None:
        """The outputs for `x`, an array, where a prediction of its shape was recorded.

        `None` where none was, or `x` cannot be taken as it is.
        """
        with self._busy:
            if self._changes != Changes.count or not self._direct or not self._was_current:
                return None
            if type(x) is not np.ndarray or x.dtype.kind not in "fi" or not x.flags.c_contiguous:
                return None
            recorded = self._recordings.find(x.shape)
            return recorded.outputs if recorded is not None and recorded.run(x) else None

    def regularization(self) -> float:
        """The sum of the regularizers' penalties."""
        self._notice_changes()
        return sum(float(variable.regularizer(variable.value)) for variable in self._penalized)

    def _notice_changes(self) -> None:
        """Derive anew what hangs on the attributes of layers and variables."""
        if self._changes == Changes.count:
            return
        self._changes, self._was_current = Changes.count, self.block.current
        self._recordings.clear()
        variables = [entry.variable for entry in self.block.ranges]
        self._trainable = tuple(variable.trainable for variable in variables)
        self._penalized: list[Any] = [v for v in variables if v.regularizer is not None]
        self._constrained: list[Any] = [
            v for v in variables if v.trainable and v.constraint is not None
        ]

    def _train(self, batch: Batch, y: Any, weight: Any, loss: Any, optimizer: Any) -> Outcome:
        self._notice_changes()
        outcome = self._run(batch, y, weight, loss, training=True, step=optimizer.iterations)
        for variable in self._penalized:
            if variable.trainable:
                variable.regularizer.add_gradient(variable.value, variable.grad)
        optimizer.apply(self.block.values, self.block.gradients, self.block.ranges)
        for variable in self._constrained:
            variable.value[...] = variable.constraint(variable.value)
        return outcome

    def _predict(self, batch: Batch, training: bool) -> Any:
        kind = None if training else dense_shape(batch)
        recorded = None if kind is None else self._recordings.find(kind)
        if recorded is not None and recorded.run(_values(batch)):
            return recorded.outputs
        path = self._path(form_of(batch), training, logits=False)
        if kind is not None and self._recordings.due(kind):
            return self._record(
                kind, path, batch, None, None, lambda batch, _: self._outputs(path, batch)
            ).outputs
        return self._outputs(path, batch).outputs

    def _outputs(self, path: Path, batch: Batch) -> Collected:
        collected = Collected(rows_of(batch))
        order = order_of(batch)
        path.begin(batch)
        for first, last in path.slices(batch):
            rows = _part(order, first, last)
            collected.add(path.forward(take_rows(batch, first, last), rows), rows)
        return collected

    def _run(
        self, batch: Batch, y: Any, weight: Any, loss: Any, training: bool, step: int
    ) -> Outcome:
        kind = None
        shape = dense_shape(batch)
        if shape is not None and weight is None and type(y) is np.ndarray:
            kind = training, shape, y.shape, y.dtype.char, loss
        penalty = self.regularization()
        recorded = None if kind is None else self._recordings.find(kind)
        if recorded is not None and recorded.run(_values(batch), y):
            return Outcome(penalty + recorded.loss, recorded.outputs, None)
        last = self.layers[-1]
        logits = last.activity_regularizer is None and loss.takes_logits(last)
        path = self._path(form_of(batch), training, logits)

        def run(batch: Batch, y: Any) -> Collected:
            return self._losses(path, batch, y, weight, loss, step)

        if kind is not None and self._recordings.due(kind):
            collected = self._record(kind, path, batch, y, loss, run)
        else:
            collected = run(batch, y)
        total = penalty
        for value in collected.losses:
            total += value
        return Outcome(total + path.penalty, collected.outputs, collected.mask)

    def _losses(
        self, path: Path, batch: Batch, y: Any, weight: Any, loss: Any, step: int
    ) -> Collected:
        """Run the batch through path and loss, and back where it is trained on."""
        if path.training:
            _core.fill(self.block.gradients)
        order = order_of(batch)
        collected = Collected(rows_of(batch))
        if path.output_masked and isinstance(batch, Sequences):
            collected.mask = _mask_of(batch)
        last = self.layers[-1] if path.logits else None
        loss.begin(y, weight, collected.mask, last, self._arena.empty)
        path.begin(batch, step)
        whole = [(0, rows_of(batch))]
        for first, end in whole if loss.couples_rows else path.slices(batch):
            rows = _part(order, first, end)
            output = path.forward(take_rows(batch, first, end), rows)
            value, doutput, shown = loss.slice(rows, output)
            collected.add(shown, rows)
            collected.losses.append(value)
            if path.training:
                path.backward(doutput)
        if path.training:
            path.end()
        return collected

    def _record(
        self,
        kind: Any,
        path: Path,
        batch: Batch,
        y: Any,
        loss: Any,
        run: Callable[[Batch, Any], Collected],
    ) -> Collected:
        """Do a step, by `run(batch, y)`, and record it if it can be replayed."""
        values = _values(batch)
        if values.nbytes > MOST_BYTES or not path.replays or len(list(path.slices(batch))) > 1:
            self._recordings.keep(kind, None)
            return run(batch, y)
        if loss is not None:
            loss.watch()
        x = staged(values)
        y = None if y is None else staged(y)
        calls = _core.Recording()
        calls.start()
        try:
            collected = run(_with_values(batch, x), y)
        finally:
            calls.stop()
        memory = [*self._arena.blocks, self.block.values, self.block.gradients, x]
        memory += [] if y is None else [y]
        recorded = None
        if (loss is None or loss.replays) and closed(calls, memory, collected.last):
            scale = (1.0, 1.0) if loss is None else loss.scale
            limit = getattr(self.layers[0], "input_dim", 0)
            recorded = self._proven(Recorded(calls, x, y, limit, collected.last, scale), collected)
        self._recordings.keep(kind, recorded)
        return collected

    def _proven(self, recorded: Recorded, collected: Collected) -> Recorded | None:
        """The recording, if its calls give the step's results where all other memory is spoilt."""
        gradients = self.block.gradients.copy()
        self._arena.spoil()
        recorded.again()
        same = same_bits(recorded.outputs, collected.outputs)
        same = same and same_bits(self.block.gradients, gradients)
        if collected.losses:
            same = same and same_bits(np.array(recorded.loss), np.array(collected.losses[0]))
        self.block.gradients[...] = gradients
        return recorded if same else None

    def _path(self, form: Form, training: bool, logits: bool) -> Path:
        key = (form, training, logits, self._trainable)
        if key not in self._paths:
            self._paths[key] = Path(
                self.layers, form, self._arena, training=training, logits=logits, seed=self.seed
            )
        return self._paths[key]


def _watch(layers: Sequence[Layer]) -> None:
    for layer in layers:
        layer.watch()
        for variable in layer.variables:
            variable.watch()
        _watch(layer.children)


def dense_shape(batch: Batch) -> tuple[int, ...] | None:
    """The shape of a batch of rows that are all alike, `None` for others."""
    if not isinstance(batch, Sequences):
        return batch.shape
    layout = batch.layout
    if not layout.plain:
        return None
    if batch.index is not None:
        plain = batch.index is own_tokens(layout.steps)
        return (layout.rows, layout.width) if plain else None
    return (layout.rows, layout.width, *batch.values.shape[1:]) if batch.head is None else None


def _values(batch: Batch) -> np.ndarray:
    """The numbers of a dense batch."""
    if not isinstance(batch, Sequences):
        return batch
    if batch.index is None:
        return batch.values
    assert batch.head is not None
    return batch.head.tokens


def _with_values(batch: Batch, values: np.ndarray) -> Batch:
    """The same batch of other numbers."""
    if not isinstance(batch, Sequences):
        return values
    if batch.index is None:
        return Sequences(batch.layout, values)
    assert batch.head is not None
    return Sequences(batch.layout, index=batch.index, head=replace(batch.head, tokens=values))


def _part(order: np.ndarray, first: int, last: int) -> np.ndarray:
    """The entries `first:last`; the array itself where these are all."""
    return order if last - first == len(order) else order[first:last]


class Collected:
    """Puts the outputs of slices where their rows stood in the batch.

    Attributes:
        outputs: of the batch so far, an array or for ragged rows a list.
        losses: the slices' shares of the batch's loss.
        mask: of the batch, see `Outcome`.
        last: the last slice's output, as it came.
    """

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self.outputs: Any = None
        self.losses: list[float] = []
        self.mask: np.ndarray | None = None
        self.last: Any = None

    def add(self, output: Any, rows: np.ndarray) -> None:
        """Copy a slice's output, whose rows stood at `rows`."""
        self.last = output
        if isinstance(output, Sequences):
            if self.outputs is None:
                self.outputs = [None] * self._rows
            parts = np.split(_filled(output), output.layout.filled.offsets[1:-1])
            for row, part in zip(rows, parts, strict=True):
                self.outputs[row] = part
            return
        if rows is places(self._rows):
            self.outputs = np.array(output, np.float32)
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
