"""The mean of each row."""

from __future__ import annotations

from typing import Any, NamedTuple, final

import numpy as np

from sunhwan import _core
from sunhwan._engine.context import Context
from sunhwan._engine.layout import Layout
from sunhwan._engine.sequences import Head, Sequences

from .global_pooling import GlobalPooling
from .registry import LAYERS


class Running(NamedTuple):
    """Sums of the shared run up to each of its steps, `(S, C)`, and their gradient."""

    sums: np.ndarray
    dsums: np.ndarray | None


@final
@LAYERS.register("GlobalAvgPool1D")
class GlobalAveragePooling1D(GlobalPooling):
    """The mean of each feature over all steps of a row.

        y[f] = mean over t of x[t, f]

    Inputs `(rows, steps, features)` give `(rows, features)`. Masked steps do not count; a row
    without a step that counts gives zeros.

    Args:
        data_format: `None` or `"channels_last"`.
        keepdims: whether the output is `(rows, 1, features)`; default false.
        kwargs: arguments of `Layer`, `name` and `input_shape` among them.

    Raises:
        ValueError: `data_format` is `"channels_first"`.

    >>> import numpy as np
    >>> x = np.array([[[1.0, 4.0], [3.0, 2.0]]])
    >>> GlobalAveragePooling1D()(x)
    array([[2., 3.]], dtype=float32)
    >>> GlobalAveragePooling1D()(x, mask=np.array([[True, False]]))
    array([[1., 4.]], dtype=float32)
    """

    def keeps(self, training: bool) -> frozenset[str]:
        return frozenset({"shared", "mask"})

    @property
    def supports_masking(self) -> bool:
        return True

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:
        """None: the output has no steps."""

    def forward(self, x: Sequences, context: Context) -> np.ndarray:
        layout, run = x.layout, context.head_saved
        assert x.values is not None
        y = context.empty((layout.rows, x.values.shape[1]))
        starts = None if run is None else layout.starts
        _core.global_average(layout.offsets, starts, x.values, None if run is None else run.sums, y)
        context.saved = layout, starts
        return self._shaped(y)

    def backward(self, dy: np.ndarray, context: Context) -> np.ndarray | None:
        if not context.wants_dx:
            return None
        layout: Layout
        layout, starts = context.saved
        dx = context.empty((layout.steps, dy.shape[-1]))
        dsums = None if context.head_saved is None else context.head_saved.dsums
        _core.global_average_backward(
            layout.offsets, starts, dy.reshape(layout.rows, -1), dx, dsums
        )
        return dx

    def forward_head(self, head: Head | None, context: Context) -> None:
        context.head_saved = None
        masked = context.layout is not None and context.layout.masked
        if head is not None and head.rows is not None and not masked:
            sums = context.empty(head.rows.shape)
            _core.running_sum(head.rows, sums)
            dsums = None if context.dhead is None else context.zeros(sums.shape)
            context.head_saved = Running(sums, dsums)

    def backward_head(self, dhead: Head | None, context: Context) -> None:
        if context.head_saved is not None and context.dhead is not None:
            _core.running_sum_backward(context.head_saved.dsums, context.dhead.rows)
