"""The penalty on what a layer puts out."""

from __future__ import annotations

from typing import Any

import numpy as np

from sunhwan import _core
from sunhwan._engine.adapters import Adapter, matrix
from sunhwan._engine.context import Context
from sunhwan._engine.form import Form
from sunhwan._engine.layout import Layout
from sunhwan._engine.sequences import Head, Sequences


class Activity(Adapter):
    """Hands its input on and gathers a regularizer's value and gradient of it.

    The penalty counts every position of every row, so shared and masked steps as often as they are
    read, and is divided by the rows of the batch, as in Keras.

    Args:
        regularizer: of the outputs.

    Attributes:
        value: the penalty of the slices since `forward_head`.
    """

    takes = "steps"

    def __init__(self, regularizer: Any) -> None:
        super().__init__()
        self.regularizer = regularizer
        self.value = 0.0

    def keeps(self, training: bool) -> frozenset[str]:
        return frozenset({"tokens", "shared", "mask"})

    def output_form(self, form: Form) -> Form:
        return form

    def output_layout(self, layout: Layout) -> Layout:
        return layout

    def forward_head(self, head: Head | None, context: Context) -> Head | None:
        self.value = 0.0
        return head

    def forward(self, x: Any, context: Context) -> Any:
        values, source = x, None
        if isinstance(x, Sequences):
            source = self._source(x)
            values = self._every_position(x, source)
        self.value += float(self.regularizer(values)) / context.batch_rows
        gradient = np.zeros_like(values)
        if context.differentiable:
            self.regularizer.add_gradient(values, gradient)
            gradient /= np.float32(context.batch_rows)
        context.saved = gradient, source
        return x

    @staticmethod
    def _source(x: Sequences) -> np.ndarray:
        """Where each position reads: an own step, or head row `-1 - i`; on tokens, the token."""
        source = x.layout.filling
        if x.values is not None:
            return source
        assert x.index is not None
        assert x.head is not None
        assert x.head.row_index is not None
        return np.concatenate([x.index, x.head.row_index[::-1]])[source]

    @staticmethod
    def _every_position(x: Sequences, source: np.ndarray) -> np.ndarray:
        if x.values is None:
            assert x.head is not None
            assert x.head.tokens is not None
            return x.head.tokens[source]
        values = np.empty((len(source), *x.values.shape[1:]), np.float32)
        head = None if x.head is None else matrix(x.head.rows)
        _core.gather_rows(matrix(x.values), head, source, matrix(values))
        return values

    def backward(self, dy: Any, context: Context) -> Any:
        gradient, source = context.saved
        if source is None:
            return dy + gradient
        dhead = context.dhead
        if dy is None:
            if dhead is not None:
                _core.scatter_rows(matrix(gradient), source, matrix(dhead.tokens), None)
            return None
        dx = dy.copy()
        rows = None if dhead is None else matrix(dhead.rows)
        if rows is None and context.head is not None:
            rows = np.zeros_like(matrix(context.head.rows))
        _core.scatter_rows(matrix(gradient), source, matrix(dx), rows)
        return dx

    def backward_head(self, dhead: Head | None, context: Context) -> None:
        if dhead is not None:
            dhead.add_to(context.dhead)
