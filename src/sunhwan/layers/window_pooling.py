"""The base of the layers that pool windows of steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from sunhwan._engine.context import Context
from sunhwan._engine.layout import Layout
from sunhwan._engine.sequences import Head, Sequences
from sunhwan._engine.windows import Windows

from .checks import check_steps, one_integer
from .layer import Shape
from .pooling import Pooled, Pooling
from .window_arguments import channels_last, one_of
from .window_layer import WindowLayer


class WindowPooling(Pooling, WindowLayer):
    """Replaces each window by one step.

    Args:
        pool_size: steps of a window.
        strides: steps from a window to the next; `None`: `pool_size`.
        padding: `"valid"`, or `"same"`: `ceil(steps / strides)` windows, of which the first and
            last may be shorter.
        data_format: `None` or `"channels_last"`.
        kwargs: arguments of `Layer`.

    Raises:
        ValueError: an argument is out of range; `data_format` is `"channels_first"`.
    """

    def __init__(
        self, pool_size: Any, strides: Any, padding: str, data_format: str | None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.pool_size = one_integer(pool_size, "pool_size")
        self.strides = self.pool_size if strides is None else one_integer(strides, "strides")
        self.padding = one_of(padding, "padding", ("valid", "same"))
        self.data_format = channels_last(data_format)
        self._features = 1

    @property
    def windows(self) -> Windows:
        return Windows(self.pool_size[0], self.strides[0], padding=self.padding)

    def keeps(self, training: bool) -> frozenset[str]:
        return frozenset({"shared"})

    def build(self, input_shape: Shape) -> None:
        self._features = check_steps(self, input_shape)

    @property
    def saved_floats(self) -> int:
        return (2 * self._features + self.pool_size[0]) // self.strides[0] + 1

    def forward(self, x: Sequences, context: Context) -> Sequences:
        assert x.values is not None
        layout, output = x.layout, self.output_layout(x.layout)
        entries = self.windows.map(layout, output)
        y = context.empty((output.steps, x.values.shape[1]))
        head = None if context.head is None else context.head.rows
        source = self.pool(entries, x.values, head, y, context)
        context.saved = Pooled(entries, source, layout.offsets, output.offsets)
        return Sequences(output, y)

    def backward(self, dy: np.ndarray, context: Context) -> np.ndarray | None:
        if not context.wants_dx:
            return None
        pooled = context.saved
        dx = context.empty((int(pooled.offsets[-1]), dy.shape[1]))
        self.pool_backward(pooled, dy, dx, None if context.dhead is None else context.dhead.rows)
        return dx

    def forward_head(self, head: Head | None, context: Context) -> Head | None:
        context.head_saved = None
        layout: Layout | None = context.layout
        if head is None or head.rows is None or layout is None:
            return None
        output = self.output_layout(layout)
        if not output.shared:
            return None
        entries = self.windows.run_map(layout, output)
        rows = context.empty((output.shared, head.rows.shape[1]))
        source = self.pool(entries, None, head.rows, rows, context)
        offsets = np.zeros(2, np.int64), np.array([0, output.shared], np.int64)
        context.head_saved = Pooled(entries, source, *offsets)
        return Head(rows=rows)

    def backward_head(self, dhead: Head | None, context: Context) -> None:
        if dhead is None or dhead.rows is None or context.dhead is None:
            return
        self.pool_backward(context.head_saved, dhead.rows, None, context.dhead.rows)
