"""What layers that pool windows put in a window's place: its largest value, or its mean."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, NamedTuple

import numpy as np

from sunhwan import _core
from sunhwan._engine.context import Context

from .layer import Layer


class Pooled(NamedTuple):
    """What a pass leaves for its gradient.

    Args:
        entries: `(P, size)` int32, the window map.
        source: `(P, channels)` int32, which entry each maximum came from; `None` for averages.
        offsets, out_offsets: `(N + 1,)` int64, first own step (or pixel) and window of each row.
    """

    entries: np.ndarray
    source: Any
    offsets: np.ndarray
    out_offsets: np.ndarray


class Pooling(Layer):
    """A layer that replaces each window by one step or pixel."""

    def replays(self, training: bool) -> bool:
        return True

    @abstractmethod
    def pool(
        self,
        entries: np.ndarray,
        values: np.ndarray | None,
        head: np.ndarray | None,
        out: np.ndarray,
        context: Context,
    ) -> np.ndarray | None:
        """Fill `out` through the window map; return the maxima's sources, if they are wanted."""

    @abstractmethod
    def pool_backward(
        self,
        pooled: Pooled,
        dout: np.ndarray,
        dvalues: np.ndarray | None,
        dhead: np.ndarray | None,
    ) -> None:
        """Overwrite `dvalues` and add to `dhead`."""


class MaxPooling(Pooling):
    """The largest value; the gradient goes to the first of equal ones."""

    def pool(
        self,
        entries: np.ndarray,
        values: np.ndarray | None,
        head: np.ndarray | None,
        out: np.ndarray,
        context: Context,
    ) -> np.ndarray | None:
        source = context.empty(out.shape, np.int32) if context.differentiable else None
        _core.max_pool(entries, values, head, out, source)
        return source

    def pool_backward(
        self,
        pooled: Pooled,
        dout: np.ndarray,
        dvalues: np.ndarray | None,
        dhead: np.ndarray | None,
    ) -> None:
        entries, source, offsets, out_offsets = pooled
        _core.max_pool_backward(entries, offsets, out_offsets, dout, source, dvalues, dhead)


class AveragePooling(Pooling):
    """The mean of what lies in the row or image."""

    def pool(
        self,
        entries: np.ndarray,
        values: np.ndarray | None,
        head: np.ndarray | None,
        out: np.ndarray,
        context: Context,
    ) -> None:
        _core.average_pool(entries, values, head, out)

    def pool_backward(
        self,
        pooled: Pooled,
        dout: np.ndarray,
        dvalues: np.ndarray | None,
        dhead: np.ndarray | None,
    ) -> None:
        entries, _, offsets, out_offsets = pooled
        _core.average_pool_backward(entries, offsets, out_offsets, dout, dvalues, dhead)
