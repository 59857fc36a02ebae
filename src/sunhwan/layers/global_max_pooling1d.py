"""The largest value of each row."""

from __future__ import annotations

from typing import NamedTuple, final

import numpy as np

from sunhwan import _core
from sunhwan._engine.context import Context
from sunhwan._engine.layout import Layout
from sunhwan._engine.sequences import Head, Sequences

from .global_pooling import GlobalPooling
from .registry import LAYERS


class Running(NamedTuple):
    """Of the shared run up to each of its steps, `(S, C)`: maxima, how many steps are it, gradient.

    The gradient is that of each step that is the maximum; `None` where it is not wanted.
    """

    maxima: np.ndarray
    count: np.ndarray
    dmaxima: np.ndarray | None


@final
@LAYERS.register("GlobalMaxPool1D")
class GlobalMaxPooling1D(GlobalPooling):
    """The largest value of each feature over all steps of a row.

        y[f] = max over t of x[t, f]

    Inputs `(rows, steps, features)` give `(rows, features)`. Equally large values share
    the gradient equally. A mask is ignored, as in Keras; a ragged row without steps gives zeros.

    Args:
        data_format: `None` or `"channels_last"`.
        keepdims: whether the output is `(rows, 1, features)`; default false.
        kwargs: arguments of `Layer`, `name` and `input_shape` among them.

    Raises:
        ValueError: `data_format` is `"channels_first"`.

    >>> import numpy as np
    >>> GlobalMaxPooling1D()(np.array([[[1.0, 4.0], [3.0, 2.0]]]))
    array([[3., 4.]], dtype=float32)
    """

    def keeps(self, training: bool) -> frozenset[str]:
        return frozenset({"shared"})

    def forward(self, x: Sequences, context: Context) -> np.ndarray:
        layout, run = x.layout, context.head_saved
        assert x.values is not None
        shape = (layout.rows, x.values.shape[1])
        y, share = context.empty(shape), context.empty(shape)
        starts = None if run is None else layout.starts
        maxima, count = (None, None) if run is None else (run.maxima, run.count)
        _core.global_max(layout.offsets, starts, x.values, maxima, count, y, share)
        context.saved = layout, starts, x.values, y, share
        return self._shaped(y)

    def backward(self, dy: np.ndarray, context: Context) -> np.ndarray | None:
        if not context.wants_dx:
            return None
        layout: Layout
        layout, starts, values, y, share = context.saved
        run = context.head_saved
        dx = context.empty(values.shape)
        maxima, dmaxima = (None, None) if run is None else (run.maxima, run.dmaxima)
        dy = dy.reshape(y.shape)
        _core.global_max_backward(layout.offsets, starts, values, maxima, y, share, dy, dx, dmaxima)
        return dx

    def forward_head(self, head: Head | None, context: Context) -> None:
        context.head_saved = None
        if head is not None and head.rows is not None:
            shape = head.rows.shape
            dmaxima = None if context.dhead is None else context.zeros(shape)
            run = Running(context.empty(shape), context.empty(shape), dmaxima)
            _core.running_max(head.rows, run.maxima, run.count)
            context.head_saved = run

    def backward_head(self, dhead: Head | None, context: Context) -> None:
        run, head = context.head_saved, context.head
        if run is not None and head is not None and context.dhead is not None:
            _core.running_max_backward(head.rows, run.maxima, run.dmaxima, context.dhead.rows)
