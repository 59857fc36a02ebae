"""One step of a model on one batch."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from sunhwan import _core
from sunhwan._engine.arena import Arena
from sunhwan._engine.batch import Batch, form_of
from sunhwan._engine.block import Block
from sunhwan._engine.changes import Changes, Watched
from sunhwan._engine.dense_batch import dense_shape, numbers_of
from sunhwan._engine.observer import Both, Observer
from sunhwan._engine.plan import Plan
from sunhwan.layers.layer import Layer

from .graph import Port
from .passes import Passes
from .recorder import Recorder


@dataclass
class Outcome:
    """What a step on a batch gave, rows in the batch's own order.

    Attributes:
        loss: the batch's loss, regularization included.
        outputs: predictions `(N, ...)`; for ragged rows a list of `(T_n, ...)`; `None` where no
            metric looks at them.
        mask: `(N, T)` bool where the outputs carry a mask, else `None`.
        parts: of several outputs the loss of each, `outputs` and `mask` then being tuples.
    """

    loss: float
    outputs: Any
    mask: Any
    parts: Sequence[float] = ()


class Stepper:
    """Runs a model's layers on batches; keeps the paths, memory and flat block between steps.

    Threads may share one: a step waits until the one before has ended.

    Args:
        plan: the graph of the model's layers, built.
        ports: how its inputs are read.
        block: the variables' flat block.
        seed: of dropout and the like.

    Attributes:
        guard: `guard(value, batch, y, weight, loss, step)` is called where the loss or a gradient
            of a training step is not finite, before the optimizer is; or `None`.
    """

    def __init__(self, plan: Plan, ports: Sequence[Port], block: Block, seed: int) -> None:
        self.plan = plan
        self.block = block
        self._arena = Arena()
        self._passes = Passes(plan, self._arena, block, seed)
        self._one_output = len(plan.outputs) == 1
        self._direct = len(ports) == 1 and ports[0].preparation is None and self._one_output
        self._busy = threading.RLock()
        reader: Any = ports[0].reader
        limit = len(reader.embeddings.value) if hasattr(reader, "reads_ids") else 0
        self._recorder = Recorder(self._arena, block, limit)
        self._changes = -1
        _watch(plan.layers)
        self._was_current = False
        self._replayed = False  # whether the last step was
        self.guard: Callable[..., None] | None = None

    @contextmanager
    def observed(self, observer: Observer) -> Iterator[None]:
        """Show the steps within to an observer, besides one that is shown them already.

        None of them is recorded or replayed; the bits are the same.
        """
        with self._busy:
            before = self._passes.observer
            self._passes.observer = observer if before is None else Both(before, observer)
            try:
                yield
            finally:
                self._passes.observer = before

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let no step run within, and leave the gradients as they were."""
        with self._busy:
            gradients = self.block.gradients.copy()
            try:
                yield
            finally:
                self.block.gradients[...] = gradients

    @property
    def current(self) -> bool:
        """Whether the variables still are those of the block."""
        if self._changes == Changes.count:
            return self._was_current
        return self.block.current

    def train(
        self, batch: Batch, y: Any, weight: Any, loss: Any, optimizer: Any, look: Any = None
    ) -> Outcome:
        """One optimizer step; `look(node)` is called after each node's forward, slice by slice."""
        with self._busy:
            return self._train(batch, y, weight, loss, optimizer, look)

    def again(self, batch: Batch, y: Any, weight: Any, loss: Any, step: int, look: Any) -> None:
        """Make a step once more, but for the optimizer."""
        with self._busy:
            self._run(batch, y, weight, loss, True, step, look)

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
            if self._passes.observer is not None:
                return None
            if type(x) is not np.ndarray or x.dtype.kind not in "fi" or not x.flags.c_contiguous:
                return None
            recorded = self._recorder.find(x.shape)
            return recorded.outputs if recorded is not None and recorded.run(x) else None

    def regularization(self) -> float:
        """The sum of the regularizers' penalties."""
        self._notice_changes()
        if not self._penalized:
            return 0.0
        return sum(float(variable.regularizer(variable.value)) for variable in self._penalized)

    def _notice_changes(self) -> None:
        """Derive anew what hangs on the attributes of layers and variables."""
        if self._changes == Changes.count:
            return
        self._changes, self._was_current = Changes.count, self.block.current
        self._recorder.clear()
        variables = [entry.variable for entry in self.block.ranges]
        self._passes.trainable = tuple(variable.trainable for variable in variables)
        self._vectors = [v for v in variables if v.trainable and v.value.ndim == 1]
        self._penalized: list[Any] = [v for v in variables if v.regularizer is not None]
        self._constrained: list[Any] = [
            v for v in variables if v.trainable and v.constraint is not None
        ]

    def _train(
        self, batch: Batch, y: Any, weight: Any, loss: Any, optimizer: Any, look: Any
    ) -> Outcome:
        self._notice_changes()
        step = optimizer.iterations
        outcome = self._run(batch, y, weight, loss, True, step, look)
        if self.guard is not None and not (isfinite(outcome.loss) and self._is_sane()):
            self.guard(outcome.loss, batch, y, weight, loss, step)
        for variable in self._penalized:
            if variable.trainable:
                variable.regularizer.add_gradient(variable.value, variable.grad)
        optimizer.apply(self.block.values, self.block.gradients, self.block.ranges)
        for variable in self._constrained:
            variable.value[...] = variable.constraint(variable.value)
        return outcome

    def _is_sane(self) -> bool:
        """Whether the step's gradients are finite, to judge by its vectors: biases and the like.

        A recorded step is so short that even this would be felt; it is taken to be.
        """
        return self._replayed or all(
            isfinite(_core.sum_of_squares(variable.grad)) for variable in self._vectors
        )

    def _predict(self, batch: Batch, training: bool) -> Any:
        replays = not training and self._one_output and self._passes.observer is None
        kind = dense_shape(batch) if replays else None
        recorded = None if kind is None else self._recorder.find(kind)
        if recorded is not None and recorded.run(numbers_of(batch)):
            return recorded.outputs
        logits = (False,) * len(self._passes.lasts)
        path = self._passes.path(form_of(batch), training, logits)
        if kind is not None and self._recorder.due(kind):
            return self._recorder.record(
                kind, path, batch, None, None, lambda batch, _: self._passes.outputs(path, batch)
            ).outputs
        return self._passes.outputs(path, batch).outputs

    def _run(
        self,
        batch: Batch,
        y: Any,
        weight: Any,
        loss: Any,
        training: bool,
        step: int,
        look: Any = None,
    ) -> Outcome:
        kind = None
        observed = look is not None or self._passes.observer is not None
        shape = None if observed else dense_shape(batch)
        if shape is not None and weight is None and type(y) is np.ndarray:
            kind = training, shape, y.shape, y.dtype.char, loss
        penalty = self.regularization()
        recorded = None if kind is None else self._recorder.find(kind)
        self._replayed = recorded is not None and recorded.run(numbers_of(batch), y)
        if recorded is not None and self._replayed:
            return Outcome(penalty + recorded.loss, recorded.outputs, None)
        logits, packed = loss.logits(self._passes.lasts), not loss.couples_rows
        path = self._passes.path(form_of(batch), training, logits, packed)

        def run(batch: Batch, y: Any) -> Any:
            return self._passes.losses(path, batch, y, weight, loss, step, look)

        if kind is not None and self._recorder.due(kind):
            collected = self._recorder.record(kind, path, batch, y, loss, run)
        else:
            collected = run(batch, y)
        total = penalty
        for value in collected.losses:
            total += value
        return Outcome(total + path.penalty, collected.outputs, collected.mask, loss.parts)


def _watch(layers: Sequence[Layer]) -> None:
    for layer in layers:
        if isinstance(layer, Watched):  # and not a model
            layer.watch()
        for variable in layer.variables:
            variable.watch()
        _watch(layer.children)
