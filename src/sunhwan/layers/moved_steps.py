"""The base of the layers that leave out, repeat or add steps."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np

from sunhwan import _core
from sunhwan._engine.context import Context
from sunhwan._engine.form import Form
from sunhwan._engine.layout import Layout
from sunhwan._engine.sequences import Sequences

from .checks import check_steps
from .layer import Layer, Shape


class MovedSteps(Layer):
    """Steps `(rows, steps, features)` to others, each of which is one of those or zeros.

    Ragged rows are treated by their own lengths. A mask is not kept: as in Keras, masked steps read
    what stands there.
    """

    takes = "sequences"

    @abstractmethod
    def count(self, steps: Any) -> Any:
        """Steps of the output for rows of `steps`, an integer or an array of them."""

    @abstractmethod
    def places(self, times: np.ndarray, steps: np.ndarray) -> np.ndarray:
        """What step each output step reads, -1 for zeros.

        Args:
            times: positions of output steps.
            steps: how long the row of each is in the input.
        """

    def build(self, input_shape: Shape) -> None:
        check_steps(self, input_shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        features = check_steps(self, input_shape)
        rows, steps = input_shape[:2]
        return (rows, None if steps is None else self._checked(steps, "rows"), features)

    def output_form(self, form: Form) -> Form:
        return form

    def output_layout(self, layout: Layout) -> Layout:
        width = self._checked(layout.width, "rows")
        if layout.extents is None:
            return Layout.dense(layout.rows, width, layout.order)
        extents = self.count(layout.extents)
        if np.any(extents < 1):
            n = int(np.argmax(extents < 1))
            self._checked(int(layout.extents[n]), f"row {layout.order[n]}")
        return Layout(
            offsets=np.concatenate([[0], np.cumsum(extents)]),
            starts=np.zeros(layout.rows, np.int64),
            width=width,
            order=layout.order,
            extents=extents,
        )

    def _checked(self, steps: int, rows: str) -> int:
        count = int(self.count(steps))
        if count < 1:
            raise ValueError(f"layer {self.name!r} leaves no step of {rows} of {steps}")
        return count

    @property
    def saved_floats(self) -> int:
        return 1

    def replays(self, training: bool) -> bool:
        return True

    def forward(self, x: Sequences, context: Context) -> Sequences:
        assert x.values is not None
        layout, output = x.layout, self.output_layout(x.layout)
        places = self.places(output.times, np.repeat(layout.lengths, output.lengths))
        own = np.repeat(layout.offsets[:-1], output.lengths) + places
        index = np.where(places < 0, -1, own).astype(np.int32)
        y = context.empty((output.steps, x.values.shape[1]))
        _core.gather_rows(x.values, context.zeros((1, y.shape[1])), index, y)
        context.saved = index, x.values.shape
        return Sequences(output, y)

    def backward(self, dy: np.ndarray, context: Context) -> np.ndarray | None:
        if not context.wants_dx:
            return None
        index, shape = context.saved
        dx, dzeros = context.zeros(shape), context.zeros((1, shape[1]))
        _core.scatter_rows(dy, index, dx, dzeros)
        return dx
