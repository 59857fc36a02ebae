"""The base of layers that make one array of several."""

from __future__ import annotations

from abc import abstractmethod
from types import SimpleNamespace
from typing import Any

import numpy as np

from sunhwan import _core
from sunhwan._engine.context import Context
from sunhwan._engine.sequences import Head, Sequences

from .joining import Joining


class Merging(Joining):
    """A layer whose output is one function of its inputs, in whatever form they come.

    `apply` and `apply_backward` see arrays `(N, ...)`; or, where `packs` is true and all inputs are
    sequences whose steps are the same, their packed values and the rows of their heads.

    >>> import sunhwan as sh
    >>> issubclass(sh.layers.Concatenate, Merging)
    True
    """

    @abstractmethod
    def apply(self, values: list[np.ndarray], context: Context, saved: Any) -> Any:
        """The output."""

    @abstractmethod
    def apply_backward(self, dy: Any, context: Context, saved: Any) -> list[np.ndarray]:
        """The gradients of the inputs."""

    def forward_head(self, head: Any, context: Context) -> Head | None:
        context.head_saved = None
        if not head or any(one is None or one.rows is None for one in head):
            return None
        context.head_saved = SimpleNamespace()
        return Head(rows=self.apply([one.rows for one in head], context, context.head_saved))

    def backward_head(self, dhead: Head | None, context: Context) -> None:
        if dhead is None or context.head_saved is None:
            return
        drows = self.apply_backward(dhead.rows, context, context.head_saved)
        for into, part in zip(context.dhead, drows, strict=True):
            if into is not None:
                _core.add_into(into.rows, np.ascontiguousarray(part))

    def forward(self, x: list[Any], context: Context) -> Any:
        context.saved = saved = SimpleNamespace()
        if not isinstance(x[0], Sequences):
            return self.apply(x, context, saved)
        return Sequences(x[0].layout, self.apply([one.values for one in x], context, saved))

    def backward(self, dy: Any, context: Context) -> list[np.ndarray]:
        return self.apply_backward(dy, context, context.saved)
