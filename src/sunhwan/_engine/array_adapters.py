"""Adapters between sequences and arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from sunhwan import _core
from sunhwan._engine.adapters import Adapter, Fill, matrix
from sunhwan._engine.context import Context
from sunhwan._engine.form import ARRAY, DENSE, Form
from sunhwan._engine.layout import Layout
from sunhwan._engine.sequences import Head, Sequences


class ToArray(Adapter):
    """Dense sequences to an array `(N, T, ...)`.

    Args:
        consumer: name of the layer that wants the array, for the error about ragged rows.
    """

    takes = "sequences"

    def __init__(self, consumer: str) -> None:
        super().__init__()
        self.consumer = consumer

    def output_form(self, form: Form) -> Form:
        return ARRAY

    def replays(self, training: bool) -> bool:
        return True

    def forward(self, x: Sequences, context: Context) -> np.ndarray:
        rows, layout = x.layout.rows, x.layout
        width = int(layout.lengths[0]) if rows else layout.width
        if layout.ragged and np.any(layout.lengths != width):
            low, high = int(layout.lengths.min()), int(layout.lengths.max())
            raise ValueError(
                f"{self.consumer} needs rows of one length, got rows of {low} to {high} steps"
            )
        assert x.values is not None
        context.saved = x.values.shape
        return x.values.reshape(rows, width, *x.values.shape[1:])

    def backward(self, dy: np.ndarray, context: Context) -> np.ndarray:
        return dy.reshape(context.saved)


class ToMaskedArray(Fill):
    """Masked sequences to an array `(N, T, ...)` that carries their mask.

    Args:
        consumer: name of the layer that wants the array, for the error about ragged rows.
    """

    def __init__(self, consumer: str) -> None:
        super().__init__()
        self._whole = ToArray(consumer)

    def output_form(self, form: Form) -> Form:
        return ARRAY._replace(masked=True)

    def forward(self, x: Sequences, context: Context) -> Any:
        filled = super().forward(x, context)
        saved = context.saved
        y = self._whole.forward(filled, context)
        context.saved = saved
        return y

    def backward(self, dy: np.ndarray, context: Context) -> np.ndarray | None:
        return super().backward(dy.reshape(-1, *dy.shape[2:]), context)


class Pack(Adapter):
    """An array `(N, T, ...)` with a mask to the steps that the mask leaves.

    Args:
        features: axes of a step.
    """

    def __init__(self, features: tuple[int, ...]) -> None:
        super().__init__()
        self.features = features

    def output_form(self, form: Form) -> Form:
        return DENSE._replace(masked=True)

    def output_layout(self, layout: Layout) -> Layout:
        return layout.with_absent("constant")

    def forward_head(self, head: Head | None, context: Context) -> Head:
        return Head(rows=context.zeros((1, *self.features)))

    def forward(self, x: np.ndarray, context: Context) -> Sequences:
        assert context.mask is not None
        layout = self.output_layout(context.mask)
        first = np.repeat(np.arange(layout.rows) * x.shape[1], layout.lengths)
        index = (first + layout.times).astype(np.int32)
        context.saved = index, x.shape
        values = context.empty((layout.steps, *x.shape[2:]))
        _core.gather_rows(matrix(x.reshape(-1, *x.shape[2:])), None, index, matrix(values))
        return Sequences(layout, values)

    def backward(self, dy: np.ndarray, context: Context) -> np.ndarray:
        index, shape = context.saved
        dx = context.zeros(shape)
        _core.scatter_rows(matrix(dy), index, matrix(dx.reshape(-1, *shape[2:])), None)
        return dx


class ToSequences(Adapter):
    """An array `(N, T, ...)` to dense sequences."""

    def output_form(self, form: Form) -> Form:
        return DENSE

    def output_layout(self, layout: Layout) -> Layout:
        return layout.filled

    def replays(self, training: bool) -> bool:
        return True

    def forward(self, x: np.ndarray, context: Context) -> Sequences:
        context.saved = x.shape
        layout = Layout.dense(len(x), x.shape[1], context.rows)
        return Sequences(layout, x.reshape(-1, *x.shape[2:]))

    def backward(self, dy: np.ndarray, context: Context) -> np.ndarray:
        return dy.reshape(context.saved)
