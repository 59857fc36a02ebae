"""Normalization by statistics of the data."""

from __future__ import annotations

import itertools
import math
from typing import Any, final

import numpy as np

from sunhwan import _core
from sunhwan._engine.arguments import check_axis, check_flag
from sunhwan._engine.context import Context
from sunhwan._engine.inputs import as_floats, is_ragged, ragged_rows

from .axes import axes_of
from .layer import Shape
from .registry import LAYERS
from .steps_layer import StepsLayer

LEAST_DEVIATION = 1e-7


@final
@LAYERS.register()
class Normalization(StepsLayer):
    """Shifts and scales features to mean 0 and variance 1: ``y = (x - mean) / sqrt(variance)``.

    `adapt` learns mean and variance from data; nothing else changes them.

    Args:
        axis: the axis, or the axes, whose entries have a mean and a variance of their own; by
            default the features; `None` for one mean and variance in all.
        mean, variance: given ones, in place of `adapt`; both or neither.
        invert: whether to compute ``y = mean + x * sqrt(variance)`` in its place.
        kwargs: `name`, `dtype`, `input_shape` (see `Layer`).

    Input and output have the same shape. The root is at least 1e-7.

    Raises:
        ValueError: one of mean and variance is missing, or an axis is out of range.

    >>> layer = Normalization()
    >>> layer.adapt([[1.0, 10.0], [3.0, 30.0]])
    >>> layer([[3.0, 20.0]])
    array([[1., 0.]], dtype=float32)
    """

    def __init__(
        self,
        axis: Any = -1,
        mean: Any = None,
        variance: Any = None,
        invert: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if (mean is None) != (variance is None):
            raise ValueError(
                f"mean and variance must both be given or neither, got {mean!r} and {variance!r}"
            )
        self.axis = None if axis is None else check_axis(axis)
        self.mean = mean
        self.variance = variance
        self.invert = check_flag("invert", invert)

    def build(self, input_shape: Shape) -> None:
        self._axes = () if self.axis is None else axes_of(self, self.axis, input_shape)
        if self._axes not in ((), (len(input_shape) - 1,)):
            self.takes = "array"
        shape = tuple(input_shape[a] or 0 for a in self._axes)
        if self.mean is not None:
            self._mean = self._given("mean", self.mean, shape)
            self._variance = self._given("variance", self.variance, shape)
            return
        mean = self.add_weight("mean", shape, "zeros", trainable=False)
        variance = self.add_weight("variance", shape, "ones", trainable=False)
        self.add_weight("count", (), "zeros", trainable=False)
        self._mean, self._variance = mean, variance

    def _given(self, name: str, values: Any, shape: tuple[int, ...]) -> np.ndarray:
        values = as_floats(np.atleast_1d(values), f"{name} of layer {self.name!r}")
        if values.size not in (1, int(np.prod(shape))):
            raise ValueError(
                f"{name} of layer {self.name!r} must have shape {shape}, got {values.shape}"
            )
        return np.broadcast_to(values.reshape(shape if values.size > 1 else ()), shape)

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Learn mean and variance from data, anew.

        Args:
            data: an array of rows, a list of rows of different lengths, or an iterable of arrays.
            batch_size: accepted for Keras's sake, without effect.
            steps: how many batches of an iterable to take; default all.

        Raises:
            ValueError: the layer was given its mean, or there are no data.
        """
        if self.mean is not None:
            raise ValueError(f"layer {self.name!r} was given its mean and variance: no adapt")
        values = self._data(data, steps)
        self.ensure_built((None, *values.shape[1:]))
        if not values.size:
            raise ValueError(f"data for layer {self.name!r} must not be empty, got {values.shape}")
        others = tuple(axis for axis in range(values.ndim) if axis not in self._axes)
        self.variables[0].assign(values.mean(axis=others, dtype=np.float64))
        self.variables[1].assign(values.var(axis=others, dtype=np.float64))

    def _data(self, data: Any, steps: int | None) -> np.ndarray:
        name = f"data for layer {self.name!r}"
        if is_ragged(data):
            return np.concatenate(ragged_rows(data, name, as_floats))[None]
        if isinstance(data, (np.ndarray, list, tuple)) or hasattr(data, "to_numpy"):
            values = as_floats(data, name)
            return values[:, None] if values.ndim == 1 else values
        batches = [as_floats(batch, name) for batch in itertools.islice(data, steps)]
        if not batches:
            raise ValueError(f"{name} must have at least one batch, got none")
        return np.concatenate(batches)

    def apply(self, values: np.ndarray, context: Context, saved: Any) -> np.ndarray:
        mean, deviation, columns = self._columns(values.shape)
        y = context.empty(values.shape)
        x_rows, y_rows = values.reshape(-1, columns), y.reshape(-1, columns)
        if self.invert:
            saved.factor = deviation
            _core.scale_columns(x_rows, None, deviation, mean, y_rows)
        else:
            saved.factor = np.reciprocal(deviation)
            _core.scale_columns(x_rows, mean, saved.factor, None, y_rows)
        return y

    def apply_backward(self, dvalues: np.ndarray, context: Context, saved: Any) -> Any:
        if not context.wants_dx:
            return None
        dx = context.empty(dvalues.shape)
        columns = len(saved.factor)
        _core.scale_columns(
            dvalues.reshape(-1, columns), None, saved.factor, None, dx.reshape(-1, columns)
        )
        return dx

    def _columns(self, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray, int]:
        """Mean and deviation of each column, the values of `shape` taken as rows of columns."""
        if self.takes == "steps":
            row: tuple[int, ...] = shape[-1:]
            kept: tuple[int, ...] = row if self._axes else (1,)
        else:
            row = shape[1:]
            kept = tuple(s if a + 1 in self._axes else 1 for a, s in enumerate(row))
        mean, variance = np.asarray(self._mean), np.asarray(self._variance)
        if mean.size != math.prod(kept):
            raise ValueError(
                f"layer {self.name!r} was built for {mean.size} features, got shape {shape}"
            )
        deviation = np.maximum(np.sqrt(variance), np.float32(LEAST_DEVIATION))

        def spread(numbers: np.ndarray) -> np.ndarray:
            return np.ascontiguousarray(np.broadcast_to(numbers.reshape(kept), row)).reshape(-1)

        mean, deviation = spread(mean), spread(deviation)
        return mean, deviation, len(mean)
