"""The base of layers that treat every step alike."""

from __future__ import annotations

from abc import abstractmethod
from types import SimpleNamespace
from typing import Any

import numpy as np

from sunhwan._engine.context import Context
from sunhwan._engine.sequences import Head, Sequences

from .layer import Layer


class StepsLayer(Layer):
    """A layer whose output at a step depends on that step's values alone.

    `apply` and `apply_backward` see `(R, ..., features)` arrays: the rows of a batch, the packed
    steps of sequences, the batch's distinct tokens, or the rows of its head. `saved` is a
    namespace of the layer's own, passed from one to the other. Both may run several times a step.

    >>> class Square(StepsLayer):
    ...     def apply(self, values, context, saved):
    ...         saved.values = values
    ...         return values**2
    ...     def apply_backward(self, dvalues, context, saved):
    ...         return 2 * saved.values * dvalues
    >>> Square()(np.full((1, 2, 1), 3.0)).tolist()
    [[[9.0], [9.0]]]
    """

    takes = "steps"

    @abstractmethod
    def apply(self, values: np.ndarray, context: Context, saved: Any) -> np.ndarray:
        """The output values."""

    @abstractmethod
    def apply_backward(self, dvalues: np.ndarray, context: Context, saved: Any) -> np.ndarray:
        """The gradient of the input values; adds to the variables' gradients."""

    def keeps(self, training: bool) -> frozenset[str]:
        return frozenset({"tokens", "shared", "mask"})

    def forward(self, x: Any, context: Context) -> Any:
        context.saved = saved = SimpleNamespace()
        if not isinstance(x, Sequences):
            return self.apply(x, context, saved)
        if x.values is None:
            return Sequences(x.layout, None, x.index)
        return Sequences(x.layout, self.apply(x.values, context, saved))

    def backward(self, dy: Any, context: Context) -> Any:
        return None if dy is None else self.apply_backward(dy, context, context.saved)

    def forward_head(self, head: Head | None, context: Context) -> Head | None:
        context.head_saved = None
        if head is None:
            return None
        saved = SimpleNamespace(tokens=SimpleNamespace(), rows=SimpleNamespace())
        context.head_saved = saved
        output = Head(row_index=head.row_index)
        if head.tokens is not None:
            output.tokens = self.apply(head.tokens, context, saved.tokens)
        if head.rows is not None:
            output.rows = self.apply(head.rows, context, saved.rows)
        return output

    def backward_head(self, dhead: Head | None, context: Context) -> None:
        if dhead is None:
            return
        saved, into = context.head_saved, context.dhead
        if dhead.tokens is not None:
            dtokens = self.apply_backward(dhead.tokens, context, saved.tokens)
            if into is not None:
                into.tokens += dtokens
        if dhead.rows is not None:
            drows = self.apply_backward(dhead.rows, context, saved.rows)
            if into is not None:
                into.rows += drows
