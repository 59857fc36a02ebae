"""A packed batch of sequences, and the head that all of its rows have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .layout import Layout


@dataclass(eq=False)
class Head:
    """What a batch computes once.

    Args:
        tokens: `(U, *features)` values of the batch's distinct tokens (ids, `(U,)` int32, on the
            edge before the embedding), or `None`.
        rows: `(S + A, *features)` values of the shared run's steps and, after them, of the row that
            absent steps read; `None` where there is neither, and on an edge of tokens.
        row_index: `(S + A,)` int32, on an edge of tokens: the token that each of these rows reads.
    """

    tokens: Any = None
    rows: Any = None
    row_index: Any = None

    def zeros_like(self, zeros: Callable[[tuple[int, ...]], np.ndarray]) -> Head:
        """The gradient of this head, zero; `zeros(shape)` makes an array."""
        tokens, rows = self.tokens, self.rows
        return Head(
            tokens=None if tokens is None or tokens.dtype.kind == "i" else zeros(tokens.shape),
            rows=None if rows is None else zeros(rows.shape),
            row_index=self.row_index,
        )

    def add_to(self, into: Head | None) -> None:
        """Add this gradient to that of another head, if that is wanted."""
        if into is None:
            return
        if self.tokens is not None and into.tokens is not None:
            into.tokens += self.tokens
        if self.rows is not None and into.rows is not None:
            into.rows += self.rows


@dataclass(eq=False)
class Sequences:
    """Steps of a slice of a batch, packed row after row.

    Args:
        layout: where they stand.
        values: `(P, *features)`, or `None` on an edge of tokens.
        index: `(P,)` int32, on an edge of tokens: the row of `head.tokens` that each step reads.
        head: the batch's head on this edge, if it has one; the path sets it.
    """

    layout: Layout
    values: Any = None
    index: Any = None
    head: Head | None = None

    def slice(self, first: int, last: int) -> Sequences:
        """The rows `first:last` alone."""
        low, high = int(self.layout.offsets[first]), int(self.layout.offsets[last])
        return Sequences(
            layout=self.layout.slice(first, last),
            values=None if self.values is None else self.values[low:high],
            index=None if self.index is None else self.index[low:high],
            head=self.head,
        )
