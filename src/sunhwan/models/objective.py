"""The loss of a model on the slices of a batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sunhwan import _core, activations, losses
from sunhwan._engine.layout import Layout, places
from sunhwan._engine.recorded import is_own
from sunhwan._engine.sequences import Sequences
from sunhwan.activations.rule import Rule, rule_of
from sunhwan.layers.layer import Layer, Shape
from sunhwan.losses.weights import entry_weights


def _new(shape: tuple[int, ...]) -> np.ndarray:
    return np.empty(shape, np.float32)


class Objective:
    """A loss with its factor, bound to one batch after the other.

    A loss of probabilities is computed from the numbers before the last activation where it can
    be (`Loss.before`), which is exact where a probability itself would round to 0 or 1.

    Args:
        loss: the loss, its name or function; `None` where the model is to predict alone.
        factor: multiplies value and gradient.
        shows: whether metrics look at the predictions; else these are not made.

    Raises:
        ValueError: there is no loss of that name.
    """

    def __init__(self, loss: Any, factor: float = 1.0, shows: bool = True) -> None:
        # What "crossentropy" means shows when targets come.
        self._by_shapes = isinstance(loss, str) and loss.lower() in ("ce", "crossentropy")
        self._given = loss
        self.loss: Any = None if loss is None or self._by_shapes else losses.resolve(loss)
        self.factor = factor
        self.shows = (shows,)
        self.parts: list[float] = []  # of several outputs, see `Objectives`
        self._before: dict[str | None, Any] = {}
        self._rules: dict[str, Rule] = {}

    @property
    def couples_rows(self) -> bool:
        """Whether the value of a batch is not the sum of its rows' values."""
        return bool(self.loss.couples_rows)

    def logits(self, lasts: Sequence[Layer | None]) -> tuple[bool, ...]:
        """Whether the loss wants the output of the one last layer without its activation."""
        last = lasts[0]
        if last is None or last.activity_regularizer is not None:
            return (False,)
        return (self._loss_before(last.output_activation) is not None,)

    def prepare(self, y: Any, output_shapes: Sequence[Shape]) -> Any:
        """Return targets as the loss takes them, checked against the shape of the one output.

        Raises:
            ValueError: there is no loss, or the targets cannot be these outputs' targets.
        """
        (output_shape,) = output_shapes
        if self._by_shapes and self.loss is None:
            shape = np.shape(y[0] if isinstance(y, list) else y)
            self.loss = losses.resolve(self._given, output_shape, shape)
        if self.loss is None:
            raise ValueError("compile must be given a loss to train or to evaluate")
        if y is None:
            raise ValueError("y must be given: the targets of x")
        if not isinstance(y, list):
            return self.loss.check_targets(y, output_shape)
        steps = self.loss.check_targets(np.concatenate(y), (None, *output_shape[2:]))
        return np.split(steps, np.cumsum([len(row) for row in y])[:-1])

    def begin(
        self,
        y: Any,
        weight: Any,
        mask: np.ndarray | None,
        last: Layer | None,
        empty: Callable[[tuple[int, ...]], np.ndarray] = _new,
    ) -> None:
        """Start a batch.

        Args:
            y: prepared targets, in the batch's own order.
            weight: weights of the rows or of their steps, or `None`.
            mask: `(N, T)` bool where the outputs carry a mask, else `None`.
            last: the layer whose activation is left out, or `None`.
            empty: makes an array of a shape, which must be good for the slice alone.
        """
        self._y = y
        self._empty = empty
        self._weighted = weight is not None
        self._activation = None if last is None else last.output_activation
        self._bound = self._loss_before(self._activation) or self.loss
        if isinstance(y, list):
            self._weight = None if weight is None else weights_of_steps(weight, y)
            weights = None if self._weight is None else np.concatenate(self._weight)
            self._denominator = self._bound.denominator(np.concatenate(y), weights, mask)
            return
        self._weight = None if weight is None else np.asarray(weight, np.float32)
        if mask is not None and self._weight is not None:
            self._weight = entry_weights(self._weight, mask.shape)
        self._denominator = self._bound.denominator(y, self._weight, mask)
        if mask is not None:
            self._weight = mask.astype(np.float32) if self._weight is None else mask * self._weight

    def slice(self, rows: np.ndarray, output: Any) -> tuple[float, np.ndarray, Any]:
        """The share of the rows at `rows`: value, gradient of the output, and predictions.

        Where nothing `shows` the predictions, the output stands for them as it is.
        """
        if isinstance(output, Sequences):
            return self._packed(rows, output)
        whole = rows is places(len(self._y))
        weight = self._weight if whole or self._weight is None else self._weight[rows]
        y = self._y if whole else self._y[rows]
        value, gradient = self._value_and_gradient(y, output, weight)
        return value, gradient, self._shown(output)

    def _packed(self, rows: np.ndarray, output: Sequences) -> tuple[float, np.ndarray, Any]:
        layout, values = output.layout, output.values
        assert values is not None
        y, weight = (self._ragged if layout.ragged else self._masked)(rows, layout)
        value, gradient = self._value_and_gradient(y, values, weight)
        return value, gradient, Sequences(layout, self._shown(values), head=output.head)

    def _masked(self, rows: np.ndarray, layout: Layout) -> tuple[np.ndarray, Any]:
        """Targets and weights of the steps that a mask leaves."""
        places = layout.step_rows, layout.times
        weight: Any = self._weight if self._weighted else None
        return self._y[places], None if weight is None else weight[places]

    def _ragged(self, rows: np.ndarray, layout: Layout) -> tuple[np.ndarray, Any]:
        """Targets and weights of the own steps of ragged rows."""
        targets = [self._y[row] for row in rows]
        for row, target, extent in zip(rows, targets, layout.filled.lengths, strict=True):
            if len(target) != extent:
                raise ValueError(f"y has {len(target)} steps in row {row}, x has {extent}")
        y, weight = np.concatenate(targets), None
        if self._weight is not None:
            weight = np.concatenate([self._weight[row] for row in rows])
        if layout.masked:
            own = np.repeat(layout.filled.offsets[:-1], layout.lengths) + layout.times
            y, weight = y[own], None if weight is None else weight[own]
        return y, weight

    def _value_and_gradient(
        self, y: np.ndarray, output: np.ndarray, weight: Any
    ) -> tuple[float, np.ndarray]:
        out = self._empty(output.shape)
        loss, denominator = self._bound, self._denominator
        value, gradient = loss.value_and_gradient(y, output, weight, denominator, out=out)
        if self.factor != 1.0:
            scaled = self._empty(output.shape)
            _core.scale(np.ascontiguousarray(gradient), self.factor, scaled)
            gradient = scaled
        return value * self.factor / denominator, gradient

    @property
    def scale(self) -> tuple[float, float]:
        """Factor and divisor that make the sum of the entries' values the batch's loss."""
        return self.factor, self._denominator

    def watch(self) -> None:
        """Count what is set of the loss as a change."""
        self.loss.watch()

    @property
    def replays(self) -> bool:
        """Whether the batch's loss was computed by what `_engine/recorded.py` can record."""
        return is_own(self._bound) and self._bound.replays

    def _shown(self, output: np.ndarray) -> np.ndarray:
        name = self._activation
        if name is None or not self.shows[0]:
            return output
        if name not in self._rules:
            self._rules[name] = rule_of(activations.get(name))
        shown = self._empty(output.shape)
        self._rules[name].forward(output, shown)
        return shown

    def _loss_before(self, activation: str | None) -> Any:
        if activation is None or self.loss is None:
            return None
        if activation not in self._before:
            self._before[activation] = self.loss.before(activation)
        return self._before[activation]


def weights_of_steps(weight: Any, rows: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The weights of the steps of ragged rows, from those of rows or of steps.

    Raises:
        ValueError: a row has not as many weights as steps.
    """
    weights = []
    for number, (one, row) in enumerate(zip(weight, rows, strict=True)):
        array = np.asarray(one, np.float32)
        if array.ndim and array.shape != (len(row),):
            raise ValueError(
                f"sample_weight must have one weight a row, or one a step: row {number} has "
                f"{len(row)} steps, its weights have shape {array.shape}"
            )
        weights.append(np.broadcast_to(array, (len(row),)))
    return weights
